// Package panel is the application: one method per use case of a customer or
// an administrator, and the ports through which it reaches the world.
//
// Money moves through one function, book.post. Whatever must happen outside the
// database is written as a task in the transaction that decides it and runs
// after the commit. The rules themselves live in billing and fleet; panel loads
// what they need, asks them, and writes down what they decide.
package panel
