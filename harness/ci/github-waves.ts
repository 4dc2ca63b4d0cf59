import { UserError } from '../model/user-error.ts'
import { mostJobs, type PipelineJob } from './jobs.ts'

/** A matrix of jobs that may run side by side. */
export interface Wave {
  id: string
  jobs: PipelineJob[]
  nightly: boolean
  /** Id of the wave that must have passed before. */
  after: string | null
}

/** GitHub lets jobs wait for whole matrices only: each layer is one, which waits for the one below. */
export function wavesOf(jobs: readonly PipelineJob[]): Wave[] {
  const layers = layersOf(jobs.filter(({ nightly }) => !nightly))
  const idOf = (layer: number) => (layer === 0 ? 'vm' : `vm-${layer + 1}`)
  const waves = layers.map((own, at) => ({
    id: idOf(at),
    jobs: own,
    nightly: false,
    after: at === 0 ? null : idOf(at - 1),
  }))
  const sweep = jobs.filter(({ nightly }) => nightly)
  const nightly = sweep.length === 0 ? [] : [{ id: 'sweep', jobs: sweep, nightly: true, after: null }]
  return [...waves, ...nightly].map(bounded)
}

/** Each job is in the layer above the highest one that it waits for; the lowest layer comes first. */
function layersOf(jobs: readonly PipelineJob[]): PipelineJob[][] {
  const layers: PipelineJob[][] = []
  let left = jobs
  while (left.length > 0) {
    const waiting = new Set(left.map(({ name }) => name))
    const free = left.filter(({ after }) => !after.some((name) => waiting.has(name)))
    // A circle is refused where groups are read.
    layers.push(free.length > 0 ? free : [...left])
    left = free.length > 0 ? left.filter((job) => !free.includes(job)) : []
  }
  return layers
}

function bounded(wave: Wave): Wave {
  if (wave.jobs.length <= mostJobs.github) return wave
  throw new UserError(
    `a matrix of ${wave.jobs.length} jobs is more than the ${mostJobs.github} that GitHub takes`,
    [wave.nightly ? 'select fewer checks, fewer --profiles, or --no-sweep' : 'divide them: --shards 20'],
  )
}
