// Package demo fills a new panel with something to look at: a provider with
// locations, hypervisors and plans, and customers with two months of history.
//
// Nothing is written behind the panel's back. The history is lived through,
// second by second, by the use cases that people and programs call, with a
// worker that is taken step by step and a clock that runs from two months ago to
// now. What comes out is what a real panel would have, and accrue verify holds
// of it. But for names that are random everywhere, equal instants give equal
// histories.
package demo
