import { type AgentMember, compareText } from '@sd/model'
import { attempt, defineCommand } from '../../command'
import { clientFlags, partitionFlags } from '../../common-flags'
import { booleanFlag, stringFlag } from '../../flags'
import { hostPort } from '../../host-port'
import { compile } from '../../regular-expression'
import { columns } from '../../table-text'

/** Serf's states by their numbers. */
const STATUS = ['none', 'alive', 'leaving', 'left', 'failed']
const ALL_SEGMENTS = '_all'
/** Exit code when nobody matches. */
const NO_MEMBERS = 2

export const membersCommand = defineCommand({
  synopsis: 'Lists the members of the cluster',
  help: (sd) => `Usage: ${sd} members [options]

  Prints the members that the agent knows by gossip, one in a line.`,
  flags: {
    detailed: booleanFlag('Print all tags of each member.', false),
    wan: booleanFlag('Print the servers of all datacenters instead; the agent must be a server.', false),
    status: stringFlag('Print only members whose status matches this regular expression.', '.*'),
    segment: stringFlag('Print only members of this network segment (Consul Enterprise).', ALL_SEGMENTS),
    filter: stringFlag('A filter expression over the members.', ''),
    ...clientFlags,
    ...partitionFlags,
  },
  async run({ values }, invocation) {
    const pattern = compile('Failed to compile status regexp', values.status)
    const client = await invocation.connect(values)
    const { wan, segment, filter } = values
    const all = await attempt('Error retrieving members', () => client.agent.members({ wan, segment, filter }))
    const members = all
      .filter((member) => pattern.test(statusOf(member)))
      .map((member) => withDefaults(member, segment))
      .sort(byRoleAndName)
    if (members.length === 0) return NO_MEMBERS
    invocation.out(columns(values.detailed ? detailedRows(members) : standardRows(members)))
  },
})

type Member = AgentMember & { readonly tags: Readonly<Record<string, string>> }

const statusOf = (member: AgentMember): string => STATUS[member.status] ?? `unknown status: ${member.status}`

/** Tags that the servers leave out for the default partition and segment. */
function withDefaults(member: AgentMember, segment: string): Member {
  const tags: Record<string, string> = { ...member.tags }
  tags.ap ||= 'default'
  if (tags.ap !== 'default') tags.segment = ''
  else if (segment === ALL_SEGMENTS && tags.role === 'consul') tags.segment = '<all>'
  else tags.segment ||= '<default>'
  return { ...member, tags }
}

function byRoleAndName(a: Member, b: Member): number {
  const rank = (member: Member) => [
    member.tags.role === 'consul' ? '0' : '1',
    member.tags.ap === 'default' ? '0' : '1',
    member.tags.segment ?? '',
    member.tags.ap ?? '',
    member.name,
  ]
  const [left, right] = [rank(a), rank(b)]
  for (let i = 0; i < left.length; i++) {
    const order = compareText(left[i] as string, right[i] as string)
    if (order !== 0) return order
  }
  return 0
}

function standardRows(members: readonly Member[]): string[][] {
  const header = ['Node', 'Address', 'Status', 'Type', 'Build', 'Protocol', 'DC', 'Partition', 'Segment']
  return [header, ...members.map(standardRow)]
}

function standardRow(member: Member): string[] {
  const { tags } = member
  const start = [member.name, hostPort(member.addr, member.port), statusOf(member)]
  const type = tags.role === 'consul' ? 'server' : tags.role === 'node' ? 'client' : undefined
  if (!type) return [...start, 'unknown', '', '', '', '', '']
  const build = tags.build ? (tags.build.split(':')[0] as string) : '< 0.3'
  return [...start, type, build, tags.vsn ?? '', tags.dc ?? '', tags.ap ?? '', tags.segment ?? '']
}

function detailedRows(members: readonly Member[]): string[][] {
  const rows = members.map((member) => {
    const tags = Object.keys(member.tags).sort(compareText)
    const pairs = tags.map((name) => `${name}=${member.tags[name]}`)
    return [member.name, hostPort(member.addr, member.port), statusOf(member), pairs.join(',')]
  })
  return [['Node', 'Address', 'Status', 'Tags'], ...rows]
}
