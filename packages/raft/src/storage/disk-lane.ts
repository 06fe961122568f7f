import { Worker } from 'node:worker_threads'
import { type SdError, errorMessage } from '@sd/runtime'
import { StorageCorruptError, StorageFailedError, StorageFullError } from '../errors'
import type { DiskFailure } from './disk-files'
import { type DiskAnswer, type DiskRequest, type DiskWorkerData, diskWorkerSource } from './disk-worker'

interface Waiting {
  resolve: (value: unknown) => void
  reject: (error: unknown) => void
}

/** A disk worker and the questions put to it. Answers come in the order of the questions. */
export class DiskLane {
  readonly #worker: Worker
  readonly #waiting = new Map<number, Waiting>()
  #nextId = 1
  #ended: SdError | undefined

  constructor(data: DiskWorkerData) {
    this.#worker = new Worker(diskWorkerSource(), { eval: true, workerData: data, name: 'sd-raft-disk' })
    this.#worker.on('message', (answer: DiskAnswer) => this.#settle(answer))
    this.#worker.on('error', (error) => this.#end(new StorageFailedError(errorMessage(error), {}, error)))
    this.#worker.on('exit', () => this.#end(new StorageFailedError('the disk worker has ended')))
  }

  /** Buffers in `transfer` belong to the worker afterwards. */
  ask<T = void>(request: DiskRequest, transfer: readonly Uint8Array[] = []): Promise<T> {
    if (this.#ended) return Promise.reject(this.#ended)
    return new Promise<T>((resolve, reject) => {
      const id = this.#nextId++
      this.#waiting.set(id, { resolve: resolve as Waiting['resolve'], reject })
      this.#worker.postMessage({ id, request }, transfer.map((bytes) => bytes.buffer) as ArrayBuffer[])
    })
  }

  async end(): Promise<void> {
    this.#ended ??= new StorageFailedError('the storage is closed')
    await this.#worker.terminate()
  }

  #settle(answer: DiskAnswer): void {
    const waiting = this.#waiting.get(answer.id)
    this.#waiting.delete(answer.id)
    if ('failure' in answer) waiting?.reject(toError(answer.failure))
    else waiting?.resolve(answer.value)
  }

  #end(error: SdError): void {
    this.#ended ??= error
    for (const waiting of this.#waiting.values()) waiting.reject(this.#ended)
    this.#waiting.clear()
  }
}

function toError({ kind, path, errno, message, offset }: DiskFailure): SdError {
  if (kind === 'full') return new StorageFullError({ path, errno })
  if (kind === 'corrupt') return new StorageCorruptError({ file: path, offset, reason: message })
  return new StorageFailedError(message, { path, errno })
}
