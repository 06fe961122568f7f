import { sessionScenarios } from './scenarios/session'
import { conformance } from './suite'

conformance('session', sessionScenarios)
