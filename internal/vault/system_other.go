//go:build !unix

package vault

import "io/fs"

// guarded is false where access is not told by modes and owners.
const guarded = false

func ours(fs.FileInfo) bool { return true }

// syncFolder has nothing to do where folders cannot be synced.
func syncFolder(string) error { return nil }
