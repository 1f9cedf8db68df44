// Package commands is what the bot does: it answers every request ([chat.Dispatcher]) and turns
// events into messages (the renderer of package notify). It knows no platform; front-ends show
// its views.
//
// # Flow of a request
//
// Dispatch finds the command, checks that the asker may use the bot, wakes the chat's
// deliveries, checks the arguments and runs the command under a deadline. An error becomes words
// with a next step in explain.go; what nobody foresaw gets an identifier that is also in the log.
// A [chat.Notice] without text says: show nothing at all.
//
// Controls carry a command and short arguments (64 bytes in all). Money and loss are always a
// second step whose control carries nothing but the identifier of a stored quote or
// confirmation, which works once, for its owner, until it expires.
//
// # Topics
//
// Views name what they show, for scripts and tests:
//
//	start help error refused    first steps and what went wrong
//	market overview offer       the marketplace, its models, one server
//	quote blocked placing       the way to a rental
//	card ready                  the live card of a rental, and the message that SSH answers
//	orders history order login  rentals, ended ones, one of them, its credentials
//	cancel cancelling           asking, and the answer to a confirmed cancellation
//	notplaced notfound slow stuck unreachable back stopdue ended lingers foreign dearer runway
//	keyrejected                 alerts, one for each kind of event
//	stopall limits frozen unfreeze unfrozen     the spend guard
//	wallet deposit key key-saved key-delete settings presets sshkeys access claimed
package commands
