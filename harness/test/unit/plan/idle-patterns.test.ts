import { expect, test } from 'vitest'
import { idlePatterns } from '../../../plan/idle-patterns.ts'

const entry = (check: string) => ({ check, assertion: null, tracker: 'T', until: '2026-12-31' })
const group = (name: string, ...checks: string[]) => ({
  name,
  checks,
  needs: [],
  max: null,
  exclusive: false,
})

test('what is said about checks that there are is in order', () => {
  const config = { quarantine: [entry('k3s-*'), entry('smoke')], groups: [group('all', '*')] }
  expect(idlePatterns(config, ['k3s-network', 'smoke'])).toEqual([])
})

test('a name that nothing has is told with where it stands, and what was meant', () => {
  const config = { quarantine: [entry('smoek')], groups: [group('cluster', 'smoke', 'k3s-*')] }
  expect(idlePatterns(config, ['smoke', 'storage'])).toEqual([
    'configuration, quarantine: smoek fits none of the checks here, did you mean smoke?',
    'configuration, groups.cluster: k3s-* fits none of the checks here',
  ])
})
