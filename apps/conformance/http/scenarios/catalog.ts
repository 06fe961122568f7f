import type { Scenario } from '../suite'

/** The tags of a service are walked as a Go map. */
const TAGS = { view: 'unordered' } as const

export const catalogScenarios: readonly Scenario[] = [
  {
    name: 'nodes are registered, changed and removed',
    run: async (c) => {
      await c.script(`
        PUT /v1/catalog/register {"Node":"a","Address":"10.0.0.1"}
        GET /v1/catalog/nodes
        GET /v1/catalog/node/a
        PUT /v1/catalog/register {"Node":"a","Address":"10.0.0.1"}
        GET /v1/catalog/node/a
        PUT /v1/catalog/register {"Node":"a","Address":"10.0.0.2","TaggedAddresses":{"lan":"10.0.0.2","wan":"1.2.3.4"},"NodeMeta":{"rack":"1"}}
        GET /v1/catalog/node/a
        PUT /v1/catalog/register {"Node":"A","Address":"10.0.0.3"}
        GET /v1/catalog/node/a
        GET /v1/catalog/node/A
        PUT /v1/catalog/register {"ID":"40e4a748-2192-161a-0510-9bf59fe950b5","Node":"b","Address":"10.0.0.4","NodeMeta":{"rack":"2"}}
        PUT /v1/catalog/register {"ID":"40e4a748-2192-161a-0510-9bf59fe950b5","Node":"renamed","Address":"10.0.0.4"}
        GET /v1/catalog/node/b
        GET /v1/catalog/node/renamed
        PUT /v1/catalog/register {"ID":"40e4a748-2192-161a-0510-9bf59fe950b6","Node":"renamed","Address":"10.0.0.4"}
        PUT /v1/catalog/register {"ID":"bad","Node":"c","Address":"10.0.0.5"}
        GET /v1/catalog/nodes?pretty
        GET /v1/catalog/nodes?node-meta=rack:1
        GET /v1/catalog/nodes?node-meta=rack:2
        GET /v1/catalog/nodes?node-meta=rack
        GET /v1/catalog/nodes?node-meta=rack:1&node-meta=x:y
        GET /v1/catalog/nodes?filter=Node==a
        GET /v1/catalog/nodes?filter=Meta.rack==1
        GET /v1/catalog/nodes?filter=Nope==a
        GET /v1/catalog/nodes?filter=(
        GET /v1/catalog/nodes?near=a
        GET /v1/catalog/nodes?near=_agent
        GET /v1/catalog/nodes?near=none
        GET /v1/catalog/node/none
        GET /v1/catalog/node-services/none
        GET /v1/catalog/node/
        GET /v1/catalog/node-services/
        PUT /v1/catalog/deregister {"Node":"a"}
        PUT /v1/catalog/deregister {"Node":"renamed"}
        PUT /v1/catalog/deregister {"Node":"none"}
        GET /v1/catalog/nodes
      `)
    },
  },
  {
    name: 'services are registered, changed and removed',
    run: async (c) => {
      await c.script(`
        PUT /v1/catalog/register {"Node":"s1","Address":"10.1.0.1","Service":{"Service":"web","Tags":["v1","x"],"Port":80}}
        PUT /v1/catalog/register {"Node":"s2","Address":"10.1.0.2","Service":{"ID":"web-b","Service":"web","Tags":["v2"],"Port":81,"Address":"192.168.0.1","Meta":{"k":"v"},"Weights":{"Passing":5,"Warning":2}}}
        PUT /v1/catalog/register {"Node":"s1","Address":"10.1.0.1","Service":{"Service":"db","Port":5432,"TaggedAddresses":{"lan":{"Address":"1.1.1.1","Port":1},"wan":{"Address":"2.2.2.2","Port":2}},"EnableTagOverride":true}}
        GET /v1/catalog/service/web
        GET /v1/catalog/service/web?pretty
        GET /v1/catalog/service/WEB
        GET /v1/catalog/service/db
        GET /v1/catalog/service/none
        GET /v1/catalog/service/
        GET /v1/catalog/service/web?tag=v1
        GET /v1/catalog/service/web?tag=v1&tag=x
        GET /v1/catalog/service/web?tag=v1&tag=v2
        GET /v1/catalog/service/web?tag=V1
        GET /v1/catalog/service/web?tag=
        GET /v1/catalog/service/web?near=s2
        GET /v1/catalog/service/web?node-meta=a:b
        GET /v1/catalog/service/web?filter=ServicePort==81
        GET /v1/catalog/service/web?filter=%22v1%22+in+ServiceTags
        GET /v1/catalog/service/web?filter=ServiceMeta.k==v
        GET /v1/catalog/service/web?filter=Service==web
        GET /v1/catalog/service/web?merge-central-config
        GET /v1/catalog/connect/web
        GET /v1/catalog/node/s1
        GET /v1/catalog/node-services/s1
        GET /v1/catalog/node-services/s1?pretty
        GET /v1/catalog/node-services/s1?filter=Service==web
        GET /v1/catalog/node/s1?filter=Port==5432
        PUT /v1/catalog/register {"Node":"s1","Address":"10.1.0.1","Service":{"Service":"web","Tags":["v1","x"],"Port":80}}
        GET /v1/catalog/service/web
        PUT /v1/catalog/register {"Node":"s1","Address":"10.1.0.1","Service":{"Service":"web","Port":8080}}
        GET /v1/catalog/service/web
        PUT /v1/catalog/register {"Node":"s1","Service":{"Service":"more","Port":1}}
        PUT /v1/catalog/register {"Node":"s1","SkipNodeUpdate":true,"Service":{"Service":"more","Port":1}}
        GET /v1/catalog/service/more
        PUT /v1/catalog/register {"Node":"s9","SkipNodeUpdate":true,"Service":{"Service":"more","Port":1}}
        PUT /v1/catalog/register {"Node":"s1","Address":"10.1.0.1","Service":{"ID":"nameless"}}
        PUT /v1/catalog/register {"Node":"s1","Address":"10.1.0.1","Service":{"ID":"","Service":""}}
        PUT /v1/catalog/register {"Node":"s1","Address":"10.1.0.1","Service":{"Service":"w","Weights":{"Passing":-1,"Warning":0}}}
        PUT /v1/catalog/register {"Node":"s1","Address":"10.1.0.1","Service":{"Service":"w","Weights":{"Passing":70000,"Warning":0}}}
        PUT /v1/catalog/register {"Node":"s1","Address":"10.1.0.1","Service":{"Service":"w","Address":"0.0.0.0"}}
        PUT /v1/catalog/register {"Node":"s1","Address":"10.1.0.1","Service":{"Service":"w","Port":-1}}
        PUT /v1/catalog/register {"Node":"s1","Address":"10.1.0.1","Service":{"Service":"proxy","Kind":"connect-proxy","Proxy":{"DestinationServiceName":"web"},"Port":9}}
        PUT /v1/catalog/register {"Node":"s1","Address":"10.1.0.1","Service":{"Service":"proxy","Kind":"connect-proxy","Port":9}}
        PUT /v1/catalog/register {"Node":"s1","Address":"10.1.0.1","Service":{"Service":"meta","Meta":{"":"x"}}}
        PUT /v1/catalog/deregister {"Node":"s1","ServiceID":"none"}
        PUT /v1/catalog/deregister {"Node":"s1","ServiceID":"proxy"}
        PUT /v1/catalog/deregister {"Node":"s1","ServiceID":"w"}
        PUT /v1/catalog/deregister {"Node":"s1","ServiceID":"meta"}
        PUT /v1/catalog/deregister {"Node":"s1","ServiceID":"web"}
        GET /v1/catalog/service/web
        GET /v1/catalog/node/s1
      `)
      await c.get('/v1/catalog/services', TAGS)
      await c.get('/v1/catalog/services?pretty', TAGS)
      await c.get('/v1/catalog/services?node-meta=a:b', TAGS)
      await c.get('/v1/catalog/services?filter=ServiceName==web', TAGS)
      await c.script(`
        PUT /v1/catalog/deregister {"Node":"s1"}
        PUT /v1/catalog/deregister {"Node":"s2"}
        GET /v1/catalog/service/web
        GET /v1/catalog/services
      `)
    },
  },
  {
    name: 'checks come with a registration',
    run: async (c) => {
      await c.script(`
        PUT /v1/catalog/register {"Node":"c1","Address":"10.2.0.1","Check":{"CheckID":"disk","Name":"Disk","Status":"passing","Notes":"n","Output":"o"}}
        PUT /v1/catalog/register {"Node":"c1","Address":"10.2.0.1","Check":{"Name":"nameonly"}}
        PUT /v1/catalog/register {"Node":"c1","Address":"10.2.0.1","Check":{"CheckID":"idonly"}}
        PUT /v1/catalog/register {"Node":"c1","Address":"10.2.0.1","Check":{}}
        PUT /v1/catalog/register {"Node":"c1","Address":"10.2.0.1","Check":{"CheckID":"odd","Name":"odd","Status":"odd"}}
        PUT /v1/catalog/register {"Node":"c1","Address":"10.2.0.1","Check":{"CheckID":"svc","Name":"svc","ServiceID":"none","Status":"passing"}}
        PUT /v1/catalog/register {"Node":"c1","Address":"10.2.0.1","Check":{"Node":"other","CheckID":"far","Name":"far","Status":"passing"}}
        PUT /v1/catalog/register {"Node":"c1","Address":"10.2.0.1","Service":{"Service":"web"},"Checks":[{"CheckID":"w1","Name":"w1","ServiceID":"web","Status":"warning"},{"CheckID":"w2","Name":"w2","ServiceID":"web","Status":"critical"}]}
        PUT /v1/catalog/register {"Node":"c1","Address":"10.2.0.1","Check":{"CheckID":"def","Name":"def","Status":"passing","Definition":{"HTTP":"http://x","Interval":"10s","Timeout":"1s","DeregisterCriticalServiceAfter":"90m"}}}
        PUT /v1/catalog/register {"Node":"c1","Address":"10.2.0.1","Check":{"CheckID":"def2","Name":"def2","Status":"passing","Definition":{"TCP":"x:1","IntervalDuration":10000000000,"Header":{"a":["b"]}}}}
        GET /v1/health/node/c1
        GET /v1/health/checks/web
        GET /v1/health/state/any?filter=Node==c1
        PUT /v1/catalog/register {"Node":"c1","Address":"10.2.0.1","Check":{"CheckID":"disk","Name":"Disk","Status":"passing","Notes":"n","Output":"o"}}
        GET /v1/health/node/c1?filter=CheckID==disk
        PUT /v1/catalog/register {"Node":"c1","Address":"10.2.0.1","Check":{"CheckID":"disk","Name":"Disk","Status":"critical","Output":"full"}}
        GET /v1/health/node/c1?filter=CheckID==disk
        PUT /v1/catalog/deregister {"Node":"c1","CheckID":"disk"}
        PUT /v1/catalog/deregister {"Node":"c1","CheckID":"none"}
        GET /v1/health/node/c1
        PUT /v1/catalog/deregister {"Node":"c1","ServiceID":"web"}
        GET /v1/health/node/c1
        PUT /v1/catalog/deregister {"Node":"c1"}
        GET /v1/health/node/c1
      `)
    },
  },
  {
    name: 'malformed registrations',
    run: async (c) => {
      await c.script(`
        PUT /v1/catalog/register
        PUT /v1/catalog/register {}
        PUT /v1/catalog/register null
        PUT /v1/catalog/register []
        PUT /v1/catalog/register 7
        PUT /v1/catalog/register "x"
        PUT /v1/catalog/register {
        PUT /v1/catalog/register {"Node":"x"
        PUT /v1/catalog/register {"Node":}
        PUT /v1/catalog/register {"Node":"x"}
        PUT /v1/catalog/register {"Address":"1.1.1.1"}
        PUT /v1/catalog/register {"Node":7,"Address":"1.1.1.1"}
        PUT /v1/catalog/register {"Node":"x","Address":"1.1.1.1","Bogus":1}
        PUT /v1/catalog/register {"Node":"x","Address":"1.1.1.1","Service":"web"}
        PUT /v1/catalog/register {"Node":"x","Address":"1.1.1.1","Service":{"Service":"w","Port":"80"}}
        PUT /v1/catalog/register {"Node":"x","Address":"1.1.1.1","Service":{"Service":"w","Port":80.5}}
        PUT /v1/catalog/register {"Node":"x","Address":"1.1.1.1","Service":{"Service":"w","Tags":"t"}}
        PUT /v1/catalog/register {"Node":"x","Address":"1.1.1.1","Service":{"Service":"w","Bogus":1}}
        PUT /v1/catalog/register {"Node":"x","Address":"1.1.1.1","Namespace":"y"}
        PUT /v1/catalog/register {"Node":"x","Address":"1.1.1.1","Partition":"y"}
        PUT /v1/catalog/register {"Node":"x","Address":"1.1.1.1","Datacenter":"nope"}
        PUT /v1/catalog/register {"Node":"x y","Address":"1.1.1.1"}
        PUT /v1/catalog/register {"Node":"x","Address":"1.1.1.1","NodeMeta":{"":"v"}}
        PUT /v1/catalog/register {"Node":"x","Address":"1.1.1.1"} trailing
        PUT /v1/catalog/register \xff
        PUT /v1/catalog/deregister
        PUT /v1/catalog/deregister {}
        PUT /v1/catalog/deregister {"Node":""}
        PUT /v1/catalog/deregister {"Node":7}
        PUT /v1/catalog/deregister {"Node":"x","Datacenter":"nope"}
        PUT /v1/catalog/deregister {"Node":"x","Bogus":1}
        PUT /v1/catalog/deregister {"Node":"x","Address":"1.1.1.1"}
        PUT /v1/catalog/deregister {"Node":"x y"}
        PUT /v1/catalog/deregister [
        GET /v1/catalog/register
        POST /v1/catalog/register {}
        POST /v1/catalog/nodes
        PUT /v1/catalog/services
        GET /v1/catalog/datacenters
        GET /v1/catalog/datacenters?dc=nope
        GET /v1/catalog/nodes?dc=nope
        GET /v1/catalog/nodes?dc=dc1
        GET /v1/catalog/nodes?stale
        GET /v1/catalog/nodes?consistent
        GET /v1/catalog/nodes?cached
        GET /v1/catalog/service/consul?cached
        GET /v1/catalog/service/consul?cached&consistent
        GET /v1/catalog/nodes?stale&consistent
        GET /v1/catalog/nodes?wait=x
        GET /v1/catalog/nodes?index=-1
        GET /v1/catalog/nodes?ns=x
        GET /v1/catalog/services?ns=x
        GET /v1/catalog/gateway-services/
        GET /v1/catalog/gateway-services/none
        GET /v1/catalog/nodes
      `)
    },
  },
]
