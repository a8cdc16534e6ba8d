package panel

import (
	"context"
	"errors"

	"accrue/internal/billing"
	"accrue/internal/fleet"
	"accrue/internal/identity"
)

// newRootPassword returns a password and what a guest is told of it. That takes
// milliseconds, for which no transaction should wait.
func newRootPassword() (password identity.RootPassword, hash string, err error) {
	if password, err = identity.NewRootPassword(); err == nil {
		hash, err = password.Hash()
	}
	return password, hash, err
}

// EnableRescue restarts an instance into the provider's rescue system, from where
// what is on its own disk can be mended. Some of the account's SSH keys let in, or
// without any a password: the RootPassword of the answer, which is told this once.
// An instance that its owner wants off boots the rescue system when it is started.
// It costs what it costs.
func (p *Panel) EnableRescue(ctx context.Context, who identity.Who, id int64, keys []int64) (Instance, error) {
	password, hash, err := newRootPassword()
	if err != nil {
		return Instance{}, err
	}
	return p.onInstance(ctx, who, id, fleet.CommandRescue, func(b *book, i *Instance) error {
		if i.RescueImage != 0 {
			return refuse(CodeConflict, "%s is in its rescue system already. Leave it first, and a new password or other keys can be had.", i.Name)
		}
		if err := b.mayStart(); err != nil {
			return err
		}
		image, err := b.rescueImage(*i)
		if err != nil {
			return err
		}
		var seed Seed
		if seed.SSHKeys, err = publicKeys(b.tx, b.account.ID, keys); err != nil {
			return err
		}
		if len(seed.SSHKeys) == 0 {
			seed.PasswordHash, i.RootPassword = hash, password
		}
		if err := b.tx.SaveSeed(i.ID, SeedRescue, seed); err != nil {
			return err
		}
		i.RescueImage = image.ID
		return b.switchRescue(*i, EventInstanceRescued, who)
	})
}

// DisableRescue restarts an instance from its own disk. One that does not boot its
// rescue system is left alone.
func (p *Panel) DisableRescue(ctx context.Context, who identity.Who, id int64) (Instance, error) {
	return p.onInstance(ctx, who, id, fleet.CommandRescue, func(b *book, i *Instance) error {
		if i.RescueImage == 0 {
			return nil
		}
		if err := b.leaveRescue(i); err != nil {
			return err
		}
		return b.switchRescue(*i, EventRescueLeft, who)
	})
}

// switchRescue has an instance's machine boot what it should now.
func (b *book) switchRescue(i Instance, event string, who identity.Who) error {
	if err := b.event(Event{Kind: event, InstanceID: i.ID, Name: i.Name, Actor: who.Actor()}); err != nil {
		return err
	}
	if err := b.tx.UpdateInstance(i); err != nil {
		return err
	}
	return b.order(i, Task{Kind: TaskRescue, RequestedBy: who.Actor()})
}

// leaveRescue makes an instance one that boots from its own disk.
func (b *book) leaveRescue(i *Instance) error {
	i.RescueImage = 0
	return b.tx.DeleteSeeds(i.ID, SeedRescue)
}

// rescueImage is what an instance can be rescued with.
func (b *book) rescueImage(i Instance) (Image, error) {
	if b.settings.RescueImage == 0 {
		return Image{}, refuse(CodeUnsupported, "There is no rescue system here.")
	}
	image, err := b.tx.Image(b.settings.RescueImage)
	if err != nil {
		return image, err
	}
	allocated, err := b.tx.Allocation(i.ID)
	if err == nil && image.MinMemoryMiB > allocated.Size.MemoryMiB {
		err = refuse(CodeUnsupported, "The rescue system needs %d MiB of memory; %s has %d.", image.MinMemoryMiB, i.Name, allocated.Size.MemoryMiB)
	}
	return image, err
}

// checkRescueImage refuses to choose as the rescue system what cannot be one.
func checkRescueImage(tx Tx, before, after Settings) error {
	if after.RescueImage == 0 || after.RescueImage == before.RescueImage {
		return nil
	}
	image, err := systemImage(tx, after.RescueImage)
	if errors.Is(err, ErrNotFound) || err == nil && image.State != ImageReady {
		return invalid("rescue_image", "choose one of the images that are ready")
	}
	return err
}

// passwordExpiry is how long a password may take to reach its guest. Who asked
// for it waits.
const passwordExpiry billing.Instant = 2 * 60

// ResetPassword gives root of a running instance's guest a new password, the
// RootPassword of the answer, which is told this once. An agent in the guest sets
// it: the password is good when the task has succeeded. If it fails, the old one
// still is.
func (p *Panel) ResetPassword(ctx context.Context, who identity.Who, id int64) (Instance, error) {
	password, hash, err := newRootPassword()
	if err != nil {
		return Instance{}, err
	}
	return p.onInstance(ctx, who, id, fleet.CommandPassword, func(b *book, i *Instance) error {
		open, err := b.tx.ListTasks(TaskFilter{InstanceID: i.ID, Kind: TaskPassword, OpenOnly: true, Limit: 1})
		if err != nil {
			return err
		}
		if len(open) > 0 {
			return refuse(fleet.CodeBusy, "%s is being given a password now. Try again when that is done.", i.Name)
		}
		if err := b.tx.SaveSeed(i.ID, SeedPassword, Seed{PasswordHash: hash}); err != nil {
			return err
		}
		i.RootPassword = password
		return b.order(*i, Task{Kind: TaskPassword, ExpiresAt: b.now + passwordExpiry, RequestedBy: who.Actor()})
	})
}
