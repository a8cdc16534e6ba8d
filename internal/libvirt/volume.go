package libvirt

import (
	"bytes"
	"context"
	"encoding/xml"
	"fmt"
	"path"
	"strings"

	"accrue/internal/libvirt/rpc"
	"accrue/internal/panel"
)

// Where volumes are, when the pool has to be made.
const poolParent = "/var/lib/libvirt"

const gib = 1 << 30

// Names of volumes. What belongs to a machine begins with its UID; the name of a
// volume that takes long to fill has a companion once it is complete.
func diskName(uid string, generation int64) string {
	return fmt.Sprintf("%s-disk-%d.qcow2", uid, generation)
}

func rescueName(uid, digest string) string { return fmt.Sprintf("%s-rescue-%.16s.qcow2", uid, digest) }
func seedName(uid, digest string) string   { return fmt.Sprintf("%s-seed-%.16s.iso", uid, digest) }
func imageName(digest string) string       { return "img-" + digest + ".qcow2" }
func snapshotName(uid string) string       { return "snap-" + uid + ".qcow2" }
func completeName(name string) string      { return name + ".complete" }

type poolXML struct {
	XMLName xml.Name      `xml:"pool"`
	Type    string        `xml:"type,attr"`
	Name    string        `xml:"name"`
	Target  poolTargetXML `xml:"target"`
}

type poolTargetXML struct {
	Path string `xml:"path"`
}

type volumeXML struct {
	XMLName    xml.Name         `xml:"volume"`
	Type       string           `xml:"type,attr,omitempty"`
	Name       string           `xml:"name"`
	Capacity   amountXML        `xml:"capacity"`
	Allocation amountXML        `xml:"allocation"`
	Physical   *amountXML       `xml:"physical"` // the length of its file, in bytes
	Target     volumeTargetXML  `xml:"target"`
	Backing    *volumeTargetXML `xml:"backingStore"`
}

type volumeTargetXML struct {
	Path    string    `xml:"path,omitempty"`
	Format  deviceXML `xml:"format"`
	Changed string    `xml:"timestamps>mtime,omitempty"` // in seconds since 1970, by the hypervisor's clock
}

// describeVolume is a volume of a format ("qcow2", "raw"), on top of a file in
// qcow2 if base is not empty. Formats are always said, never guessed.
func describeVolume(name, format string, size uint64, base string) volumeXML {
	v := volumeXML{
		Name:       name,
		Capacity:   amountXML{"bytes", int64(size)},
		Allocation: amountXML{"bytes", 0},
		Target:     volumeTargetXML{Format: deviceXML{format}},
	}
	if base != "" {
		v.Backing = &volumeTargetXML{Path: base, Format: deviceXML{"qcow2"}}
	}
	return v
}

// store returns the pool, which is made and started if need be.
func (h *host) store(ctx context.Context, l *link) (rpc.Pool, error) {
	l.mu.Lock()
	known := l.pool
	l.mu.Unlock()
	if known != nil {
		return *known, nil
	}
	release, err := h.locks.acquire(ctx, "pool")
	if err != nil {
		return rpc.Pool{}, err
	}
	defer release()
	p, err := l.Pool(ctx, h.endpoint.pool)
	if is(err, rpc.CodeNoStoragePool) {
		p, err = h.makeStore(ctx, l)
	}
	if err != nil {
		return p, err
	}
	info, err := l.PoolInfo(ctx, p)
	if err != nil {
		return p, err
	}
	if info.State == 0 {
		if err := l.StartPool(ctx, p); err != nil && !is(err, rpc.CodeOperationInvalid) {
			return p, err
		}
	}
	text, err := l.PoolXML(ctx, p)
	if err != nil {
		return p, err
	}
	var x poolXML
	if err := decode(text, &x); err != nil {
		return p, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.pool, l.base = &p, x.Target.Path
	return p, nil
}

func (h *host) makeStore(ctx context.Context, l *link) (rpc.Pool, error) {
	p, err := l.DefinePool(ctx, encode(poolXML{
		Type: "dir", Name: h.endpoint.pool, Target: poolTargetXML{path.Join(poolParent, h.endpoint.pool)},
	}))
	if err != nil {
		return p, err
	}
	if err := l.BuildPool(ctx, p); err != nil {
		return p, err
	}
	return p, l.AutostartPool(ctx, p)
}

// path returns where a volume of the pool is.
func (l *link) path(name string) string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return path.Join(l.base, name)
}

// volume finds a volume. found is false when there is none.
func (h *host) volume(ctx context.Context, l *link, name string) (v rpc.Volume, found bool, err error) {
	p, err := h.store(ctx, l)
	if err != nil {
		return v, false, err
	}
	v, err = l.Volume(ctx, p, name)
	if is(err, rpc.CodeNoStorageVolume) {
		return v, false, nil
	}
	return v, err == nil, err
}

// makeVolume makes a volume, or finds it made.
func (h *host) makeVolume(ctx context.Context, l *link, x volumeXML) (rpc.Volume, error) {
	p, err := h.store(ctx, l)
	if err != nil {
		return rpc.Volume{}, err
	}
	v, err := l.CreateVolume(ctx, p, encode(x))
	if is(err, rpc.CodeVolumeExists) {
		return l.Volume(ctx, p, x.Name)
	}
	return v, err
}

// volumeState returns what a volume is.
func (l *link) volumeState(ctx context.Context, v rpc.Volume) (x volumeXML, err error) {
	text, err := l.VolumeXML(ctx, v)
	if err != nil {
		return x, err
	}
	return x, decode(text, &x)
}

// ensureNoVolume removes a volume, or finds none.
func (h *host) ensureNoVolume(ctx context.Context, l *link, name string) error {
	v, found, err := h.volume(ctx, l, name)
	if err != nil || !found {
		return err
	}
	return ignore(l.DeleteVolume(ctx, v), rpc.CodeNoStorageVolume)
}

// volumesOf lists what belongs to a machine.
func (h *host) volumesOf(ctx context.Context, l *link, uid string) ([]rpc.Volume, error) {
	p, err := h.store(ctx, l)
	if err != nil {
		return nil, err
	}
	all, err := l.Volumes(ctx, p)
	if err != nil {
		return nil, err
	}
	var own []rpc.Volume
	for _, v := range all {
		if strings.HasPrefix(v.Name, uid+"-") {
			own = append(own, v)
		}
	}
	return own, nil
}

// complete says whether a volume is there and was filled to its end.
func (h *host) complete(ctx context.Context, l *link, name string) (v rpc.Volume, complete bool, err error) {
	v, found, err := h.volume(ctx, l, name)
	if err != nil || !found {
		return v, false, err
	}
	_, complete, err = h.volume(ctx, l, completeName(name))
	return v, complete, err
}

// markComplete says for good that a volume was filled to its end: until then, what
// is there may be a part, left by somebody who died.
func (h *host) markComplete(ctx context.Context, l *link, name string) error {
	_, err := h.makeVolume(ctx, l, describeVolume(completeName(name), "raw", 0, ""))
	return err
}

// ensureContent brings a few bytes to the hypervisor, which stand at the
// beginning of a volume of a MiB at least. The name must say what is in it: who
// comes later finds the same.
func (h *host) ensureContent(ctx context.Context, l *link, name string, content []byte) (rpc.Volume, error) {
	size := max(1<<20, uint64(len(content)))
	v, err := h.makeVolume(ctx, l, describeVolume(name, "raw", size, ""))
	if err != nil {
		return v, err
	}
	return v, h.upload(ctx, v, bytes.NewReader(content), uint64(len(content)))
}

// ignore makes an error that says what was wanted into none.
func ignore(err error, codes ...int32) error {
	if is(err, codes...) {
		return nil
	}
	return err
}

// checkSnapshotUID refuses what would name another file.
func checkSnapshotUID(uid string) error {
	if _, err := parseUID(uid); err != nil {
		return faulty(panel.InvalidSpec, "the snapshot's UID is not a UUID in lower case")
	}
	return nil
}
