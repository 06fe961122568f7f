import { agentServiceScenarios } from './scenarios/agent-services'
import { conformance } from './suite'

conformance('agent-services', agentServiceScenarios)
