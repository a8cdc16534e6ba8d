// Command accrue is the one command: it serves the panel, and is what an
// operator needs besides. Its cloud commands are for customers: they speak to a
// panel over its API.
//
// Each subcommand is a file, in which everything it consists of is put together
// by hand and in order. What it prints for programs and people goes to standard
// output, the log and errors to standard error. Its exit status is 0 when it was
// done, 1 when it was not, and 2 when the command line makes no sense; the cloud
// commands have more, see cloud_problem.go.
package main
