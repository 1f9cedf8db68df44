package discord

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/bwmarrin/discordgo"
)

// ownApplication is what Discord says of the application that the token belongs to.
type ownApplication struct {
	ID        string `json:"id"`
	Name      string `json:"name"`
	VerifyKey string `json:"verify_key"` // hexadecimal
	Endpoint  string `json:"interactions_endpoint_url"`
}

// Errors of [Frontend.Check]: what to set right.
var (
	errOtherApplication = errors.New("discord.application_id is not the application of the token; leave it empty")
	errOtherKey         = errors.New("discord.public_key is not that of the application; copy it again from the developer portal")
	errNoEndpoint       = errors.New("the developer portal names no interactions endpoint URL, so nothing comes to discord.listen; " +
		"set it there, or leave discord.listen and discord.public_key empty")
	errEndpoint = errors.New("the developer portal names an interactions endpoint URL, so nothing comes by the gateway; " +
		"remove it there, or set discord.listen and discord.public_key")
)

// Check asks Discord whether it takes the token and whether the settings suit the application. It
// returns the application's name. It needs no [Options.Store] and no Run. The error is in words for
// the operator and never holds the token; [ErrToken] is one.
func (f *Frontend) Check(ctx context.Context) (name string, err error) {
	own, err := f.own(ctx)
	switch {
	case err != nil:
		return "", err
	case f.o.ApplicationID != "" && f.o.ApplicationID != own.ID:
		return own.Name, errOtherApplication
	case f.key == nil && own.Endpoint != "":
		return own.Name, errEndpoint
	case f.key == nil:
		return own.Name, nil
	case !strings.EqualFold(own.VerifyKey, f.o.PublicKey):
		return own.Name, errOtherKey
	case own.Endpoint == "":
		return own.Name, errNoEndpoint
	}
	return own.Name, nil
}

// own asks for the application of the token. See "Get Current Application" in Discord's reference.
func (f *Frontend) own(ctx context.Context) (own ownApplication, err error) {
	endpoint := discordgo.EndpointAPI + "applications/@me"
	if err := f.rest.do(ctx, http.MethodGet, endpoint, endpoint, nil, &own); err != nil {
		if err = f.refused(err); !errors.Is(err, ErrToken) {
			err = fmt.Errorf("discord is not reached: %w", err)
		}
		return own, err
	}
	if !snowflake(own.ID) {
		return own, errors.New("discord did not say which application the token belongs to; set discord.application_id")
	}
	return own, nil
}
