import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { validateCommand } from './validate-command'

const run = async (...argv: string[]) => {
  const out = { stdout: '', stderr: '' }
  const code = await validateCommand(argv, {
    stdout: (text) => (out.stdout += text),
    stderr: (text) => (out.stderr += text),
  })
  return { code, ...out }
}

describe('validateCommand', () => {
  let directory: string
  beforeEach(async () => {
    directory = await mkdtemp(path.join(os.tmpdir(), 'sd-validate-'))
  })
  afterEach(() => rm(directory, { recursive: true, force: true }))

  const put = async (name: string, text: string) => {
    await writeFile(path.join(directory, name), `data_dir = "/nonexistent/data"\nbind_addr = "127.0.0.1"\n${text}`)
    return path.join(directory, name)
  }

  it('says that a configuration is valid, after its warnings', async () => {
    const file = await put('a.hcl', 'server = true\nbootstrap = true')
    expect(await run(file)).toEqual({
      code: 0,
      stdout: 'Configuration is valid!\n',
      stderr: 'bootstrap = true: do not enable unless necessary\n',
    })
    expect(await run('-quiet', file)).toEqual({ code: 0, stdout: '', stderr: '' })
    expect((await run(directory)).code).toBe(0)
  })

  it('says what is wrong', async () => {
    const file = await put('a.hcl', 'bogus = 1')
    expect(await run(file)).toEqual({
      code: 1,
      stdout: '',
      stderr: `Config validation failed: failed to parse ${file}: 1 error occurred:\n\t* invalid config key bogus\n\n\n`,
    })
  })

  it('wants files, and flags that it knows', async () => {
    expect(await run()).toEqual({ code: 1, stdout: '', stderr: 'Must specify at least one config file or directory\n' })
    expect((await run('-config-format=xml', 'x')).stderr).toBe("-config-format must be either 'hcl' or 'json\n")
    const unknown = await run('-bogus', 'x')
    expect(unknown.code).toBe(1)
    expect(unknown.stderr).toMatch(/^flag provided but not defined: -bogus\nUsage:\n {2}-config-format string\n/)
    expect(await run('-h')).toMatchObject({ code: 0, stderr: '' })
  })
})
