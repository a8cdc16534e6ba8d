// Package rpc is a client of libvirt's remote protocol: what libvirtd speaks on
// its socket, of which it has the procedures that a panel needs.
//
// Every call takes a context and returns when that ends. A call that got no
// answer is a *Lost, which says whether libvirt may have done what was asked;
// what libvirt refuses is an *Error.
package rpc
