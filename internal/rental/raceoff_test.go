//go:build !race

package rental_test

const racing = false
