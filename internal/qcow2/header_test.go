package qcow2

import (
	"encoding/binary"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// read returns a file that qemu-img has made.
func read(t testing.TB, name string) []byte {
	t.Helper()
	content, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return content
}

func TestWhatQEMUMakes(t *testing.T) {
	for name, test := range map[string]struct {
		version int64
		says    string // empty: it is accepted
	}{
		"plain.qcow2":    {3, ""},
		"old.qcow2":      {2, ""},
		"deflate.qcow2":  {3, ""},
		"zstd.qcow2":     {3, ""},
		"backed.qcow2":   {0, "has a backing file"},
		"external.qcow2": {0, "keeps its data in an external file"},
		"snapshot.qcow2": {0, "has snapshots within it"},
	} {
		t.Run(name, func(t *testing.T) {
			content := read(t, name)
			got, err := Check(content, int64(len(content)))
			if test.says != "" {
				if err == nil || !strings.Contains(err.Error(), test.says) {
					t.Errorf("got %+v, %v, want %q", got, err, test.says)
				}
				return
			}
			if want := (Image{test.version, 64 << 10}); err != nil || got != want {
				t.Errorf("got %+v, %v, want %+v", got, err, want)
			}
			if _, err := Check(content, math.MaxInt64); err != nil {
				t.Errorf("before its length is known: %v", err)
			}
		})
	}
}

// The places of a header's fields.
const (
	atVersion, atBackingOffset, atBackingSize, atClusterBits, atSize, atCrypt  = 4, 8, 16, 20, 24, 32
	atL1Size, atL1Offset, atRefcountOffset, atRefcountClusters, atIncompatible = 36, 40, 48, 56, 72
	atRefcountOrder, atHeaderLength, atCompression, atExtensions               = 96, 100, 104, 112
)

func put32(at int, v uint32) func([]byte) []byte {
	return func(b []byte) []byte { binary.BigEndian.PutUint32(b[at:], v); return b }
}

func put64(at int, v uint64) func([]byte) []byte {
	return func(b []byte) []byte { binary.BigEndian.PutUint64(b[at:], v); return b }
}

func extension(kind, size uint32) func([]byte) []byte {
	return func(b []byte) []byte { return put32(atExtensions+4, size)(put32(atExtensions, kind)(b)) }
}

func instead(text string) func([]byte) []byte {
	return func([]byte) []byte { return []byte(text + strings.Repeat("\x00", 512)) }
}

func TestWhatIsRefused(t *testing.T) {
	for name, test := range map[string]struct {
		spoil func([]byte) []byte
		says  string
	}{
		"nothing":                      {func([]byte) []byte { return nil }, "is empty"},
		"a raw disk called qcow2":      {instead("\xeb\x63\x90"), "is not a qcow2 image, whatever it is called"},
		"a script":                     {instead("#!/bin/sh\n"), "is not a qcow2 image"},
		"a VMDK":                       {instead("KDMV"), "is a VMDK"},
		"a VMDK's description":         {instead("# Disk DescriptorFile\nRW 8 FLAT \"/etc/shadow\""), "is a VMDK"},
		"a VDI":                        {instead("<<< Oracle VM VirtualBox Disk Image >>>\n"), "is a VDI"},
		"a VHDX":                       {instead("vhdxfile"), "is a VHDX"},
		"a compressed image":           {instead("\x28\xb5\x2f\xfd"), "is compressed with zstd"},
		"a magic and no more":          {func(b []byte) []byte { return b[:4] }, "is cut off"},
		"half a header":                {func(b []byte) []byte { return b[:100] }, "is cut off"},
		"version 1":                    {put32(atVersion, 1), "is a qcow2 image of version 1"},
		"version 4":                    {put32(atVersion, 4), "is a qcow2 image of version 4"},
		"a backing file's place":       {put64(atBackingOffset, 400), "has a backing file"},
		"a backing file's length":      {put32(atBackingSize, 4), "has a backing file"},
		"an external data file":        {put64(atIncompatible, 1<<2), "keeps its data in an external file"},
		"an unknown feature":           {put64(atIncompatible, 1<<5), "needs features that are not known here (0x20)"},
		"the last feature":             {put64(atIncompatible, 1<<63), "needs features that are not known here"},
		"a corrupt image":              {put64(atIncompatible, 1<<1), "is marked as corrupt"},
		"a dirty image":                {put64(atIncompatible, 1<<0), "was not closed properly"},
		"an encrypted image":           {put32(atCrypt, 2), "is encrypted"},
		"a compression of no name":     {func(b []byte) []byte { b[atCompression] = 2; return put64(atIncompatible, 1<<3)(b) }, "is compressed in a way"},
		"a compression unannounced":    {func(b []byte) []byte { b[atCompression] = 1; return b }, "is compressed in a way"},
		"tiny clusters":                {put32(atClusterBits, 8), "has clusters of 2^8 bytes"},
		"huge clusters":                {put32(atClusterBits, 22), "has clusters of 2^22 bytes"},
		"absurd clusters":              {put32(atClusterBits, math.MaxUint32), "has clusters of 2^4294967295 bytes"},
		"references too fine":          {put32(atRefcountOrder, 7), "counts references in 2^7 bits"},
		"no disk":                      {put64(atSize, 0), "holds a disk of no size"},
		"a disk beyond all":            {put64(atSize, math.MaxUint64&^511), "holds a disk of more than 64 TiB"},
		"half a sector":                {put64(atSize, 1000), "does not end at a sector"},
		"a short table":                {put32(atL1Size, 1), "has a table that is too short"},
		"no table":                     {put32(atL1Size, 0), "has a table that is too short"},
		"a table beyond the end":       {put64(atL1Offset, 1<<40), "has a table that is not within the file"},
		"a table over the end":         {put32(atL1Size, math.MaxUint32), "has a table that is not within the file"},
		"a table between clusters":     {put64(atL1Offset, 1000), "has a table that is not within the file"},
		"a table in the header":        {put64(atL1Offset, 0), "has a table that is not within the file"},
		"reference counts beyond":      {put64(atRefcountOffset, math.MaxUint64&^511), "has a table that is not within the file"},
		"too many reference counts":    {put32(atRefcountClusters, math.MaxUint32), "has a table that is not within the file"},
		"a short header":               {put32(atHeaderLength, 96), "has a header of 96 bytes"},
		"an endless header":            {put32(atHeaderLength, 1<<31), "has a header of 2147483648 bytes"},
		"an uneven header":             {put32(atHeaderLength, 109), "has a header of 109 bytes"},
		"a backing file's format":      {extension(0xe2792aca, 5), "speaks of another file"},
		"an external file's name":      {extension(0x44415441, 8), "speaks of another file"},
		"a key of an encrypted image":  {extension(0x0537be77, 16), "speaks of another file"},
		"an extension over the end":    {extension(0x12345678, math.MaxUint32), "has a header that runs over its end"},
		"extensions without an end":    {extension(0x12345678, 512-atExtensions-8), "has a header that runs over its end"},
		"clusters too small for parts": {put64(atIncompatible, 1<<4), "has clusters of 2^9 bytes"},
	} {
		t.Run(name, func(t *testing.T) {
			content := test.spoil(read(t, "plain.qcow2"))
			got, err := Check(content, 1552)
			if err == nil || !strings.Contains(err.Error(), test.says) {
				t.Errorf("got %+v, %v, want %q", got, err, test.says)
			}
		})
	}
}

func TestKnownExtensionsAreLetBe(t *testing.T) {
	content := extension(0x6803f857, 96)(read(t, "plain.qcow2")) // names of features
	if got, err := Check(content, int64(len(content))); err != nil {
		t.Errorf("got %+v, %v, want it accepted", got, err)
	}
}

func FuzzCheck(f *testing.F) {
	for _, name := range []string{"plain.qcow2", "old.qcow2", "deflate.qcow2", "zstd.qcow2", "backed.qcow2", "external.qcow2", "snapshot.qcow2"} {
		f.Add(read(f, name))
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		got, err := Check(content[:min(len(content), Header)], int64(len(content)))
		if err != nil {
			if got != (Image{}) {
				t.Errorf("refused as %v, and yet %+v", err, got)
			}
			return
		}
		if got.VirtualSize <= 0 || got.VirtualSize > MaxVirtualSize || got.Version < 2 || got.Version > 3 {
			t.Errorf("accepted %+v", got)
		}
		if binary.BigEndian.Uint64(content[atBackingOffset:]) != 0 || binary.BigEndian.Uint32(content[atBackingSize:]) != 0 {
			t.Error("accepted with a backing file")
		}
		if got.Version == 3 && binary.BigEndian.Uint64(content[atIncompatible:])&(1<<2) != 0 {
			t.Error("accepted with an external data file")
		}
	})
}
