// Plays the parts of a Docker cluster that lived on libkv: swarm discovery, the cluster-store and leader election.
// What it sees is printed as a trace without indexes, ids and times, so that two servers can be compared line by line.
package main

import (
	"flag"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"os/exec"
	"sort"
	"strings"
	"time"

	"github.com/docker/libkv/store"
	"github.com/docker/libkv/store/consul"
	"github.com/hashicorp/consul/api"
)

const (
	// libkv makes sessions of half this; Consul takes 10 s at least and ends a silent session after twice its TTL.
	ttl       = 20 * time.Second
	heartbeat = 4 * time.Second
	// How long anything may take that needs no expiry.
	soon = 8 * time.Second
	// How long the end of a silent session may take.
	expiry = 2*ttl + soon

	swarmNodes  = "docker/swarm/nodes"
	engineNodes = "docker/nodes"
	leaderKey   = "docker/swarm/leader"
)

func main() {
	log.SetFlags(0)
	address := flag.String("address", "127.0.0.1:8500", "HTTP address of the agent")
	node := flag.String("node", "", "be this node until killed")
	flag.Parse()
	// Watches of many nodes wait at the same time.
	http.DefaultTransport.(*http.Transport).MaxIdleConnsPerHost = 32

	kv, err := consul.New([]string{*address}, &store.Config{ConnectionTimeout: 10 * time.Second})
	must("connect", err)
	if *node != "" {
		beNode(kv, *node)
		return
	}
	client, err := api.NewClient(&api.Config{Address: *address})
	must("client", err)

	t := &trace{kv: kv, client: client, address: *address}
	defer t.killNodes()
	t.section("discovery", t.discovery)
	t.section("entries", t.entries)
	died := t.killNode("10.0.0.1:2375")
	t.section("cluster-store", t.clusterStore)
	t.section("locks", t.locks)
	t.section("serfHealth", t.serfHealth)
	t.section("death", func() { t.death(died) })
	t.section("leave", t.leave)
}

// beNode announces a node as swarm and engine do, and runs for leader, until it is killed.
func beNode(kv store.Store, name string) {
	go func() { // Ends with its parent, however that one ends.
		_, _ = io.Copy(io.Discard, os.Stdin)
		os.Exit(1)
	}()
	announce := func() {
		for _, directory := range []string{swarmNodes, engineNodes} {
			must("announce", kv.Put(directory+"/"+name, []byte(name), &store.WriteOptions{TTL: ttl}))
		}
	}
	announce()
	go func() {
		for range time.Tick(heartbeat) {
			announce()
		}
	}()
	lock, err := kv.NewLock(leaderKey, &store.LockOptions{Value: []byte(name), TTL: ttl, RenewLock: make(chan struct{})})
	must("new lock", err)
	_, err = lock.Lock(nil)
	must("lock", err)
	select {}
}

type trace struct {
	kv      store.Store
	client  *api.Client
	address string
	nodes   map[string]*exec.Cmd
	swarm   *tree
	engines *tree
}

func (t *trace) discovery() {
	t.exists(swarmNodes)
	_, err := t.kv.List(swarmNodes)
	t.say("List of nothing: %v", err)
	t.say("Put directory: %v", t.kv.Put(swarmNodes, []byte(""), &store.WriteOptions{IsDir: true}))
	t.say("Put directory: %v", t.kv.Put(engineNodes, []byte(""), &store.WriteOptions{IsDir: true}))
	t.exists(swarmNodes)
	t.swarm = t.watchTree(swarmNodes)
	t.engines = t.watchTree(engineNodes)
	t.sees(t.swarm, soon)
	for _, name := range []string{"10.0.0.1:2375", "10.0.0.2:2375", "10.0.0.3:2375"} {
		t.startNode(name)
		t.sees(t.swarm, soon, t.names()...)
		t.sees(t.engines, soon, t.names()...)
		// The first to come leads.
		t.leader("10.0.0.1:2375", soon)
	}
	t.list(swarmNodes)
	t.list(engineNodes)
}

func (t *trace) entries() {
	for _, key := range []string{swarmNodes, swarmNodes + "/10.0.0.1:2375", engineNodes + "/10.0.0.3:2375", leaderKey} {
		t.entry(key)
	}
}

func (t *trace) clusterStore() {
	network := "docker/network/v1.0/network/blue/"
	first, err := t.atomicPut(network, "one", nil)
	_, _ = t.atomicPut(network, "other", nil)
	second, err := t.atomicPut(network, "two", first)
	_, _ = t.atomicPut(network, "late", first)
	_, err = t.kv.AtomicDelete(network, first)
	t.say("AtomicDelete with an old index: %v", err)
	_, err = t.kv.AtomicDelete(network, nil)
	t.say("AtomicDelete without an index: %v", err)
	pair, err := t.kv.Get(network)
	must("get", err)
	t.say("Get: %q", pair.Value)
	done, err := t.kv.AtomicDelete(network, second)
	t.say("AtomicDelete: %v %v", done, err)
	_, err = t.kv.AtomicDelete(network, second)
	t.say("AtomicDelete again: %v", err)
	_, err = t.kv.Get(network)
	t.say("Get: %v", err)

	stop := make(chan struct{})
	defer close(stop)
	changes, err := t.kv.Watch("docker/network/v1.0/idm", stop)
	must("watch", err)
	for _, value := range []string{"a", "", "\x00\xff binary", strings.Repeat("x", 100_000)} {
		must("put", t.kv.Put("docker/network/v1.0/idm", []byte(value), nil))
		t.value(changes, value)
	}
	// Ten writers count to a hundred by compare and swap; nothing may be lost.
	counted := make(chan error)
	for writer := 0; writer < 10; writer++ {
		go func() { counted <- t.count("docker/network/v1.0/counter", 10) }()
	}
	for writer := 0; writer < 10; writer++ {
		must("count", <-counted)
	}
	pair, err = t.kv.Get("docker/network/v1.0/counter")
	must("get", err)
	t.say("counter: %s", pair.Value)
	for _, id := range []string{"c/1", "a/2", "b/3", "a/1"} {
		must("put", t.kv.Put("docker/network/v1.0/endpoint/"+id, []byte(id), nil))
	}
	t.list("docker/network/v1.0/endpoint")
	t.say("Delete: %v", t.kv.Delete("docker/network/v1.0/endpoint/a/1"))
	t.say("Delete again: %v", t.kv.Delete("docker/network/v1.0/endpoint/a/1"))
	t.say("DeleteTree: %v", t.kv.DeleteTree("docker/network/v1.0/endpoint"))
	t.say("DeleteTree again: %v", t.kv.DeleteTree("docker/network/v1.0/endpoint"))
}

func (t *trace) count(key string, times int) error {
	for done := 0; done < times; {
		pair, err := t.kv.Get(key)
		value := 0
		if err == store.ErrKeyNotFound {
			pair = nil
		} else if err != nil {
			return err
		} else if _, err = fmt.Sscanf(string(pair.Value), "%d", &value); err != nil {
			return err
		}
		_, _, err = t.kv.AtomicPut(key, []byte(fmt.Sprint(value+1)), pair, nil)
		switch err {
		case nil:
			done++
		case store.ErrKeyModified, store.ErrKeyExists:
		default:
			return err
		}
	}
	return nil
}

func (t *trace) locks() {
	key := "docker/lock"
	first, lost := t.lock(key, "first")
	t.entry(key)

	waiting := make(chan store.Locker)
	go func() {
		second, _ := t.lock(key, "second")
		waiting <- second
	}()
	select {
	case <-waiting:
		t.say("two hold the lock")
	case <-time.After(time.Second):
		t.say("the second waits")
	}
	t.say("Unlock: %v", first.Unlock())
	t.closes("first's lock", lost)
	second := <-waiting
	t.entry(key)

	stop := make(chan struct{})
	gaveUp := make(chan error)
	third, err := t.kv.NewLock(key, &store.LockOptions{Value: []byte("third"), TTL: ttl, RenewLock: make(chan struct{})})
	must("new lock", err)
	go func() {
		held, err := third.Lock(stop)
		if held != nil {
			err = fmt.Errorf("third holds the lock")
		}
		gaveUp <- err
	}()
	close(stop)
	t.say("Lock given up: %v", <-gaveUp)
	t.say("Unlock: %v", second.Unlock())
	t.say("Unlock of what is not held: %v", third.Unlock())
	t.entry(key)

	_, lost = t.lock(key, "fourth")
	pair, _, err := t.client.KV().Get(key, nil)
	must("get", err)
	_, err = t.client.Session().Destroy(pair.Session, nil)
	t.say("Destroy of the holder's session: %v", err)
	t.closes("fourth's lock", lost)
	t.entry(key)
}

// serfHealth shows that a session ends with its node's health: the key goes, since the behaviour is delete.
func (t *trace) serfHealth() {
	self, err := t.client.Agent().NodeName()
	must("self", err)
	checks, _, err := t.client.Health().Node(self, nil)
	must("health", err)
	for _, check := range checks {
		t.say("own check: %s %s %q", check.CheckID, check.Status, check.Output)
	}
	register := func(status string) {
		_, err := t.client.Catalog().Register(&api.CatalogRegistration{
			Node: "engine", Address: "10.0.0.9",
			Check: &api.AgentCheck{Node: "engine", CheckID: "serfHealth", Name: "Serf Health Status", Status: status},
		}, nil)
		must("register", err)
	}
	register(api.HealthCritical)
	entry := &api.SessionEntry{Node: "engine", Behavior: api.SessionBehaviorDelete, LockDelay: time.Millisecond, Checks: []string{"serfHealth"}}
	_, _, err = t.client.Session().Create(entry, nil)
	t.say("session on a dead node: %v", err)
	register(api.HealthPassing)
	id, _, err := t.client.Session().Create(entry, nil)
	must("session", err)
	key := engineNodes + "/10.0.0.9:2375"
	held, _, err := t.client.KV().Acquire(&api.KVPair{Key: key, Value: []byte("engine"), Session: id}, nil)
	t.say("Acquire: %v %v", held, err)
	t.entry(key)
	t.sees(t.engines, soon, t.names("10.0.0.9:2375")...)
	register(api.HealthCritical)
	t.sees(t.engines, soon, t.names()...)
	t.exists(key)
	info, _, err := t.client.Session().Info(id, nil)
	t.say("its session is gone: %v %v", info == nil, err)
	_, err = t.client.Catalog().Deregister(&api.CatalogDeregistration{Node: "engine"}, nil)
	must("deregister", err)
}

func (t *trace) death(died time.Time) {
	alive := t.names()
	delete(t.nodes, "10.0.0.1:2375")
	for _, each := range alive {
		t.say("announced so far: %s", each)
	}
	t.sees(t.swarm, expiry, t.names()...)
	t.sees(t.engines, expiry, t.names()...)
	took := time.Since(died)
	t.say("not before its TTL of 10 s: %v; within twice that and some: %v", took >= 10*time.Second-heartbeat, took < expiry)
	t.exists(swarmNodes + "/10.0.0.1:2375")
	// Which of the two waiters wins is chance.
	leader := t.leaderAmong(t.names(), expiry)
	t.say("one of the living leads: %v", leader != "")
	t.list(swarmNodes)
	t.list(engineNodes)
}

func (t *trace) leave() {
	for _, name := range t.names() {
		t.killNode(name)
		delete(t.nodes, name)
		for _, directory := range []string{swarmNodes, engineNodes} {
			t.say("Delete %s/%s: %v", directory, name, t.kv.Delete(directory+"/"+name))
		}
		t.sees(t.swarm, soon, t.names()...)
		t.sees(t.engines, soon, t.names()...)
	}
	t.say("DeleteTree: %v", t.kv.DeleteTree("docker"))
	_, err := t.kv.List("docker")
	t.say("List: %v", err)
	t.sees(t.swarm, soon)
}

func (t *trace) lock(key, value string) (store.Locker, <-chan struct{}) {
	lock, err := t.kv.NewLock(key, &store.LockOptions{Value: []byte(value), TTL: ttl, RenewLock: make(chan struct{})})
	must("new lock", err)
	lost, err := lock.Lock(nil)
	t.say("Lock by %s: %v", value, err)
	return lock, lost
}

func (t *trace) closes(what string, lost <-chan struct{}) {
	select {
	case <-lost:
		t.say("%s: lost is told", what)
	case <-time.After(soon):
		t.say("%s: lost is not told", what)
	}
}

func (t *trace) atomicPut(key, value string, previous *store.KVPair) (*store.KVPair, error) {
	done, pair, err := t.kv.AtomicPut(key, []byte(value), previous, nil)
	t.say("AtomicPut %q: %v %v", value, done, err)
	return pair, err
}

func (t *trace) exists(key string) {
	found, err := t.kv.Exists(key)
	t.say("Exists %s: %v %v", key, found, err)
}

func (t *trace) list(directory string) {
	pairs, err := t.kv.List(directory)
	must("list", err)
	for _, pair := range pairs {
		t.say("List %s: %s = %q", directory, pair.Key, pair.Value)
	}
}

// entry shows what Consul keeps of a key, and of the session that holds it.
func (t *trace) entry(key string) {
	pair, _, err := t.client.KV().Get(key, nil)
	must("get", err)
	if pair == nil {
		t.say("%s: absent", key)
		return
	}
	t.say("%s: value %q, flags %x, held %v, locked %d times", key, pair.Value, pair.Flags, pair.Session != "", pair.LockIndex)
	if pair.Session == "" {
		return
	}
	session, _, err := t.client.Session().Info(pair.Session, nil)
	must("session", err)
	t.say("  session: name %q, behavior %s, ttl %q, lock delay %v, checks %v", session.Name, session.Behavior, session.TTL, session.LockDelay, session.Checks)
}

func (t *trace) leader(expected string, within time.Duration) {
	t.say("leader is %s: %v", expected, t.leaderAmong([]string{expected}, within) == expected)
}

func (t *trace) leaderAmong(expected []string, within time.Duration) string {
	for deadline := time.Now().Add(within); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		pair, _, err := t.client.KV().Get(leaderKey, nil)
		must("leader", err)
		for _, name := range expected {
			if pair != nil && pair.Session != "" && string(pair.Value) == name {
				return name
			}
		}
	}
	return ""
}

func (t *trace) value(changes <-chan *store.KVPair, expected string) {
	deadline := time.After(soon)
	for {
		select {
		case pair := <-changes:
			if string(pair.Value) == expected {
				t.say("Watch tells %.20q", expected)
				return
			}
		case <-deadline:
			t.say("Watch does not tell %.20q", expected)
			return
		}
	}
}

// tree is a directory as WatchTree tells it.
type tree struct {
	directory string
	changes   <-chan []*store.KVPair
	last      []string
}

func (t *trace) watchTree(directory string) *tree {
	changes, err := t.kv.WatchTree(directory, nil)
	must("watch", err)
	return &tree{directory: directory, changes: changes, last: []string{"nothing told yet"}}
}

// sees waits until WatchTree tells exactly these names.
func (t *trace) sees(watched *tree, within time.Duration, expected ...string) {
	deadline := time.After(within)
	wanted := strings.Join(expected, " ")
	for strings.Join(watched.last, " ") != wanted {
		select {
		case pairs := <-watched.changes:
			watched.last = watched.last[:0]
			for _, pair := range pairs {
				name := strings.TrimPrefix(pair.Key, watched.directory+"/")
				// Between taking the lock and writing the entry the value is empty: not announced yet.
				if len(pair.Value) == 0 {
					name += " (empty)"
				}
				watched.last = append(watched.last, name)
			}
		case <-deadline:
			t.say("WatchTree %s: [%s] and not [%s]", watched.directory, strings.Join(watched.last, " "), wanted)
			return
		}
	}
	t.say("WatchTree %s: [%s]", watched.directory, wanted)
}

func (t *trace) startNode(name string) {
	node := exec.Command(os.Args[0], "-address", t.address, "-node", name)
	node.Stderr = os.Stderr
	_, err := node.StdinPipe()
	must("pipe", err)
	must("start node", node.Start())
	if t.nodes == nil {
		t.nodes = map[string]*exec.Cmd{}
	}
	t.nodes[name] = node
}

func (t *trace) killNode(name string) time.Time {
	node := t.nodes[name]
	_ = node.Process.Kill()
	_ = node.Wait()
	return time.Now()
}

func (t *trace) killNodes() {
	for _, node := range t.nodes {
		_ = node.Process.Kill()
	}
}

func (t *trace) names(more ...string) []string {
	names := append([]string{}, more...)
	for name := range t.nodes {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

func (t *trace) section(name string, play func()) {
	fmt.Printf("# %s\n", name)
	play()
}

func (t *trace) say(format string, args ...interface{}) {
	fmt.Printf(format+"\n", args...)
}

func must(what string, err error) {
	if err != nil {
		log.Fatalf("%s: %v", what, err)
	}
}
