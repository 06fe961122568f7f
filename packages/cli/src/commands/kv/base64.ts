import { CommandFailure } from '../../command'

/** Standard base64 with its padding; line breaks do not count. Fails with the position, as Go's decoder does. */
export function decodeBase64(what: string, text: string): Buffer {
  const compact = text.replace(/[\r\n]/g, '')
  const valid = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?/.exec(compact) as RegExpExecArray
  if (valid[0].length === compact.length) return Buffer.from(compact, 'base64')
  const strange = /[^A-Za-z0-9+/]/.exec(compact)
  throw new CommandFailure(`${what}: illegal base64 data at input byte ${strange?.index ?? valid[0].length}`)
}
