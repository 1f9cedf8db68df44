# Short names for what is done often. The README and .ci/run say what each means.
.PHONY: demo test race lint fmt fuzz kill bench ci

demo: ; go run ./cmd/bot demo
test: ; go test ./...
race: ; go test -race -shuffle=on ./...
lint: ; go tool -modfile=.ci/tools.mod golangci-lint run
fmt:  ; go tool -modfile=.ci/tools.mod golangci-lint fmt
fuzz: ; .ci/fuzz 60s
kill: ; CLOREBOT_TEST_KILLS=1000 go test -run Kill -timeout 2h ./cmd/bot ./internal/storage
bench: ; go test -run '^$$' -bench . -benchmem ./...
ci:   ; .ci/run
