// Package qcow2 decides whether a disk image may enter. It looks at the first
// bytes of a file and returns a decision; it opens nothing.
//
// What it is afraid of is an image that names other files: a hypervisor that
// opened one would read its own disks to whoever made the image. So an image has
// neither a backing file nor an external data file, nothing is guessed, and what
// is not understood is refused. The format is that of QEMU's docs/interop/qcow2.
package qcow2

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
)

// Header is how many bytes of a file Check needs, or the whole of a shorter one.
const Header = 64 << 10

// Image is what the header of an acceptable image says.
type Image struct {
	Version     int64
	VirtualSize int64 // of the disk that it holds, in bytes
}

// MaxVirtualSize is the largest disk that is accepted: 64 TiB.
const MaxVirtualSize = 64 << 40

// The lengths of the fixed part of a header, by version.
const (
	length2 = 72
	length3 = 104
)

// The incompatible features of version 3: bits that a reader must understand.
const (
	dirty       = 1 << 0
	corrupt     = 1 << 1
	external    = 1 << 2 // the data is in another file
	compression = 1 << 3 // another kind than deflate
	extendedL2  = 1 << 4
)

// header is the fixed part, with the names that the specification uses. What
// version 3 added is its own default in version 2.
type header struct {
	version, backingSize, clusterBits, cryptMethod, l1Size, snapshots uint32
	backingOffset, size, l1Offset, refcountOffset, snapshotsOffset    uint64
	incompatible                                                      uint64
	refcountClusters, refcountOrder, headerLength                     uint32
	compressionType                                                   byte
}

// Check reads the beginning of a file of a length, at least Header bytes of it or
// all. The error says what is wrong with the file, in words that read well beside
// the field that it was given in.
func Check(begin []byte, length int64) (Image, error) {
	if err := wantMagic(begin); err != nil {
		return Image{}, err
	}
	h, err := parse(begin)
	if err != nil {
		return Image{}, err
	}
	for _, refuse := range []func(header) error{otherFiles, features, sizes} {
		if err := refuse(h); err != nil {
			return Image{}, err
		}
	}
	if err := h.tables(length); err != nil {
		return Image{}, err
	}
	if err := h.extensions(begin); err != nil {
		return Image{}, err
	}
	return Image{Version: int64(h.version), VirtualSize: int64(h.size)}, nil
}

// others are formats that people have at hand and QEMU would open, by what they
// begin with.
var others = []struct{ magic, name string }{
	{"KDMV", "a VMDK"},
	{"COWD", "a VMDK"},
	{"# Disk DescriptorFile", "a VMDK"},
	{"<<< ", "a VDI"},
	{"conectix", "a VHD"},
	{"vhdxfile", "a VHDX"},
	{"QED\x00", "a QED"},
	{"\x1f\x8b", "compressed with gzip"},
	{"\xfd7zXZ\x00", "compressed with xz"},
	{"\x28\xb5\x2f\xfd", "compressed with zstd"},
	{"BZh", "compressed with bzip2"},
	{"PK\x03\x04", "a ZIP archive"},
}

const convert = "convert it with qemu-img convert -O qcow2"

func wantMagic(begin []byte) error {
	if bytes.HasPrefix(begin, []byte("QFI\xfb")) {
		return nil
	}
	for _, o := range others {
		if bytes.HasPrefix(begin, []byte(o.magic)) {
			return fmt.Errorf("is %s, not a qcow2 image; %s", o.name, convert)
		}
	}
	if len(begin) == 0 {
		return errors.New("is empty")
	}
	return fmt.Errorf("is not a qcow2 image, whatever it is called; %s", convert)
}

func parse(b []byte) (h header, err error) {
	big := binary.BigEndian
	if len(b) < length2 {
		return h, errors.New("is cut off within its header")
	}
	h = header{
		version: big.Uint32(b[4:]), backingOffset: big.Uint64(b[8:]), backingSize: big.Uint32(b[16:]),
		clusterBits: big.Uint32(b[20:]), size: big.Uint64(b[24:]), cryptMethod: big.Uint32(b[32:]),
		l1Size: big.Uint32(b[36:]), l1Offset: big.Uint64(b[40:]), refcountOffset: big.Uint64(b[48:]),
		refcountClusters: big.Uint32(b[56:]), snapshots: big.Uint32(b[60:]), snapshotsOffset: big.Uint64(b[64:]),
		refcountOrder: 4, headerLength: length2,
	}
	switch h.version {
	case 2:
		return h, nil
	case 3:
	default:
		return h, fmt.Errorf("is a qcow2 image of version %d; versions 2 and 3 are accepted; %s", h.version, convert)
	}
	if len(b) < length3 {
		return h, errors.New("is cut off within its header")
	}
	h.incompatible, h.refcountOrder, h.headerLength = big.Uint64(b[72:]), big.Uint32(b[96:]), big.Uint32(b[100:])
	if h.headerLength < length3 || h.headerLength%8 != 0 || h.headerLength > uint32(len(b)) {
		return h, fmt.Errorf("has a header of %d bytes, which cannot be", h.headerLength)
	}
	if h.headerLength > length3 {
		h.compressionType = b[length3]
	}
	return h, nil
}

// otherFiles refuses an image that names another file.
func otherFiles(h header) error {
	switch {
	case h.backingOffset != 0 || h.backingSize != 0:
		return errors.New("has a backing file; an image must stand alone; " + convert)
	case h.incompatible&external != 0:
		return errors.New("keeps its data in an external file; an image must stand alone; " + convert)
	}
	return nil
}

// features refuses what is not understood, or not in order.
func features(h header) error {
	switch unknown := h.incompatible &^ (dirty | corrupt | external | compression | extendedL2); {
	case unknown != 0:
		return fmt.Errorf("needs features that are not known here (%#x)", unknown)
	case h.incompatible&corrupt != 0:
		return errors.New("is marked as corrupt; repair it with qemu-img check -r all")
	case h.incompatible&dirty != 0:
		return errors.New("was not closed properly; repair it with qemu-img check -r all")
	case h.cryptMethod != 0:
		return errors.New("is encrypted; " + convert)
	case h.incompatible&compression == 0 && h.compressionType != 0, h.incompatible&compression != 0 && h.compressionType != 1:
		return fmt.Errorf("is compressed in a way that is not known here (%d)", h.compressionType)
	case h.snapshots != 0:
		return errors.New("has snapshots within it; " + convert)
	}
	return nil
}

// sizes refuses figures that no tool writes.
func sizes(h header) error {
	switch {
	case h.clusterBits < 9 || h.clusterBits > 21:
		return fmt.Errorf("has clusters of 2^%d bytes, which cannot be", h.clusterBits)
	case h.incompatible&extendedL2 != 0 && h.clusterBits < 14:
		return fmt.Errorf("has clusters of 2^%d bytes, too small for parts", h.clusterBits)
	case h.refcountOrder > 6:
		return fmt.Errorf("counts references in 2^%d bits, which cannot be", h.refcountOrder)
	case h.size == 0:
		return errors.New("holds a disk of no size")
	case h.size > MaxVirtualSize:
		return fmt.Errorf("holds a disk of more than %d TiB", MaxVirtualSize>>40)
	case h.size%512 != 0:
		return errors.New("holds a disk that does not end at a sector")
	}
	return nil
}

// tables checks that the first table covers the disk, and lies in the file like
// the table of reference counts.
func (h header) tables(length int64) error {
	cluster := uint64(1) << h.clusterBits
	entry := uint64(8)
	if h.incompatible&extendedL2 != 0 {
		entry = 16
	}
	covers := cluster / entry * cluster // by one entry of the first table
	if needed := (h.size + covers - 1) / covers; uint64(h.l1Size) < needed {
		return errors.New("has a table that is too short for its disk")
	}
	for _, t := range []struct{ offset, bytes uint64 }{
		{h.l1Offset, uint64(h.l1Size) * 8},
		{h.refcountOffset, uint64(h.refcountClusters) * cluster},
	} {
		if t.offset == 0 || t.offset%cluster != 0 || t.bytes == 0 || t.offset > uint64(length) || t.bytes > uint64(length)-t.offset {
			return errors.New("has a table that is not within the file; it may be cut off")
		}
	}
	return nil
}

// The extensions of a header that name files, whatever its features say.
const (
	extensionEnd          = 0
	extensionBackingType  = 0xe2792aca
	extensionExternalData = 0x44415441
	extensionEncryption   = 0x0537be77
)

// extensions refuses extensions that speak of another file. They lie between the
// header and the end of its cluster.
func (h header) extensions(begin []byte) error {
	rest := begin[h.headerLength:min(uint64(len(begin)), max(uint64(1)<<h.clusterBits, uint64(h.headerLength)))]
	for len(rest) >= 8 {
		kind, size := binary.BigEndian.Uint32(rest), uint64(binary.BigEndian.Uint32(rest[4:]))
		switch kind {
		case extensionEnd:
			return nil
		case extensionBackingType, extensionExternalData, extensionEncryption:
			return errors.New("speaks of another file in its header; an image must stand alone; " + convert)
		}
		padded := 8 + (size+7)/8*8
		if padded > uint64(len(rest)) {
			return errRunsOver
		}
		rest = rest[padded:]
	}
	return errRunsOver
}

var errRunsOver = errors.New("has a header that runs over its end")
