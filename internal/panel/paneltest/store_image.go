package paneltest

import (
	"testing"

	"accrue/internal/fleet"
	"accrue/internal/panel"
)

func imagesComeBack(t *testing.T, s panel.Store) {
	w := build(t, s)
	i := whole(t, panel.Image{
		ID: 1, Kind: panel.ImageSystem, AccountID: w.account, Family: "Debian", Version: "12", Arch: "x86_64", Description: "stable",
		Digest: "abc", Bytes: 2, VirtualGiB: 3, MinDiskGiB: 10, MinMemoryMiB: 512, State: panel.ImageReady, Visible: true,
		Source: "https://example.org", Failure: "none", Labels: fleet.Labels{"a": "b"}, CreatedAt: noon,
	})
	i.ID = add(t, s, panel.Tx.InsertImage, i)
	read := func(tx panel.Tx) (panel.Image, error) { return tx.Image(i.ID) }
	same(t, s, i, read)
	again := func(tx panel.Tx) error {
		_, err := tx.InsertImage(i)
		return err
	}
	fails(t, s, panel.ErrExists, again)
	other := i
	other.Arch, other.Digest, other.AccountID = "aarch64", "def", 0
	other.ID = add(t, s, panel.Tx.InsertImage, other)
	shot := panel.Image{Kind: panel.ImageSnapshot, AccountID: w.account, State: panel.ImageReady}
	for range 2 { // snapshots have no name of their own
		shot.ID = add(t, s, panel.Tx.InsertImage, shot)
	}
	for _, test := range []struct {
		filter panel.ImageFilter
		want   []int64
	}{
		{panel.ImageFilter{}, []int64{w.image, i.ID, other.ID, shot.ID - 1, shot.ID}},
		{panel.ImageFilter{Kind: panel.ImageSystem}, []int64{w.image, i.ID, other.ID}},
		{panel.ImageFilter{AccountID: w.account, Kind: panel.ImageSnapshot}, []int64{shot.ID - 1, shot.ID}},
		{panel.ImageFilter{Digest: "def"}, []int64{other.ID}},
	} {
		same(t, s, test.want, func(tx panel.Tx) (ids []int64, err error) {
			images, err := tx.ListImages(test.filter)
			for _, found := range images {
				ids = append(ids, found.ID)
			}
			return ids, err
		})
	}

	i.Family, i.Version, i.Arch, i.Description, i.Digest, i.Bytes, i.VirtualGiB = "Data", "1", "aarch64", "", "", 12, 13
	i.MinDiskGiB, i.MinMemoryMiB, i.State, i.Visible, i.Source, i.Failure, i.Labels = 20, 1024, panel.ImageRetired, false, "", "", nil
	update(t, s, func(tx panel.Tx) error { return tx.UpdateImage(i) })
	same(t, s, i, read)
	i.Family, i.Version = "Debian", "12"
	update(t, s, func(tx panel.Tx) error { return tx.UpdateImage(i) }) // what is retired is in nobody's way
	other.State = panel.ImageReady
	i.Arch, i.State = "aarch64", panel.ImageReady
	fails(t, s, panel.ErrExists, func(tx panel.Tx) error { return tx.UpdateImage(i) })
	i.ID += 99
	absent(t, s, read)
	fails(t, s, panel.ErrNotFound, func(tx panel.Tx) error { return tx.UpdateImage(i) })
}

func replicasComeBack(t *testing.T, s panel.Store) {
	w := build(t, s)
	r := whole(t, panel.ImageReplica{
		ImageID: w.image, HypervisorID: w.hypervisor, State: panel.ReplicaCopying, Bytes: 1, VerifiedAt: noon, Error: "slow", TaskID: 7,
	})
	r.HypervisorID = w.addHypervisor(t, "hv2", small)
	save := func(tx panel.Tx) error { return tx.SaveReplica(r) }
	update(t, s, save)
	r.State, r.Bytes, r.VerifiedAt, r.Error, r.TaskID = panel.ReplicaReady, 2, noon+1, "", 8
	update(t, s, save)
	first := r
	first.HypervisorID = w.hypervisor
	update(t, s, func(tx panel.Tx) error { return tx.SaveReplica(first) })
	list := func(image, hypervisor int64) func(panel.Tx) ([]panel.ImageReplica, error) {
		return func(tx panel.Tx) ([]panel.ImageReplica, error) { return tx.ListReplicas(image, hypervisor) }
	}
	same(t, s, []panel.ImageReplica{first, r}, list(w.image, 0))
	same(t, s, []panel.ImageReplica{r}, list(0, r.HypervisorID))
	same(t, s, nil, list(w.image+9, 0))
	update(t, s, func(tx panel.Tx) error { return tx.DeleteHypervisor(r.HypervisorID) })
	same(t, s, []panel.ImageReplica{first}, list(0, 0)) // a file goes with its hypervisor
}
