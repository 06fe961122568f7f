/** Every command of a play with its raw output, in a file to read afterwards; the verdicts also on standard output. */
import { appendFileSync, mkdirSync, writeFileSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import type { RunResult } from '../support/run'

export class Transcript {
  readonly file: string
  #passed = 0
  #failed = 0

  constructor(file: string) {
    this.file = file
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, '')
  }

  heading(text: string): void {
    appendFileSync(this.file, `\n### ${text}\n`)
  }

  command(machine: string, command: readonly string[], result: RunResult): void {
    const words = command.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word}'`))
    appendFileSync(this.file, `${machine}$ ${words.join(' ')}\n${result.stdout}${result.stderr}\n`)
  }

  /** One line, also printed; past jest's console, which would decorate it. */
  say(line: string): void {
    appendFileSync(this.file, `${line}\n`)
    writeSync(1, `${line}\n`)
  }

  passed(step: string, seconds: number | undefined): void {
    this.#passed++
    this.say(`PASS ${step}${seconds === undefined ? '' : `  ${seconds.toFixed(2)} s`}`)
  }

  failed(step: string, why: string): void {
    this.#failed++
    this.say(`FAIL ${step}: ${why}`)
  }

  end(): void {
    this.say(`${this.#passed} passed, ${this.#failed} failed; transcript in ${this.file}`)
  }
}
