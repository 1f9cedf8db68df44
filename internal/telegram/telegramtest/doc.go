// Package telegramtest is a Bot API in memory that is as strict as the real one, and stricter:
// every request is checked against the Bot API's specification, and a test that sends one outside
// of it fails.
package telegramtest
