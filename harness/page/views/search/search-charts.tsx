import { useRef } from 'preact/hooks'
import type { Knob, SearchEnding, SearchPoint, SearchReport, SearchResult } from '../../../model/sweep.ts'
import { oneLine } from '../../../reporters/safe-text.ts'
import { sentenceOf, valueText } from '../../../reporters/search-text.ts'
import { useView } from '../timeline/use-view.ts'
import { axisOf } from './axis.ts'

/** Where each check stops passing: what was attempted at which value, and the range in which the threshold lies. */
export function SearchCharts({ report: { question, results } }: { report: SearchReport }) {
  return (
    <div class="search">
      {results.map((result) => (
        <section key={result.check} class="search-result">
          <h2>{oneLine(result.check)}</h2>
          <p>{sentenceOf(result, question.knob)}.</p>
          {result.points.length > 0 && <PointChart result={result} knob={question.knob} />}
          {result.contradictions.map(({ failed, passed }) => (
            <p key={`${failed} ${passed}`}>
              Not one threshold: it fails at {valueText(question.knob, failed)} and passes at the harsher{' '}
              {valueText(question.knob, passed)}.
            </p>
          ))}
          <PointTable points={result.points} knob={question.knob} />
        </section>
      ))}
      <p class="matrix-method">
        A value passes when more than half of its {question.repeat} attempts do; errored attempts are repeated
        and do not count. Bars are Wilson intervals at 95 %.
      </p>
    </div>
  )
}

const plot = { top: 12, height: 150, left: 48, right: 24 }

function PointChart({ result: { points, ending }, knob }: { result: SearchResult; knob: Knob }) {
  const box = useRef<HTMLDivElement>(null)
  const { width } = useView(box)
  const across = Math.max(100, Math.min(720, width) - plot.left - plot.right)
  const axis = axisOf(points.map(({ value }) => value))
  const x = (value: number) => plot.left + axis.positionOf(value) * across
  const y = (rate: number) => plot.top + (1 - rate) * plot.height
  const bottom = y(0)
  return (
    <div class="search-box" ref={box}>
      <svg
        width={plot.left + across + plot.right}
        height={bottom + 30}
        role="img"
        aria-label="Rate of passes at each value; the table says the same"
      >
        <FoundRange ending={ending} x={x} y={y} />
        <g class="search-axis">
          {[0, 0.5, 1].map((rate) => (
            <g key={rate}>
              <line x1={plot.left} x2={plot.left + across} y1={y(rate)} y2={y(rate)} />
              <text x={plot.left - 6} y={y(rate) + 4} text-anchor="end">
                {rate * 100} %
              </text>
            </g>
          ))}
          {axis.ticks.map((value) => (
            <text key={value} x={x(value)} y={bottom + 20} text-anchor="middle">
              {valueText(knob, value)}
            </text>
          ))}
        </g>
        {points.map((point) => (
          <PointMark key={point.value} point={point} x={x(point.value)} y={y} />
        ))}
      </svg>
    </div>
  )
}

interface Places {
  x: (value: number) => number
  y: (rate: number) => number
}

function FoundRange({ ending, x, y }: { ending: SearchEnding } & Places) {
  if (ending.type !== 'found') return null
  const [from, to] = [x(ending.milder), x(ending.harsher)]
  return (
    <rect
      class="search-range"
      x={Math.min(from, to)}
      width={Math.abs(to - from)}
      y={y(1)}
      height={y(0) - y(1)}
    />
  )
}

/** A cross for a value that fails, a dot for one that passes, a ring where neither is known. */
function PointMark({ point, x, y }: { point: SearchPoint; x: number; y: Places['y'] }) {
  const {
    passed,
    failed,
    passes,
    passRateInterval: [low, high],
  } = point
  const verdicts = passed + failed
  const outcome = passes === null ? 'unknown' : passes ? 'passed' : 'failed'
  const at = y(verdicts === 0 ? 0.5 : passed / verdicts)
  return (
    <g class={`outcome-${outcome}`}>
      <line class="search-interval" x1={x} x2={x} y1={y(high)} y2={y(low)} />
      {passes === false ? (
        <path class="search-interval" d={`M${x - 6} ${at - 6}l12 12m0 -12l-12 12`} />
      ) : (
        <circle class="search-point" cx={x} cy={at} r={6} />
      )}
    </g>
  )
}

function PointTable({ points, knob }: { points: readonly SearchPoint[]; knob: Knob }) {
  if (points.length === 0) return null
  return (
    <table>
      <thead>
        <tr>
          {[knob, 'passed', 'rate, 95 %', 'verdict'].map((title) => (
            <th key={title} scope="col">
              {title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {points.map(({ value, passed, failed, errored, passes, passRateInterval: [low, high] }) => (
          <tr key={value}>
            <th scope="row">{valueText(knob, value)}</th>
            <td>
              {passed} of {passed + failed}
              {errored > 0 && `, ${errored} errored`}
            </td>
            <td>
              {Math.round(low * 100)}–{Math.round(high * 100)} %
            </td>
            <td>{passes === null ? 'open' : passes ? '✓ passes' : '✗ fails'}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
