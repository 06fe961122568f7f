import { keptScenarios } from './scenarios/blocking'
import { conformance } from './suite'

conformance('blocking-kept', keptScenarios)
