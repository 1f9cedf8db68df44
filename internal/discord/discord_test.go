package discord_test

import (
	"testing"

	"go.uber.org/goleak"

	"github.com/clorebot/clorebot/internal/chat/chattest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestConformance(t *testing.T) { chattest.Run(t, start) }
