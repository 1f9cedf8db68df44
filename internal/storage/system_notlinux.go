//go:build !linux

package storage

const mmapFlags = 0

// holder is not known here.
func holder(string) string { return "" }
