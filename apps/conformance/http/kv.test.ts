import { kvScenarios } from './scenarios/kv'
import { conformance } from './suite'

conformance('kv', kvScenarios)
