// Package api is the JSON API for programs, under /v1.
//
// An operation is a Go function from a typed input to a typed output; its
// description, the checks of its input and the OpenAPI document follow from the
// types, which are those of package client. Operations translate: what is done
// and who may do it is the panel's. Every answer that is not what was asked for
// is a problem document with a code of one registry.
package api
