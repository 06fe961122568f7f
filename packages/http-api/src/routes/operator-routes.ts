import { jsonAny, jsonString } from '@sd/model'
import type { OperatorBackend, RaftConfiguration } from '../backend/operator-backend'
import { HttpStatusError } from '../errors'
import { andThen, DONE, jsonReply } from '../replies'
import { areaRoutes } from '../route'

const raftConfigurationJson = ({ servers, index }: RaftConfiguration): string =>
  `{"Servers":[${servers
    .map(
      (server) =>
        `{"ID":${jsonString(server.id)},"Node":${jsonString(server.node)},"Address":${jsonString(server.address)},"Leader":${server.isLeader},"ProtocolVersion":${jsonString(server.protocolVersion)},"Voter":${server.isVoter},"LastIndex":${server.lastIndex}}`,
    )
    .join(',')}],"Index":${index}}`

/** A method that the row's `needs` has shown to be there. */
type Needed<Name extends keyof OperatorBackend> = NonNullable<OperatorBackend[Name]>

export const operatorRoutes = areaRoutes('operator', [
  {
    path: '/v1/operator/raft/configuration',
    methods: ['GET'],
    handler: (context, operator) =>
      andThen(operator.raftConfiguration(context.readOptions()), (value) => ({ body: raftConfigurationJson(value) })),
  },
  {
    path: '/v1/operator/raft/peer',
    methods: ['DELETE'],
    needs: 'removeRaftPeer',
    async handler(context, operator) {
      const byId = context.has('id')
      const byAddress = context.has('address')
      if (!byId && !byAddress) {
        throw new HttpStatusError(
          400,
          "Must specify either ?id with the server's ID or ?address with IP:port of peer to remove",
        )
      }
      if (byId && byAddress) throw new HttpStatusError(400, 'Must specify only one of ?id or ?address')
      await (operator.removeRaftPeer as Needed<'removeRaftPeer'>).call(
        operator,
        byId ? { id: context.get('id') } : { address: context.get('address') },
        context.call(),
      )
      return DONE
    },
  },
  {
    path: '/v1/operator/autopilot/configuration',
    methods: ['GET'],
    needs: 'autopilotConfiguration',
    handler: (context, operator) =>
      andThen(
        (operator.autopilotConfiguration as Needed<'autopilotConfiguration'>).call(operator, context.readOptions()),
        jsonReply,
      ),
  },
  {
    path: '/v1/operator/autopilot/health',
    methods: ['GET'],
    needs: 'autopilotHealth',
    handler: (context, operator) =>
      andThen(
        (operator.autopilotHealth as Needed<'autopilotHealth'>).call(operator, context.readOptions()),
        ({ healthy, value }) => ({ status: healthy ? 200 : 429, body: jsonAny(value) }),
      ),
  },
  {
    path: '/v1/operator/autopilot/state',
    methods: ['GET'],
    needs: 'autopilotState',
    handler: (context, operator) =>
      andThen((operator.autopilotState as Needed<'autopilotState'>).call(operator, context.readOptions()), jsonReply),
  },
  {
    path: '/v1/operator/usage',
    methods: ['GET'],
    needs: 'usage',
    handler(context, operator) {
      context.refuseNamespaces()
      const options = context.readOptions()
      return andThen(
        (operator.usage as Needed<'usage'>).call(operator, { global: context.has('global') }, options),
        jsonReply,
      )
    },
  },
])
