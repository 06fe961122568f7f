import { healthScenarios } from './scenarios/health'
import { conformance } from './suite'

conformance('health', healthScenarios)
