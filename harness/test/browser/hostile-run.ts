import type { LogEvent } from '../../model/log-event.ts'
import { type MadeCheck, makeRun } from './made-run.ts'

/** Texts that would do something if the page let them. Whatever runs sets `window.marker`, or asks for something. */
export const attacks = [
  '<script>window.marker="script"</script>',
  '</script><script>window.marker="closed script"</script>',
  '<!--<script>window.marker="comment"',
  '<img src=x onerror=\'window.marker="image"\'>',
  '<svg/onload=window.marker="svg">',
  '<iframe srcdoc="<script>parent.marker=1</script>">',
  '<a href="javascript:window.marker=1">link</a>',
  'javascript:window.marker="url"//',
  'https://attacker.example/steal',
  '<base href="https://attacker.example/">',
  '<meta http-equiv="refresh" content="0;url=https://attacker.example/">',
  '<style>@import url(https://attacker.example/style)</style>',
  '" onfocus="window.marker=1" autofocus tabindex="0',
  "' onmouseover='window.marker=1",
  '\u2028window.marker="separator"\u2029',
  ']]><script>window.marker="cdata"</script>',
  '\u202egnp.exe\u202c\u2066x\u2069',
  '\x1b]8;;javascript:window.marker="osc"\x07click\x1b]8;;\x07',
  '\x1b]8;;https://attacker.example/\x1b\\click\x1b]8;;\x1b\\',
  '\x1b]0;title\x07\x1b[2J\x1b[31mred\x1b[0m\x9b31m',
  '\\u003cscript>window.marker="unescaped"</script>',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: that is the attack
  '${window.marker="template"}{{window.marker=1}}',
  '__proto__',
  'constructor',
  '../../../../etc/passwd',
  '\0\x08\x7f\ud800',
] as const

const all = attacks.join('\n')

/** A run in which every text that can come from a guest, a script or a project is an attack. @returns its folder */
export function makeHostileRun(out: string): string {
  const checks = attacks.map(hostileCheck)
  makeRun(out, '20261119T080000000Z-dead', { checks, info: { startedAt: '2026-11-19T08:00:00.000Z' } })
  return makeRun(out, '20261120T090000000Z-dead', {
    checks,
    info: {
      startedAt: '2026-11-20T09:00:00.000Z',
      host: { name: attacks[0], system: attacks[1], cores: 8, memoryMiB: 16_384 },
      command: ['vmproof', ...attacks],
      vmproofVersion: attacks[3],
      sweep: { type: 'profiles', profiles: [...attacks], against: null },
    },
    exitCode: 1,
  })
}

function hostileCheck(attack: string, index: number): MadeCheck {
  const check = {
    check: attack,
    profile: attacks[(index + 1) % attacks.length] ?? null,
    tags: [attack],
    system: attack,
  }
  if (index % 9 === 8) return { ...check, skipped: all }
  return {
    ...check,
    derivation: attack,
    quarantine: [
      { check: attack, assertion: null, tracker: 'javascript:window.marker="tracker"', until: attack },
    ],
    attempts: [
      {
        at: index * 10,
        seconds: 8,
        outcome: index % 3 === 0 ? 'passed' : 'failed',
        stages: [['running', 1]],
        events: hostileEvents(attack),
        failure: { assertion: 1, node: attack, kind: 'succeed', message: attack, traceback: [...attacks] },
        nodes: [{ name: attack, consoleLines: 3, booted: true, symptoms: [attack] }],
        consoles: [{ node: attack, lines: [...attacks] }],
        notes: [...attacks],
        details: [...attacks],
        log: attacks.map((line) => `${attack.replaceAll('\n', ' ')} # ${line}\n`),
      },
    ],
  }
}

function hostileEvents(attack: string): LogEvent[] {
  const place = { node: attack, phase: attack, path: [attack] }
  const ended = { caught: false, seconds: 1, message: all, output: all } as const
  return [
    { type: 'scriptStarted', line: 1 },
    { type: 'phaseEntered', text: attack, line: 1 },
    { type: 'assertionStarted', index: 0, kind: 'subtest', text: attack, line: 1, ...place, path: [] },
    { type: 'assertionStarted', index: 1, kind: 'succeed', text: all, line: 2, ...place },
    { type: 'assertionEnded', index: 1, outcome: 'failed', ...ended },
    { type: 'assertionEnded', index: 0, outcome: 'failed', ...ended },
    { type: 'metricRecorded', metric: { name: attack, value: 1, unit: attack, node: attack } },
    { type: 'attachmentNamed', path: attack },
    { type: 'symptomSeen', symptom: attack, node: attack, line: 3, text: attack },
  ]
}
