package libvirt

import (
	"bytes"
	"encoding/binary"
	"maps"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"
)

// readISO reads the files of one tree of a file system, by their names in it.
func readISO(t *testing.T, image []byte, descriptor int, text func([]byte) string) (label string, files map[string]string) {
	t.Helper()
	d := image[descriptor*sector : (descriptor+1)*sector]
	if string(d[1:6]) != "CD001" {
		t.Fatalf("got %q in descriptor %d", d[:8], descriptor)
	}
	if got := int(binary.LittleEndian.Uint32(d[80:])) * sector; got != len(image) {
		t.Errorf("the descriptor says %d bytes of %d", got, len(image))
	}
	at := func(record []byte) []byte {
		from, length := int(binary.LittleEndian.Uint32(record[2:]))*sector, int(binary.LittleEndian.Uint32(record[10:]))
		return image[from : from+length]
	}
	files = map[string]string{}
	for directory := at(d[156:190]); directory[0] > 0; directory = directory[directory[0]:] {
		if name := directory[33 : 33+directory[32]]; len(name) > 1 {
			files[text(name)] = string(at(directory))
		}
	}
	return strings.TrimRight(text(d[40:72]), " "), files
}

func fromJoliet(name []byte) string {
	units := make([]uint16, len(name)/2)
	for n := range units {
		units[n] = binary.BigEndian.Uint16(name[2*n:])
	}
	return string(utf16.Decode(units))
}

func TestISOHoldsItsFilesInBothTrees(t *testing.T) {
	large := strings.Repeat("x", 2*sector+1)
	image := makeISO("cidata", []file{{"meta-data", []byte("m")}, {"user-data", []byte(large)}, {"network-config", nil}})
	if !bytes.Equal(image, makeISO("cidata", []file{{"meta-data", []byte("m")}, {"user-data", []byte(large)}, {"network-config", nil}})) {
		t.Error("the same files make different bytes")
	}
	label, got := readISO(t, image, isoJoliet, fromJoliet)
	if want := map[string]string{"meta-data;1": "m", "user-data;1": large, "network-config;1": ""}; label != "cidata" || !maps.Equal(got, want) {
		t.Errorf("Joliet: got %q with %q", label, slices.Collect(maps.Keys(got)))
	}
	label, got = readISO(t, image, isoPrimary, func(name []byte) string { return string(name) })
	if want := map[string]string{"META_DATA.;1": "m", "USER_DATA.;1": large, "NETWORK_CONFIG.;1": ""}; label != "cidata" || !maps.Equal(got, want) {
		t.Errorf("plain: got %q with %q", label, slices.Collect(maps.Keys(got)))
	}
}
