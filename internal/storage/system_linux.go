package storage

import (
	"bufio"
	"fmt"
	"os"
	"strings"
	"syscall"
)

// mmapFlags reads the file into memory at start, in order and not page by page at first use.
const mmapFlags = syscall.MAP_POPULATE

// holder tells which process has locked the file, in words; "" when that is not known.
func holder(path string) string {
	info, err := os.Stat(path)
	if err != nil {
		return ""
	}
	s, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return ""
	}
	pid := lockedBy(s.Ino)
	if pid == "" || pid == "0" || strings.HasPrefix(pid, "-") { // 0: a process of another container
		return ""
	}
	name, err := os.ReadFile("/proc/" + pid + "/comm")
	if err != nil {
		return "process " + pid
	}
	return fmt.Sprintf("process %s (%s)", pid, strings.TrimSpace(string(name)))
}

// lockedBy finds the process in lines such as
// "1: FLOCK  ADVISORY  WRITE 1234 08:02:5678 0 EOF".
func lockedBy(inode uint64) string {
	f, err := os.Open("/proc/locks")
	if err != nil {
		return ""
	}
	defer func() { _ = f.Close() }() // only read
	suffix := fmt.Sprintf(":%d", inode)
	for lines := bufio.NewScanner(f); lines.Scan(); {
		fields := strings.Fields(lines.Text())
		if len(fields) >= 6 && fields[1] == "FLOCK" && strings.HasSuffix(fields[5], suffix) {
			return fields[4]
		}
	}
	return ""
}
