package libvirt

import (
	"errors"

	"accrue/internal/libvirt/rpc"
	"accrue/internal/panel"
)

// fault is an error whose kind is known where it arises.
type fault struct {
	kind panel.ErrorKind
	err  error
}

func (f *fault) Error() string { return f.err.Error() }
func (f *fault) Unwrap() error { return f.err }

func faulty(kind panel.ErrorKind, message string) error {
	return &fault{kind, errors.New(message)}
}

// kinds says what libvirt's errors mean for who asked. Others are the
// hypervisor's fault: what was asked for had been checked.
var kinds = map[int32]panel.ErrorKind{
	rpc.CodeNoDomain:         panel.MachineMissing,
	rpc.CodeOperationInvalid: panel.Transient, // not in the state that it was seen in
	rpc.CodeTimeout:          panel.Transient, // another job holds the domain
	rpc.CodeAborted:          panel.Transient, // libvirtd is on its way out
	rpc.CodeAgentSilent:      panel.Transient,
	rpc.CodeBusy:             panel.Transient,
	rpc.CodeVolumeExists:     panel.Transient, // it came up in between
}

func kindOf(err error) panel.ErrorKind {
	var known *fault
	var lost *rpc.Lost
	var refused *rpc.Error
	switch {
	case errors.As(err, &known):
		return known.kind
	case errors.As(err, &lost) && lost.Sent:
		return panel.UnknownOutcome
	case errors.As(err, &lost):
		return panel.Unreachable
	case errors.As(err, &refused):
		if kind, ok := kinds[refused.Code]; ok {
			return kind
		}
		return panel.HostFault
	}
	return panel.UnknownOutcome
}

// is says whether libvirt answered with one of the codes.
func is(err error, codes ...int32) bool {
	var refused *rpc.Error
	if !errors.As(err, &refused) {
		return false
	}
	for _, code := range codes {
		if refused.Code == code {
			return true
		}
	}
	return false
}

// refused says whether libvirt answered that it does not do what it was asked.
func refused(err error) bool {
	var refused *rpc.Error
	return errors.As(err, &refused)
}
