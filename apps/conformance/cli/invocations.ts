/** Command lines that must print the same, and end the same, with Consul's program and with ours. All may run twice. */

/** Run once before, with the real program: keys and services to look at. */
export const PREPARATION: readonly (readonly string[])[] = [
  ['kv', 'put', 't/1', 'one'],
  ['kv', 'put', '-flags=18446744073709551615', 't/2/x', 'two'],
  ['kv', 'put', 't/empty'],
  [
    'services',
    'register',
    '-name=web',
    '-id=web1',
    '-port=80',
    '-tag=a',
    '-meta=k=v',
    '-tagged-address=lan=10.0.0.1:80',
  ],
]

const lines = (text: string): string[][] =>
  text
    .trim()
    .split('\n')
    .map((line) => line.trim().split(' '))

/** stdout, the first line of stderr and the exit code must agree; help texts below that line are our own. */
export const INVOCATIONS: readonly (readonly string[])[] = [
  ...lines(`
    members
    members -detailed
    members -wan
    members -status=foo
    members -filter=bogus
    members -bogus
    members -token-file=/nope
    members -ca-file=/nope
    members -http-addr=127.0.0.1:1
    members -http-addr=ftp://x
    members -http-addr=unix:///nope
    reload
    reload -x=1
    force-leave
    force-leave nobody
    force-leave -prune nobody
    join
    maint
    maint -enable -disable
    maint -reason x
    maint -service x
    maint -enable -reason=why
    maint
    maint -disable
    maint -enable -service nope
    kv get
    kv get nope
    kv get /nope
    kv get a b
    kv get t/1
    kv get -base64 t/1
    kv get -detailed t/2/x
    kv get -detailed t/empty
    kv get -recurse t
    kv get -recurse -base64 t
    kv get -recurse -detailed t
    kv get -keys
    kv get -keys t/
    kv get -keys -separator= t/
    kv get -keys -recurse t/
    kv get -keys -recurse -detailed t/
    kv get -recurse nothing
    kv get -stale t/1
    kv get -datacenter=nope t/1
    kv put
    kv put a b c
    kv put w/1 one
    kv put -flags=3 w/2 two
    kv put w/3 -
    kv put w/4 @/nofile
    kv put w/5
    kv put -base64 w/6 aGVsbG8=
    kv put -cas t/1 x
    kv put -cas -modify-index=1 t/1 x
    kv put -acquire t/1 x
    kv put -acquire -session=nope t/1 x
    kv put -flags=-1 t/1 x
    kv put -flags=abc t/1 x
    kv export t
    kv export nothing
    kv export a b
    kv import
    kv import {
    kv import [{"key":"w/7","flags":18446744073709551615,"value":"aGk="}]
    kv import -prefix=p [{"key":"w/8","flags":1,"value":"aGk="},{"key":"dir/","value":""}]
    kv import [{"key":"w/9","value":"!!"}]
    kv import @/nofile
    kv delete
    kv delete -cas x
    kv delete -modify-index=1 x
    kv delete -cas -modify-index=1 -recurse x
    kv delete -cas -modify-index=1 t/1
    kv delete -recurse w
    kv delete -recurse p
    kv delete a b
    catalog datacenters
    catalog datacenters x
    catalog nodes
    catalog nodes -detailed
    catalog nodes -service=consul
    catalog nodes -service=nope
    catalog nodes -node-meta=a=b
    catalog nodes -node-meta=a
    catalog nodes -near=_agent
    catalog nodes -filter=bogus
    catalog services
    catalog services -tags
    catalog services -node=nope
    services register
    services register -name=a x.json
    services register nofile.json
    services register -name=web -address=10.0.0.1:80
    services register -name=web -address=1.2.3.4.5
    services register -name=web -port=abc
    services register -name=web -meta=bad
    services register -name=web -tagged-address=lan=1..2:80
    services deregister
    services deregister -id=x y
    services deregister -id=nope
    watch
    watch -type=bogus
    watch -type=nodes
    watch -type=key
    watch -type=key -key=t/1
    watch -type=key -key=nope
    watch -type=keyprefix -prefix=t
    watch -type=keyprefix -prefix=nope
    watch -type=service -service=web
    watch -type=service -service=nope
    watch -type=checks
    watch -type=checks -service=a -state=b
    watch -type=key -key=a -prefix=b
    watch -type=service -service=web -passingonly=maybe
    watch -type=event -name=none
    watch -type=nodes -shell=false /bin/false
    watch -type=nodes -shell=false /nope
    event
    event -name=x -tag=y
    event -name=x a b
    operator raft list-peers
    version -format=xml
    version -bogus
    monitor -log-level=bogus
  `),
  ['watch', '-type=key', '-key=t/1', 'cat; echo $CONSUL_INDEX; exit 3'],
  ['catalog', 'nodes', '-filter=Node == n1'],
  ['maint', '-enable', '-service=web1', '-reason=the reason'],
  ['maint'],
  ['maint', '-disable', '-service=web1'],
]

/** Words that are no command, or only the beginning of one: exit codes agree, texts are our own. */
export const UNKNOWN: readonly (readonly string[])[] = [[], ['bogus'], ['kv'], ['kv', 'bogus'], ['operator', 'raft']]
