// The page of operators: how the service does, drawn again every few seconds.

import type { ComponentChildren } from 'preact'
import { useMemo, useState } from 'preact/hooks'
import { statusPath } from './address.ts'
import { may } from './caller.ts'
import { Keys } from './keys.tsx'
import { List } from './list.tsx'
import { ProblemNote, Title } from './parts.tsx'
import { clock, format, type Line, Plot } from './plot.tsx'
import { useSession } from './session.ts'
import { SignIn } from './sign-in.tsx'
import { hour, lastOf, type Series, type Status } from './status.ts'
import { number, text } from './text.ts'
import { useStatus } from './use-status.ts'

/** The address of the page, if the service has one and the viewer may see it. */
export function useStatusPage(): string | undefined {
  const session = useSession()
  const operation = session.api.operations.find(({ path }) => path === statusPath)
  return may(session, operation) ? session.base + statusPath : undefined
}

export function Operators() {
  const { status, problem } = useStatus()
  const [worker, setWorker] = useState(0)
  const [seconds, setSeconds] = useState(hour / 4)
  const [together, ...workers] = status?.processes ?? []
  const shown = workers.find(each => each.worker === worker) ?? together
  return (
    <>
      <header class="page">
        <div>
          <Title page={statusPath}>{text.status}</Title>
          <p class="muted">{text.statusHelp}</p>
        </div>
        <div class="actions">
          {workers.length > 0 && (
            <Choice label={text.worker} value={worker} onChoose={setWorker}>
              <option value={0}>{text.allWorkers}</option>
              {workers.map(each => (
                <option key={each.worker} value={each.worker}>
                  {text.workerNumber(Number(each.worker))}
                </option>
              ))}
            </Choice>
          )}
          <Choice label={text.period} value={seconds} onChoose={setSeconds}>
            <option value={hour / 4}>{text.lastQuarter}</option>
            <option value={hour}>{text.lastHour}</option>
          </Choice>
        </div>
      </header>
      {problem?.status === 401 ? <SignIn /> : <ProblemNote problem={problem} />}
      {status !== undefined && shown !== undefined && (
        <>
          <Plots series={lastOf(shown, seconds)} interval={status.interval} />
          <Lists status={status} />
        </>
      )}
      <Keys />
    </>
  )
}

interface ChoiceProps {
  readonly label: string
  readonly value: number
  readonly onChoose: (value: number) => void
  readonly children: ComponentChildren
}

function Choice({ label, value, onChoose, children }: ChoiceProps) {
  return (
    <label>
      <span class="hidden">{label}</span>
      <select value={value} onChange={({ currentTarget }) => onChoose(Number(currentTarget.value))}>
        {children}
      </select>
    </label>
  )
}

function Plots({ series, interval }: { series: Series; interval: number }) {
  const plots = useMemo(() => plotsOf(interval), [interval])
  return (
    <div class="plots">
      {plots.map(plot => (
        <Plot key={plot.title} {...plot} series={series} />
      ))}
    </div>
  )
}

function plotsOf(interval: number) {
  const words = text.measures
  const outcomes = labelled('successful', 'redirected', 'refused', 'failed', 'aborted')
  const plots: [title: string | undefined, unit: string, lines: readonly Line[]][] = [
    [words.requests, '/s', outcomes.map(line => ({ ...line, factor: 1 / interval }))],
    [words.latency, 'ms', labelled('p50', 'p95', 'p99')],
    [words.perRequest, 'ms', labelled('database', 'waiting')],
    [words.atOnce, '', labelled('in_flight', 'connections', 'queue')],
    [words.eventLoop, 'ms', labelled('lag')],
    [words.load, '%', labelled('busy').map(line => ({ ...line, factor: 100 }))],
    [words.memory, 'MB', labelled('heap').map(line => ({ ...line, factor: 1e-6 }))],
  ]
  return plots.map(([title = '', unit, lines]) => ({ title, unit, lines }))
}

const labelled = (...names: readonly string[]): readonly Line[] =>
  names.map(name => ({ name, label: text.measures[name] ?? name }))

function Lists({ status: { routes, problems, callers } }: { status: Status }) {
  return (
    <>
      <List title={text.slowest} heads={text.routeHeads}>
        {routes.map(({ method, path, requests, failed, mean, p95 }) => (
          <tr key={`${method} ${path}`}>
            <th scope="row">
              <code>
                {method} {path || text.none}
              </code>
            </th>
            <Numbers
              values={[format(p95, 'ms'), format(mean, 'ms'), number(requests), number(failed)]}
            />
          </tr>
        ))}
      </List>
      <List title={text.problems} heads={text.problemHeads}>
        {problems.map(({ kind, status, count, last_at, method, path, instance }) => (
          <tr key={kind}>
            <th scope="row">
              {status} {kind}
            </th>
            <Numbers values={[number(count)]} />
            <td>
              {clock(Date.parse(last_at))} <code>{`${method} ${path || text.none}`}</code>
            </td>
            <td>
              <code>{instance.slice('urn:uuid:'.length)}</code>
            </td>
          </tr>
        ))}
      </List>
      {callers.length > 0 && (
        <List title={text.callers} heads={text.callerHeads}>
          {callers.map(({ id, requests, limited, policy = '', quota, remaining = 0 }) => (
            <tr key={id}>
              <th scope="row">
                <code>{id}</code>
              </th>
              <Numbers values={[number(requests), number(limited)]} />
              <td>
                {quota === undefined ? text.none : <Quota {...{ policy, quota, remaining }} />}
              </td>
            </tr>
          ))}
        </List>
      )}
    </>
  )
}

function Quota({ policy, quota, remaining }: { policy: string; quota: number; remaining: number }) {
  const used = quota - remaining
  return (
    <>
      <meter min={0} max={quota} high={quota * 0.9} value={used} aria-label={policy} />{' '}
      {text.used(used, quota, policy)}
    </>
  )
}

function Numbers({ values }: { values: readonly string[] }) {
  return values.map((value, index) => (
    <td key={index} class="number">
      {value}
    </td>
  ))
}
