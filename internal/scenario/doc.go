// Package scenario tries prices and thresholds before they go live: it runs a
// file of events on a simulated clock through the real application, with the
// same use cases, store, worker and placement as the server. It is a place
// where everything is wired together, like a command.
package scenario
