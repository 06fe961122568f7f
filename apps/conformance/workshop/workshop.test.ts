/**
 * The workshop "Consul: service discovery & failure detection", slide by slide, on real Docker engines, then what else can fail.
 * It needs root and dockerd, ip, iptables, ss, dig, busybox and curl. Another pair of programs is played with AGENT and REGISTRATOR;
 * WORKSHOP_TRANSCRIPT says where the transcript is written.
 */
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { agentRestartSteps } from './agent-restart.steps'
import { architectureSteps } from './architecture.steps'
import { checkSteps } from './checks.steps'
import { discoverySteps } from './discovery.steps'
import { dockerCheckSteps } from './docker-check.steps'
import { failureSteps } from './failures.steps'
import { LEFT_OUT } from './left-out'
import { ProgramStage } from './program-stage'
import { makeScratch } from './scratch'
import { stepsOf } from './step'
import { agentCommand, registratorCommand } from './targets'
import { Transcript } from './transcript'

const scratch = makeScratch('sd-workshop')
const transcript = new Transcript(process.env.WORKSHOP_TRANSCRIPT ?? join(tmpdir(), 'sd-workshop.transcript.txt'))
const step = stepsOf(transcript)
let current: ProgramStage | undefined

function stage(): ProgramStage {
  if (current === undefined) throw new Error('the stage did not start')
  return current
}

beforeAll(async () => {
  transcript.say(`agent: ${agentCommand}; registrator: ${registratorCommand}`)
  current = await ProgramStage.start(scratch, transcript)
})

afterAll(async () => {
  scratch.thaw()
  await current?.stop()
  for (const { step: name, why } of LEFT_OUT) transcript.say(`LEFT OUT ${name}: ${why}`)
  transcript.end()
  scratch.remove()
})

architectureSteps(step, stage)
discoverySteps(step, stage)
checkSteps(step, stage)
dockerCheckSteps(step, stage, () => scratch.dir)
failureSteps(step, stage)
agentRestartSteps(step, stage)
