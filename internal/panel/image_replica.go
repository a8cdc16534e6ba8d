package panel

import (
	"context"
	"errors"
	"fmt"
	"io"

	"accrue/internal/billing"
	"accrue/internal/identity"
)

// ImageReplica is the file of an image on a hypervisor, or on its way there.
type ImageReplica struct {
	ImageID      int64
	HypervisorID int64
	State        ReplicaState
	Bytes        int64           // that have arrived
	VerifiedAt   billing.Instant // when it was last found to be whole; 0 if never
	Error        string          // why it did not arrive; empty if it did
	TaskID       int64           // that brings it, or last did
}

// ReplicaState says how far a replica has come.
type ReplicaState string

// The states of a replica.
const (
	ReplicaCopying ReplicaState = "copying"
	ReplicaReady   ReplicaState = "ready"
	ReplicaFailed  ReplicaState = "failed"
)

// Replicas returns where the file of an image is, by hypervisor.
func (p *Panel) Replicas(ctx context.Context, who identity.Who, image int64) (replicas []ImageReplica, err error) {
	err = p.look(ctx, who, identity.ReadFleet, func(tx Tx) error {
		replicas, err = tx.ListReplicas(image, 0)
		return err
	})
	return replicas, err
}

// DistributeImage brings the file of an image to hypervisors before anybody asks
// for it there; without any, to all that are enabled.
func (p *Panel) DistributeImage(ctx context.Context, who identity.Who, id int64, hypervisors ...int64) error {
	return p.change(ctx, who, identity.WriteCatalog, func(tx Tx) error {
		image, err := systemImage(tx, id)
		if err != nil {
			return err
		}
		if image.State != ImageReady || image.Digest == "" {
			return refuse(CodeConflict, "%s has no file to be distributed.", image.Name())
		}
		if len(hypervisors) == 0 {
			hosts, err := tx.ListHypervisors(0)
			if err != nil {
				return err
			}
			for _, host := range hosts {
				if host.Enabled {
					hypervisors = append(hypervisors, host.ID)
				}
			}
		}
		for _, host := range hypervisors {
			if _, err := tx.Hypervisor(host); err != nil {
				return invalid("hypervisors", "choose from the hypervisors")
			}
			t := Task{Kind: TaskDistribute, ImageID: id, HypervisorID: host, ExpiresAt: tx.Now() + importExpiry, RequestedBy: who.Actor()}
			if err := insertTask(tx, t, tx.Now()); err != nil {
				return err
			}
		}
		return audit(tx, who, "image.distribute", fmt.Sprintf("image:%d", id), image.Name())
	})
}

func (p *Panel) performDistribute(ctx context.Context, t *Task) error {
	var image Image
	var host Hypervisor
	err := p.view(ctx, func(tx Tx) (err error) {
		if image, err = tx.Image(t.ImageID); err == nil {
			host, err = tx.Hypervisor(t.HypervisorID)
		}
		return err
	})
	if errors.Is(err, ErrNotFound) || (err == nil && image.State != ImageReady) {
		return p.endTask(ctx, t, TaskCanceled) // nobody wants it there any more
	}
	if err != nil {
		return err
	}
	driver, err := p.drivers.Driver(host)
	if err != nil {
		return err
	}
	if err := p.step(ctx, t, StepImage); err != nil {
		return err
	}
	return p.bring(ctx, t.ID, driver, host.ID, image)
}

// bringImage is the step that brings what a machine's disk is made from.
func (p *Panel) bringImage(ctx context.Context, m target) error {
	return p.bring(ctx, m.task, m.driver, m.instance.HypervisorID, m.image)
}

// bring makes sure that a hypervisor has the file of an image, and keeps note of
// how far it has come. It is errNap while another task brings it: two would write
// the same bytes twice.
func (p *Panel) bring(ctx context.Context, task int64, driver Driver, hypervisor int64, image Image) error {
	if image.Digest == "" {
		return nil
	}
	source := &imageSource{panel: p, ctx: ctx, image: image, replica: ImageReplica{
		ImageID: image.ID, HypervisorID: hypervisor, State: ReplicaCopying, TaskID: task,
	}}
	err := p.store.Update(ctx, func(tx Tx) error { return source.replica.claim(tx) })
	if err != nil {
		return err
	}
	err = driver.EnsureImage(ctx, image.file(), source)
	source.replica.State, source.replica.Bytes = ReplicaReady, image.Bytes
	if err != nil {
		source.replica.State, source.replica.Error = ReplicaFailed, err.Error()
	}
	return errors.Join(err, source.save(context.WithoutCancel(ctx)))
}

// claim makes it this task's to bring a file that is not known to be there. A task
// that does lets others have it when its lease has run out.
func (r ImageReplica) claim(tx Tx) error {
	replicas, err := tx.ListReplicas(r.ImageID, r.HypervisorID)
	if err != nil {
		return err
	}
	if len(replicas) > 0 && replicas[0].State == ReplicaReady {
		return nil // it is looked at, and hardly ever brought again
	}
	if len(replicas) > 0 && replicas[0].State == ReplicaCopying && replicas[0].TaskID != r.TaskID {
		carrier, err := tx.Task(replicas[0].TaskID)
		if err == nil && carrier.State == TaskRunning && carrier.LeaseUntil > tx.Now() {
			return errNap
		}
		if err != nil && !errors.Is(err, ErrNotFound) {
			return err
		}
	}
	return tx.SaveReplica(r)
}

// imageSource is the file of an image on its way to a hypervisor.
type imageSource struct {
	panel   *Panel
	ctx     context.Context
	image   Image
	replica ImageReplica
}

// Open opens the file. One that is not there will not come by itself.
func (s *imageSource) Open(context.Context) (io.ReadCloser, error) {
	err := fmt.Errorf("image %s: %w", s.image.Digest, ErrNotFound)
	if s.panel.files != nil {
		var file io.ReadCloser
		if file, err = s.panel.files.Open(s.image.Digest); err == nil {
			return file, nil
		}
	}
	return nil, &DriverError{Kind: InvalidSpec, Operation: "open image", Hypervisor: "panel", Err: err}
}

// Progress is written down for every twentieth part.
func (s *imageSource) Progress(bytes int64) {
	if step := s.image.Bytes / 20; bytes-s.replica.Bytes <= step && s.replica.Bytes > 0 {
		return
	}
	s.replica.Bytes = bytes
	_ = s.save(s.ctx) // it only tells how far things are
}

func (s *imageSource) save(ctx context.Context) error {
	return s.panel.store.Update(ctx, func(tx Tx) error {
		if s.replica.State == ReplicaReady {
			s.replica.VerifiedAt = tx.Now()
		}
		return tx.SaveReplica(s.replica)
	})
}
