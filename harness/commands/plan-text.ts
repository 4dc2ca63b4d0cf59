import { type ExitCode, exitCodes } from '../model/exit-code.ts'
import { formatMemory, formatSeconds } from '../model/units.ts'
import type { Budget } from '../plan/budget.ts'
import { systemOf } from '../plan/instances.ts'
import { inStartOrder } from '../plan/order.ts'
import type { Plan, PlanItem } from '../plan/plan.ts'
import { columnsOf, pad } from '../reporters/columns.ts'
import { oneLine } from '../reporters/safe-text.ts'

const marks: Record<PlanItem['type'], string> = { run: ' ', done: '=', skip: '-', error: '!' }

/** What a run would do, for people: in the order in which it would be offered to the budget. */
export function planText(plan: Plan, budget: Budget): string {
  const instances = plan.items.filter(({ type }) => type === 'run').map(({ instance }) => instance)
  const others = plan.items.filter(({ type }) => type !== 'run')
  const width = Math.max(0, ...plan.items.map(({ instance }) => columnsOf(oneLine(instance.id))))
  const line = (id: string, mark: string, text: string) => `${mark} ${pad(oneLine(id), width)}  ${text}\n`
  return [
    `would run ${instances.length} of ${plan.items.length}, ${budgetText(budget)}\n`,
    ...inStartOrder(instances).map((instance) => {
      const { needs, timeoutSeconds, expectedSeconds } = instance
      const facts = [
        formatMemory(needs.memoryMiB),
        `${needs.cores} ${needs.cores === 1 ? 'core' : 'cores'}`,
        ...(expectedSeconds === null ? [] : [`took ${formatSeconds(expectedSeconds)} last time`]),
        `at most ${formatSeconds(timeoutSeconds)}`,
      ]
      return line(instance.id, ' ', facts.join(' · '))
    }),
    ...others.map((item) => line(item.instance.id, marks[item.type], oneLine(reasonOf(item)))),
    leftOutText(plan),
  ].join('')
}

function budgetText({ memoryMiB, cores, jobs }: Budget): string {
  return [
    `within ${formatMemory(memoryMiB)} of memory`,
    ...(cores === null ? [] : [`${cores} ${cores === 1 ? 'core' : 'cores'}`]),
    ...(jobs === null ? [] : [`${jobs} at once`]),
  ].join(', ')
}

function reasonOf(item: PlanItem): string {
  switch (item.type) {
    case 'run':
      return ''
    case 'done':
      return `${item.outcome} already`
    case 'skip':
      return `skipped: ${item.reason}`
    case 'error':
      return `cannot be evaluated: ${item.failure.message}`
  }
}

/** One line per reason, with how to mean them all the same; '' when nothing was left out. */
export function leftOutText({ leftOut }: Plan): string {
  const byReason = new Map<string, string[]>()
  for (const { name, reason } of leftOut)
    byReason.set(reason, [...(byReason.get(reason) ?? []), oneLine(name)])
  return [...byReason].map(([reason, names]) => `left out, ${reason}: ${names.join(', ')}\n`).join('')
}

/** The plan as one JSON object. */
export function planJson(plan: Plan, budget: Budget): string {
  const items = plan.items.map((item) => ({
    instance: item.instance.id,
    check: item.instance.check.name,
    profile: item.instance.profile,
    kind: item.instance.check.kind,
    tags: item.instance.check.tags,
    action: item.type,
    reason: item.type === 'run' ? null : reasonOf(item),
    accelerator: item.instance.accelerator,
    memoryMiB: item.instance.needs.memoryMiB,
    cores: item.instance.needs.cores,
    timeoutSeconds: item.instance.timeoutSeconds,
    expectedSeconds: item.instance.expectedSeconds,
    system: item.instance.metadata && systemOf(item.instance.metadata),
    derivation: item.instance.metadata?.derivation?.path ?? null,
    nodes: item.instance.metadata?.nodes ?? null,
    details: item.type === 'error' ? item.details : [],
  }))
  return `${JSON.stringify({ schema: 1, budget, plan: items, leftOut: plan.leftOut }, null, 2)}\n`
}

/** What can be told without running: 4 when a check cannot be evaluated, 3 and 5 as the run would say. */
export function dryRunExitCode({ items }: Plan, strict: boolean): ExitCode {
  if (items.some(({ type }) => type === 'error')) return exitCodes.infrastructure
  const skipped = items.filter(({ type }) => type === 'skip')
  const isNamed = skipped.some(({ instance }) => instance.namedExplicitly)
  if (skipped.length === items.length && !isNamed) return exitCodes.nothingMatched
  return skipped.length > 0 && (strict || isNamed) ? exitCodes.notExecuted : exitCodes.passed
}
