import { protocolScenarios } from './scenarios/protocol'
import { conformance } from './suite'

conformance('protocol', protocolScenarios)
