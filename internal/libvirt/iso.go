package libvirt

import (
	"encoding/binary"
	"slices"
	"strings"
	"unicode/utf16"
)

// An ISO 9660 file system of a few files in its root, as cloud-init reads it from
// a drive labelled cidata. Names are kept in a Joliet tree as they are, which
// Linux and Windows prefer; the plain tree beside it has them in capitals.

const sector = 2048

// file is a file of a file system.
type file struct {
	name    string
	content []byte
}

// The sectors of the file system, before those of the files.
const (
	isoPrimary = 16 + iota
	isoJoliet
	isoEnd
	isoPathLittle
	isoPathBig
	isoPathLittleJoliet
	isoPathBigJoliet
	isoRoot
	isoRootJoliet
	isoFiles
)

// makeISO returns the bytes of a file system. The files' records must fit into
// one sector, which a dozen does.
func makeISO(label string, files []file) []byte {
	image := make([]byte, isoFiles*sector)
	at := make([]int, len(files))
	for n, f := range files {
		at[n] = len(image) / sector
		image = append(image, f.content...)
		image = append(image, make([]byte, -len(f.content)&(sector-1))...)
	}
	put := func(n int, data []byte) { copy(image[n*sector:(n+1)*sector], data) }
	sectors := len(image) / sector
	put(isoPrimary, isoDescriptor(1, sectors, isoPathLittle, isoPathBig, isoRoot, label, plainText))
	put(isoJoliet, isoDescriptor(2, sectors, isoPathLittleJoliet, isoPathBigJoliet, isoRootJoliet, label, jolietText))
	put(isoEnd, []byte("\xffCD001\x01"))
	put(isoPathLittle, isoPathTable(binary.LittleEndian, isoRoot))
	put(isoPathBig, isoPathTable(binary.BigEndian, isoRoot))
	put(isoPathLittleJoliet, isoPathTable(binary.LittleEndian, isoRootJoliet))
	put(isoPathBigJoliet, isoPathTable(binary.BigEndian, isoRootJoliet))
	put(isoRoot, isoDirectory(isoRoot, files, at, func(name string) []byte {
		return plainText(strings.ToUpper(strings.ReplaceAll(name, "-", "_")) + ".;1")
	}))
	put(isoRootJoliet, isoDirectory(isoRootJoliet, files, at, func(name string) []byte { return jolietText(name + ";1") }))
	return image
}

// isoDescriptor is a volume descriptor: kind 1 of the plain tree, 2 of Joliet's.
func isoDescriptor(kind byte, sectors, little, big, root int, label string, text func(string) []byte) []byte {
	d := make([]byte, sector)
	copy(d, "\x00CD001\x01")
	d[0] = kind
	fill := func(from, to int, s string) {
		blank := text(strings.Repeat(" ", to-from))
		copy(d[from:to], blank)
		copy(d[from:to], text(s))
	}
	fill(8, 40, "")
	fill(40, 72, label)
	putBoth32(d[80:], uint32(sectors))
	if kind == 2 {
		copy(d[88:], "%/E") // UCS-2 level 3
	}
	putBoth16(d[120:], 1)
	putBoth16(d[124:], 1)
	putBoth16(d[128:], sector)
	putBoth32(d[132:], 10) // the size of a path table
	binary.LittleEndian.PutUint32(d[140:], uint32(little))
	binary.BigEndian.PutUint32(d[148:], uint32(big))
	copy(d[156:], isoRecord(root, sector, true, []byte{0}))
	for from, to := 190, 0; from < 813; from = to {
		to = map[int]int{190: 318, 318: 446, 446: 574, 574: 702, 702: 739, 739: 776, 776: 813}[from]
		fill(from, to, "")
	}
	for from := 813; from < 881; from += 17 {
		copy(d[from:], "0000000000000000") // no date
	}
	d[881] = 1
	return d
}

// isoPathTable has the root alone.
func isoPathTable(order binary.AppendByteOrder, root int) []byte {
	table := order.AppendUint32([]byte{1, 0}, uint32(root))
	return append(order.AppendUint16(table, 1), 0, 0)
}

func isoDirectory(self int, files []file, at []int, text func(string) []byte) []byte {
	records := append(isoRecord(self, sector, true, []byte{0}), isoRecord(self, sector, true, []byte{1})...)
	entries := make([][]byte, len(files))
	for n, f := range files {
		entries[n] = isoRecord(at[n], len(f.content), false, text(f.name))
	}
	slices.SortFunc(entries, func(a, b []byte) int { return strings.Compare(string(a[33:]), string(b[33:])) })
	return append(records, slices.Concat(entries...)...)
}

// isoRecord is an entry of a directory.
func isoRecord(at, length int, directory bool, name []byte) []byte {
	r := make([]byte, 33, 33+len(name)+1)
	putBoth32(r[2:], uint32(at))
	putBoth32(r[10:], uint32(length))
	if directory {
		r[25] = 2
	}
	putBoth16(r[28:], 1)
	r[32] = byte(len(name))
	r = append(r, name...)
	if len(r)%2 == 1 {
		r = append(r, 0)
	}
	r[0] = byte(len(r))
	return r
}

func plainText(s string) []byte { return []byte(s) }

func jolietText(s string) []byte {
	var text []byte
	for _, unit := range utf16.Encode([]rune(s)) {
		text = binary.BigEndian.AppendUint16(text, unit)
	}
	return text
}

func putBoth16(d []byte, n uint16) {
	binary.LittleEndian.PutUint16(d, n)
	binary.BigEndian.PutUint16(d[2:], n)
}

func putBoth32(d []byte, n uint32) {
	binary.LittleEndian.PutUint32(d, n)
	binary.BigEndian.PutUint32(d[4:], n)
}
