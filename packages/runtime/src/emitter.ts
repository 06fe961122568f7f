import { EventEmitter } from 'node:events'

/** A typed `EventEmitter`: `class X extends Emitter<{ leaderChanged: { leader: string } }>`. */
export class Emitter<Events extends object> {
  readonly #emitter = new EventEmitter().setMaxListeners(0)

  on<Name extends keyof Events & string>(name: Name, listener: (event: Events[Name]) => void): this {
    this.#emitter.on(name, listener)
    return this
  }

  once<Name extends keyof Events & string>(name: Name, listener: (event: Events[Name]) => void): this {
    this.#emitter.once(name, listener)
    return this
  }

  off<Name extends keyof Events & string>(name: Name, listener: (event: Events[Name]) => void): this {
    this.#emitter.off(name, listener)
    return this
  }

  protected emit<Name extends keyof Events & string>(name: Name, event: Events[Name]): void {
    this.#emitter.emit(name, event)
  }
}
