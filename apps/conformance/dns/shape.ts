/** An answer as text that two servers must agree on: everything but the order of records and the serial of a zone. */
import { type Answer, decode } from 'dns-packet'
import type { Comparison } from './questions'

/** A zone's serial is the time of the answer; this many seconds may lie between two servers and this process. */
const SERIAL_SLACK_S = 10

export function shape(message: Buffer | undefined, compares: Comparison): string {
  const isChoice = compares === 'choice'
  if (message === undefined) return 'silence'
  if (message.length < 12) return `${message.length} bytes ${message.toString('hex')}`
  const flags = message.readUInt16BE(2).toString(16)
  const counts = [4, 6, 8, 10].map((offset) => message.readUInt16BE(offset)).join('/')
  const head = `id ${message.readUInt16BE(0)} flags ${flags} counts ${counts}${compares !== 'all' ? '' : ` length ${message.length}`}`
  try {
    const { questions, answers, authorities, additionals } = decode(message)
    const section = (name: string, records: readonly Answer[] | undefined) =>
      (records ?? [])
        .map((record) => `${name} ${isChoice ? kind(record) : text(record)}`)
        .sort()
        .map((line) => `\n${line}`)
        .join('')
    const asked = (questions ?? []).map(({ name, type, class: kindOf }) => `\nQ ${name} ${type} ${kindOf}`).join('')
    return head + asked + section('AN', answers) + section('NS', authorities) + section('AR', additionals)
  } catch (error) {
    return `${head}\nundecodable ${message.subarray(12).toString('hex')} ${String(error)}`
  }
}

function kind(record: Answer): string {
  return 'ttl' in record ? `${record.type} ${record.ttl}` : text(record)
}

function text(record: Answer): string {
  if (record.type === 'OPT') {
    const options = record.options.map((each) => JSON.stringify({ ...each, type: undefined, data: undefined }))
    return `OPT ${record.udpPayloadSize} ${record.extendedRcode} ${record.ednsVersion} ${record.flags} ${options}`
  }
  const { name, type, ttl } = record as { name: string; type: string; ttl: number }
  const data = (record as { data: unknown }).data
  const recordClass = (record as { class?: string }).class
  return `${name} ${type} ${recordClass} ${ttl} ${dataText(type, data)}`
}

function dataText(type: string, data: unknown): string {
  if (type === 'TXT') return JSON.stringify((data as Buffer[]).map(String))
  if (type !== 'SOA') return JSON.stringify(data)
  const { serial, ...zone } = data as { serial: number }
  const isNow = Math.abs(serial - Date.now() / 1_000) < SERIAL_SLACK_S
  return JSON.stringify({ ...zone, serial: isNow ? 'now' : serial })
}
