package paneltest

import (
	"context"
	"errors"
	"net/netip"
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"accrue/internal/billing"
	"accrue/internal/fleet"
	"accrue/internal/identity"
	"accrue/internal/panel"
)

// storePromises is what every panel.Store keeps.
var storePromises = []struct {
	name string
	keep func(*testing.T, panel.Store)
}{
	{"an error leaves nothing", anErrorLeavesNothing},
	{"a panic leaves nothing", aPanicLeavesNothing},
	{"a view is consistent and writes nothing", aViewIsConsistent},
	{"now does not change in a transaction", nowStands},
	{"a canceled caller begins nothing", aCanceledCallerBeginsNothing},

	{"accounts come back whole", accountsComeBack},
	{"accounts are found by name and e-mail, in pages", accountsAreFound},
	{"accounts fall due in order", accountsFallDue},
	{"accounts are counted by condition", accountsAreCounted},
	{"a locked account waits for nobody else", lockedAccountsExclude},
	{"waking accounts waits for those who have one locked", wakingWaits},
	{"holds are placed and lifted", holdsAreLifted},

	{"segments come back whole, and close once", segmentsCloseOnce},
	{"segments of an instance do not overlap", segmentsDoNotOverlap},
	{"segments are listed by what they touch", segmentsAreListed},
	{"used months have a segment or a charge", usedMonths},
	{"minimums come back whole", minimumsComeBack},
	{"traffic charges come back whole", trafficChargesComeBack},
	{"statements are frozen once", statementsAreFrozen},
	{"accounts to settle come in batches", accountsToSettle},
	{"batches are those that have accounts", batchesOfAccounts},
	{"usage of many accounts is one transaction", usageIsPosted},
	{"what is written after a settlement stands", writtenAfterSettlement},

	{"traffic is counted by month", trafficIsCounted},
	{"what is owed for traffic is taken once", owedTrafficIsTaken},
	{"throttles are set and lifted", throttlesAreLifted},
	{"readings are taken", readingsAreTaken},
	{"each reading is taken once", readingsAreTakenOnce},
	{"blocks are kept, and deleted by age", blocksAreKept},

	{"transactions come back whole, and exist once", transactionsExistOnce},
	{"transactions sum to zero", transactionsSumToZero},
	{"entries carry the balance after them", entriesCarryBalances},
	{"postings add up", postingsAddUp},
	{"running totals are compared with the sums", totalsAreCompared},
	{"entries of settlements are among the others", entriesOfSettlements},

	{"locations come back whole", locationsComeBack},
	{"hypervisors come back whole", hypervisorsComeBack},
	{"what has instances stays", whatHasInstancesStays},
	{"instances come back whole", instancesComeBack},
	{"instances are told apart", instancesAreToldApart},
	{"instances are selected", instancesAreSelected},
	{"an observation changes nothing else", observationsChangeNothingElse},
	{"SSH keys come back whole, and exist once", sshKeysComeBack},
	{"seeds come back whole", seedsComeBack},
	{"room is reserved and freed once", roomIsReserved},
	{"a size is exchanged for another", sizesAreExchanged},
	{"simultaneous orders never share room", simultaneousReservations},
	{"churn leaves what is reserved", churn},

	{"pools come back whole", poolsComeBack},
	{"addresses come back whole, and are somebody's once", addressesComeBack},
	{"the lowest free number is found", freeNumbers},
	{"simultaneous orders never share an address", simultaneousAddresses},
	{"tenures come back whole, one at a time", tenuresComeBack},
	{"findings come back whole, one of a kind", findingsComeBack},
	{"sightings come back whole", sightingsComeBack},
	{"instances without a meter are found", unmeteredAreFound},

	{"plans come back whole", plansComeBack},
	{"prices have versions", pricesHaveVersions},
	{"a plan that was used stays", usedPlansStay},
	{"images come back whole", imagesComeBack},
	{"snapshots come back whole", snapshotsComeBack},
	{"snapshots have segments of their own", snapshotSegments},
	{"replicas come back whole", replicasComeBack},
	{"currencies have dated values", currenciesAreDated},
	{"there is one default currency", oneDefaultCurrency},
	{"settings start with the defaults", settingsComeBack},

	{"tasks come back whole", tasksComeBack},
	{"tasks are claimed in order", tasksAreClaimedInOrder},
	{"tasks of an instance run one by one", tasksOfAnInstance},
	{"tasks of a hypervisor are bounded", tasksOfAHypervisor},
	{"a lease that ran out is taken over", leasesRunOut},
	{"tasks that wait are canceled and woken", tasksAreCanceledAndWoken},
	{"tasks that run are interrupted", tasksAreInterrupted},
	{"each task runs once", eachTaskRunsOnce},

	{"mails come back whole", mailsComeBack},
	{"orders come back whole", ordersComeBack},
	{"users come back whole", usersComeBack},
	{"sessions come back whole", sessionsComeBack},
	{"tokens come back whole", tokensComeBack},
	{"requests are answered once", requestsAreAnsweredOnce},
	{"turns are taken", turnsAreTaken},
	{"console tickets are taken once", consoleTicketsAreTakenOnce},
	{"events come back whole, in pages", eventsComeBack},
	{"the audit record comes back whole", auditComesBack},
	{"beats are kept by worker", beatsAreKept},
}

// RunStore tests the promises of panel.Store, one by one. open returns an empty
// store, which goes with its test.
func RunStore(t *testing.T, open func(*testing.T) panel.Store) {
	for _, promise := range storePromises {
		t.Run(promise.name, func(t *testing.T) {
			t.Parallel()
			promise.keep(t, open(t))
		})
	}
}

// update runs a transaction that must succeed.
func update(t *testing.T, s panel.Store, write func(panel.Tx) error) {
	t.Helper()
	if err := s.Update(context.Background(), write); err != nil {
		t.Fatal(err)
	}
}

// fails runs a transaction that must end with an error.
func fails(t *testing.T, s panel.Store, want error, write func(panel.Tx) error) {
	t.Helper()
	if err := s.Update(context.Background(), write); !is(err, want) {
		t.Errorf("got error %v, want %v", err, want)
	}
}

// add writes something and returns the number it got.
func add[T any, ID int64 | billing.PriceID](t *testing.T, s panel.Store, insert func(panel.Tx, T) (ID, error), thing T) (id ID) {
	t.Helper()
	update(t, s, func(tx panel.Tx) (err error) {
		id, err = insert(tx, thing)
		return err
	})
	if id <= 0 {
		t.Fatalf("%T got the number %d", thing, id)
	}
	return id
}

// same reads and compares, got before want.
func same[T any](t *testing.T, s panel.Store, want T, read func(panel.Tx) (T, error)) {
	t.Helper()
	var got T
	err := s.View(context.Background(), func(tx panel.Tx) (err error) {
		got, err = read(tx)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(got, want, addresses); diff != "" {
		t.Errorf("- got, + want:\n%s", diff)
	}
}

// addresses are compared as a whole.
var addresses = cmpopts.EquateComparable(netip.Addr{}, netip.Prefix{})

// absent reads what is not there.
func absent[T any](t *testing.T, s panel.Store, read func(panel.Tx) (T, error)) {
	t.Helper()
	err := s.View(context.Background(), func(tx panel.Tx) error {
		_, err := read(tx)
		return err
	})
	if !errors.Is(err, panel.ErrNotFound) {
		t.Errorf("got error %v, want %v", err, panel.ErrNotFound)
	}
}

// whole returns a thing whose every field is set: only such a one shows that all
// of it comes back.
func whole[T any](t *testing.T, thing T) T {
	t.Helper()
	requireSet(t, reflect.ValueOf(thing), reflect.TypeFor[T]().Name())
	return thing
}

func requireSet(t *testing.T, v reflect.Value, path string) {
	t.Helper()
	if v.Kind() != reflect.Struct || v.Type().PkgPath() == "net/netip" {
		if v.IsZero() {
			t.Fatalf("%s is not set, so the test does not see whether it comes back", path)
		}
		return
	}
	for i := range v.NumField() {
		requireSet(t, v.Field(i), path+"."+v.Type().Field(i).Name)
	}
}

// world is one of everything, for what refers to it.
type world struct {
	store                                                       panel.Store
	account, location, hypervisor, group, plan, image, instance int64
	price                                                       billing.PriceID
}

// noon is the instant at which tests begin.
const noon billing.Instant = 1_767_268_800 // 2026-01-01T12:00:00Z

func build(t *testing.T, s panel.Store) world {
	t.Helper()
	w := world{store: s}
	update(t, s, func(tx panel.Tx) error {
		return tx.InsertCurrency(panel.DatedCurrency{
			Currency: billing.Currency{Code: "EUR", Suffix: " EUR", Decimals: 2, Value: 9_200_000_000}, Default: true, Since: noon,
		}, "test")
	})
	w.account = w.addAccount(t, "ida")
	w.location = add(t, s, panel.Tx.InsertLocation, panel.Location{Slug: "ams", Name: "Amsterdam", Visible: true})
	w.hypervisor = w.addHypervisor(t, "hv1", fleet.Resources{VCPUs: 1000, MemoryMiB: 1 << 20, DiskGiB: 1 << 20, GPUs: 8})
	w.group = add(t, s, panel.Tx.InsertPlanGroup, panel.PlanGroup{Name: "General"})
	w.plan = add(t, s, panel.Tx.InsertPlan, panel.Plan{GroupID: w.group, Name: "s1", Size: fleet.Request{Resources: small}, StoppedPercent: 100})
	w.price = add(t, s, panel.Tx.InsertPrice, panel.PriceVersion{Price: hourly, PlanID: w.plan, At: noon, Actor: "test"})
	w.image = add(t, s, panel.Tx.InsertImage, panel.Image{Kind: panel.ImageSystem, Family: "Debian", Version: "13", State: panel.ImageReady})
	w.instance = w.addInstance(t, "web1")
	return w
}

var (
	small  = fleet.Resources{VCPUs: 1, MemoryMiB: 1024, DiskGiB: 25}
	hourly = billing.Price{Mode: billing.Hourly, Hourly: billing.Credit}
)

func (w world) addAccount(t *testing.T, name string) int64 {
	t.Helper()
	return add(t, w.store, panel.Tx.InsertAccount, panel.Account{Name: name, Currency: "EUR", NextEventAt: billing.Never})
}

func (w world) addHypervisor(t *testing.T, name string, size fleet.Resources) int64 {
	t.Helper()
	return add(t, w.store, panel.Tx.InsertHypervisor, panel.Hypervisor{
		Hypervisor: fleet.Hypervisor{Name: name, Capacity: size, CPURatio: fleet.DefaultCPURatio, Enabled: true, Online: true},
		LocationID: w.location, Driver: "sim",
	})
}

// newInstance is one that nothing is known of yet.
func (w world) newInstance(name string) panel.Instance {
	return panel.Instance{
		UID: "uid-" + name, AccountID: w.account, Name: name, LocationID: w.location, HypervisorID: w.hypervisor,
		PlanID: w.plan, PriceID: w.price, ImageID: w.image, Lifecycle: fleet.LifecycleActive, DesiredPower: fleet.PowerOn,
		Observed: fleet.PowerOn,
	}
}

func (w world) addInstance(t *testing.T, name string) int64 {
	t.Helper()
	return add(t, w.store, panel.Tx.InsertInstance, w.newInstance(name))
}

func (w world) addUser(t *testing.T, email string) int64 {
	t.Helper()
	return add(t, w.store, panel.Tx.InsertUser, panel.User{AccountID: w.account, Email: email, Role: identity.RoleCustomer})
}

func is(err, want error) bool { return errors.Is(err, want) }
