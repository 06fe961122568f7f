/**
 * Consul's domain types, each declared once as a table of fields from which its codecs are compiled.
 * @packageDocumentation
 */
export * from './node'
export * from './service'
export * from './check'
export * from './check-definition'
export * from './service-health'
export * from './kv-entry'
export * from './session'
export * from './catalog-request'
export * from './coordinate'
export * from './user-event'
export * from './transaction'
export * from './agent-info'
export * from './query'
export * from './version'
export * from './fields/field-table'
export { FieldDecodeError } from './fields/decode-error'
export { decodeFields, type DecodeOptions, type KeyStyle } from './fields/decode-fields'
export { jsonEncoder, type JsonEncoder, jsonListEncoder } from './fields/json-encoder'
export {
  compareText,
  jsonAny,
  jsonBytes,
  jsonMap,
  jsonNumber,
  jsonString,
  jsonStringList,
  sortedKeys,
} from './fields/json-text'
export { MsgpackError, MsgpackReader, type MsgpackValue } from './fields/msgpack-reader'
export { MsgpackWriter } from './fields/msgpack-writer'
export { decodeMsgpack, encodeMsgpack, type MsgpackCodec, msgpackCodec } from './fields/msgpack-codec'
