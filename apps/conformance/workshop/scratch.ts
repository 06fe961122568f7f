/** Files and control groups of one run. They name the process that made them, so that the next run can remove what a killed one left. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const CGROUPS = '/sys/fs/cgroup'

export interface Scratch {
  readonly dir: string
  /** Name for `dockerd --cgroup-parent`. */
  readonly cgroup: string
  /** Paused containers go on, since a frozen process cannot be ended. Before the machines are stopped. */
  thaw(): void
  remove(): void
}

/** `prefix` must be the suite's own: what a dead run of that prefix left is removed. */
export function makeScratch(prefix: string): Scratch {
  const ownerOf = (name: string) => Number(name.startsWith(`${prefix}-`) ? name.slice(prefix.length + 1) : NaN)
  for (const name of readdirSync(tmpdir())) if (isDead(ownerOf(name))) removeDir(join(tmpdir(), name))
  for (const name of cgroupNames()) if (isDead(ownerOf(name))) removeCgroups(name)
  const name = `${prefix}-${process.pid}`
  const dir = join(tmpdir(), name)
  mkdirSync(dir)
  const remove = () => {
    removeDir(dir)
    removeCgroups(name)
  }
  return { dir, cgroup: name, thaw: () => groupsNamed(name).forEach(thaw), remove }
}

function isDead(pid: number): boolean {
  return Number.isInteger(pid) && (pid === process.pid || !existsSync(`/proc/${pid}`))
}

function removeDir(dir: string): void {
  rmSync(dir, { recursive: true, force: true, maxRetries: 3 })
}

/** Where an engine makes its groups: beside the groups of this process. Version 2 has one hierarchy, version 1 a folder for each controller. */
function hierarchies(): string[] {
  const own = readFileSync('/proc/self/cgroup', 'utf8').split('\n')
  const paths = new Set(['/', ...own.map((line) => line.split(':')[2] ?? '/')])
  return [CGROUPS, ...foldersIn(CGROUPS)].flatMap((root) => [...paths].map((path) => join(root, path)))
}

function cgroupNames(): Set<string> {
  return new Set(
    hierarchies().flatMap((dir) => foldersIn(dir).map((each) => each.slice(dir.replace(/\/$/, '').length + 1))),
  )
}

function groupsNamed(name: string): string[] {
  return hierarchies().flatMap((dir) => (existsSync(join(dir, name)) ? [join(dir, name)] : []))
}

function removeCgroups(name: string): void {
  groupsNamed(name).forEach(removeGroup)
}

function removeGroup(dir: string): void {
  thaw(dir)
  for (const child of foldersIn(dir)) removeGroup(child)
  try {
    rmdirSync(dir)
  } catch {
    // A process is just ending in it: the next run removes it.
  }
}

function thaw(dir: string): void {
  for (const child of foldersIn(dir)) thaw(child)
  const state = join(dir, 'freezer.state')
  if (existsSync(state)) writeFileSync(state, 'THAWED')
}

function foldersIn(dir: string): string[] {
  try {
    return readdirSync(dir, { withFileTypes: true }).flatMap((each) =>
      each.isDirectory() ? [join(dir, each.name)] : [],
    )
  } catch {
    return []
  }
}
