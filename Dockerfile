# Two stages: build with Go, run with nothing but the program.
FROM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -ldflags="-s -w" -o /out/bot ./cmd/bot \
 && mkdir -p /out/data /out/keys && chmod 0700 /out/data /out/keys

FROM gcr.io/distroless/static-debian12:nonroot
COPY --from=build /out/bot /bot
COPY --from=build --chown=65532:65532 /out/data /data
COPY --from=build --chown=65532:65532 /out/keys /keys
ENV CLOREBOT_STORAGE_PATH=/data/clorebot.db \
    CLOREBOT_VAULT_KEY_FILE=/keys/clorebot.keyset.json
USER 65532:65532
VOLUME ["/data", "/keys"]
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s CMD ["/bot", "healthcheck"]
ENTRYPOINT ["/bot"]
CMD ["run"]
