//go:build race

package discord_test

// racing leaves out the long weather stories, which run in full without the race detector.
const racing = true
