// Small disks of a test's own, which can be full, read only or without power: Linux, as root.

import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'

/** Why there can be no such disks here; undefined where there can. */
export function whyNoDisks(): string | undefined {
  if (process.platform !== 'linux') return 'needs Linux'
  if (process.getuid?.() !== 0) return 'needs root, to mount a disk of its own'
  const probe = ['mount -t tmpfs -o size=64k none', 'umount']
    .map(call => `${call} "$0"`)
    .join(' && ')
  const folder = mkdtempSync(join(tmpdir(), 'restwell-disk-'))
  try {
    return spawnSync('sh', ['-c', probe, folder]).status === 0
      ? undefined
      : 'needs to be allowed to mount'
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** Why no disk can lose its power here. */
export function whyNoPowerLoss(): string | undefined {
  const tools = ['mkfs.ext4', 'losetup', 'perl'].filter(
    tool => spawnSync('sh', ['-c', `command -v ${tool}`]).status,
  )
  if (tools.length > 0) return `needs ${tools.join(', ')}`
  return (
    whyNoDisks() ??
    (spawnSync('losetup', ['--find']).status === 0 ? undefined : 'needs a loop device')
  )
}

function run(command: string, ...operands: string[]): void {
  execFileSync(command, operands, { stdio: ['ignore', 'ignore', 'pipe'] })
}

function folderFor(t: Test): string {
  const folder = mkdtempSync(join(tmpdir(), 'restwell-disk-'))
  t.teardown(() => {
    spawnSync('umount', ['--lazy', join(folder, 'disk')])
    rmSync(folder, { recursive: true, force: true })
  })
  run('mkdir', join(folder, 'disk'))
  return folder
}

/** The folder of a disk in memory. `size`: in the notation of mount, such as `8m`. */
export function smallDisk(t: Test, size: string): string {
  const disk = join(folderFor(t), 'disk')
  run('mount', '-t', 'tmpfs', '-o', `size=${size}`, 'none', disk)
  return disk
}

/** From now on nothing can be written to the disk. */
export function makeReadOnly(disk: string): void {
  run('mount', '-o', 'remount,ro', disk)
}

export interface Disk {
  readonly folder: string
  /** At once nothing more reaches the disk: what was not flushed to it is lost. */
  cutPower(): void
  /** The disk as it was when the power was cut. */
  restorePower(): void
}

/** EXT4_IOC_SHUTDOWN with EXT4_GOING_FLAGS_NOLOGFLUSH: not even the journal is written any more. */
const shutDown =
  'open my $folder, "<", $ARGV[0] or die $!; my $flags = pack "L", 2; ioctl $folder, 0x8004587d, $flags or die $!'

/** An ext4 file system in a file. */
export function diskWithPower(t: Test): Disk {
  const above = folderFor(t)
  const [image, folder] = [join(above, 'image'), join(above, 'disk')]
  run('truncate', '--size=256M', image)
  run('mkfs.ext4', '-q', '-F', image)
  const mount = () => run('mount', '-o', 'loop', image, folder)
  mount()
  return {
    folder,
    cutPower: () => run('perl', '-e', shutDown, folder),
    restorePower: () => {
      run('umount', folder)
      mount()
    },
  }
}
