//go:build e2e || faults

package test

import (
	"context"
	"fmt"
	"io"
	"net/netip"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"accrue/client"
	"accrue/internal/billing"
	"accrue/internal/fleet"
	"accrue/internal/identity"
	"accrue/internal/imagefile"
	"accrue/internal/libvirt"
	"accrue/internal/libvirt/labtest"
	"accrue/internal/panel"
	"accrue/internal/smtp"
	"accrue/internal/store"
)

// lab is a provider with real hypervisors, and the desk at which everything is
// prepared and looked up that no program asks the API for.
type lab struct {
	dir          string
	hosts        map[int64]*labtest.Hypervisor
	store        *store.Store
	desk         *panel.Panel
	drivers      *libvirt.Hypervisors
	image        int64
	location     int64
	small, large int64 // plans: 128 and 192 MiB, a credit and two a second
}

// customer is somebody with an account, and how programs act for them.
type customer struct {
	identity.Who
	email string
	api   *client.Client
}

const password = "three or four words"

// openLab starts hypervisors and fills the catalogue.
func openLab(t testing.TB, hypervisors int) *lab {
	t.Helper()
	l := &lab{dir: t.TempDir(), hosts: map[int64]*labtest.Hypervisor{}, drivers: libvirt.New()}
	t.Cleanup(func() { l.drivers.Close() })
	var err error
	l.store, err = store.Open(t.Context(), store.Options{URL: "sqlite:" + filepath.Join(l.dir, "accrue.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.store.Close() })
	l.desk = panel.New(l.store, l.drivers, smtp.Disabled(), identity.NewHasher(identity.TestParams, 2))
	l.desk.WithImages(imagefile.Open(filepath.Join(l.dir, "images"), 1<<30), nil)
	l.stock(t)
	for n := range hypervisors {
		l.add(t, n)
	}
	return l
}

func (l *lab) stock(t testing.TB) {
	t.Helper()
	ctx := t.Context()
	usd := panel.DatedCurrency{Currency: billing.Currency{Code: "USD", Prefix: "$", Decimals: 2, Value: 10_000_000_000}}
	noError(t, l.desk.AddCurrency(ctx, admin, usd))
	noError(t, l.desk.ChangeSettings(ctx, admin, func(s *panel.Settings) { s.ReserveHours, s.MinimumSeconds = 0, 0 }))
	place, err := l.desk.SaveLocation(ctx, admin, panel.Location{Slug: "lab", Name: "Lab", Visible: true})
	noError(t, err)
	l.location = place.ID
	_, err = l.desk.SavePool(ctx, admin, panel.AddressPool{
		Name: "lab", AddressRange: fleet.AddressRange{Prefix: netip.MustParsePrefix("192.168.122.0/24")},
		Gateway: netip.MustParseAddr("192.168.122.1"), Locations: []int64{place.ID}, Quarantine: 60, Enabled: true,
	})
	noError(t, err)
	group, err := l.desk.SavePlanGroup(ctx, admin, panel.PlanGroup{Name: "General", Visible: true})
	noError(t, err)
	for n, id := range []*int64{&l.small, &l.large} {
		hourly := billing.Credits(3600*(n+1)) * billing.Credit
		plan := panel.Plan{GroupID: group.ID, Name: fmt.Sprintf("plan-%d", n+1), StoppedPercent: 100, Visible: true}
		plan.Size.Resources = fleet.Resources{VCPUs: 1, MemoryMiB: 128 + 64*int64(n), DiskGiB: 1}
		plan, err = l.desk.SavePlan(ctx, admin, plan, panel.PriceInput{Hourly: &hourly})
		noError(t, err)
		*id = plan.ID
	}
	guest := labtest.Image(t)
	image, err := l.desk.SaveImage(ctx, admin, panel.Image{Kind: panel.ImageSystem, Family: "Lab", Version: "1", Arch: panel.DefaultArch, Visible: true})
	noError(t, err)
	file, err := guest.Open(ctx)
	noError(t, err)
	defer file.Close()
	_, err = l.desk.ImportImage(ctx, admin, image.ID, file, guest.Digest)
	noError(t, err)
	l.image = image.ID
}

// add starts a hypervisor and adds it to the location.
func (l *lab) add(t testing.TB, position int) {
	t.Helper()
	h := labtest.Start(t, nil)
	host := panel.Hypervisor{
		LocationID: l.location, Position: int64(position), Driver: "libvirt", Endpoint: h.Endpoint(),
		Network: "default", Accel: panel.AccelTCG,
	}
	host.Name, host.CPURatio, host.Enabled = h.Name, fleet.DefaultCPURatio, true
	host.Capacity = fleet.Resources{VCPUs: 4, MemoryMiB: 2048, DiskGiB: 20}
	host, err := l.desk.SaveHypervisor(t.Context(), admin, host)
	noError(t, err)
	l.hosts[host.ID] = h
}

// serve starts a server on the lab's database.
func (l *lab) serve(t testing.TB, binary string) *process {
	t.Helper()
	p := serve(t, binary, "--data", l.dir)
	waitFor(t, "its hypervisors answer", func() bool {
		hosts, err := l.desk.Hypervisors(t.Context(), admin, l.location)
		noError(t, err)
		online := 0
		for _, h := range hosts {
			if h.Online && h.Heartbeat.SeenAt > 0 {
				online++
			}
		}
		return online == len(l.hosts)
	})
	return p
}

// customer makes an account with credit and a token at a server.
func (l *lab) customer(t testing.TB, url string, credit billing.Credits) customer {
	t.Helper()
	c := customer{email: "ida@example.org"}
	_, _, err := l.desk.CreateAccount(t.Context(), admin, panel.NewAccount{Name: "Ida", Email: c.email, Password: password, Credit: credit})
	noError(t, err)
	c.Who, err = l.desk.UserWho(t.Context(), c.email)
	noError(t, err)
	c.api = l.program(t, url, c.Who)
	return c
}

// administrator makes one and returns how programs act for them.
func (l *lab) administrator(t testing.TB, url string) *client.Client {
	t.Helper()
	const email = "admin@example.org"
	_, err := l.desk.CreateAdministrator(t.Context(), admin, email, "Ada", password)
	noError(t, err)
	who, err := l.desk.UserWho(t.Context(), email)
	noError(t, err)
	return l.program(t, url, who)
}

// program is a client of the API that acts for somebody.
func (l *lab) program(t testing.TB, url string, who identity.Who) *client.Client {
	t.Helper()
	token, _, err := l.desk.CreateToken(t.Context(), who, panel.NewToken{Name: "test", Scope: identity.ScopeWrite})
	noError(t, err)
	return &client.Client{URL: url, Token: string(token)}
}

// instance is what the panel knows of one.
func (l *lab) instance(t testing.TB, id int64) panel.InstanceView {
	t.Helper()
	view, err := l.desk.Instance(t.Context(), admin, id)
	noError(t, err)
	return view
}

// domain is the state of an instance's domain as virsh says it, empty if it is
// not there, on its hypervisor.
func (l *lab) domain(t testing.TB, i panel.InstanceView) string {
	t.Helper()
	if !strings.Contains(l.hosts[i.HypervisorID].Virsh("list", "--all", "--name"), i.UID) {
		return ""
	}
	return strings.TrimSpace(l.hosts[i.HypervisorID].Virsh("domstate", "accrue-"+i.UID))
}

// serial is what a machine has written on its serial port, from start to start.
type serial struct {
	mu   sync.Mutex
	text strings.Builder
	port io.ReadWriteCloser
}

// follow reads an instance's serial port, whenever it is on, until the test ends.
func (l *lab) follow(t testing.TB, i panel.InstanceView) *serial {
	t.Helper()
	host, err := l.desk.Hypervisor(t.Context(), admin, i.HypervisorID)
	noError(t, err)
	driver, err := l.drivers.Driver(host)
	noError(t, err)
	s := &serial{}
	ctx, stop := context.WithCancel(context.Background())
	var reading sync.WaitGroup
	reading.Go(func() {
		for ctx.Err() == nil {
			port, err := driver.(panel.Screener).OpenSerial(ctx, i.UID)
			if err != nil {
				time.Sleep(30 * time.Millisecond)
				continue
			}
			s.mu.Lock()
			s.port = port
			s.mu.Unlock()
			end := context.AfterFunc(ctx, func() { port.Close() })
			_, _ = io.Copy(s, port)
			end()
			port.Close()
		}
	})
	t.Cleanup(func() {
		stop()
		reading.Wait()
		if t.Failed() {
			t.Logf("its serial port said:\n%s", s.all())
		}
	})
	return s
}

func (s *serial) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(p)
}

// send writes to the port.
func (s *serial) send(t testing.TB, line string) {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	_, err := io.WriteString(s.port, line+"\n")
	noError(t, err)
}

func (s *serial) all() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

// forget begins anew.
func (s *serial) forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.text.Reset()
}

// await waits until a line with a text is there, since it was forgotten, and
// returns the line.
func (s *serial) await(t testing.TB, text string) (line string) {
	t.Helper()
	waitLong(t, "its guest says "+text, func() bool {
		for line = range strings.Lines(s.all()) {
			if strings.Contains(line, text) && strings.HasSuffix(line, "\n") {
				return true
			}
		}
		return false
	})
	return strings.TrimSpace(line)
}

// fact is a word of what a guest says of itself, such as memory=96260.
func fact(ready, name string) string {
	for word := range strings.FieldsSeq(ready) {
		if value, ok := strings.CutPrefix(word, name+"="); ok {
			return value
		}
	}
	return ""
}

func noError(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
