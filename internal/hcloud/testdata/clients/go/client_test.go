// Package client_test uses hcloud-go as its authors mean it to be used. It is
// run by TestClients, which says in the environment where the door is.
package client_test

import (
	"errors"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hetznercloud/hcloud-go/v2/hcloud"
)

var (
	rich   = newClient("HCLOUD_TOKEN") // has credit
	poor   = newClient("POOR_TOKEN")   // has none
	reader = newClient("READ_TOKEN")   // may only look at what the first one has
)

func newClient(token string) *hcloud.Client {
	return hcloud.NewClient(
		hcloud.WithEndpoint(os.Getenv("HCLOUD_ENDPOINT")),
		hcloud.WithToken(os.Getenv(token)),
		hcloud.WithPollOpts(hcloud.PollOpts{BackoffFunc: hcloud.ConstantBackoff(30 * time.Millisecond)}),
		hcloud.WithRetryOpts(hcloud.RetryOpts{BackoffFunc: func(int) time.Duration { panic("it sends a request again") }, MaxRetries: 1}),
	)
}

// test is a test with what every step of it needs.
type test struct{ *testing.T }

func (t test) must(err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// wait waits until actions have succeeded.
func (t test) wait(actions ...*hcloud.Action) {
	t.Helper()
	t.must(rich.Action.WaitFor(t.Context(), actions...))
}

// done waits for what a command has begun.
func (t test) done(action *hcloud.Action, _ *hcloud.Response, err error) {
	t.Helper()
	t.must(err)
	t.wait(action)
}

func TestCatalog(tt *testing.T) {
	t := test{tt}
	ctx := t.Context()
	locations, err := rich.Location.All(ctx)
	t.must(err)
	if len(locations) != 2 || locations[0].Name != "ams" || locations[0].City != "Amsterdam" || locations[0].Country != "NL" {
		t.Errorf("locations are %+v", locations)
	}
	types, err := rich.ServerType.All(ctx)
	t.must(err)
	i := slices.IndexFunc(types, func(s *hcloud.ServerType) bool { return s.Name == "s2" })
	if len(types) != 3 || i < 0 {
		t.Fatalf("server types are %+v", types)
	}
	large := types[i]
	if large.Cores != 2 || large.Memory != 1 || large.Disk != 20 || large.Category != "General" || large.Architecture != hcloud.ArchitectureX86 {
		t.Errorf("s2 is %+v", large)
	}
	if p := large.Pricings; len(p) != 2 || p[0].Location.Name != "ams" || p[0].Hourly.Net != "0.02" || p[0].Monthly.Gross != "14.60" {
		t.Errorf("s2 costs %+v", p)
	}
	if l := large.Locations; len(l) != 2 || !l[0].Available || l[1].Available {
		t.Errorf("s2 can be had in %+v", l)
	}
	images, err := rich.Image.All(ctx)
	t.must(err)
	if len(images) < 2 || images[0].OSFlavor != "debian" || images[0].Name != "debian-13" || images[0].Type != hcloud.ImageTypeSystem {
		t.Errorf("images are %+v", images)
	}
	image, _, err := rich.Image.GetForArchitecture(ctx, "debian-13", hcloud.ArchitectureX86)
	t.must(err)
	if image == nil || image.ID != images[0].ID {
		t.Errorf("debian-13 is %+v", image)
	}
	prices, _, err := rich.Pricing.Get(ctx)
	t.must(err)
	if len(prices.ServerTypes) != 3 || prices.ServerTypes[0].Pricings[0].Hourly.Currency != "EUR" {
		t.Errorf("prices are %+v", prices)
	}
}

func TestServer(tt *testing.T) {
	t := test{tt}
	ctx := t.Context()
	key, _, err := rich.SSHKey.Create(ctx, hcloud.SSHKeyCreateOpts{Name: "go", PublicKey: os.Getenv("PUBLIC_KEY"), Labels: map[string]string{"by": "go"}})
	t.must(err)
	if found, _, err := rich.SSHKey.GetByFingerprint(ctx, key.Fingerprint); err != nil || found == nil || found.ID != key.ID {
		t.Errorf("by its fingerprint %s the key is %+v, %v", key.Fingerprint, found, err)
	}

	made, _, err := rich.Server.Create(ctx, hcloud.ServerCreateOpts{
		Name:       "go-1",
		ServerType: &hcloud.ServerType{Name: "s1"},
		Image:      &hcloud.Image{Name: "debian-13"},
		Location:   &hcloud.Location{Name: "ams"},
		SSHKeys:    []*hcloud.SSHKey{key},
		UserData:   "#cloud-config\n",
		Labels:     map[string]string{"env": "test"},
	})
	t.must(err)
	t.wait(append(made.NextActions, made.Action)...)
	server := made.Server
	is := func(status hcloud.ServerStatus) {
		t.Helper()
		server, _, err = rich.Server.GetByID(ctx, made.Server.ID)
		t.must(err)
		if server == nil || server.Status != status {
			t.Fatalf("the server is %+v, want it %s", server, status)
		}
	}
	is(hcloud.ServerStatusRunning)
	if server.Image.Name != "debian-13" || server.Location.Name != "ams" || server.Labels["env"] != "test" || server.PrimaryDiskSize != 10 {
		t.Errorf("the server is %+v", server)
	}
	selected, err := rich.Server.AllWithOpts(ctx, hcloud.ServerListOpts{ListOpts: hcloud.ListOpts{LabelSelector: "env=test"}})
	t.must(err)
	if len(selected) != 1 || selected[0].ID != server.ID {
		t.Errorf("with env=test there are %+v", selected)
	}

	t.done(rich.Server.Poweroff(ctx, server))
	is(hcloud.ServerStatusOff)
	t.done(rich.Server.Poweron(ctx, server))
	is(hcloud.ServerStatusRunning)
	t.done(rich.Server.Reboot(ctx, server))
	t.done(rich.Server.Reset(ctx, server))
	t.done(rich.Server.ChangeType(ctx, server, hcloud.ServerChangeTypeOpts{ServerType: &hcloud.ServerType{Name: "s2"}, UpgradeDisk: true}))
	is(hcloud.ServerStatusRunning)
	if server.ServerType.Name != "s2" || server.PrimaryDiskSize != 20 {
		t.Errorf("after its type was changed the server is %+v", server)
	}
	rebuilt, _, err := rich.Server.RebuildWithResult(ctx, server, hcloud.ServerRebuildOpts{Image: &hcloud.Image{Name: "ubuntu-24.04"}})
	t.must(err)
	t.wait(rebuilt.Action)
	is(hcloud.ServerStatusRunning)
	if server.Image.Name != "ubuntu-24.04" {
		t.Errorf("after it was rebuilt its image is %+v", server.Image)
	}
	rescued, _, err := rich.Server.EnableRescue(ctx, server, hcloud.ServerEnableRescueOpts{Type: hcloud.ServerRescueTypeLinux64})
	t.must(err)
	t.wait(rescued.Action)
	is(hcloud.ServerStatusRunning)
	if !server.RescueEnabled || len(rescued.RootPassword) != 20 {
		t.Errorf("its rescue is enabled: %t, with a password of %d characters", server.RescueEnabled, len(rescued.RootPassword))
	}
	t.done(rich.Server.Reset(ctx, server))
	t.done(rich.Server.DisableRescue(ctx, server))
	is(hcloud.ServerStatusRunning)
	if server.RescueEnabled {
		t.Error("its rescue is enabled still")
	}
	reset, _, err := rich.Server.ResetPassword(ctx, server)
	t.must(err)
	t.wait(reset.Action)
	if len(reset.RootPassword) != 20 {
		t.Errorf("got a password of %d characters", len(reset.RootPassword))
	}
	server, _, err = rich.Server.Update(ctx, server, hcloud.ServerUpdateOpts{Name: "go-2", Labels: map[string]string{"env": "prod", "tier": "web"}})
	t.must(err)
	if server.Name != "go-2" || len(server.Labels) != 2 || server.Labels["env"] != "prod" {
		t.Errorf("after it was renamed and labelled the server is %+v", server)
	}

	now := time.Now()
	measured, _, err := rich.Server.GetMetrics(ctx, server, hcloud.ServerGetMetricsOpts{
		Types: []hcloud.ServerMetricType{hcloud.ServerMetricCPU, hcloud.ServerMetricDisk, hcloud.ServerMetricNetwork},
		Start: now.Add(-time.Hour), End: now,
	})
	t.must(err)
	if len(measured.TimeSeries) != 9 {
		t.Errorf("of cpu, disk and network there are the series %+v", measured.TimeSeries)
	}

	t.done(rich.Server.ChangeProtection(ctx, server, hcloud.ServerChangeProtectionOpts{Delete: hcloud.Ptr(true), Rebuild: hcloud.Ptr(true)}))
	if _, _, err := rich.Server.DeleteWithResult(ctx, server); !hcloud.IsError(err, hcloud.ErrorCodeProtected) {
		t.Errorf("deleting what is protected: got %v", err)
	}
	t.done(rich.Server.ChangeProtection(ctx, server, hcloud.ServerChangeProtectionOpts{Delete: hcloud.Ptr(false), Rebuild: hcloud.Ptr(false)}))

	actions, err := rich.Server.Action.All(ctx, hcloud.ActionListOpts{})
	t.must(err)
	if len(actions) < 7 {
		t.Errorf("its actions are %+v", actions)
	}
	deleted, _, err := rich.Server.DeleteWithResult(ctx, server)
	t.must(err)
	t.wait(deleted.Action)
	if gone, _, err := rich.Server.GetByID(ctx, server.ID); gone != nil || err != nil {
		t.Errorf("after it was deleted the server is %+v, %v", gone, err)
	}
	if _, err := rich.SSHKey.Delete(ctx, key); err != nil {
		t.Error(err)
	}
}

// Everything that can be listed is, so that what lists everything goes on.
func TestLists(tt *testing.T) {
	t := test{tt}
	ctx := t.Context()
	count := func(what string, n int, err error) {
		t.Helper()
		if n != 0 || err != nil {
			t.Errorf("there are %d %s, %v", n, what, err)
		}
	}
	certificates, err := rich.Certificate.All(ctx)
	count("certificates", len(certificates), err)
	firewalls, err := rich.Firewall.All(ctx)
	count("firewalls", len(firewalls), err)
	floating, err := rich.FloatingIP.All(ctx)
	count("floating IPs", len(floating), err)
	isos, err := rich.ISO.All(ctx)
	count("ISOs", len(isos), err)
	balancers, err := rich.LoadBalancer.All(ctx)
	count("load balancers", len(balancers), err)
	balancerTypes, err := rich.LoadBalancerType.All(ctx)
	count("load balancer types", len(balancerTypes), err)
	networks, err := rich.Network.All(ctx)
	count("networks", len(networks), err)
	groups, err := rich.PlacementGroup.All(ctx)
	count("placement groups", len(groups), err)
	volumes, err := rich.Volume.All(ctx)
	count("volumes", len(volumes), err)
	zones, err := rich.Zone.All(ctx)
	count("zones", len(zones), err)

	_, _, err = rich.Volume.Create(ctx, hcloud.VolumeCreateOpts{Name: "data", Size: 10, Location: &hcloud.Location{Name: "ams"}})
	if !hcloud.IsError(err, hcloud.ErrorUnsupportedError) || !strings.Contains(err.Error(), "There are no volumes here") {
		t.Errorf("creating a volume: got %v", err)
	}
}

func TestRefusals(tt *testing.T) {
	t := test{tt}
	order := func(name string, change func(*hcloud.ServerCreateOpts)) hcloud.ServerCreateOpts {
		o := hcloud.ServerCreateOpts{Name: name, ServerType: &hcloud.ServerType{Name: "s1"}, Image: &hcloud.Image{Name: "debian-13"}, Location: &hcloud.Location{Name: "ams"}}
		change(&o)
		return o
	}
	same := func(*hcloud.ServerCreateOpts) {}
	for _, refused := range []struct {
		name   string
		client *hcloud.Client
		order  hcloud.ServerCreateOpts
		code   hcloud.ErrorCode
		says   string
	}{
		{"not enough credit", poor, order("go-3", same), hcloud.ErrorCodeResourceLimitExceeded, "The balance of 0 credits is not enough"},
		{"no capacity", rich, order("go-3", func(o *hcloud.ServerCreateOpts) { o.Location.Name = "osl" }), hcloud.ErrorCodeResourceUnavailable, "There is no room for this plan in Oslo 1"},
		{"a name that is no host name", rich, order("Go_3", same), hcloud.ErrorCodeInvalidInput, "must not have"},
		{"a type that is not there", rich, order("go-3", func(o *hcloud.ServerCreateOpts) { o.ServerType.Name = "cx22" }), hcloud.ErrorCodeInvalidInput, "there is no such server type"},
		{"a token that may only read", reader, order("go-3", same), hcloud.ErrorCodeForbidden, "may not"},
	} {
		t.Run(refused.name, func(t *testing.T) {
			_, _, err := refused.client.Server.Create(t.Context(), refused.order)
			var answered hcloud.Error
			if !errors.As(err, &answered) || answered.Code != refused.code || !strings.Contains(answered.Message, refused.says) {
				t.Errorf("got %v, want %s that says %q", err, refused.code, refused.says)
			}
		})
	}
}
