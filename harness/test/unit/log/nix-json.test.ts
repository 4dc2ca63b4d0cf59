import { expect, test } from 'vitest'
import { parseNixJsonLine } from '../../../log/nix-json.ts'

const started =
  '@nix {"action":"start","fields":["/nix/store/a-x.drv","",1,1],"id":7,"level":3,"parent":0,"text":"building","type":105}'

test('a build activity carries its derivation and the machine it runs on', () => {
  expect(parseNixJsonLine(started)).toEqual({
    type: 'activityStarted',
    id: '7',
    activity: { kind: 'build', derivation: '/nix/store/a-x.drv', machine: null },
    level: 3,
    text: 'building',
  })
  const remote = parseNixJsonLine(started.replace('""', '"ssh://b"'))
  expect(remote).toMatchObject({ activity: { kind: 'build', machine: 'ssh://b' } })
})

test.each([
  ['@nix {"action":"stop","id":7}', { type: 'activityStopped', id: '7' }],
  [
    '@nix {"action":"result","fields":["a\\u001b[0mb"],"id":7,"type":101}',
    { type: 'buildLogLine', id: '7', line: 'a\u001b[0mb' },
  ],
  [
    '@nix {"action":"result","fields":["hook"],"id":7,"type":107}',
    { type: 'hookLogLine', id: '7', line: 'hook' },
  ],
  [
    '@nix {"action":"result","fields":["installPhase"],"id":7,"type":104}',
    { type: 'phaseSet', id: '7', phase: 'installPhase' },
  ],
  [
    '@nix {"action":"result","fields":[1,2,3,4],"id":7,"type":105}',
    { type: 'progressed', id: '7', done: 1, expected: 2, running: 3, failed: 4 },
  ],
  [
    '@nix {"action":"msg","level":0,"msg":"error: x","raw_msg":"x"}',
    { type: 'message', level: 0, text: 'error: x', raw: 'x' },
  ],
  ['@nix {"action":"msg","level":1,"msg":"w"}', { type: 'message', level: 1, text: 'w', raw: null }],
])('%s', (line, message) => {
  expect(parseNixJsonLine(line)).toEqual(message)
})

test.each([
  [
    '{"action":"start","fields":["/nix/store/o","https://c"],"id":1,"type":108}',
    { kind: 'substitute', path: '/nix/store/o', store: 'https://c' },
  ],
  [
    '{"action":"start","fields":["/nix/store/o","a","b"],"id":1,"type":100}',
    { kind: 'copyPath', path: '/nix/store/o', from: 'a', to: 'b' },
  ],
  ['{"action":"start","id":1,"type":111}', { kind: 'buildWaiting' }],
  ['{"action":"start","id":1,"type":4711}', { kind: 'other', code: 4711 }],
])('activity %s', (json, activity) => {
  expect(parseNixJsonLine(`@nix ${json}`)).toMatchObject({ type: 'activityStarted', activity })
})

test('ids beyond the exact range of numbers stay apart', () => {
  const first = parseNixJsonLine('@nix {"action":"stop","id":18014398509481985}')
  const second = parseNixJsonLine('@nix {"action":"stop","id":18014398509481986}')
  expect(first).toEqual({ type: 'activityStopped', id: '18014398509481985' })
  expect(second).not.toEqual(first)
})

test.each([
  '',
  'plain',
  '@nix',
  '@nix ',
  '@nix {',
  '@nix []',
  '@nix null',
  '@nix 3',
  '@nix "x"',
  ' @nix {"action":"stop","id":1}',
])('no message in %j', (line) => {
  expect(parseNixJsonLine(line)).toBeNull()
})

test.each(['{}', '{"action":"result","type":999}', '{"action":7}', '{"action":"later"}'])(
  'unknown: %s',
  (json) => {
    expect(parseNixJsonLine(`@nix ${json}`)).toEqual({ type: 'unknown' })
  },
)

test('fields of a wrong type become empty, not an error', () => {
  expect(parseNixJsonLine('@nix {"action":"result","fields":[3],"id":7,"type":101}')).toEqual({
    type: 'buildLogLine',
    id: '7',
    line: '',
  })
  expect(parseNixJsonLine('@nix {"action":"start","fields":"x","id":{},"type":105}')).toMatchObject({
    id: '',
    activity: { derivation: '' },
  })
})
