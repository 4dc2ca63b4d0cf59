/** A CI system that vmproof knows more of than that it is one. */
export type CiName = 'github' | 'gitlab'

/** The CI job around this process, as its environment tells. */
export interface CiJob {
  system: CiName | 'other'
  /** For people: `GitHub Actions`. */
  title: string
  /** The variable that says so. */
  because: string
  /** Where the project is checked out, absolute; null when the system does not say. */
  projectFolder: string | null
  /** Page of this job or, where jobs have no such variable, of its run. */
  url: string | null
  /** Its log shows colours of ANSI codes. */
  rendersAnsi: boolean
  /** Lines of a job's output can be commands to its runner. */
  obeysOutput: boolean
}

type Environment = Readonly<Record<string, string | undefined>>

/** How a system without reporter of its own names its things. */
interface OtherSystem {
  variable: string
  title: string
  folder?: string
  url?: string
  obeysOutput?: boolean
}

// Each sets CI too, or used not to; CI alone says least and comes last.
const others: OtherSystem[] = [
  {
    variable: 'TF_BUILD',
    title: 'Azure Pipelines',
    folder: 'BUILD_SOURCESDIRECTORY',
    // ##vso[task.setvariable variable=x]value
    obeysOutput: true,
  },
  { variable: 'JENKINS_URL', title: 'Jenkins', folder: 'WORKSPACE', url: 'BUILD_URL' },
  {
    variable: 'BUILDKITE',
    title: 'Buildkite',
    folder: 'BUILDKITE_BUILD_CHECKOUT_PATH',
    url: 'BUILDKITE_BUILD_URL',
  },
  { variable: 'CIRCLECI', title: 'CircleCI', folder: 'CIRCLE_WORKING_DIRECTORY', url: 'CIRCLE_BUILD_URL' },
  // ##teamcity[testFailed name='x']
  { variable: 'TEAMCITY_VERSION', title: 'TeamCity', obeysOutput: true },
  { variable: 'DRONE', title: 'Drone', folder: 'DRONE_WORKSPACE', url: 'DRONE_BUILD_LINK' },
  { variable: 'TRAVIS', title: 'Travis CI', folder: 'TRAVIS_BUILD_DIR', url: 'TRAVIS_JOB_WEB_URL' },
  { variable: 'BITBUCKET_BUILD_NUMBER', title: 'Bitbucket Pipelines', folder: 'BITBUCKET_CLONE_DIR' },
  { variable: 'CODEBUILD_BUILD_ID', title: 'CodeBuild', folder: 'CODEBUILD_SRC_DIR' },
  { variable: 'CI', title: 'a CI system' },
]

/** Every variable that tells of a CI. */
export const ciVariables = ['GITLAB_CI', 'GITHUB_ACTIONS', ...others.map(({ variable }) => variable)]

/** Tells the CI system from the variables that its runner sets. @returns null outside of one */
export function detectCi(env: Environment): CiJob | null {
  if (isSet(env.GITLAB_CI)) return gitlabJob(env)
  if (isSet(env.GITHUB_ACTIONS)) return githubJob(env)
  const other = others.find(({ variable }) => isSet(env[variable]))
  return other ? otherJob(other, env) : null
}

function gitlabJob(env: Environment): CiJob {
  return {
    system: 'gitlab',
    title: 'GitLab CI',
    because: 'GITLAB_CI',
    projectFolder: env.CI_PROJECT_DIR || null,
    url: env.CI_JOB_URL || null,
    rendersAnsi: true,
    obeysOutput: false,
  }
}

function githubJob(env: Environment): CiJob {
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository, GITHUB_RUN_ID: run } = env
  return {
    system: 'github',
    title: 'GitHub Actions',
    because: 'GITHUB_ACTIONS',
    projectFolder: env.GITHUB_WORKSPACE || null,
    url: server && repository && run ? `${server}/${repository}/actions/runs/${run}` : null,
    rendersAnsi: true,
    obeysOutput: true,
  }
}

function otherJob(
  { variable, title, folder, url, obeysOutput = false }: OtherSystem,
  env: Environment,
): CiJob {
  return {
    system: 'other',
    title,
    because: variable,
    projectFolder: (folder !== undefined && env[folder]) || null,
    url: (url !== undefined && env[url]) || null,
    rendersAnsi: false,
    obeysOutput,
  }
}

/** People switch such variables off by `false` and `0`, and gitlab-ci-local does. */
function isSet(value: string | undefined): boolean {
  return !['', '0', 'false', undefined].includes(value?.toLowerCase())
}
