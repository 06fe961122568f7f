/**
 * The sd agent as a library: load a configuration, compose an agent, start and stop it.
 * @packageDocumentation
 */
export { composeAgent, type AgentPorts, type ComposedAgent } from './compose-agent'
export { loadConfig, parseAgentFlags, noFlags, type LoadedConfig, type RuntimeConfig } from './config/index'
export { agentProcess, type AgentProcessPorts } from './agent-process'
export { main } from './main'
