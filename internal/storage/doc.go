// Package storage keeps what the bot knows in one bbolt file. It is the only package that knows
// bbolt; everybody else sees the small interfaces that [Store] implements: rental.Books,
// rental.Quotes, rental.Secrets, notify.Outbox, watch.Store and the keepers of commands.
//
// # Promises
//
// A call that returned without an error is on the disk. A ledger, the alerts that follow from
// its change, and the history of what ended are committed together. A change that changes
// nothing commits nothing. A call that returns the error of its context has done nothing.
//
// All writing goes through one goroutine that commits what has queued up meanwhile as a group.
// Reading copies out and ends; no transaction is held while anybody waits for something else.
//
// # Layout
//
// Records are JSON. A key is a row of parts: texts preceded by their length in four bytes, and
// numbers in eight bytes, big-endian, so that records sort by time and number and no text can
// run into its neighbour. "user" stands for the two texts platform and user ID, "address" for
// platform and chat ID. Moments are nanoseconds since 1970.
//
//	bucket         key                            value
//	meta           "schema"                       number of the last migration, 4 bytes
//	meta           "keyset"                       fingerprint of the keyset and a sealed word to try it on
//	meta           "compact"                      present: something secret was erased, compact at next start
//	meta           "discord"                      fingerprint of the commands that Discord has
//	profiles       user                           account.Profile
//	accounts       account                        account.Account
//	owned          user, account                  empty: the accounts of a user
//	ledgers        account                        rental.Ledger without its account and its ended rentals
//	secrets        user, field                    sealed by the vault
//	history        user, ^ended, ^order           rental.Rental, newest first
//	quotes     *   user, quote                    rental.Quote
//	confirms   *   user, confirmation             commands.Confirmation
//	watches        user, watch                    watch.Watch
//	grants         platform, user ID, space       account.Grant
//	deliveries *   delivery                       notify.Delivery, and what its attempt has come to
//	queue          address, delivery              card of the delivery: what waits for an address, oldest first
//	chats          address                        whether it is suppressed, and its entry in due
//	due            moment, delivery               address: the first delivery of each address that may be sent
//	cards      *   address, card                  chat.MessageRef: the message to edit
//	told       *   user, event key                empty: was said, must not be said again
//	updates    *   bot as a user, update          empty: arrived; while it waits, its content is a secret of the bot
//	updates    *   discord, interactions, number  the same for an interaction
//	notes      *   kind, name                     what a front-end remembers, nothing secret
//	expiries       moment, bucket, key            empty: when a record of a bucket marked * may be swept
//
// In the buckets marked * eight bytes with the moment of expiry precede the JSON.
package storage
