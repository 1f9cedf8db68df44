// Package discord serves the bot on Discord: slash commands with typed options and completion,
// forms, buttons and menus, and alerts by direct message.
//
// # discordgo, and what is done without it
//
// Types, endpoints and the bookkeeping of rate limits are discordgo's. Two of its parts are not
// used, because they cannot be made to keep our promises from outside:
//
//   - Its gateway client holds the session's lock while it waits for the first event, without a
//     deadline: a server that is silent then, or asks to reconnect (which Discord does after a
//     resume), stops it for ever. It also resumes at the wrong address, notices a dead
//     connection after five intervals, and repeats a refused token for ever. [shard] is a
//     client of the few messages that a bot without intents needs.
//   - Its wait for a bucket sleeps, deaf to the context. [rest] asks the same limiter how long
//     that would take, and says so in place of sleeping.
//
// # Answers
//
// Discord wants an answer within three seconds and decides with it who may read it. [answer] is
// the one place that gives it: a press disables the controls at once, a command has two seconds
// before "thinking…" is shown, and what comes later edits that. A form can only be the first
// answer, so what has to be asked is known before anything slow is done.
//
// # Sending twice
//
// A message carries a nonce that Discord compares with those of the last minutes. It is a hash of
// the channel and the delivery ([chat.View.Key]), so an alert that is sent again after a lost
// answer, or after a crash between the answer and our commit, gives back the first message. What
// has no key is told apart by its words: the same ones sent twice within minutes appear once.
//
// # Acting once
//
// What is acted on is written down before, in the [Inbox]: Discord repeats events when a session is
// resumed, and a request to the endpoint can be repeated for minutes. After a crash nothing is done
// again. What is left of it is set right: controls that the press switched off work again, unless
// the message has changed since, and "thinking…" ends with the advice to look what became of it.
package discord
