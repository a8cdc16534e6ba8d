package rpc

import (
	"encoding/binary"
	"errors"
	"fmt"
	"reflect"
)

// XDR (RFC 4506) as libvirt uses it, by the Go type of a value:
//
//	int32, uint32, int8, uint8    4 bytes
//	int64, uint64                 8 bytes
//	string                        length, bytes, padding
//	[N]byte                       bytes, padding
//	[]T, [N]T                     elements, after their number where it varies
//	*T                            0, or 1 and the value
//	struct                        its fields in their order
//	Param                         a typed parameter, see there

// maxElements bounds what a reply may say of the length of a list.
const maxElements = 1 << 20

var errShort = errors.New("the message ends too early")

// marshal appends v to data. A type without an encoding is a mistake of the
// programmer and panics.
func marshal(data []byte, v reflect.Value) []byte {
	switch v.Kind() {
	case reflect.Int32, reflect.Int8:
		return binary.BigEndian.AppendUint32(data, uint32(v.Int()))
	case reflect.Uint32, reflect.Uint8:
		return binary.BigEndian.AppendUint32(data, uint32(v.Uint()))
	case reflect.Int64:
		return binary.BigEndian.AppendUint64(data, uint64(v.Int()))
	case reflect.Uint64:
		return binary.BigEndian.AppendUint64(data, v.Uint())
	case reflect.String:
		data = binary.BigEndian.AppendUint32(data, uint32(v.Len()))
		return pad(append(data, v.String()...), v.Len())
	case reflect.Slice:
		data = binary.BigEndian.AppendUint32(data, uint32(v.Len()))
		for i := range v.Len() {
			data = marshal(data, v.Index(i))
		}
		return data
	case reflect.Array:
		for i := range v.Len() {
			data = append(data, byte(v.Index(i).Uint()))
		}
		return pad(data, v.Len())
	case reflect.Pointer:
		if v.IsNil() {
			return binary.BigEndian.AppendUint32(data, 0)
		}
		return marshal(binary.BigEndian.AppendUint32(data, 1), v.Elem())
	case reflect.Struct:
		for i := range v.NumField() {
			data = marshal(data, v.Field(i))
		}
		return data
	}
	panic("rpc: no encoding for " + v.Type().String())
}

func pad(data []byte, length int) []byte {
	return append(data, make([]byte, -length&3)...)
}

// decoder reads values off a message.
type decoder struct{ rest []byte }

// unmarshal reads one message into v, a pointer. What follows it is ignored, as
// newer servers may say more.
func unmarshal(data []byte, v any) error {
	d := decoder{data}
	return d.value(reflect.ValueOf(v).Elem())
}

func (d *decoder) take(n int) ([]byte, error) {
	if n < 0 || n > len(d.rest) {
		return nil, errShort
	}
	taken := d.rest[:n]
	d.rest = d.rest[n:]
	return taken, nil
}

func (d *decoder) uint32() (uint32, error) {
	word, err := d.take(4)
	if err != nil {
		return 0, err
	}
	return binary.BigEndian.Uint32(word), nil
}

func (d *decoder) uint64() (uint64, error) {
	word, err := d.take(8)
	if err != nil {
		return 0, err
	}
	return binary.BigEndian.Uint64(word), nil
}

func (d *decoder) padded(n int) ([]byte, error) {
	data, err := d.take(n)
	if err == nil {
		_, err = d.take(-n & 3)
	}
	return data, err
}

func (d *decoder) string() (string, error) {
	n, err := d.uint32()
	if err != nil {
		return "", err
	}
	if uint64(n) > uint64(len(d.rest)) {
		return "", errShort
	}
	text, err := d.padded(int(n))
	return string(text), err
}

func (d *decoder) value(v reflect.Value) error {
	switch v.Kind() {
	case reflect.Int32, reflect.Int8, reflect.Uint32, reflect.Uint8, reflect.Int64, reflect.Uint64:
		return d.number(v)
	case reflect.String:
		text, err := d.string()
		v.SetString(text)
		return err
	case reflect.Slice:
		return d.list(v)
	case reflect.Array:
		return d.array(v)
	case reflect.Pointer:
		there, err := d.uint32()
		if err != nil || there == 0 {
			return err
		}
		v.Set(reflect.New(v.Type().Elem()))
		return d.value(v.Elem())
	case reflect.Struct:
		if p, ok := v.Addr().Interface().(*Param); ok {
			return d.param(p)
		}
		for i := range v.NumField() {
			if err := d.value(v.Field(i)); err != nil {
				return err
			}
		}
		return nil
	}
	panic("rpc: no decoding for " + v.Type().String())
}

func (d *decoder) number(v reflect.Value) error {
	switch v.Kind() {
	case reflect.Int64:
		word, err := d.uint64()
		v.SetInt(int64(word))
		return err
	case reflect.Uint64:
		word, err := d.uint64()
		v.SetUint(word)
		return err
	}
	word, err := d.uint32()
	if v.CanInt() {
		v.SetInt(int64(int32(word)))
	} else {
		v.SetUint(uint64(word))
	}
	return err
}

func (d *decoder) list(v reflect.Value) error {
	n, err := d.uint32()
	if err != nil {
		return err
	}
	if n > maxElements || uint64(n)*4 > uint64(len(d.rest)) {
		return fmt.Errorf("a list of %d elements in %d bytes", n, len(d.rest))
	}
	v.Set(reflect.MakeSlice(v.Type(), int(n), int(n)))
	for i := range int(n) {
		if err := d.value(v.Index(i)); err != nil {
			return err
		}
	}
	return nil
}

// array reads opaque bytes, or numbers of four bytes each.
func (d *decoder) array(v reflect.Value) error {
	if v.Type().Elem().Kind() == reflect.Uint8 {
		data, err := d.padded(v.Len())
		reflect.Copy(v, reflect.ValueOf(data))
		return err
	}
	for i := range v.Len() {
		if err := d.value(v.Index(i)); err != nil {
			return err
		}
	}
	return nil
}

// Param is a named value of libvirt's statistics. Only numbers and strings are
// kept; others are read past.
type Param struct {
	Name   string
	Number int64
	Text   string
}

// The kinds of typed parameters on the wire.
const (
	paramInt     = 1
	paramUint    = 2
	paramLlong   = 3
	paramUllong  = 4
	paramDouble  = 5
	paramBoolean = 6
	paramString  = 7
)

func (d *decoder) param(p *Param) (err error) {
	if p.Name, err = d.string(); err != nil {
		return err
	}
	kind, err := d.uint32()
	if err != nil {
		return err
	}
	switch kind {
	case paramInt, paramBoolean:
		word, err := d.uint32()
		p.Number = int64(int32(word))
		return err
	case paramUint:
		word, err := d.uint32()
		p.Number = int64(word)
		return err
	case paramLlong, paramUllong:
		word, err := d.uint64()
		p.Number = int64(word)
		return err
	case paramDouble:
		_, err := d.uint64()
		return err
	case paramString:
		p.Text, err = d.string()
		return err
	}
	return fmt.Errorf("parameter %s is of unknown kind %d", p.Name, kind)
}
