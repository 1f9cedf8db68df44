// Package notify finds out what happened and sees that people are told.
//
// [Diff] is pure and the only place that decides what people are told. [Watcher] schedules
// what has to be done for each account and reaches for the SSH ports of its rentals with a
// [Prober]. [Dispatcher] brings what is in the [Outbox] to the front-ends.
//
// Delivery is at least once: an event is committed in the transaction that makes it true, an
// attempt is recorded before the message is sent, and the outcome after the platform answered.
// A message is doubled only when the process dies between that answer and the commit.
package notify
