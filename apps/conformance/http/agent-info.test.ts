import { agentInfoScenarios } from './scenarios/agent-info'
import { conformance } from './suite'

conformance('agent-info', agentInfoScenarios)
