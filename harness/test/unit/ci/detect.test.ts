import { describe, expect, test } from 'vitest'
import { detectCi } from '../../../ci/detect.ts'

describe('what the environment tells of the CI', () => {
  test('GitHub', () => {
    const job = detectCi({
      CI: 'true',
      GITHUB_ACTIONS: 'true',
      GITHUB_WORKSPACE: '/github/workspace',
      GITHUB_SERVER_URL: 'https://github.com',
      GITHUB_REPOSITORY: 'me/vm',
      GITHUB_RUN_ID: '17',
    })
    expect(job).toMatchObject({
      system: 'github',
      because: 'GITHUB_ACTIONS',
      projectFolder: '/github/workspace',
      url: 'https://github.com/me/vm/actions/runs/17',
      rendersAnsi: true,
      obeysOutput: true,
    })
  })

  test('GitLab', () => {
    const job = detectCi({
      CI: 'true',
      GITLAB_CI: 'true',
      CI_PROJECT_DIR: '/builds/me/vm',
      CI_JOB_URL: 'https://gitlab.com/me/vm/-/jobs/17',
    })
    expect(job).toMatchObject({
      system: 'gitlab',
      because: 'GITLAB_CI',
      projectFolder: '/builds/me/vm',
      url: 'https://gitlab.com/me/vm/-/jobs/17',
      obeysOutput: false,
    })
  })

  test.each([
    ['Azure Pipelines', { TF_BUILD: 'True', BUILD_SOURCESDIRECTORY: '/s' }, '/s', true],
    ['Jenkins', { JENKINS_URL: 'https://j/', WORKSPACE: '/w' }, '/w', false],
    ['Buildkite', { CI: 'true', BUILDKITE: 'true' }, null, false],
    ['TeamCity', { TEAMCITY_VERSION: '2026.1' }, null, true],
    ['a CI system', { CI: '1' }, null, false],
  ])('%s, of which no reporter knows', (title, env, projectFolder, obeysOutput) => {
    expect(detectCi(env)).toMatchObject({ system: 'other', title, projectFolder, obeysOutput })
  })

  test.each([
    [{}],
    [{ CI: '' }],
    [{ CI: 'false' }],
    [{ CI: '0', GITHUB_ACTIONS: 'false', GITLAB_CI: 'False' }],
  ])('no CI: %j', (env) => {
    expect(detectCi(env)).toBeNull()
  })

  test('a variable that is switched off hands over to the next: gitlab-ci-local does that', () => {
    expect(detectCi({ GITLAB_CI: 'false', CI: 'true' })).toMatchObject({ system: 'other', because: 'CI' })
  })

  test('what the system does not tell is null, not half of an address', () => {
    expect(detectCi({ GITHUB_ACTIONS: 'true', GITHUB_SERVER_URL: 'https://github.com' })).toMatchObject({
      projectFolder: null,
      url: null,
    })
  })
})
