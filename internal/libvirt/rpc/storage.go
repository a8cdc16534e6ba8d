package rpc

import "context"

// Pool is a place for volumes.
type Pool struct {
	Name string
	UUID UUID
}

// Volume is a disk, an image or anything else that is in a pool.
type Volume struct {
	Pool string
	Name string
	Key  string // in a directory, its path
}

type onPool struct{ Pool Pool }

type onPoolWith struct {
	Pool  Pool
	Flags uint32
}

type onVolume struct{ Volume Volume }

type withXML struct {
	XML   string
	Flags uint32
}

// Pools returns the pools that are started.
func (c *Conn) Pools(ctx context.Context) ([]Pool, error) {
	const active = 2
	var ret struct {
		Pools  []Pool
		Number uint32
	}
	err := c.Call(ctx, 281, struct {
		Results int32
		Flags   uint32
	}{1, active}, &ret)
	return ret.Pools, err
}

// Pool finds a pool.
func (c *Conn) Pool(ctx context.Context, name string) (p Pool, err error) {
	return p, c.Call(ctx, 84, struct{ Name string }{name}, &p)
}

// DefinePool makes a pool known, or changes it.
func (c *Conn) DefinePool(ctx context.Context, xml string) (p Pool, err error) {
	return p, c.Call(ctx, 77, withXML{XML: xml}, &p)
}

// BuildPool makes a pool's directory.
func (c *Conn) BuildPool(ctx context.Context, p Pool) error {
	return c.Call(ctx, 79, onPoolWith{Pool: p}, nil)
}

// StartPool makes a pool that is known usable.
func (c *Conn) StartPool(ctx context.Context, p Pool) error {
	return c.Call(ctx, 78, onPoolWith{Pool: p}, nil)
}

// AutostartPool has a pool started with the hypervisor.
func (c *Conn) AutostartPool(ctx context.Context, p Pool) error {
	return c.Call(ctx, 90, struct {
		Pool Pool
		On   int32
	}{p, 1}, nil)
}

// CreatePool makes and starts a pool that is forgotten when the hypervisor boots.
func (c *Conn) CreatePool(ctx context.Context, xml string) (p Pool, err error) {
	const withBuild = 1
	return p, c.Call(ctx, 76, withXML{xml, withBuild}, &p)
}

// PoolInfo is how full a pool is, in bytes.
type PoolInfo struct {
	State                           uint8 // 0: not started
	Capacity, Allocation, Available uint64
}

// PoolInfo returns how full a pool is.
func (c *Conn) PoolInfo(ctx context.Context, p Pool) (info PoolInfo, err error) {
	return info, c.Call(ctx, 87, onPool{p}, &info)
}

// PoolXML returns what a pool is, as XML.
func (c *Conn) PoolXML(ctx context.Context, p Pool) (string, error) {
	return c.text(ctx, 88, onPoolWith{Pool: p})
}

// Volumes returns every volume of a pool.
func (c *Conn) Volumes(ctx context.Context, p Pool) ([]Volume, error) {
	var ret struct {
		Volumes []Volume
		Number  uint32
	}
	err := c.Call(ctx, 282, struct {
		Pool    Pool
		Results int32
		Flags   uint32
	}{Pool: p, Results: 1}, &ret)
	return ret.Volumes, err
}

// Volume finds a volume.
func (c *Conn) Volume(ctx context.Context, p Pool, name string) (v Volume, err error) {
	return v, c.Call(ctx, 95, struct {
		Pool Pool
		Name string
	}{p, name}, &v)
}

// CreateVolume makes a volume.
func (c *Conn) CreateVolume(ctx context.Context, p Pool, xml string) (v Volume, err error) {
	return v, c.Call(ctx, 93, struct {
		Pool  Pool
		XML   string
		Flags uint32
	}{Pool: p, XML: xml}, &v)
}

// CopyVolume makes a volume of what another one holds. It takes as long as that
// is large.
func (c *Conn) CopyVolume(ctx context.Context, p Pool, xml string, from Volume) (v Volume, err error) {
	return v, c.CallLong(ctx, 125, struct {
		Pool  Pool
		XML   string
		From  Volume
		Flags uint32
	}{Pool: p, XML: xml, From: from}, &v)
}

// DeleteVolume removes a volume.
func (c *Conn) DeleteVolume(ctx context.Context, v Volume) error {
	return c.Call(ctx, 94, struct {
		Volume Volume
		Flags  uint32
	}{Volume: v}, nil)
}

// VolumeInfo is how large a volume is, in bytes.
type VolumeInfo struct {
	Kind       int8
	Capacity   uint64 // as a guest sees it
	Allocation uint64 // on the hypervisor's disk
}

// VolumeInfo returns how large a volume is.
func (c *Conn) VolumeInfo(ctx context.Context, v Volume) (info VolumeInfo, err error) {
	return info, c.Call(ctx, 98, onVolume{v}, &info)
}

// ResizeVolume changes the capacity of a volume that no domain uses.
func (c *Conn) ResizeVolume(ctx context.Context, v Volume, bytes uint64) error {
	return c.Call(ctx, 260, struct {
		Volume Volume
		Bytes  uint64
		Flags  uint32
	}{Volume: v, Bytes: bytes}, nil)
}

// Upload opens a volume to be written from its beginning.
func (c *Conn) Upload(ctx context.Context, v Volume, bytes uint64) (*Stream, error) {
	return c.Open(ctx, 208, span{Volume: v, Length: bytes})
}

// Download opens a volume to be read from its beginning.
func (c *Conn) Download(ctx context.Context, v Volume) (*Stream, error) {
	return c.Open(ctx, 209, span{Volume: v})
}

// span is a part of a volume; without a length, the rest of it.
type span struct {
	Volume         Volume
	Offset, Length uint64
	Flags          uint32
}

// VolumeXML returns what a volume is, as XML.
func (c *Conn) VolumeXML(ctx context.Context, v Volume) (string, error) {
	return c.text(ctx, 99, struct {
		Volume Volume
		Flags  uint32
	}{Volume: v})
}

// VolumeAt finds the volume at a path.
func (c *Conn) VolumeAt(ctx context.Context, path string) (v Volume, err error) {
	return v, c.Call(ctx, 97, struct{ Path string }{path}, &v)
}
