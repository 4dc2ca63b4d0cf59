import { randomUUID } from 'node:crypto'
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { bootsAtOnce, kvmLab } from './kvm-lab.ts'

test('an answer holds for this QEMU and this kernel, also in other processes', async () => {
  const lab = kvmLab(bootsAtOnce)
  const kernel = join(lab.folder, 'vmlinuz')
  writeFileSync(kernel, 'one')
  const first = await lab.ask({ kernel })
  expect(first.works).toBe(true)
  expect(await lab.ask({ kernel })).toEqual(first)
  expect(await lab.askElsewhere({ kernel })).toEqual(first)
  expect(lab.starts()).toBe(1)
  appendFileSync(kernel, 'another')
  await lab.askElsewhere({ kernel })
  expect(lab.starts()).toBe(2)
  await lab.askElsewhere({ kernel, afresh: true })
  expect(lab.starts()).toBe(3)
  appendFileSync(lab.qemu, '# newer\n')
  await lab.askElsewhere({ kernel })
  expect(lab.starts()).toBe(4)
})

test.each(['', 'not json', '{}', 'null', '[1]'])('a memory that holds %j is none', async (content) => {
  const lab = kvmLab(bootsAtOnce)
  mkdirSync(lab.cacheFolder)
  writeFileSync(join(lab.cacheFolder, 'kvm.json'), content)
  expect((await lab.askElsewhere()).works).toBe(true)
  expect(lab.starts()).toBe(1)
  const memory = JSON.parse(readFileSync(join(lab.cacheFolder, 'kvm.json'), 'utf8'))
  expect(memory).toMatchObject({ schema: 1, works: true })
})

test('a memory of another boot of the host, or damaged inside, is none', async () => {
  const lab = kvmLab(bootsAtOnce)
  await lab.ask()
  const memory = join(lab.cacheFolder, 'kvm.json')
  const whole = JSON.parse(readFileSync(memory, 'utf8'))
  const bootId = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
  expect(whole.key).toContain(bootId)
  const damages = [
    { key: whole.key.replace(bootId, randomUUID()) },
    { works: false },
    { reason: 1 },
    { seconds: 'soon' },
    { schema: 2 },
  ]
  for (const damage of damages) {
    writeFileSync(memory, JSON.stringify({ ...whole, ...damage }))
    await lab.askElsewhere()
  }
  expect(lab.starts()).toBe(1 + damages.length)
  await lab.askElsewhere()
  expect(lab.starts()).toBe(1 + damages.length)
})

test('where no file can be written, the process remembers', async () => {
  const lab = kvmLab(bootsAtOnce)
  const cacheFolder = join(lab.folder, 'file')
  writeFileSync(cacheFolder, '')
  expect((await lab.ask({ cacheFolder })).works).toBe(true)
  expect((await lab.ask({ cacheFolder })).works).toBe(true)
  expect(lab.starts()).toBe(1)
})

test('two at once do not harm each other', async () => {
  const lab = kvmLab(bootsAtOnce)
  const answers = await Promise.all([lab.ask(), lab.askElsewhere(), lab.ask()])
  expect(answers.map(({ works }) => works)).toEqual([true, true, true])
  const before = lab.starts()
  expect((await lab.askElsewhere()).works).toBe(true)
  expect(lab.starts()).toBe(before)
})
