package sim

import (
	"cmp"
	"maps"
	"slices"
	"sync"

	"accrue/internal/panel"
)

// memory is a shelf that lasts as long as the process.
type memory struct {
	mu       sync.Mutex
	machines map[int64]map[string]Placed
	wrong    map[int64]map[panel.Fault]bool
	hosts    map[int64]host
}

func newMemory() *memory {
	return &memory{
		machines: map[int64]map[string]Placed{},
		wrong:    map[int64]map[panel.Fault]bool{},
		hosts:    map[int64]host{},
	}
}

func (m *memory) find(hypervisor int64, uid string) (Placed, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.machines[hypervisor][uid], nil
}

func (m *memory) list(hypervisor int64) ([]Placed, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var all []Placed
	for id, machines := range m.machines {
		if id == hypervisor || hypervisor == everywhere {
			all = slices.AppendSeq(all, maps.Values(machines))
		}
	}
	slices.SortFunc(all, func(a, b Placed) int {
		return cmp.Or(cmp.Compare(a.Hypervisor, b.Hypervisor), cmp.Compare(a.UID, b.UID))
	})
	return all, nil
}

func (m *memory) change(hypervisor int64, uid string, do func(*Placed) error) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	p := m.machines[hypervisor][uid]
	if err := do(&p); err != nil {
		return err
	}
	if !p.exists() {
		delete(m.machines[hypervisor], uid)
		return nil
	}
	if m.machines[hypervisor] == nil {
		m.machines[hypervisor] = map[string]Placed{}
	}
	p.Hypervisor, p.UID = hypervisor, uid
	m.machines[hypervisor][uid] = p
	return nil
}

func (m *memory) host(hypervisor int64) (host, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.hosts[hypervisor], nil
}

func (m *memory) changeHost(hypervisor int64, do func(*host)) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	h := m.hosts[hypervisor]
	do(&h)
	m.hosts[hypervisor] = h
	return nil
}

func (m *memory) faults(hypervisor int64) (map[panel.Fault]bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return maps.Clone(m.wrong[hypervisor]), nil
}

func (m *memory) setFault(hypervisor int64, fault panel.Fault, on bool) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.wrong[hypervisor] == nil {
		m.wrong[hypervisor] = map[panel.Fault]bool{}
	}
	m.wrong[hypervisor][fault] = on
	return nil
}

func (m *memory) close() error { return nil }
