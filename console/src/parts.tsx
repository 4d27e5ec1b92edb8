// Small parts of many pages.

import type { ComponentChildren } from 'preact'
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import type { Finding, Problem } from './ask.ts'
import { hasMoved } from './route.ts'
import { text } from './text.ts'

/** What went wrong, unless it is said beside the fields that it is about. */
export function ProblemNote({
  problem,
  besides = [],
}: {
  problem: Problem | undefined
  besides?: readonly string[]
}) {
  if (problem === undefined) return null
  const { detail, title, errors = [], instance } = problem
  const others = errors.filter(finding => !besides.includes(fieldOf(finding)))
  return (
    <div class="problem" role="alert">
      <p>
        <strong>{title}.</strong> {detail}
      </p>
      {others.length > 0 && (
        <ul>
          {others.map(finding => (
            <li key={`${fieldOf(finding)} ${finding.detail}`}>
              <code>{fieldOf(finding)}</code> {finding.detail}
            </li>
          ))}
        </ul>
      )}
      {problem.status >= 500 && instance !== undefined && <p class="muted">{instance}</p>}
    </div>
  )
}

type Place = Pick<Finding, 'pointer' | 'parameter'>

/** The name of the field or the parameter that a finding is about. */
export function fieldOf(finding: Place): string {
  const [name = ''] = pathOf(finding).split('/')
  return name.replaceAll('~1', '/').replaceAll('~0', '~')
}

/** Where it is in the body: `lines/0/quantity`. */
export function pathOf({ pointer, parameter }: Place): string {
  return parameter ?? decodeURIComponent(pointer ?? '').replace(/^#?\//, '')
}

/** A button with a panel, which Escape and a click elsewhere close. */
export function Menu({ label, children }: { label: string; children: ComponentChildren }) {
  const details = useRef<HTMLDetailsElement>(null)
  useEffect(() => {
    const close = ({ target }: Event) => {
      if (target instanceof Node && !details.current?.contains(target)) closeMenu(details.current)
    }
    document.addEventListener('pointerdown', close)
    return () => document.removeEventListener('pointerdown', close)
  }, [])
  const onKeyDown = ({ key }: KeyboardEvent) => {
    if (key !== 'Escape' || !details.current?.open) return
    closeMenu(details.current)
    details.current.querySelector('summary')?.focus()
  }
  return (
    <details class="menu" ref={details} onKeyDown={onKeyDown}>
      <summary class="button">{label}</summary>
      <div class="panel">{children}</div>
    </details>
  )
}

export function closeMenu(details: HTMLDetailsElement | null | undefined): void {
  if (details) details.open = false
}

/** A dialog that is open while it is there. */
export function Dialog({
  title,
  onClose,
  children,
}: {
  title: string
  onClose: () => void
  children: ComponentChildren
}) {
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => dialog.current?.showModal(), [])
  return (
    <dialog ref={dialog} aria-label={title} onClose={onClose}>
      <h2>{title}</h2>
      {children}
    </dialog>
  )
}

export function CopyButton({ content, label = text.copy }: { content: string; label?: string }) {
  const [isCopied, setCopied] = useState(false)
  const copy = () => navigator.clipboard.writeText(content).then(() => setCopied(true))
  return (
    <button type="button" class="quiet" onClick={copy} onBlur={() => setCopied(false)}>
      <span aria-live="polite">{isCopied ? text.copied : label}</span>
    </button>
  )
}

/** The title of a page. It takes the focus when one moves there, so that a screen reader says where one is. */
export function Title({ children, page }: { children: ComponentChildren; page: string }) {
  const heading = useRef<HTMLHeadingElement>(null)
  useLayoutEffect(() => {
    if (hasMoved()) heading.current?.focus({ preventScroll: true })
  }, [page])
  return (
    <h1 ref={heading} tabIndex={-1}>
      {children}
    </h1>
  )
}

export function Json({ value }: { value: unknown }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
    <pre class="json" tabIndex={0}>
      {JSON.stringify(value, null, 2)}
    </pre>
  )
}
