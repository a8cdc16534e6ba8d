package sim

import (
	"context"
	"reflect"
	"time"

	"accrue/internal/fleet"
	"accrue/internal/panel"
)

// EnsureImage finds every image there already.
func (d *driver) EnsureImage(ctx context.Context, _ panel.ImageFile, _ panel.ImageSource) error {
	return d.named("bring image", d.look(ctx))
}

// EnsureDisk makes the disk of the machine's generation from its image, or grows
// it. A disk never shrinks, and the image of one that is there stays what it is.
func (d *driver) EnsureDisk(ctx context.Context, m panel.Machine) error {
	const operation = "make disk"
	err := valid(m)
	if err == nil {
		err = d.sourceOf(m.Image)
	}
	if err != nil {
		return d.named(operation, err)
	}
	takes := func(p Placed) time.Duration {
		switch disk := p.Disks[m.Generation]; {
		case disk.GiB == 0:
			return d.draw(d.world.profile.Disk, operation, m.UID)
		case disk.GiB < m.Size.DiskGiB:
			return d.draw(d.world.profile.Define, operation, m.UID)
		}
		return 0
	}
	return d.change(ctx, operation, m.UID, takes, func(p *Placed) error {
		if !p.Defined {
			p.Name, p.Size, p.Image, p.Generation, p.Power = m.Name, m.Size, m.Image, m.Generation, fleet.PowerAbsent
		}
		if p.Disks == nil {
			p.Disks = map[int64]Disk{}
		}
		disk, there := p.Disks[m.Generation]
		if !there {
			disk.Image = m.Image
		}
		disk.GiB = max(disk.GiB, m.Size.DiskGiB)
		p.Disks[m.Generation] = disk
		return nil
	})
}

// EnsureDefined makes the machine known, off at first. One that is known takes
// the new name, limits and seed at once, and the new size and disk when it is off or next
// switched on; a reboot does not give them to it.
func (d *driver) EnsureDefined(ctx context.Context, m panel.Machine) error {
	const operation = "define"
	if err := valid(m); err != nil {
		return d.named(operation, err)
	}
	takes := func(p Placed) time.Duration {
		if known := p.Machine; p.Defined {
			known.Power = m.Power
			if reflect.DeepEqual(known, m) {
				return 0
			}
		}
		return d.draw(d.world.profile.Define, operation, m.UID)
	}
	return d.change(ctx, operation, m.UID, takes, func(p *Placed) error {
		power := p.Power
		if power == fleet.PowerOn && p.Limits != m.Limits {
			now := d.world.now()
			in, out := d.world.guest(*p).transferred(*p, now)
			p.Port = portUse{now, in, out}
		}
		if p.Machine = m; p.Defined {
			p.Power = power
			p.tidy()
			return nil
		}
		p.Defined = true
		p.turn(fleet.PowerOff, d.world.now())
		return nil
	})
}
