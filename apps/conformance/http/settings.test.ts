import { SETTINGS, settingsScenarios } from './scenarios/settings'
import { conformance } from './suite'

conformance('settings', settingsScenarios, SETTINGS)
