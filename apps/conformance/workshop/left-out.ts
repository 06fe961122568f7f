/** Steps of the workshop that cannot be played yet. Whoever builds the missing part moves its steps into the play. */
export const LEFT_OUT: readonly { readonly step: string; readonly why: string }[] = [
  ...['8300/tcp', '8301/tcp', '8301/udp', '8302/tcp', '8302/udp'].map((port) => ({
    step: `port ${port} is open`,
    why: 'a lone server speaks to no other agent',
  })),
  { step: 'web UI answers on 8500', why: 'there is no web UI' },
  { step: 'second agent is a member', why: 'agents do not gossip' },
  { step: 'its service is in DNS', why: 'agents do not gossip' },
  { step: 'second agent SIGKILLed: gossip drops its service from DNS', why: 'agents do not gossip' },
]
