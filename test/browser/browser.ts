// A real browser: the Chromium of the machine, driven by playwright-core, which brings none of its own.

import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'
import type { Test } from 'tap'

const { CHROMIUM, CI } = process.env

const executable = [
  CHROMIUM ?? '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
].find(existsSync)

/** Why there can be no browser, where that is allowed: in CI it is not. */
export const withoutBrowser =
  executable === undefined && CI === undefined
    ? 'There is no Chromium here: install it (apt-get install chromium) or name its program in CHROMIUM.'
    : false

export async function openBrowser(t: Test): Promise<Browser> {
  if (executable === undefined) throw new Error('CI needs Chromium: apt-get install chromium')
  const browser = await chromium.launch({ executablePath: executable, args: ['--no-sandbox'] })
  t.teardown(() => browser.close())
  return browser
}
