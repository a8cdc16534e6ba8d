package main

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"accrue/internal/smtp"
)

// mailServer is who takes mails, as flags or the environment say.
type mailServer struct{ smtp.Config }

// fromEnvironment are the flags that may also come from ACCRUE_SMTP_HOST and so
// on.
var fromEnvironment = []string{"smtp-host", "smtp-port", "smtp-user", "smtp-security"}

func (m *mailServer) flags(command *cobra.Command) {
	flags := command.Flags()
	flags.StringVar(&m.Host, "smtp-host", "", "send mails through `HOST` (or $ACCRUE_SMTP_HOST); without it they stay in the outbox")
	parse(flags, &m.Port, "smtp-port", "PORT", "at this port (default: 587, 465 with tls, 25 with none)", parsePort)
	flags.StringVar(&m.Username, "smtp-user", "", "as `USER`, with the password in $ACCRUE_SMTP_PASSWORD")
	parse(flags, &m.Security, "smtp-security", "HOW", "starttls, tls or none (default starttls)", parseSecurity)
}

// mailer returns who takes mails. Flags go before the environment.
func (m *mailServer) mailer(command *cobra.Command) (*smtp.Mailer, error) {
	for _, name := range fromEnvironment {
		variable := "ACCRUE_" + strings.ToUpper(strings.ReplaceAll(name, "-", "_"))
		if text := os.Getenv(variable); text != "" && !command.Flags().Changed(name) {
			if err := command.Flags().Lookup(name).Value.Set(text); err != nil {
				return nil, misuse("$%s: %v", variable, err)
			}
		}
	}
	m.Password = os.Getenv("ACCRUE_SMTP_PASSWORD")
	if m.Host == "" {
		if m.Port != 0 || m.Username != "" || m.Security != "" {
			return nil, misuse("--smtp-host: is needed with the other --smtp flags")
		}
		return smtp.Disabled(), nil
	}
	return smtp.New(m.Config), nil
}

func parsePort(text string) (int, error) {
	port, err := strconv.ParseUint(text, 10, 16)
	if err != nil || port == 0 {
		return 0, fmt.Errorf("%q is not a port between 1 and 65535", text)
	}
	return int(port), nil
}

func parseSecurity(text string) (smtp.Security, error) {
	security := smtp.Security(text)
	if !slices.Contains([]smtp.Security{smtp.StartTLS, smtp.TLS, smtp.None}, security) {
		return "", fmt.Errorf("%q is not starttls, tls or none", text)
	}
	return security, nil
}
