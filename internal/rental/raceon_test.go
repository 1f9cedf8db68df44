//go:build race

package rental_test

// racing has long random tests do less where the race detector makes each step many times slower;
// a run without it does them in full.
const racing = true
