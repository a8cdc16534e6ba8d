// Package accrue is the root of a control panel for hypervisors that sells
// instances by the second at hourly prices. It holds no code of its own: the
// program is in cmd/accrue, the packages are under internal, and
// architecture_test.go beside this file says which of them may import which.
package accrue
