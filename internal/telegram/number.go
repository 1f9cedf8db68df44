package telegram

import "strconv"

func decimal(n int) string { return strconv.Itoa(n) }

// number reads what decimal wrote; 0 for anything else.
func number(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return 0
	}
	return n
}

func decimal64(n int64) string { return strconv.FormatInt(n, 10) }
