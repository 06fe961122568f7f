import { catalogScenarios } from './scenarios/catalog'
import { conformance } from './suite'

conformance('catalog', catalogScenarios)
