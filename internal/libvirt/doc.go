// Package libvirt is panel.Driver on libvirt and QEMU. It speaks to libvirtd on
// the hypervisor, over its socket, SSH or TLS, and needs no shell and no agent
// there.
//
// A machine is a domain named accrue-UID, whose UUID is the UID, with metadata
// that marks it as ours, and volumes in one pool whose names begin with the UID.
// docs/adr/0013 says how they are laid out and why.
package libvirt
