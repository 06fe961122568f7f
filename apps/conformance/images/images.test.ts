/**
 * The images of agent and registrator, built by their Dockerfiles on a base made here, and the workshop's discovery and check parts with
 * both in containers. It needs what the workshop needs, and debootstrap with a Debian mirror for the first run.
 * IMAGES_TRANSCRIPT says where the transcript is written.
 */
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { checkSteps } from '../workshop/checks.steps'
import { discoverySteps } from '../workshop/discovery.steps'
import { makeScratch } from '../workshop/scratch'
import { stepsOf } from '../workshop/step'
import { Transcript } from '../workshop/transcript'
import { agentImageSteps } from './agent-image.steps'
import { ContainerStage } from './container-stage'

const scratch = makeScratch('sd-images')
const transcript = new Transcript(process.env.IMAGES_TRANSCRIPT ?? join(tmpdir(), 'sd-images.transcript.txt'))
const step = stepsOf(transcript)
let current: ContainerStage | undefined

function stage(): ContainerStage {
  if (current === undefined) throw new Error('the stage did not start')
  return current
}

beforeAll(async () => {
  current = await ContainerStage.start(scratch, transcript)
})

afterAll(async () => {
  scratch.thaw()
  await current?.stop()
  transcript.end()
  scratch.remove()
})

step('both images are built from their Dockerfiles', async ({ took }) => {
  const startedAt = performance.now()
  await stage().buildImages(scratch)
  took(performance.now() - startedAt)
})

step('the agent runs with the slide’s command, script checks by CONSUL_LOCAL_CONFIG', async () => {
  await stage().startAgent({ enable_script_checks: true })
  expect(await stage().client.api('/v1/status/leader')).toMatch(/:8300$/)
})

discoverySteps(step, stage)
checkSteps(step, stage)

step('docker stop ends a registrator in order; its services stay', async () => {
  expect(await stage().stopRegistrator(stage().node2)).toBe('0')
  expect(await stage().client.dns('http-ip.service.consul')).toHaveLength(2)
})

agentImageSteps(step, stage)
