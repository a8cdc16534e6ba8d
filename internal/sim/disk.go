package sim

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"reflect"
	"time"

	"accrue/internal/fleet"
	"accrue/internal/panel"
)

// EnsureImage reads the file to its end and keeps note that it was here, if it
// is what its digest says. The content of simulated disks is nobody's business.
func (d *driver) EnsureImage(ctx context.Context, image panel.ImageFile, source panel.ImageSource) error {
	const operation = "bring image"
	if image.Digest == "" {
		return d.named(operation, d.look(ctx))
	}
	kept, err := d.world.shelf.find(d.id, fileOf(image))
	if err == nil && !kept.File {
		err = read(ctx, image, source)
	}
	if err != nil {
		return d.named(operation, err)
	}
	return d.change(ctx, operation, fileOf(image), func(Placed) time.Duration { return 0 }, func(p *Placed) error {
		p.File = true
		return nil
	})
}

// fileOf is under which name it is kept that a file is here.
func fileOf(image panel.ImageFile) string { return "image/" + image.Digest }

// read reads a file and compares it with its digest.
func read(ctx context.Context, image panel.ImageFile, source panel.ImageSource) error {
	file, err := source.Open(ctx)
	if err != nil {
		return err
	}
	defer file.Close()
	hash, buffer, arrived := sha256.New(), make([]byte, 1<<20), int64(0)
	for {
		n, err := file.Read(buffer)
		hash.Write(buffer[:n])
		arrived += int64(n)
		source.Progress(arrived)
		if errors.Is(err, io.EOF) {
			break
		}
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return err
		}
	}
	if hex.EncodeToString(hash.Sum(nil)) != image.Digest {
		return refusal(panel.InvalidSpec, errors.New("the file is not the one that its digest names"))
	}
	return nil
}

// EnsureDisk makes the disk of the machine's generation from its image, or grows
// it. A disk never shrinks, and the image of one that is there stays what it is.
func (d *driver) EnsureDisk(ctx context.Context, m panel.Machine) error {
	const operation = "make disk"
	err := valid(m)
	if err == nil {
		err = d.sourceOf(m)
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
