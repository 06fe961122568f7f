/**
 * Contracts that every storage and transport keeps, and faults to inject.
 * @packageDocumentation
 */
export { DiskFaults } from './disk-faults'
export { JournalStateMachine } from './journal-state-machine'
export { storageContract, type StorageSubject, type TestTools } from './storage-contract'
export { sampleMessage } from './sample-messages'
export { transportContract, type TransportSubject } from './transport-contract'
