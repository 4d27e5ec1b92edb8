// The file of plans: what it gives, and that a mistake in it is named with plan and member.

import { readFileSync } from 'node:fs'
import t from 'tap'
import { parsePlans, plansFile, readPlans } from '../../src/limits/plans-file.ts'

const file = {
  default: 'free',
  anonymous: 'guest',
  failed_logins: { requests_per_minute: 3 },
  plans: {
    guest: { requests_per_day: 50, largest_body: 2048 },
    free: { requests_per_minute: 5, requests_per_day: 100, largest_page: 20 },
    open: {},
  },
}

t.test('a plan gives policies and sizes, and what it does not say is not limited', async t => {
  const plans = parsePlans('plans.yaml', JSON.stringify(file))
  const minute = { name: 'minute', quota: 5, window: 60 }
  const day = { name: 'day', quota: 100, window: 86_400 }
  t.strictSame(plans.default, {
    name: 'free',
    policies: [minute, day],
    largestPage: 20,
    largestBody: undefined,
  })
  t.strictSame(plans.anonymous, {
    name: 'guest',
    policies: [{ ...day, quota: 50 }],
    largestPage: undefined,
    largestBody: 2048,
  })
  t.strictSame(plans.byName.get('open'), {
    name: 'open',
    policies: [],
    largestPage: undefined,
    largestBody: undefined,
  })
  t.strictSame(plans.failedLogins, [{ name: 'failed-logins-per-minute', quota: 3, window: 60 }])
})

t.test('a mistake stops the start and is named', async t => {
  const { plans } = file
  const table: [content: unknown, message: string][] = [
    [
      { ...file, plans: { ...plans, free: { requests_per_minute: 0 } } },
      'plans.free.requests_per_minute must be >= 1',
    ],
    [
      { ...file, plans: { ...plans, free: { requests_per_minute: '5' } } },
      'plans.free.requests_per_minute must be integer',
    ],
    [
      { ...file, plans: { ...plans, free: { per_hour: 5 } } },
      'plans.free.per_hour is not a known member',
    ],
    [
      { ...file, plans: { ...plans, free: { largest_page: 1001 } } },
      'plans.free.largest_page must be <= 1000',
    ],
    [
      { ...file, plans: { ...plans, free: { largest_page: 19 } } },
      'plans.free.largest_page must be >= 20',
    ],
    [
      { ...file, plans: { ...plans, free: { largest_body: 10 } } },
      'plans.free.largest_body must be >= 1024',
    ],
    [{ ...file, plans: { ...plans, free: null } }, 'plans.free must be object'],
    [{ ...file, plans: { ...plans, Gold: {} } }, 'plans.Gold is not a known member'],
    [{ ...file, default: 'gold' }, 'default must be one of the plans: guest, free, open'],
    [{ ...file, anonymous: 'gold' }, 'anonymous must be one of the plans: guest, free, open'],
    [
      { ...file, failed_logins: { requests_per_week: 1 } },
      'failed_logins.requests_per_week is not a known member',
    ],
    [
      { ...file, failed_logins: { requests_per_day: 1 } },
      'failed_logins.requests_per_day is not a known member',
    ],
    [{ ...file, failed_logins: undefined }, 'failed_logins is required'],
    [{ ...file, extra: 1 }, 'extra is not a known member'],
    [[], 'must be object'],
  ]
  for (const [content, message] of table)
    t.throws(
      () => parsePlans('my.yaml', JSON.stringify(content)),
      { message: `my.yaml: ${message}` },
      message,
    )
})

t.test('every mistake is told at once', async t => {
  const wrong = {
    ...file,
    plans: { ...file.plans, free: { requests_per_day: -1, largest_page: 1 } },
  }
  t.throws(() => parsePlans('my.yaml', JSON.stringify(wrong)), {
    message:
      'my.yaml: plans.free.requests_per_day must be >= 1\nmy.yaml: plans.free.largest_page must be >= 20',
  })
})

t.test('a file that is not YAML is refused with the place of the mistake', async t => {
  t.throws(() => parsePlans('my.yaml', 'plans: {\n'), {
    message: /^my\.yaml: is not YAML: .*line 2/s,
  })
  t.throws(() => parsePlans('my.yaml', 'default: a\ndefault: b\n'), {
    message: /Map keys must be unique/,
  })
  await t.rejects(readPlans(`${t.testdir()}/none.yaml`), { code: 'ENOENT' })
})

t.test('the shipped file is sound, and docs/quotas.md tells its plans', async t => {
  const { byName } = await readPlans('plans.yaml')
  t.strictSame([...byName.keys()], ['anonymous', 'free', 'standard', 'unlimited'])
  const page = readFileSync('docs/quotas.md', 'utf8')
  for (const { name, policies, largestPage, largestBody } of byName.values()) {
    const [minute, day] = policies
    const cells = [minute?.quota, day?.quota, largestPage, largestBody].map(value => value ?? '–')
    t.match(page, `| \`${name}\` | ${cells.join(' | ')} |`)
  }
})

t.test(
  'the plans are those of the file that is named, of the project, or of the package',
  async t => {
    const home = process.cwd()
    t.teardown(() => process.chdir(home))
    t.equal(plansFile('mine.yaml'), 'mine.yaml')
    process.chdir(t.testdir({ 'plans.yaml': '', without: {} }))
    t.equal(plansFile(undefined), 'plans.yaml')
    process.chdir('without')
    t.equal(plansFile(undefined), `${home}/plans.yaml`)
  },
)

t.test('a quota is no larger than can be counted', async t => {
  const quota = (requests_per_day: number) =>
    JSON.stringify({ ...file, plans: { ...file.plans, open: { requests_per_day } } })
  const { byName } = parsePlans('plans.yaml', quota(1_000_000_000))
  t.equal(byName.get('open')?.policies[0]?.quota, 1_000_000_000)
  t.throws(() => parsePlans('plans.yaml', quota(1_000_000_001)), /1000000000/)
})
