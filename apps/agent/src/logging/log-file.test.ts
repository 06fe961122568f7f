import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { PassThrough } from 'node:stream'
import { VirtualClock } from '@sd/runtime/testing'
import { LogFile, StreamSink } from './index'

describe('LogFile', () => {
  let directory: string
  beforeEach(async () => {
    directory = await mkdtemp(path.join(os.tmpdir(), 'sd-log-'))
  })
  afterEach(() => rm(directory, { recursive: true, force: true }))

  const AT = Date.now() + 1_000

  it('appends, and names a file that has no name', async () => {
    const file = new LogFile({ clock: new VirtualClock(AT) }, `${directory}/`)
    await file.start()
    file.write('one\n')
    file.write('two\n')
    await file.stop()
    expect(await readFile(path.join(directory, 'consul.log'), 'utf8')).toBe('one\ntwo\n')
  })

  it('rotates by size and keeps the newest', async () => {
    const clock = new VirtualClock(AT)
    const name = path.join(directory, 'agent.log')
    for (let i = 0; i < 5; i++) {
      const file = new LogFile({ clock }, name, { rotateBytes: 4, rotateMaxFiles: 2 })
      await file.start()
      file.write(`line ${i}\n`)
      await file.stop()
      const again = new LogFile({ clock }, name, { rotateBytes: 4, rotateMaxFiles: 2 })
      await again.start()
      again.write('x'.repeat(5))
      await new Promise((resolve) => setImmediate(resolve))
      await again.stop()
      await clock.advance(1_000)
    }
    expect((await readdir(directory)).filter((entry) => entry.startsWith('agent-')).length).toBeLessThanOrEqual(2)
    const one = new LogFile({ clock }, name, { rotateBytes: 1, rotateMaxFiles: 2 })
    await one.start()
    one.write('a\n')
    await one.stop()
    expect(await readFile(name, 'utf8')).toMatch(/a\n$/)
  })

  it('puts a full file away under a name with the time', async () => {
    const clock = new VirtualClock(AT)
    const file = new LogFile({ clock }, path.join(directory, 'agent.log'), { rotateBytes: 3 })
    await file.start()
    file.write('first\n')
    await file.idle()
    file.write('second\n')
    await file.stop()
    const old = (await readdir(directory)).find((name) => name !== 'agent.log') as string
    expect(old).toBe(`agent-${BigInt(AT) * 1_000_000n}.log`)
    expect(await readFile(path.join(directory, old), 'utf8')).toBe('first\n')
    expect(await readFile(path.join(directory, 'agent.log'), 'utf8')).toBe('second\n')
  })

  it('drops what the disk can not take and counts it', async () => {
    const file = new LogFile({ clock: new VirtualClock(AT) }, path.join(directory, 'a.log'), {
      pendingBytesMax: 10,
    })
    await file.start()
    for (let i = 0; i < 5; i++) file.write('12345\n')
    await file.stop()
    expect(file.dropped).toBe(4)
  })

  it('refuses a path that can not be written', async () => {
    const blocker = path.join(directory, 'file')
    await writeFile(blocker, '')
    const file = new LogFile({ clock: new VirtualClock(AT) }, path.join(blocker, 'a.log'))
    await expect(file.start()).rejects.toMatchObject({ code: 'LOG_FILE_OPEN' })
  })
})

describe('StreamSink', () => {
  it('drops lines while nobody reads', () => {
    const stream = new PassThrough({ highWaterMark: 1 })
    const sink = new StreamSink(stream, { pendingBytesMax: 10 })
    for (let i = 0; i < 10; i++) sink.write('12345\n')
    expect(sink.dropped).toBeGreaterThan(0)
    stream.destroy()
    sink.write('x')
    expect(sink.dropped).toBeGreaterThan(1)
  })
})
