/** The private network of the machines: a bridge on a machine of its own, so that this computer's network stays untouched. */
import { must } from '../support/run'
import { Machine } from './machine'

export class Network {
  readonly #bridge: Machine
  readonly #machines: Machine[] = []

  private constructor(bridge: Machine) {
    this.#bridge = bridge
  }

  static async start(): Promise<Network> {
    const bridge = await Machine.start('switch')
    await bridge.must(['ip', 'link', 'add', 'br0', 'type', 'bridge'])
    await bridge.must(['ip', 'link', 'set', 'br0', 'up'])
    return new Network(bridge)
  }

  /** A new machine with the address on its interface eth1. */
  async addMachine(name: string, address: string): Promise<Machine> {
    const machine = await Machine.start(name)
    this.#machines.push(machine)
    const port = `port${this.#machines.length}`
    const [bridgePid, machinePid] = [String(this.#bridge.pid), String(machine.pid)]
    const cable = ['type', 'veth', 'peer', 'name', 'eth1', 'netns', machinePid]
    await must('ip', ['link', 'add', port, 'netns', bridgePid, ...cable])
    await this.#bridge.must(['ip', 'link', 'set', port, 'master', 'br0', 'up'])
    await machine.must(['ip', 'addr', 'add', `${address}/24`, 'dev', 'eth1'])
    await machine.must(['ip', 'link', 'set', 'eth1', 'up'])
    return machine
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#machines, this.#bridge].map((machine) => machine.stop()))
  }
}
