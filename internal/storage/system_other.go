//go:build !unix

package storage

import (
	"os"
	"syscall"
)

// quotaExceeded is the full disk by the name that Go gives it everywhere.
const quotaExceeded = syscall.ENOSPC

// lockFile has nothing to do: these systems do not let a file be replaced that is open.
func lockFile(*os.File) error { return nil }

// syncFolder has nothing to do where folders cannot be synced.
func syncFolder(string) error { return nil }
