package web

import (
	"fmt"
	"net/http"
	"net/netip"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"accrue/internal/panel"
)

func (s *server) adminPools(w http.ResponseWriter, v *visit) error {
	pools, err := s.Panel.AdminPools(v.Context(), v.who)
	if err != nil {
		return err
	}
	locations, hosts, err := s.destinations(v)
	if err != nil {
		return err
	}
	var view AdminPoolsView
	for _, u := range pools {
		view.Pools = append(view.Pools, PoolRow{
			ID: text(u.ID), Name: u.Name, URL: poolURL(u.ID), Prefix: u.Prefix.String(), Gives: gives(u.AddressPool),
			Routed: routedTo(u.AddressPool, locations, hosts), Fill: loadOf(u.Size-u.Free, u.Size, ""), Disabled: !u.Enabled,
		})
	}
	return s.adminShow(w, v, http.StatusOK, "Address pools", func(p Page) templ.Component { return AdminPoolsPage(p, view) })
}

func poolURL(id int64) string { return "/admin/address-pools/" + text(id) }

// gives says what an instance has of a pool.
func gives(p panel.AddressPool) string {
	if p.Bits == p.Prefix.Addr().BitLen() {
		return "One address"
	}
	return fmt.Sprintf("A /%d", p.Bits)
}

// destinations are what a pool can be routed to.
func (s *server) destinations(v *visit) ([]panel.Location, []panel.Hypervisor, error) {
	locations, err := s.Panel.Locations(v.Context())
	if err != nil {
		return nil, nil, err
	}
	hosts, err := s.Panel.Hypervisors(v.Context(), v.who, 0)
	return locations, hosts, err
}

func routedTo(p panel.AddressPool, locations []panel.Location, hosts []panel.Hypervisor) string {
	var names []string
	for _, l := range locations {
		if slices.Contains(p.Locations, l.ID) {
			names = append(names, l.Name)
		}
	}
	for _, h := range hosts {
		if slices.Contains(p.Hypervisors, h.ID) {
			names = append(names, h.Name)
		}
	}
	if len(names) == 0 {
		return "Nowhere"
	}
	return strings.Join(names, ", ")
}

func (s *server) adminNewPool(w http.ResponseWriter, v *visit) error {
	view, err := s.poolView(v, panel.PoolUsage{AddressPool: panel.AddressPool{Quarantine: panel.DefaultQuarantine, Enabled: true}})
	if err != nil {
		return err
	}
	return s.showPool(w, v, http.StatusOK, view)
}

func (s *server) showPool(w http.ResponseWriter, v *visit, status int, view AdminPoolView) error {
	return s.adminShow(w, v, status, view.Title, func(p Page) templ.Component { return AdminPoolPage(p, view) })
}

func (s *server) adminPool(w http.ResponseWriter, v *visit) error {
	view, err := s.knownPool(v)
	if err != nil {
		return err
	}
	return s.showPool(w, v, http.StatusOK, view)
}

// knownPool is the page of the pool in the address.
func (s *server) knownPool(v *visit) (view AdminPoolView, err error) {
	u, err := s.Panel.PoolUsage(v.Context(), v.who, v.id())
	if err != nil {
		return view, err
	}
	if view, err = s.poolView(v, u); err != nil {
		return view, err
	}
	return view, s.fillAddresses(v, &view)
}

func (s *server) poolView(v *visit, u panel.PoolUsage) (AdminPoolView, error) {
	view := AdminPoolView{
		Title: "Add address pool", Name: u.Name, DNS: words(u.DNS), Network: u.Network, Quarantine: text(u.Quarantine), Enabled: u.Enabled,
		Prefix: written(u.Prefix.IsValid(), u.Prefix), Gateway: written(u.Gateway.IsValid(), u.Gateway),
		First: written(u.First.IsValid(), u.First), Last: written(u.Last.IsValid(), u.Last),
		Bits: []Option{
			{Value: "0", Text: "What suits the network", Selected: u.Bits == 0},
			{Value: "32", Text: "One IPv4 address", Selected: u.Bits == 32},
			{Value: "64", Text: "An IPv6 network of 64 bits", Selected: u.Bits == 64},
			{Value: "128", Text: "One IPv6 address", Selected: u.Bits == 128},
		},
	}
	for _, state := range []panel.AddressState{panel.AddressReserved, panel.AddressBlocked} {
		view.Block.States = append(view.Block.States, Option{Value: string(state), Text: addressStates[state].Note})
	}
	if u.ID != 0 {
		view.ID, view.Title, view.Stats = text(u.ID), u.Name, poolStats(u)
		view.Remove = &Confirm{
			ID: "remove-pool", URL: poolURL(u.ID) + "/remove", Title: "Remove " + u.Name, Button: "Remove", Danger: true, Back: poolURL(u.ID),
			Text: []string{"No instance gets an address of it any more. While instances have some, or had them lately, it cannot be removed."},
		}
	}
	locations, hosts, err := s.destinations(v)
	for _, l := range locations {
		view.Locations = append(view.Locations, Option{Value: text(l.ID), Text: l.Name, Selected: slices.Contains(u.Locations, l.ID)})
	}
	for _, h := range hosts {
		view.Hypervisors = append(view.Hypervisors, Option{Value: text(h.ID), Text: h.Name, Selected: slices.Contains(u.Hypervisors, h.ID)})
	}
	return view, err
}

// addressStates are the states of addresses in words, with what to choose them
// for.
var addressStates = map[panel.AddressState]Status{
	panel.AddressAssigned:    {Kind: "running", Text: "Assigned"},
	panel.AddressQuarantined: {Kind: "busy", Text: "Quarantined"},
	panel.AddressReserved:    {Kind: "stopped", Text: "Reserved", Note: "For ourselves"},
	panel.AddressBlocked:     {Kind: "suspended", Text: "Blocked", Note: "For nobody"},
}

func poolStats(u panel.PoolUsage) []Stat {
	stats := []Stat{{Label: "Free", Value: Amount{Text: grouped(u.Free)}, Note: "of " + grouped(u.Size)}}
	for _, state := range []panel.AddressState{panel.AddressAssigned, panel.AddressQuarantined, panel.AddressReserved, panel.AddressBlocked} {
		stats = append(stats, Stat{Label: addressStates[state].Text, Value: Amount{Text: grouped(u.Taken[state])}})
	}
	if u.Free == 0 {
		stats[0].Tone = "danger"
	}
	return stats
}

const addressesPerPage = 50

// fillAddresses lists what of a pool is not free.
func (s *server) fillAddresses(v *visit, view *AdminPoolView) error {
	after := number(v.field("after"))
	addresses, err := s.Panel.PoolAddresses(v.Context(), v.who, number(view.ID), after, addressesPerPage)
	if err != nil {
		return err
	}
	for _, a := range addresses {
		row := AddressRow{
			Address: a.Addr.String(), Note: a.Note, Status: addressStates[a.State], History: query("/admin/address-pools/history", "address", a.Addr.String()),
			Free: (a.State == panel.AddressReserved || a.State == panel.AddressBlocked) && a.Note != panel.GatewayNote,
		}
		row.Status.Note = ""
		if a.Until != 0 {
			row.Note = "Free again on " + dayAndTime(a.Until)
		}
		view.Addresses = append(view.Addresses, row)
	}
	if after > 0 {
		view.Pager.Newer = view.action()
	}
	if len(addresses) == addressesPerPage {
		view.Pager.Older = query(view.action(), "after", text(addresses[len(addresses)-1].Number))
	}
	return nil
}

func (s *server) adminSavePool(w http.ResponseWriter, v *visit) error {
	var known panel.PoolUsage
	var err error
	if v.PathValue("id") != "" {
		if known, err = s.Panel.PoolUsage(v.Context(), v.who, v.id()); err != nil {
			return err
		}
	}
	e := newEntered(v)
	known.AddressPool = e.pool(known.ID)
	if e.ok() {
		saved, err := s.Panel.SavePool(v.Context(), v.who, known.AddressPool)
		if err := e.take(err, nil); err != nil {
			return err
		}
		if e.ok() {
			return s.done(w, v, poolURL(saved.ID), saved.Name+" saved.")
		}
	}
	view, err := s.poolView(v, known)
	if err != nil {
		return err
	}
	if known.ID != 0 {
		if err := s.fillAddresses(v, &view); err != nil {
			return err
		}
	}
	view.Prefix, view.Gateway, view.First, view.Last = e.field("prefix"), e.field("gateway"), e.field("first"), e.field("last")
	view.DNS, view.Quarantine, view.Errors = e.field("dns"), e.field("quarantine"), e.errors
	return s.showPool(w, v, http.StatusUnprocessableEntity, view)
}

// pool reads the form into a pool.
func (e *entered) pool(id int64) panel.AddressPool {
	pool := panel.AddressPool{
		ID: id, Name: e.field("name"), Gateway: e.address("gateway"), Network: e.field("network"), Enabled: e.checked("enabled"),
		Quarantine: e.whole("quarantine", 0), Locations: e.numbers("location"), Hypervisors: e.numbers("hypervisor"),
	}
	prefix, err := netip.ParsePrefix(e.field("prefix"))
	if err != nil {
		e.errors["prefix"] = "Give a network such as 203.0.113.0/24."
	}
	pool.Prefix, pool.Bits, pool.First, pool.Last = prefix, int(e.whole("bits", 0)), e.address("first"), e.address("last")
	for _, server := range tags(e.field("dns")) {
		addr, err := netip.ParseAddr(server)
		if err != nil {
			e.errors["dns"] = "Give addresses with spaces between, such as 9.9.9.9."
		}
		pool.DNS = append(pool.DNS, addr)
	}
	return pool
}

// address reads an address that need not be given.
func (e *entered) address(name string) netip.Addr {
	if e.field(name) == "" {
		return netip.Addr{}
	}
	addr, err := netip.ParseAddr(e.field(name))
	if err != nil {
		e.errors[name] = "Give an address such as 203.0.113.1."
	}
	return addr
}

// numbers reads the boxes of one name that are ticked.
func (e *entered) numbers(name string) (ids []int64) {
	for _, value := range e.Form[name] {
		ids = append(ids, number(value))
	}
	return ids
}

// words writes values with spaces between.
func words[T fmt.Stringer](values []T) string {
	var all []string
	for _, value := range values {
		all = append(all, value.String())
	}
	return strings.Join(all, " ")
}

// written is a value as text, if there is one.
func written(is bool, value fmt.Stringer) string {
	if !is {
		return ""
	}
	return value.String()
}

func (s *server) adminAskRemovePool(w http.ResponseWriter, v *visit) error {
	view, err := s.knownPool(v)
	if err != nil {
		return err
	}
	return s.adminConfirm(w, v, http.StatusOK, *view.Remove)
}

func (s *server) adminRemovePool(w http.ResponseWriter, v *visit) error {
	u, err := s.Panel.PoolUsage(v.Context(), v.who, v.id())
	if err != nil {
		return err
	}
	if err := s.Panel.DeletePool(v.Context(), v.who, u.ID); err != nil {
		return s.refused(w, v, poolURL(u.ID), err)
	}
	return s.done(w, v, "/admin/address-pools", u.Name+" removed.")
}
