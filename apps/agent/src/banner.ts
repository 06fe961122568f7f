/** What an agent says of itself when it starts, before its log. */
import { CONSUL_VERSION, SD_VERSION } from '@sd/model'
import type { ListenAddress, RuntimeConfig } from './config/index'

export function banner(config: RuntimeConfig, nodeId: string): string {
  const port = (addresses: readonly ListenAddress[]) => addresses.find((address) => address.kind === 'tcp')?.port ?? -1
  const { listen, advertise } = config
  const rows: [string, string][] = [
    ['Version', `'${CONSUL_VERSION}' (sd ${SD_VERSION})`],
    ['Node ID', `'${nodeId}'`],
    ['Node name', `'${config.nodeName}'`],
    ['Datacenter', `'${config.datacenter}' (Segment: '<all>')`],
    ['Server', `${config.server} (Bootstrap: ${config.bootstrap})`],
    [
      'Client Addr',
      `[${config.clientAddrs.join(' ')}] (HTTP: ${port(listen.http)}, HTTPS: ${port(listen.https)}, DNS: ${port(listen.dns)})`,
    ],
    ['Cluster Addr', `${config.advertiseAddr} (LAN: ${advertise.serfLan.port}, WAN: ${advertise.serfWan?.port ?? -1})`],
  ]
  return rows.map(([name, value]) => `${name.padStart(19)}: ${value}`).join('\n')
}

/** What to try next; shown by a dev agent. */
export function suggestions(config: RuntimeConfig): string {
  const http = config.listen.http.find((address) => address.kind === 'tcp')
  const dns = config.listen.dns.find((address) => address.kind === 'tcp')
  const lines: string[] = []
  if (http) {
    const base = `http://${http.host}:${http.port}`
    lines.push(
      `curl -X PUT -d '{"Name": "web", "Port": 80}' ${base}/v1/agent/service/register`,
      `curl ${base}/v1/health/service/web?passing`,
      `${base}/ui/ is the address of the web UI, which is not part of this version yet`,
    )
  }
  if (dns) lines.push(`dig @${dns.host} -p ${dns.port} web.service.${config.domain.replace(/\.$/, '')} SRV`)
  return ['Try next, in another terminal:', ...lines.map((line) => `  ${line}`)].join('\n')
}
