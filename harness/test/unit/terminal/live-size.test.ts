import { describe, expect, test } from 'vitest'
import type { RunEvent } from '../../../model/run-event.ts'
import { stamped } from '../reporters/replay.ts'
import { wholeRun } from '../reporters/story.ts'
import { at, every, startOf, waiting, watch } from './watching.ts'

describe('a new size', () => {
  const skipped: RunEvent = {
    type: 'instanceSkipped',
    at,
    instance: 'emulation',
    kind: 'cannot-run-here',
    reason: 'needs kvm',
    execution: 'unknown',
    earlier: [],
  }

  test('narrower and shorter, then wider: one block, nothing doubled, what stays is kept', async () => {
    const { screen, show, view, later } = watch(100, 24)
    view.event(skipped)
    show([...waiting, startOf('a-check-with-quite-a-long-name')])
    await screen.resize(40, 8)
    screen.notify()
    expect(await screen.text()).toEqual([
      'SKIPPED  emulation  needs kvm',
      '0:00 k3s-network@lossy',
      '     [PHASE 2] Network › nodes join',
      '0:00 a-check-with-quite-a-long-name',
      '     starting',
      '1 skipped · 2 running · 0:00',
    ])
    await screen.resize(20, 8)
    screen.notify()
    expect(await screen.text()).toEqual([
      'SKIPPED  emulation  ',
      'needs kvm',
      '0:00 k3s-network@lo…',
      '     nodes join',
      '0:00 a-check-with-q…',
      '     starting',
      '1/3 · 2 running',
    ])
    await screen.resize(100, 30)
    screen.notify()
    later(12)
    expect(await screen.text()).toEqual([
      'SKIPPED  emulation  needs kvm',
      '0:11  k3s-network@lossy               [PHASE 2] Network › nodes join',
      '0:12  a-check-with-quite-a-long-name  starting',
      '1 skipped · 2 running · 0:12',
    ])
  })

  test('that is drawn to before its signal comes', async () => {
    const { screen, show, later } = watch(100, 24)
    show(waiting)
    await screen.resize(40, 24)
    later(1)
    screen.notify()
    expect(await screen.text()).toEqual([
      '0:11 k3s-network@lossy',
      '     [PHASE 2] Network › nodes join',
      '1 running · 0:12',
    ])
  })

  test('of a terminal that cuts its lines instead of breaking them anew', () => {
    const { screen, show } = watch(100, 24, { ...every, reflows: false })
    show([...waiting, startOf('b'), startOf('c')])
    screen.bytes = ''
    screen.cut(40)
    screen.notify()
    // Three rows above the last one, whatever their width was.
    expect(screen.bytes.startsWith('\r\x1b[3A\x1b[J')).toBe(true)
  })

  test('many times while the run goes on', async () => {
    const { screen, show, view } = watch(80, 24)
    for (const [step, event] of stamped(wholeRun).entries()) {
      show([event])
      await screen.resize(40 + ((step * 17) % 80), 10 + ((step * 7) % 20))
      screen.notify()
    }
    const blocks = (await screen.text()).filter((line) => / · \d+:\d\d/.test(line))
    expect(blocks).toHaveLength(1)
    view.close()
    expect((await screen.text()).filter((line) => / · \d+:\d\d/.test(line))).toEqual([])
  })
})
