import type { ComponentChildren } from 'preact'
import { shellWord } from '../../model/shell-word.ts'
import { formatMemory, formatSeconds } from '../../model/units.ts'
import { safeText } from '../../reporters/safe-text.ts'
import type { PageData } from '../data.ts'
import { CopyButton } from '../shared/copy-button.tsx'
import { formatTime } from '../shared/words.ts'

/** The facts about a run beside its checks. */
export function RunFacts({ data: { run, checks } }: { data: PageData }) {
  const command = safeText(run.command.map(shellWord).join(' '))
  const attempted = checks.filter(({ attempts }) => attempts > 0)
  const assertions = attempted.reduce(
    (sum, { tallies }) => sum + Object.values(tallies).reduce((a, b) => a + b),
    0,
  )
  return (
    <dl class="facts">
      <Fact name="Started">{formatTime(run.startedAt)}</Fact>
      <Fact name="Took">{run.seconds === null ? 'not known' : formatSeconds(run.seconds)}</Fact>
      <Fact name="Assertions">{assertions.toLocaleString('en')}</Fact>
      <Fact name="Host">
        {run.host.name}{' '}
        <span class="soft">
          {run.host.system}, {run.host.cores} cores, {formatMemory(run.host.memoryMiB)}
        </span>
      </Fact>
      <Fact name="vmproof">{run.vmproofVersion}</Fact>
      {run.mergedFrom && <Fact name="Merged from">{run.mergedFrom.join(', ')}</Fact>}
      {run.resumptions && run.resumptions.length > 0 && (
        <Fact name="Resumed">{run.resumptions.map(({ at }) => formatTime(at)).join(', ')}</Fact>
      )}
      {command !== '' && (
        <Fact name="Command" wide>
          <code class="command">{command}</code> <CopyButton text={command} what="the command" />
        </Fact>
      )}
    </dl>
  )
}

function Fact({ name, wide, children }: { name: string; wide?: boolean; children: ComponentChildren }) {
  return (
    <div class={wide ? 'fact fact-wide' : 'fact'}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}
