package storage

import "context"

// Discord keeps what the Discord front-end wants to know after a restart.
type Discord struct{ store *Store }

// Discord returns the part of the store for the Discord front-end.
func (s *Store) Discord() Discord { return Discord{s} }

// Registered returns the fingerprint that SetRegistered kept, "" when there is none.
func (d Discord) Registered(ctx context.Context) (fingerprint string, err error) {
	err = d.store.view(ctx, func(t *tx) error {
		fingerprint = string(t.get(meta, key(discordKey)))
		return nil
	})
	return fingerprint, err
}

// SetRegistered keeps a fingerprint of the commands that Discord has.
func (d Discord) SetRegistered(ctx context.Context, fingerprint string) error {
	return d.store.write(ctx, func(t *tx) error { return t.put(meta, key(discordKey), []byte(fingerprint)) })
}
