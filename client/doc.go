// Package client speaks to an Accrue panel: the types of its API, which the
// panel itself answers with, and a Client that sends requests and sends them
// again when that is safe.
//
// Amounts of money are texts, so that no program reads one into a float. Points
// in time are whole seconds of UTC. IDs are the numbers that the console shows.
package client
