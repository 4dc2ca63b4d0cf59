import { compareText } from '../model/compare-text.ts'
import { groupBy } from '../model/group-by.ts'
import { type HistoryRecord, seriesOf } from '../model/history.ts'
import { median } from './median.ts'

/** The newest few say most about today; one alone may have been an outlier. */
const newest = 5

/**
 * How long instances will probably take, by instance id (`check`, `check@profile`), in seconds: the median of the
 * newest executions. Passed ones count where there are any, because a failed one ends when it fails;
 * and those under the newest one's accelerator, because emulation takes ten times as long.
 */
export function expectedSeconds(records: readonly HistoryRecord[]): Map<string, number> {
  const executed = records.filter(({ execution, seconds }) => execution === 'executed' && seconds !== null)
  return new Map([...groupBy(executed, seriesOf)].flatMap(([id, executions]) => expected(id, executions)))
}

function expected(id: string, executions: HistoryRecord[]): [string, number][] {
  const passed = executions.filter(({ outcome }) => outcome === 'passed')
  const inOrder = (passed.length > 0 ? passed : executions).sort((a, b) => compareText(a.at, b.at))
  const { accelerator } = inOrder.at(-1) ?? {}
  const telling = inOrder
    .filter((one) => one.accelerator === accelerator)
    .slice(-newest)
    .flatMap(({ seconds }) => seconds ?? [])
  const seconds = median(telling)
  return seconds === null ? [] : [[id, seconds]]
}
