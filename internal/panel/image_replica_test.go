package panel_test

import (
	"bytes"
	"errors"
	"io"
	"sync/atomic"
	"testing"

	"accrue/internal/billing"
	"accrue/internal/fleet"
	"accrue/internal/identity"
	"accrue/internal/imagefile"
	"accrue/internal/panel"
	"accrue/internal/store/storetest"
)

// slowFiles are files whose opening waits to be let go.
type slowFiles struct {
	panel.ImageFiles
	opening, letGo chan struct{}
	opened         atomic.Int64
}

func (f *slowFiles) Open(digest string) (io.ReadCloser, error) {
	f.opened.Add(1)
	f.opening <- struct{}{}
	<-f.letGo
	return f.ImageFiles.Open(digest)
}

// withSlowImages gives a provider such files and an image that is offered.
func withSlowImages(t *testing.T, p *provider) (files *slowFiles, image int64) {
	t.Helper()
	qcow2, digest, _ := withImages(t, p, nil)
	files = &slowFiles{ImageFiles: imagefile.Open(t.TempDir(), 1<<20), opening: make(chan struct{}), letGo: make(chan struct{})}
	p.WithImages(files, nil)
	image = p.draft("13").ID
	_, err := p.ImportImage(ctx, admin, image, bytes.NewReader(qcow2), digest)
	p.must(err)
	return files, image
}

// Two panels make instances on one hypervisor that has not their image yet: one
// brings it, the other one waits and finds it there.
func TestAFileIsBroughtOnce(t *testing.T) {
	onEveryEngine(t, func(t *testing.T, url string) {
		p := newProvider(t, url, 10)
		files, image := withSlowImages(t, p)
		ida := p.customer("ida", 100*billing.Credit)
		order := panel.NewInstance{Name: "web", PlanID: p.plan, LocationID: p.place, ImageID: image}
		first := panel.New(p.store, p.world, p.mail, identity.NewHasher(identity.TestParams, 1))
		first.WithImages(files, nil)
		second := panel.New(p.store, p.world, p.mail, identity.NewHasher(identity.TestParams, 1))
		second.WithImages(files, nil)
		run := func(by *panel.Panel, worker string) error {
			return by.RunTask(ctx, panel.Claim{Lane: panel.LaneMachines, Worker: worker, PerHypervisor: 9})
		}

		web, err := p.CreateInstance(ctx, ida, order)
		p.must(err)
		done := make(chan error, 1)
		go func() { done <- run(first, "first") }()
		<-files.opening
		order.Name = "db"
		db, err := p.CreateInstance(ctx, ida, order)
		p.must(err)
		for range 3 {
			if err := run(second, "second"); err != nil {
				t.Fatalf("the second one: %v", err)
			}
			p.clock.now++
		}
		if got := files.opened.Load(); got != 1 {
			t.Errorf("the file was opened %d times at once", got)
		}
		if got := p.instance(ida, db.ID); got.Status != fleet.StatusProvisioning {
			t.Errorf("meanwhile the second instance is %s", got.Status)
		}
		files.letGo <- struct{}{}
		p.must(<-done)
		p.must(run(second, "second"))
		for _, i := range []panel.Instance{web, db} {
			if got := p.instance(ida, i.ID); got.Status != fleet.StatusRunning {
				t.Errorf("%s is %s, want running", i.Name, got.Status)
			}
		}
		if got := files.opened.Load(); got != 1 {
			t.Errorf("the file was opened %d times, want once", got)
		}
		p.verify()
	})
}

// Who dies while it brings a file leaves it to the next one, when its lease is over.
func TestAFileIsBroughtByTheNextOne(t *testing.T) {
	p := newProvider(t, storetest.SQLite(t), 10)
	files, image := withSlowImages(t, p)
	ida := p.customer("ida", 100*billing.Credit)
	order := panel.NewInstance{Name: "web", PlanID: p.plan, LocationID: p.place, ImageID: image}
	web, err := p.CreateInstance(ctx, ida, order)
	p.must(err)
	var carrier panel.Task
	p.must(p.store.Update(ctx, func(tx panel.Tx) (err error) { // it dies right after it has begun
		carrier, err = tx.ClaimTask(panel.Claim{Lane: panel.LaneMachines, Worker: "dead", PerHypervisor: 9, Now: tx.Now()})
		return errors.Join(err, tx.SaveReplica(panel.ImageReplica{
			ImageID: order.ImageID, HypervisorID: web.HypervisorID, State: panel.ReplicaCopying, TaskID: carrier.ID,
		}))
	}))
	order.Name = "db"
	db, err := p.CreateInstance(ctx, ida, order)
	p.must(err)
	go func() { <-files.opening; files.letGo <- struct{}{} }()
	p.work()
	if got := files.opened.Load(); got != 0 {
		t.Errorf("the file was opened %d times while it is another's to bring", got)
	}
	p.pass(panel.Lease + 1)
	for _, i := range []panel.Instance{web, db} {
		if got := p.instance(ida, i.ID); got.Status != fleet.StatusRunning {
			t.Errorf("%s is %s, want running", i.Name, got.Status)
		}
	}
	if got := files.opened.Load(); got != 1 {
		t.Errorf("the file was opened %d times, want once", got)
	}
}
