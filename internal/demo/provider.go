package demo

import (
	"context"
	"fmt"
	"net/netip"

	"accrue/internal/billing"
	"accrue/internal/fleet"
	"accrue/internal/panel"
)

// open sets the provider up: who runs it, how it wants things, what it sells and
// on what.
func (s *story) open(ctx context.Context) error {
	steps := []struct {
		what string
		do   func(context.Context) error
	}{
		{"administrator", s.openDesk},
		{"settings", s.openSettings},
		{"currencies", s.openCurrencies},
		{"locations", s.openLocations},
		{"plans", s.openPlans},
		{"images", s.openImages},
	}
	for _, step := range steps {
		if err := step.do(ctx); err != nil {
			return fmt.Errorf("%s: %w", step.what, err)
		}
	}
	return nil
}

// openDesk makes the administrator, who does from then on what the provider
// does.
func (s *story) openDesk(ctx context.Context) error {
	s.handout.Admin = SignIn{Email: "nora@fjordhost.example", Password: s.newPassword()}
	if _, err := s.panel.CreateAdministrator(ctx, s.provider, s.handout.Admin.Email, "Nora Lind", s.handout.Admin.Password); err != nil {
		return err
	}
	who, err := s.panel.UserWho(ctx, s.handout.Admin.Email)
	s.provider = who
	return err
}

func (s *story) openSettings(ctx context.Context) error {
	return s.panel.ChangeSettings(ctx, s.provider, func(settings *panel.Settings) {
		settings.Thresholds = billing.Thresholds{
			Low:        1000 * billing.Credit,
			Negative:   -50 * billing.Credit,
			Suspension: -500 * billing.Credit,
		}
		settings.SettlementInterval = panel.SettleDaily
		settings.Provider = "Fjordhost"
		settings.MailFrom = "billing@fjordhost.example"
		settings.PaymentText = "Pay by bank transfer and give the reference below. Your credit is added on the working day on which the money arrives."
		settings.BankDetails = "Account holder: Fjordhost AS\nIBAN: NO93 8601 1117 947\nBIC: FJHONO22"
	})
}

func (s *story) openCurrencies(ctx context.Context) error {
	for _, c := range []struct{ code, prefix, suffix, value string }{
		{"USD", "$", "", "0.01"},
		{"EUR", "", " €", "0.0093"},
		{"NOK", "", " kr", "0.105"},
	} {
		worth, err := billing.ParseValue(c.value)
		if err != nil {
			return err
		}
		currency := billing.Currency{Code: c.code, Prefix: c.prefix, Suffix: c.suffix, Decimals: billing.DefaultDecimals, Value: worth}
		if err := s.panel.AddCurrency(ctx, s.provider, panel.DatedCurrency{Currency: currency}); err != nil {
			return err
		}
	}
	return nil
}

// host is a hypervisor: its name and size, and what is special about it.
type host struct {
	name    string
	size    fleet.Resources
	tags    []string
	enabled bool
}

func (s *story) openLocations(ctx context.Context) error {
	const gib = 1024 // MiB
	standard := fleet.Resources{VCPUs: 16, MemoryMiB: 128 * gib, DiskGiB: 4000}
	withGPUs := fleet.Resources{VCPUs: 32, MemoryMiB: 256 * gib, DiskGiB: 8000, GPUs: 4}
	for n, l := range []struct {
		panel.Location
		networks []string // whose addresses are routed there
		hosts    []host
	}{
		{panel.Location{Slug: "ams", Name: "Amsterdam", City: "Amsterdam", Country: "nl"}, []string{"203.0.113.0/24", "2001:db8:1::/48"}, []host{
			{"ams-1", standard, nil, true}, {"ams-2", standard, nil, true}, {"ams-3", standard, nil, false},
		}},
		{panel.Location{Slug: "osl", Name: "Oslo", City: "Oslo", Country: "no"}, []string{"198.51.100.0/24", "2001:db8:2::/48"}, []host{
			{"osl-1", standard, nil, true}, {"osl-gpu-1", withGPUs, []string{gpuTag}, true},
		}},
		{panel.Location{Slug: "sin", Name: "Singapore", City: "Singapore", Country: "sg"}, []string{"192.0.2.0/24", "2001:db8:3::/48"}, []host{
			{"sin-1", standard, nil, true},
		}},
	} {
		l.Visible, l.Position = true, int64(n+1)
		location, err := s.panel.SaveLocation(ctx, s.provider, l.Location)
		if err != nil {
			return err
		}
		s.locations[l.Slug] = location.ID
		for position, h := range l.hosts {
			_, err := s.panel.SaveHypervisor(ctx, s.provider, panel.Hypervisor{
				Hypervisor: fleet.Hypervisor{Name: h.name, Capacity: h.size, CPURatio: fleet.DefaultCPURatio, Tags: h.tags, Enabled: h.enabled},
				LocationID: location.ID,
				Position:   int64(position + 1),
				Driver:     "sim",
			})
			if err != nil {
				return err
			}
		}
		for _, network := range l.networks {
			if err := s.openPool(ctx, location, network); err != nil {
				return err
			}
		}
	}
	return nil
}

// openPool routes a network to a location, with the gateway that is usual.
func (s *story) openPool(ctx context.Context, location panel.Location, network string) error {
	pool := panel.AddressPool{Name: location.Name + " " + network, Locations: []int64{location.ID}, Quarantine: panel.DefaultQuarantine, Enabled: true}
	var err error
	if pool.Prefix, err = netip.ParsePrefix(network); err != nil {
		return err
	}
	if pool.Gateway = pool.Prefix.Addr().Next(); pool.Family() == 6 {
		pool.Gateway = netip.MustParseAddr("fe80::1")
	}
	pool.DNS = []netip.Addr{netip.MustParseAddr("2001:db8::53")}
	_, err = s.panel.SavePool(ctx, s.provider, pool)
	return err
}

func (s *story) openPlans(ctx context.Context) error {
	for n, g := range catalogue {
		group, err := s.panel.SavePlanGroup(ctx, s.provider, panel.PlanGroup{
			Name: g.name, Description: g.description, Visible: true, Position: int64(n + 1),
		})
		if err != nil {
			return err
		}
		for position, p := range g.plans {
			plan := panel.Plan{
				GroupID:        group.ID,
				Name:           p.name,
				Size:           fleet.Request{Resources: p.size, Tags: g.tags},
				StoppedPercent: g.stopped,
				Visible:        true,
				Position:       int64(position + 1),
			}
			for _, slug := range g.locations {
				plan.Locations = append(plan.Locations, s.locations[slug])
			}
			in, err := p.price.input()
			if err != nil {
				return err
			}
			if s.plans[p.name], err = s.panel.SavePlan(ctx, s.provider, plan, in); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *story) openImages(ctx context.Context) error {
	for _, i := range []panel.Image{
		{Family: "Debian", Version: "13", MinDiskGiB: 4},
		{Family: "Debian", Version: "12", MinDiskGiB: 4},
		{Family: "Ubuntu", Version: "24.04", MinDiskGiB: 5},
		{Family: "Rocky Linux", Version: "9", MinDiskGiB: 10},
		{Family: "Alpine", Version: "3.22", MinDiskGiB: 1},
	} {
		i.Visible = true
		image, err := s.panel.AddImage(ctx, s.provider, i)
		if err != nil {
			return err
		}
		s.images[image.Name()] = image.ID
	}
	return nil
}

// provider is what the provider did while its customers went about theirs. It
// posted usage by the day at first, and by the hour lately, as new panels do: two
// months by the hour would be most of what seeding takes.
var provider = []event{
	{41, "08:00", "", reprice("Compute 2", price{hourly: "3.5"})},
	{30, "07:00", "", value("EUR", "0.0092")},
	{3, "08:20", "", settle(panel.SettleHourly)},
}
