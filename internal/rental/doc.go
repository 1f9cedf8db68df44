// Package rental is the life of a rental, from the quote to the receipt.
//
// A [Ledger] holds everything open of one Clore account. It is only changed by its methods
// ([Ledger.Take], [Ledger.Observe], [Ledger.Tick], …), which do no I/O, know no clock and are run
// inside [Books.Update], so that a state and the alert about it are committed together.
//
// [Next] says what must be done next for an account and when; an [Agent] does it, with Clore's
// API; a [Desk] takes what people decide: quotes, confirmations, cancellations, stop times.
//
// The rule that everything else serves: create_order is sent at most once for an intent. Before
// it goes out the intent is committed as [Sending]. An answer that proves nothing leaves it
// [Ambiguous], and from then on only Clore's own list of orders decides what became of it. While
// an intent is ambiguous nothing is bought instead of it.
package rental
