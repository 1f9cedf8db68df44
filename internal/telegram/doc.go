// Package telegram is the front-end for Telegram, by long polling or by webhook.
//
// # How an update travels
//
// The HTTP client that the library is given looks into every answer of getUpdates: each update
// is decoded by itself, so that one of a kind the library does not know cannot deafen the bot,
// and is written to the inbox before the library learns of it, because the library confirms what
// it has only queued. The library then hands the updates to one handler, which puts each into
// the lane of its chat: one chat is answered in order, chats are answered side by side. An update
// is taken from the inbox when it was answered; what a crash interrupted is handled again at the
// next start under the same request ID, and what Telegram sends a second time is dropped.
//
// What a member of a group is answered in private goes through the lane of the private chat. The
// group waits for it a few seconds at most; the update stays in the inbox until both have ended.
//
// # How a message travels
//
// All that is sent goes through one [pacer], which keeps within the rates that Telegram asks for
// and lets answers pass before alerts. Answers to pressed buttons are not held back.
//
// # Addresses
//
// A private chat has the ID of its user and is written "@7", a group "-100123", a topic of a
// group "-100123#45".
package telegram
