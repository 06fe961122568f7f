/**
 * The program `sd-registrator` as a function.
 * @packageDocumentation
 */
export { type CommandIo, runRegistrator } from './registrator-command'
