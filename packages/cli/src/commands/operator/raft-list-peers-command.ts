import type { RaftServer } from '@sd/api-client'
import { attempt, defineCommand, defineGroup } from '../../command'
import { clientFlags, readOptions, serverFlags } from '../../common-flags'
import { columns } from '../../table-text'

export const operatorGroup = defineGroup(
  'Tools for those who run the cluster',
  (sd) => `Usage: ${sd} operator <subcommand> [options]

  Looks at the servers of the cluster and mends them. Take care: these
  commands can cost the cluster its quorum, and with it data.`,
)

export const raftGroup = defineGroup(
  "Works on raft's configuration",
  (sd) => `Usage: ${sd} operator raft <subcommand> [options]

  Shows who takes part in raft.`,
)

export const raftListPeersCommand = defineCommand({
  synopsis: "Lists raft's servers",
  help: (sd) => `Usage: ${sd} operator raft list-peers [options]

  Prints the servers that take part in raft, and how far each of them is.`,
  flags: { ...clientFlags, ...serverFlags },
  async run({ values }, invocation) {
    const client = await invocation.connect(values)
    const { servers } = await attempt('Error getting peers: Failed to retrieve raft configuration', () =>
      client.operator.raftConfiguration(readOptions(values)),
    )
    const leaderIndex = servers.find(({ isLeader }) => isLeader)?.lastIndex ?? 0
    const header = ['Node', 'ID', 'Address', 'State', 'Voter', 'RaftProtocol', 'Commit Index', 'Trails Leader By']
    invocation.out(columns([header, ...servers.map((server) => row(server, leaderIndex))]))
  },
})

function row(server: RaftServer, leaderIndex: number): string[] {
  const behind = leaderIndex - server.lastIndex
  return [
    server.node,
    server.id,
    server.address,
    server.isLeader ? 'leader' : 'follower',
    String(server.isVoter),
    server.protocolVersion || '<=1',
    String(server.lastIndex),
    server.isLeader ? '-' : `${behind} commit${behind === 1 ? '' : 's'}`,
  ]
}
