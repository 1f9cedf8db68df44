// Package watch keeps searches of the market that people have saved, and says when one has found
// something new: an edge, never the same thing at every look.
//
// A [Watch] remembers the servers that it has seen, each with the price that counts as known.
// [Watch.Judge] compares that with the offers of a snapshot:
//
//   - What is there at the first look is known. The command that saves the watch has shown it.
//   - A server that was not there, or not for more than half an hour, is a hit. One that is taken
//     and free again within half an hour is an old acquaintance: only its price can be a hit.
//   - A price that has fallen by at least [Watch.Drop] percent is a hit and becomes the known one,
//     so that a slow slide is a hit at each such step. A price that has risen by as much becomes
//     the known one in silence.
//   - During a snooze known prices are not lowered, and new servers are kept as not yet told.
//     The first look after it brings what is still there, all in one. A price that fell and rose
//     again meanwhile is no hit.
//   - Offers with an obstacle, and those whose worth in USD is not known, are none. A price that
//     is too good to be true would otherwise be the best news.
//
// A watch looks at its [Most] cheapest offers. When there are more, a server that comes into view
// because a cheaper one has left is no news: it is a hit only if it costs less than the dearest
// one in view did at the last look.
//
// Everything of this follows from the watch as it is stored and the offers, so a restart between
// two looks changes nothing.
//
// [Keeper] holds all watches that live and judges them with each snapshot, however many there are
// from a single fetch.
package watch
