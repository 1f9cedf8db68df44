// Package clore is a client of the Clore.ai API, version 1.
//
// [New] makes a client of the public part; [Client.WithKey] one that acts for an account. All
// clients that come from one New share connections and one gate for each key, which spaces
// requests so that Clore's limits are kept, whoever asks: see [Pace]. [Client.Background] makes
// a client whose calls queue behind those of people.
//
// Reads are repeated after faults. A write is repeated only when that cannot do it twice: after
// Clore's own refusal for the rate, and for [Client.CancelOrder] also after faults. The errors
// of writes fall into three classes:
//
//   - a definite answer of Clore, *[Error]: it refused, nothing was executed;
//   - *[InputError] and [ErrNotSent]: Clore never saw the request;
//   - [ErrOutcomeUnknown]: nobody knows. Clore has no idempotency key, so the caller has to look
//     at the order list before it does anything else.
//
// [OutcomeKnown] tells the first two from the third.
//
// Clore's data are strangers' text and numbers. Texts are stripped of control and invisible
// characters and cut to a sane length; numbers that are negative or absurd read as absent;
// market entries without an ID are skipped and counted. Only orders are never skipped, because
// an order that is missing looks ended.
package clore
