import { blockingScenarios } from './scenarios/blocking'
import { conformance } from './suite'

conformance('blocking', blockingScenarios)
