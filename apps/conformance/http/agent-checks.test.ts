import { agentCheckScenarios } from './scenarios/agent-checks'
import { conformance } from './suite'

conformance('agent-checks', agentCheckScenarios)
