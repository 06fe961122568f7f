/** The machine, as `/v1/agent/host` shows it. */
import { readFile, statfs } from 'node:fs/promises'
import * as os from 'node:os'
import type { JsonValue } from '@sd/model'

export async function hostInfo(dataDir: string | undefined, nowMs: number): Promise<JsonValue> {
  const path = dataDir ?? os.tmpdir()
  const disk = await statfs(path)
  const total = disk.blocks * disk.bsize
  const free = disk.bavail * disk.bsize
  const used = (disk.blocks - disk.bfree) * disk.bsize
  const memory = { total: os.totalmem(), available: os.freemem() }
  const uptime = Math.floor(os.uptime())
  return {
    Memory: {
      total: memory.total,
      available: memory.available,
      used: memory.total - memory.available,
      usedPercent: percent(memory.total - memory.available, memory.total),
      free: memory.available,
    },
    CPU: os.cpus().map(({ model, speed }, cpu) => ({ cpu, modelName: model, mhz: speed, cores: 1 })),
    Host: {
      hostname: os.hostname(),
      uptime,
      bootTime: Math.floor(nowMs / 1000) - uptime,
      os: os.platform(),
      platform: os.type(),
      kernelVersion: os.release(),
      kernelArch: os.machine(),
      hostId: await readFile('/etc/machine-id', 'utf8').then(
        (id) => id.trim(),
        () => '',
      ),
    },
    Disk: {
      path,
      total,
      free,
      used,
      usedPercent: percent(used, used + free),
      inodesTotal: disk.files,
      inodesFree: disk.ffree,
    },
    CollectionTime: nowMs * 1e6,
    Errors: null,
  }
}

const percent = (part: number, whole: number): number => (whole === 0 ? 0 : (part / whole) * 100)
