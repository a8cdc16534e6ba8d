package rpc

import "fmt"

// Error is what libvirt answers when it does not do what it is asked.
type Error struct {
	Code    int32
	Origin  int32 // which part of libvirt complains
	Message string
}

func (e *Error) Error() string {
	return fmt.Sprintf("libvirt %d/%d: %s", e.Origin, e.Code, e.Message)
}

// Codes of libvirt's errors, from its virterror.h.
const (
	CodeNoDomain         = 42
	CodeNoNetwork        = 43
	CodeNoStoragePool    = 49
	CodeNoStorageVolume  = 50
	CodeOperationInvalid = 55
	CodeNoFilter         = 62
	CodeUnsupported      = 67
	CodeTimeout          = 68
	CodeAborted          = 78
	CodeNoMetadata       = 80
	CodeAgentSilent      = 86
	CodeBusy             = 87
	CodeVolumeExists     = 90
	CodeNoBackup         = 104
)

// Lost is the error of a call that got no answer: the connection broke, or the
// caller stopped waiting.
type Lost struct {
	Sent bool // false: libvirt certainly never got the call
	Err  error
}

func (e *Lost) Error() string {
	if e.Sent {
		return fmt.Sprintf("no answer: %v", e.Err)
	}
	return fmt.Sprintf("not sent: %v", e.Err)
}

func (e *Lost) Unwrap() error { return e.Err }

// failure is an error on the wire.
type failure struct {
	Code, Origin        int32
	Message             *string
	Level               int32
	Domain              *Domain
	Text1, Text2, Text3 *string
	Number1, Number2    int32
	Network             *Network
}

func decodeError(body []byte) error {
	var f failure
	if err := unmarshal(body, &f); err != nil {
		return fmt.Errorf("an error that cannot be read: %w", err)
	}
	e := &Error{Code: f.Code, Origin: f.Origin}
	if f.Message != nil {
		e.Message = *f.Message
	}
	return e
}
