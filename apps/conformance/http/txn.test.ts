import { txnScenarios } from './scenarios/txn'
import { conformance } from './suite'

conformance('txn', txnScenarios)
