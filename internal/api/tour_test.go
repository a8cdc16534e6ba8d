package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"accrue/client"
	"accrue/internal/billing"
	"accrue/internal/panel"
)

// The tour visits every operation once, in an order in which each of them
// succeeds. The sweep goes with it and tries each stop as somebody else; the
// documentation takes its examples from it; fuzzing begins with its bodies.
//
// A stop names what it is about with words that begin with $, which stand for
// what earlier stops kept of their answers.
type stop struct {
	op     string
	path   string // what stands in the holes of the path: "id=$instance"
	query  string
	body   string
	file   string // the name of the file that is sent
	keep   string // what is kept of the answer: "instance=instance.id"
	tagged bool   // the thing's own ETag goes along as If-Match
	before func(*tour)
}

var stops = []stop{
	{op: "get-me"},
	{op: "change-me", body: `{"currency": "EUR"}`},
	{op: "list-tokens"},
	{op: "create-token", body: `{"password": "a long password", "name": "nightly", "scope": "read", "days": 90, "from": ["203.0.113.7"]}`, keep: "token=token.id"},
	{op: "revoke-token", path: "id=$token", body: `{"password": "a long password"}`},
	{op: "list-sessions"},

	{op: "create-ssh-key", body: `{"name": "laptop", "public_key": "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAILdS5mrgWXkPJiVKCvMdVfIy1ZLYYfM4BV4cHLfhk3SV carol@laptop"}`, keep: "key=id"},
	{op: "list-ssh-keys"},
	{op: "get-ssh-key", path: "id=$key"},
	{op: "change-ssh-key", path: "id=$key", body: `{"labels": {"owner": "carol"}}`},

	{op: "create-pool", body: `{"name": "Public", "prefix": "203.0.113.0/24", "gateway": "203.0.113.1", "location_ids": [$location]}`, keep: "pool=id"},
	{op: "list-pools"},
	{op: "get-pool", path: "id=$pool"},
	{op: "replace-pool", path: "id=$pool", body: `{"name": "Public 1", "prefix": "203.0.113.0/24", "gateway": "203.0.113.1", "location_ids": [$location]}`},
	{op: "block-address", body: `{"address": "203.0.113.9", "note": "On a list of spammers"}`},
	{op: "list-pool-addresses", path: "id=$pool"},
	{op: "free-address", path: "address=203.0.113.9"},

	{op: "list-locations"},
	{op: "get-location", path: "id=$location"},
	{op: "list-plan-groups"},
	{op: "list-plans", query: "location_id=$location"},
	{op: "get-plan", path: "id=$plan"},
	{op: "list-images"},
	{op: "get-image", path: "id=$image"},
	{op: "list-currencies"},

	{op: "create-quote", body: `{"plan_id": $plan, "location_id": $location}`},
	{op: "create-instance", body: `{"name": "web-1", "plan_id": $plan, "location_id": $location, "image_id": $image, "ssh_key_ids": [$key], "labels": {"env": "prod"}}`, keep: "instance=instance.id action=action.id"},
	{op: "get-action", path: "id=$action"},
	{op: "list-actions", query: "open=true"},
	{op: "list-instances", before: (*tour).work},
	{op: "get-instance", path: "id=$instance"},
	{op: "open-console", path: "id=$instance", body: `{"kind": "serial"}`},
	{op: "get-instance-metrics", path: "id=$instance", query: "series=cpu,net_out_bytes", before: (*tour).sample},
	{op: "list-resize-options", path: "id=$instance"},
	{op: "stop-instance", path: "id=$instance"},
	{op: "resize-instance", path: "id=$instance", body: `{"plan_id": $large}`, before: (*tour).work},
	{op: "start-instance", path: "id=$instance", before: (*tour).work},
	{op: "reboot-instance", path: "id=$instance", before: (*tour).work},
	{op: "reset-instance", path: "id=$instance", before: (*tour).work},
	{op: "rebuild-instance", path: "id=$instance", body: `{"image_id": $image}`, before: (*tour).work},
	{op: "rescue-instance", path: "id=$instance", body: `{}`, before: (*tour).offerRescue},
	{op: "unrescue-instance", path: "id=$instance", before: (*tour).work},
	{op: "reset-password-instance", path: "id=$instance", before: (*tour).work},
	{op: "change-snapshot-price", body: `{"hourly": "0.0001", "monthly": "0.05"}`},
	{op: "list-snapshot-prices"},
	{op: "quote-snapshot", path: "id=$instance", before: (*tour).work},
	{op: "snapshot-instance", path: "id=$instance", body: `{"name": "before the update"}`, keep: "snapshot=snapshot.id"},
	{op: "list-snapshots", query: "instance_id=$instance", before: (*tour).work},
	{op: "get-snapshot", path: "id=$snapshot"},
	{op: "change-snapshot", path: "id=$snapshot", body: `{"name": "good", "labels": {"env": "prod"}}`},
	{op: "restore-instance", path: "id=$instance", body: `{"snapshot_id": $snapshot}`},
	{op: "delete-snapshot", path: "id=$snapshot", before: (*tour).work},
	{op: "poweroff-instance", path: "id=$instance", before: (*tour).work},
	{op: "change-instance", path: "id=$instance", body: `{"name": "web-2", "protection": {"delete": false, "rebuild": true}}`, before: (*tour).work},
	{op: "list-addresses"},
	{op: "change-address", path: "address=203.0.113.2", body: `{"reverse_name": "web-2.example.org"}`},
	{op: "list-address-uses", path: "address=203.0.113.2"},
	{op: "list-instance-actions", path: "id=$instance"},
	{op: "list-instance-events", path: "id=$instance"},

	{op: "get-instance-costs", path: "id=$instance", before: func(t *tour) { t.pass(90 * 60) }},
	{op: "get-balance"},
	{op: "get-runway", query: "add=1000,5000"},
	{op: "get-usage", query: "month=2026-11"},
	{op: "get-daily-usage", query: "month=2026-11"},
	{op: "list-ledger"},
	{op: "export-usage", query: "month=2026-11"},
	{op: "export-ledger"},
	{op: "list-events", query: "limit=3"},
	{op: "stream-events", query: "after=1"},

	{op: "create-payment", body: `{"amount": "25.00"}`, keep: "payment=id"},
	{op: "list-payments"},
	{op: "get-payment", path: "id=$payment"},
	{op: "confirm-payment", path: "id=$payment"},
	{op: "cancel-payment", path: "id=$payment2", before: func(t *tour) { t.order("payment2") }},
	{op: "reject-payment", path: "id=$payment3", body: `{"note": "Nothing has arrived."}`, before: func(t *tour) { t.order("payment3") }},
	{op: "admin-list-payments", query: "state=confirmed"},

	{op: "get-overview"},
	{op: "get-health"},
	{op: "get-revenue"},
	{op: "export-revenue", query: "month=2026-11&currency=EUR"},
	{op: "admin-list-ledger", query: "limit=2"},
	{op: "admin-export-ledger", query: "kind=adjustment"},
	{op: "admin-list-events", query: "limit=2"},
	{op: "list-audit", query: "limit=2"},
	{op: "admin-list-instances"},

	{op: "list-accounts", query: "q=carol"},
	{op: "create-account", body: `{"name": "Dora Ltd", "email": "dora@example.org", "password": "a long password", "credits": "100"}`, keep: "account=id user=users.0.id"},
	{op: "get-account", path: "id=$account"},
	{op: "get-account-usage", path: "id=$carol"},
	{op: "place-hold", path: "id=$account", body: `{"reason": "The invoice address is missing."}`},
	{op: "lift-hold", path: "id=$account kind=admin"},
	{op: "set-password", path: "id=$account user=$user", body: `{"password": "another long password"}`},
	{op: "disable-user", path: "id=$account user=$user"},
	{op: "enable-user", path: "id=$account user=$user"},
	{op: "end-session", path: "id=$account session=$session", before: (*tour).signIn},
	{op: "list-administrators"},

	{op: "preview-credit", body: `{"account_id": $account, "credits": "-250"}`},
	{op: "create-credit", body: `{"account_id": $account, "credits": "12.5", "reason": "For the trouble"}`, keep: "credit=id"},
	{op: "get-transaction", path: "id=$credit"},
	{op: "reverse-credit", path: "id=$credit", body: `{"reason": "Given twice"}`},

	{op: "admin-list-locations"},
	{op: "admin-create-location", body: `{"slug": "ber", "name": "Berlin", "city": "Berlin", "country": "de"}`, keep: "berlin=id"},
	{op: "admin-get-location", path: "id=$berlin"},
	{op: "admin-change-location", path: "id=$berlin", body: `{"name": "Berlin 1"}`, tagged: true},
	{op: "probe-hypervisor", body: `{"driver": "sim"}`},
	{op: "create-hypervisor", body: `{"name": "hv-ber-1", "location_id": $berlin, "driver": "sim", "capacity": {"vcpus": 16, "memory_mib": 65536, "disk_gib": 2000}, "tags": ["nvme"]}`, keep: "host=id"},
	{op: "list-hypervisors", query: "location_id=$berlin"},
	{op: "get-hypervisor", path: "id=$host"},
	{op: "change-hypervisor", path: "id=$host", body: `{"enabled": false}`},
	{op: "examine-hypervisor", path: "id=$host"},
	{op: "test-hypervisor", path: "id=$host"},
	{op: "get-hypervisor-test", path: "id=$host"},
	{op: "switch-fault", path: "id=$host", body: `{"fault": "unreachable", "on": true}`},
	{op: "get-faults", path: "id=$host"},
	{op: "admin-order-hypervisors", path: "id=$berlin", body: `{"hypervisor_ids": [$host]}`},
	{op: "delete-hypervisor", path: "id=$host"},
	{op: "admin-delete-location", path: "id=$berlin"},

	{op: "admin-list-plan-groups"},
	{op: "admin-create-plan-group", body: `{"name": "Storage", "description": "Much disk for little money"}`, keep: "group=id"},
	{op: "admin-get-plan-group", path: "id=$group"},
	{op: "admin-change-plan-group", path: "id=$group", body: `{"visible": false}`, tagged: true},
	{op: "admin-create-plan", body: `{"name": "Storage 1", "plan_group_id": $group, "resources": {"vcpus": 1, "memory_mib": 2048, "disk_gib": 500}, "stopped_percent": 50, "price": {"hourly": "0.75", "monthly": "400"}}`, keep: "storage=id"},
	{op: "admin-list-plans"},
	{op: "admin-get-plan", path: "id=$storage"},
	{op: "admin-change-plan", path: "id=$storage", body: `{"location_ids": [$location]}`, tagged: true},
	{op: "change-price", path: "id=$storage", body: `{"hourly": "0.8", "monthly": "400", "existing": true}`, tagged: true},
	{op: "list-prices", path: "id=$storage"},
	{op: "admin-delete-plan", path: "id=$storage"},
	{op: "admin-delete-plan-group", path: "id=$group"},

	{op: "admin-list-images"},
	{op: "admin-create-image", body: `{"family": "Alpine", "version": "3.24", "min_disk_gib": 1, "draft": true}`, keep: "alpine=id"},
	{op: "admin-get-image", path: "id=$alpine"},
	{op: "admin-change-image", path: "id=$alpine", body: `{"description": "Small, with musl", "min_memory_mib": 256}`},
	{op: "upload-image", path: "id=$alpine", file: "../qcow2/testdata/plain.qcow2"},
	{op: "import-image", path: "id=$void", body: `{"url": "https://example.org/void.qcow2", "digest": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"}`, before: (*tour).allowURLs},
	{op: "distribute-image", path: "id=$alpine", body: `{"hypervisor_ids": [1]}`},
	{op: "list-replicas", path: "id=$alpine", before: (*tour).work},
	{op: "retire-image", path: "id=$alpine"},

	{op: "get-hypervisor-metrics", path: "id=1", query: "series=cpu"},
	{op: "list-findings", before: (*tour).find},
	{op: "resolve-finding", path: "id=$finding", body: `{"note": "Its disk has failed."}`},

	{op: "admin-list-currencies"},
	{op: "admin-create-currency", body: `{"code": "JPY", "prefix": "¥", "decimals": 0, "value_per_credit": "1.5"}`},
	{op: "admin-get-currency", path: "code=JPY"},
	{op: "admin-change-currency", path: "code=JPY", body: `{"value_per_credit": "1.52"}`, tagged: true},
	{op: "list-currency-values", path: "code=JPY"},
	{op: "admin-default-currency", path: "code=EUR"},
	{op: "admin-delete-currency", path: "code=JPY"},

	{op: "get-settings"},
	{op: "preview-settings", body: `{"low_balance": "100000"}`},
	{op: "change-settings", body: `{"low_balance": "100000"}`, tagged: true},

	{op: "list-mails", before: (*tour).live},
	{op: "get-mail", path: "id=$mail", before: (*tour).newestMail},
	{op: "retry-mail", path: "id=$mail"},
	{op: "list-tasks", query: "limit=2"},
	{op: "retry-task", path: "id=$waiting", before: (*tour).unreachable},

	{op: "retry-instance", path: "id=$failed", before: (*tour).failCreate},
	{op: "delete-instance", path: "id=$instance"},
	{op: "delete-ssh-key", path: "id=$key"},
	{op: "delete-pool", path: "id=$pool2", before: (*tour).emptyPool},
}

// tour is a site with everybody who goes along, and what was kept so far.
type tour struct {
	*site
	ops     map[string]tourOperation
	schemas huma.Registry
	known   map[string]string
	carol   *caller // the customer
	root    *caller // the administrator
	eve     *caller // another customer
}

// tourOperation is an operation as the description has it.
type tourOperation struct {
	*huma.Operation
	method, path string
}

// admin says whether an operation is an administrator's.
func (op tourOperation) admin() bool { return strings.HasPrefix(op.path, "/v1/admin/") }

func newTour(t *testing.T, url string) *tour {
	s := newSite(t, url)
	tr := &tour{site: s, known: map[string]string{}}
	tr.ops, tr.schemas = operations()
	tr.root, tr.carol, tr.eve = s.administrator(), s.customer("carol", 5000*billing.Credit), s.customer("eve", 5000*billing.Credit)
	for word, id := range map[string]int64{"location": s.ams, "plan": s.small, "large": s.large, "image": s.debian, "carol": tr.carol.who.AccountID} {
		tr.known[word] = fmt.Sprint(id)
	}
	s.must(s.ChangeSettings(t.Context(), s.root, func(to *panel.Settings) {
		to.BankDetails, to.TopUpMinimum = "IBAN: DE02 1203 0000 0000 2020 51", 100*billing.Credit
	}))
	return tr
}

// operations are all operations that the description has, by their names, and the
// types that they use.
func operations() (map[string]tourOperation, huma.Registry) {
	s := &server{}
	s.api = humago.New(http.NewServeMux(), description())
	s.operations()
	all := map[string]tourOperation{}
	for path, item := range s.api.OpenAPI().Paths {
		for method, op := range map[string]*huma.Operation{
			http.MethodGet: item.Get, http.MethodPost: item.Post, http.MethodPatch: item.Patch, http.MethodPut: item.Put, http.MethodDelete: item.Delete,
		} {
			if op != nil {
				all[op.OperationID] = tourOperation{op, method, path}
			}
		}
	}
	return all, s.api.OpenAPI().Components.Schemas
}

// request is a stop's request with nothing left to be filled in.
type request struct {
	method, path, body string
	headers            []string
}

func (t *tour) request(at stop) request {
	t.t.Helper()
	op, known := t.ops[at.op]
	if !known {
		t.t.Fatalf("there is no operation %s", at.op)
	}
	r := request{method: op.method, path: op.path, body: t.fill(at.body)}
	for _, pair := range strings.Fields(at.path) {
		name, value, _ := strings.Cut(pair, "=")
		r.path = strings.ReplaceAll(r.path, "{"+name+"}", t.fill(value))
	}
	if strings.Contains(r.path, "{") {
		t.t.Fatalf("%s: %s has a hole", at.op, r.path)
	}
	if at.query != "" {
		r.path += "?" + t.fill(at.query)
	}
	if at.tagged {
		thing := strings.TrimSuffix(r.path, "/prices")
		r.headers = append(r.headers, "If-Match", t.root.send(http.MethodGet, thing, nil).Header.Get("ETag"))
	}
	if at.file != "" {
		content, err := os.ReadFile(at.file)
		t.must(err)
		r.body = string(content)
	}
	if op.method == http.MethodPost {
		r.headers = append(r.headers, "Idempotency-Key", "tour-"+at.op)
	}
	return r
}

// fill puts what is known in the place of words that begin with $.
func (t *tour) fill(text string) string {
	return os.Expand(text, func(word string) string {
		value, known := t.known[word]
		if !known {
			t.t.Fatalf("$%s is not known yet", word)
		}
		return value
	})
}

func (c *caller) ask(r request) reply {
	c.t.Helper()
	var body any
	if r.body != "" {
		body = r.body
	}
	return c.send(r.method, r.path, body, r.headers...)
}

// keep keeps parts of an answer: "instance=instance.id".
func (t *tour) keep(at stop, r reply) {
	t.t.Helper()
	var answer any
	if at.keep != "" {
		t.must(json.Unmarshal(r.body, &answer))
	}
	for _, pair := range strings.Fields(at.keep) {
		word, path, _ := strings.Cut(pair, "=")
		value := answer
		for _, name := range strings.Split(path, ".") {
			switch within := value.(type) {
			case map[string]any:
				value = within[name]
			case []any:
				value = within[0]
			}
		}
		t.known[word] = fmt.Sprint(value)
	}
}

// pass lets time pass, and every account live through what comes due.
func (t *tour) pass(seconds billing.Instant) {
	t.now += seconds
	t.live()
	t.work()
}

// live lets every account live through what has come due.
func (t *tour) live() {
	t.t.Helper()
	due, err := t.DueAccounts(t.t.Context(), 100)
	t.must(err)
	for _, id := range due {
		t.must(t.CatchUp(t.t.Context(), id))
	}
}

// order announces another transfer.
func (t *tour) order(word string) {
	t.t.Helper()
	o, err := t.OrderTopUp(t.t.Context(), t.carol.who, "30")
	t.must(err)
	t.known[word] = fmt.Sprint(o.ID)
}

func (t *tour) signIn() {
	t.t.Helper()
	_, err := t.SignIn(t.t.Context(), "dora@example.org", "another long password", "192.0.2.7", "Firefox")
	t.must(err)
	var account int64
	_, err = fmt.Sscan(t.known["account"], &account)
	t.must(err)
	d, err := t.AccountDetail(t.t.Context(), t.site.root, account)
	t.must(err)
	t.known["session"] = fmt.Sprint(d.Sessions[0].ID)
}

func (t *tour) newestMail() {
	t.t.Helper()
	mails, err := t.Mails(t.t.Context(), t.site.root, 0, 1)
	t.must(err)
	t.known["mail"] = fmt.Sprint(mails[0].ID)
}

// unreachable leaves a task waiting for a hypervisor that does not answer.
func (t *tour) unreachable() {
	t.t.Helper()
	t.work()
	t.must(t.SetFault(t.t.Context(), t.site.root, 1, panel.FaultUnreachable, true))
	var id int64
	_, err := fmt.Sscan(t.known["instance"], &id)
	t.must(err)
	_, err = t.StartInstance(t.t.Context(), t.carol.who, id)
	t.must(err)
	t.work()
	t.must(t.SetFault(t.t.Context(), t.site.root, 1, panel.FaultUnreachable, false))
	tasks, err := t.Tasks(t.t.Context(), t.site.root, panel.TaskFilter{InstanceID: id, Limit: 1})
	t.must(err)
	t.known["waiting"] = fmt.Sprint(tasks[0].ID)
}

// failCreate orders an instance that is not created within its time.
func (t *tour) failCreate() {
	t.t.Helper()
	t.work()
	made, err := t.CreateInstance(t.t.Context(), t.carol.who, panel.NewInstance{Name: "db-1", PlanID: t.small, LocationID: t.ams})
	t.must(err)
	t.pass(60 * 60)
	t.known["failed"] = fmt.Sprint(made.ID)
}

// emptyPool adds a pool that nobody has an address of.
func (t *tour) emptyPool() {
	t.t.Helper()
	made := posted[client.AddressPool](t.root, http.StatusCreated, adminPools, fmt.Sprintf(`{"name": "Spare", "prefix": "198.51.100.0/24", "location_ids": [%s]}`, t.known["location"]))
	t.known["pool2"] = fmt.Sprint(made.ID)
}

// sample looks at the counters of hypervisors until something is known.
func (t *tour) sample() {
	t.t.Helper()
	for range 4 {
		t.now += 60
		t.must(t.Sample(t.t.Context(), 1))
	}
}

// offerRescue makes an image the rescue system.
func (t *tour) offerRescue() {
	t.t.Helper()
	t.work()
	image, err := t.AddImage(t.t.Context(), t.root.who, panel.Image{Family: "Rescue", Version: "13"})
	t.must(err)
	t.must(t.ChangeSettings(t.t.Context(), t.root.who, func(to *panel.Settings) { to.RescueImage = image.ID }))
}

// find lets a machine of nobody be found.
func (t *tour) find() {
	t.t.Helper()
	t.must(t.store.Update(t.t.Context(), func(tx panel.Tx) error {
		id, err := tx.InsertFinding(panel.Finding{
			Kind: panel.FindOrphan, HypervisorID: 1, UID: "0b6f7a1e-3f4c-4a9e-9d3b-6f2f0f0f8a11", Detail: "i-77, 2 vCPUs, 2048 MiB, on", FoundAt: t.now,
		})
		t.known["finding"] = fmt.Sprint(id)
		return err
	}))
}

// allowURLs lets images be fetched, and makes the draft of one.
func (t *tour) allowURLs() {
	t.t.Helper()
	t.must(t.ChangeSettings(t.t.Context(), t.site.root, func(to *panel.Settings) { to.ImageURLs = true }))
	made := posted[client.AdminImage](t.root, http.StatusCreated, adminImages, `{"family": "Void", "version": "2026", "draft": true}`)
	t.known["void"] = fmt.Sprint(made.ID)
}
