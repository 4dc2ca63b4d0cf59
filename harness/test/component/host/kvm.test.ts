import { execFileSync } from 'node:child_process'
import { chmodSync, chownSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import { findKernel } from '../../../host/kernels.ts'
import { kvmBoots } from '../../../host/kvm.ts'
import { obstacleAt } from '../../../host/kvm-device.ts'
import { findOnPath } from '../../../process/find-program.ts'
import { processesWith, until } from '../../helpers/processes.ts'
import { scratchFolder } from '../../helpers/scratch.ts'
import { skipBecause } from '../../helpers/skip.ts'
import { startVmproof } from '../../helpers/vmproof.ts'
import { architecture, kvmLab, qemuName, whyNotReal } from './kvm-lab.ts'

const isArm = architecture === 'aarch64'

test('the KVM of this host is judged as a boot by hand judges it', async ({ skip }) => {
  const reason = whyNotReal('kvm')
  if (reason !== null) return skipBecause(reason, skip)
  const cacheFolder = scratchFolder()
  const answer = await kvmBoots({ cacheFolder, afresh: true })
  const machine = isArm ? '-machine virt,gic-version=max -cpu host' : '-machine pc -cpu qemu64'
  const byHand = `timeout -s KILL 8 ${qemuName} -accel kvm ${machine} -m 256 -nodefaults -no-reboot -display none \
    -serial stdio -kernel ${findKernel(architecture)} -append 'console=${isArm ? 'ttyAMA0' : 'ttyS0'} panic=-1' |
    grep -c 'Unable to mount root fs'; true`
  const count = execFileSync('sh', ['-c', byHand], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
  expect(answer.works, answer.reason ?? '').toBe(Number(count) > 0)
  const words = /^KVM of this host does not boot Linux: |^QEMU does not run under KVM here: /
  expect(answer.reason).toEqual(answer.works ? null : expect.stringMatching(words))
  expect((await kvmBoots({ cacheFolder })).reason).toBe(answer.reason)
})

// The real QEMU and a real kernel, emulated: the harness sees the same lines as from a KVM that works.
test('a KVM that works has booted a real kernel to its end', async ({ skip }) => {
  const reason = whyNotReal('qemu')
  if (reason !== null) return skipBecause(reason, skip)
  const real = findOnPath(qemuName)
  const emulated = `s/-accel kvm/-accel tcg/; s/-cpu host/-cpu ${isArm ? 'cortex-a57' : 'qemu64'}/; s/-append .*//`
  const lab = kvmLab(`for last; do :; done
exec ${real} $(echo "$*" | sed '${emulated}') -append "$last"`)
  const answer = await lab.ask({ kernel: findKernel(architecture) })
  expect(answer).toMatchObject({ works: true, reason: null, mend: null })
  expect(answer.seconds).toBeGreaterThan(0)
  expect(lab.starts()).toBe(1)
})

describe('a KVM that does not work', () => {
  test('is told by the line after which the kernel stopped', async () => {
    const lab = kvmLab(`echo "$$" > "$(dirname "$0")/pid"
echo SeaBIOS; echo '[    0.1] Linux version 6.1'; printf '[    0.2] \\033[1mMemory: 1K\\r\\n'
while :; do :; done`)
    const answer = await lab.ask()
    const reason = 'KVM of this host does not boot Linux: it stopped after "Memory: 1K"'
    expect(answer).toMatchObject({ works: false, reason })
    const pid = readFileSync(join(lab.folder, 'bin/pid'), 'utf8').trim()
    expect(existsSync(`/proc/${pid}`)).toBe(false)
  })

  test("is told by QEMU's last words, and asked again: their reason may pass", async () => {
    const words = 'kvm_buf_set_msrs: Assertion failed.'
    const lab = kvmLab(`echo '${words}' >&2; kill -ABRT $$`)
    const expected = { works: false, reason: `QEMU does not run under KVM here: ${words}`, seconds: null }
    expect(await lab.ask()).toMatchObject(expected)
    expect(await lab.ask()).toMatchObject(expected)
    expect(lab.starts()).toBe(2)
  })

  test('is told by how QEMU ended where it gave nothing but warnings', async () => {
    const lab = kvmLab("echo 'qemu: warning: no pni' >&2; kill -SEGV $$")
    expect((await lab.ask()).reason).toBe('QEMU does not run under KVM here: signal SIGSEGV')
  })
})

describe('an interrupted trial', () => {
  test('leaves no QEMU and no memory', async () => {
    const lab = kvmLab('exec sleep 86398.25')
    const controller = new AbortController()
    const answer = lab.ask({ signal: controller.signal })
    await until(() => lab.starts() === 1)
    controller.abort()
    expect(await answer).toMatchObject({ works: false, reason: 'interrupted while KVM was tried' })
    expect(processesWith('sleep 86398.25')).toEqual([])
    expect(existsSync(lab.cacheFolder)).toBe(false)
    expect((await lab.ask({ signal: controller.signal })).reason).toBe('interrupted while KVM was tried')
    expect(lab.starts()).toBe(1)
  })

  test.for([
    { signal: 'SIGINT', code: 130 },
    { signal: 'SIGTERM', code: 143 },
    { signal: 'SIGKILL', code: null },
  ] as const)('of a doctor that $signal ends leaves no QEMU', async ({ signal, code }, { skip }) => {
    const reason = whyNotReal('kvm')
    if (reason !== null) return skipBecause(reason, skip)
    const mark = `sleep 86397.${process.pid}${code ?? 137}`
    const lab = kvmLab(`exec ${mark}`)
    const doctor = startVmproof(['doctor', '--kind', 'vm'], lab.folder, { PATH: lab.path })
    const died = doctor.ended.then(({ stderr }) => Promise.reject(new Error(`it never tried KVM: ${stderr}`)))
    await Promise.race([until(() => processesWith(mark).length > 0), died])
    doctor.child.kill(signal)
    expect((await doctor.ended).code).toBe(code)
    await until(() => processesWith(mark).length === 0)
  })
})

describe('what stands in the way of a trial', () => {
  test('a device that is not there', async () => {
    expect(await kvmLab('exit 1').ask({ device: '/no/such/device' })).toMatchObject({
      works: false,
      reason: 'there is no /no/such/device',
      mend: expect.stringContaining('--device'),
      seconds: null,
    })
  })

  test('a device that is none', () => {
    expect(obstacleAt('/')?.reason).toBe('/ cannot be opened (EISDIR)')
  })

  test('a guest of another architecture', async () => {
    const { works, reason } = await kvmLab('exit 1').ask({ architecture: 'riscv64' })
    expect(works).toBe(false)
    expect(reason).toBe(`KVM runs guests of the host's own architecture (${architecture}), not riscv64`)
  })

  test('no QEMU', async () => {
    const lab = kvmLab('exit 1')
    vi.stubEnv('PATH', lab.folder)
    const { works, mend, lacksKernel } = await lab.ask()
    expect({ works, lacksKernel }).toEqual({ works: false, lacksKernel: undefined })
    expect(mend).toMatch(/^install qemu-system-/)
    // setup fetches both at once.
    expect(await lab.ask({ kernel: null })).toMatchObject({ lacksKernel: true })
  })

  test('no kernel, which setup can fetch', async () => {
    const { works, lacksKernel, mend } = await kvmLab('exit 1').ask({ kernel: null })
    expect({ works, lacksKernel, mend }).toEqual({ works: false, lacksKernel: true, mend: 'vmproof setup' })
  })

  test.each([
    { whose: 'a group', mode: 0o060, mend: /^sudo usermod -aG \S+ "\$USER", then log in again$/ },
    { whose: 'nobody', mode: 0o000, mend: /^sudo chmod a\+rw \S+ \(until the next boot\)$/ },
  ])('a device that $whose may open, and not this user', ({ mode, mend }) => {
    const folder = scratchFolder()
    const device = join(folder, 'kvm')
    writeFileSync(device, '')
    chmodSync(folder, 0o755)
    if (process.getuid?.() === 0) chownSync(device, 0, 1)
    chmodSync(device, mode)
    const obstacle = asNobody(() => obstacleAt(device))
    expect(obstacle?.reason).toBe(`this user may not open ${device}`)
    expect(obstacle?.mend).toMatch(mend)
  })
})

/** Root may open everything. */
function asNobody<Result>(work: () => Result): Result {
  if (process.getuid?.() !== 0) return work()
  const groups = process.getgroups?.() ?? []
  process.setgroups?.([])
  process.setegid?.(65534)
  process.seteuid?.(65534)
  try {
    return work()
  } finally {
    process.seteuid?.(0)
    process.setegid?.(0)
    process.setgroups?.(groups)
  }
}
