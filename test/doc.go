// Package test holds the tests that need the whole program: processes that are
// killed, and pages in a real browser.
package test
