// The turns in which workers write: first come, first served, whoever ends in between.

import t from 'tap'
import { WorkerTurns } from '../../src/commands/workers/turns.ts'

function recorded() {
  const told: number[] = []
  return { told, turns: new WorkerTurns(worker => told.push(worker)) }
}

t.test('one at a time, in the order in which they asked', async t => {
  const { told, turns } = recorded()
  for (const worker of [2, 3, 1]) turns.ask(worker)
  t.strictSame(told, [2])
  turns.pass(2)
  turns.ask(2)
  t.strictSame(told, [2, 3])
  turns.pass(3)
  turns.pass(1)
  t.strictSame(told, [2, 3, 1, 2], 'a worker that has just had a turn waits for the others')
})

t.test('asking twice is asking once', async t => {
  const { told, turns } = recorded()
  turns.ask(1)
  turns.ask(2)
  turns.ask(2)
  turns.pass(1)
  turns.pass(2)
  t.strictSame(told, [1, 2])
})

t.test('whoever passes a turn on has it', async t => {
  const { told, turns } = recorded()
  turns.ask(1)
  turns.ask(2)
  turns.pass(2)
  t.strictSame(told, [1])
  turns.pass(1)
  t.strictSame(told, [1, 2])
})

t.test('a worker that ends keeps nobody waiting', async t => {
  const { told, turns } = recorded()
  for (const worker of [1, 2, 3]) turns.ask(worker)
  turns.end(2)
  turns.end(1)
  t.strictSame(told, [1, 3])
  turns.end(3)
  turns.ask(1)
  t.strictSame(told, [1, 3, 1], 'nor does the one that takes its place')
})
