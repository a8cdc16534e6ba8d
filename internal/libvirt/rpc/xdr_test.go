package rpc

import (
	"encoding/binary"
	"reflect"
	"testing"
)

type everything struct {
	I    int32
	U    uint64
	Text string
	UUID UUID
	List []Volume
	None *string
	Some *Domain
}

func TestWhatIsWrittenIsRead(t *testing.T) {
	want := everything{
		I: -7, U: 1 << 63, Text: "über", UUID: UUID{1, 2, 15: 16},
		List: []Volume{{"p", "n", "/p/n"}, {}}, Some: &Domain{Name: "d", ID: -1},
	}
	data := marshal(nil, reflect.ValueOf(want))
	if len(data)%4 != 0 {
		t.Errorf("got %d bytes, want a multiple of 4", len(data))
	}
	var got everything
	if err := unmarshal(data, &got); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, %v, want %+v", got, err, want)
	}
	for cut := range data {
		if err := unmarshal(data[:cut], new(everything)); err == nil {
			t.Fatalf("got no error for %d bytes of %d", cut, len(data))
		}
	}
}

func TestParametersOfEveryKind(t *testing.T) {
	name := func(data []byte, s string) []byte { return marshal(data, reflect.ValueOf(s)) }
	word := binary.BigEndian.AppendUint32
	long := binary.BigEndian.AppendUint64
	data := word(nil, 7)
	data = word(word(name(data, "int"), paramInt), 0xffffffff)
	data = word(word(name(data, "uint"), paramUint), 0xffffffff)
	data = long(word(name(data, "llong"), paramLlong), ^uint64(0))
	data = long(word(name(data, "ullong"), paramUllong), 1<<40)
	data = long(word(name(data, "double"), paramDouble), 1)
	data = word(word(name(data, "bool"), paramBoolean), 1)
	data = name(word(name(data, "string"), paramString), "vda")
	want := []Param{
		{Name: "int", Number: -1}, {Name: "uint", Number: 1<<32 - 1}, {Name: "llong", Number: -1},
		{Name: "ullong", Number: 1 << 40}, {Name: "double"}, {Name: "bool", Number: 1}, {Name: "string", Text: "vda"},
	}
	var got struct{ Params []Param }
	if err := unmarshal(data, &got); err != nil || !reflect.DeepEqual(got.Params, want) {
		t.Errorf("got %+v, %v, want %+v", got.Params, err, want)
	}
	unknown := word(word(name(word(nil, 1), "x"), 9), 0)
	if err := unmarshal(unknown, &got); err == nil {
		t.Error("got no error for a kind that is not known")
	}
}

// Whatever a hypervisor sends, reading it ends, and takes no more memory than
// there are bytes for.
func FuzzUnmarshal(f *testing.F) {
	f.Add(marshal(nil, reflect.ValueOf(everything{Text: "x", List: []Volume{{}}})))
	f.Add(marshal(nil, reflect.ValueOf(failure{Code: 42})))
	f.Add([]byte{0xff, 0xff, 0xff, 0xff})
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, v := range []any{new(everything), new(struct{ Stats []Stats }), new(Node)} {
			_ = unmarshal(data, v)
		}
		if decodeError(data) == nil {
			t.Error("got no error of an error")
		}
	})
}
