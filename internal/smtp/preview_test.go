package smtp

import (
	"os"
	"path/filepath"
	"testing"

	"accrue/internal/panel"
)

// TestPreview writes every mail to the directory PREVIEW, to be looked at.
func TestPreview(t *testing.T) {
	dir := os.Getenv("PREVIEW")
	if dir == "" {
		dir = t.TempDir()
	}
	for _, mail := range everyMail() {
		message, err := Disabled().Render(mail)
		if err != nil {
			t.Fatal(err)
		}
		for ext, content := range map[string]string{".html": message.HTML, ".txt": message.Subject + "\n\n" + message.Text} {
			if err := os.WriteFile(filepath.Join(dir, string(mail.Kind)+ext), []byte(content), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// everyMail is one mail of each kind, as the panel fills them.
func everyMail() []panel.Mail {
	notice := panel.Notice{
		Provider:  "Northwind Cloud",
		Name:      "Ada's Labs",
		Limit:     "-€5.00",
		Instances: 3,
		At:        "Thu 10 Dec 2026, 12:00:00 UTC",
		TopUpURL:  "https://panel.example.com/billing/topup?from=mail&kind=notice",
		UsageURL:  "https://panel.example.com/usage",
	}
	low, negative, suspended, resumed := notice, notice, notice, notice
	low.Balance, low.Threshold, low.SuspendAt = "€4.82", "€10.00", "Fri 18 Dec 2026, 09:12 UTC"
	negative.Balance, negative.Threshold, negative.SuspendAt = "-€0.42", "-€0.01", "Mon 14 Dec 2026, 23:44 UTC"
	suspended.Balance, suspended.Threshold, suspended.ToLift = "-€5.02", "-€5.00", "€5.02"
	resumed.Balance, resumed.Threshold = "€44.98", "€0.00"
	test := panel.Notice{Provider: notice.Provider, At: notice.At, UsageURL: notice.UsageURL}
	token := panel.Notice{
		Provider: notice.Provider, Name: notice.Name, At: notice.At, UsageURL: notice.UsageURL,
		Token: "laptop (scope write, good until 10 Mar 2027)", AccountURL: "https://panel.example.com/account",
	}
	findings := panel.Notice{
		Provider: notice.Provider, At: notice.At, FindingsURL: "https://panel.example.com/admin/findings",
		Found: []string{
			"Nobody is billed for it, on hv1: web runs and has no meter",
			"Machine of no instance, on hv2: db (old), 2 vCPU, 2048 MiB, on",
		},
	}
	return []panel.Mail{
		{ID: 1, AccountID: 7, Kind: panel.MailLow, To: "ada@example.com", Notice: low, CreatedAt: 1796904000},
		{ID: 2, AccountID: 7, Kind: panel.MailNegative, To: "ada@example.com", Notice: negative, CreatedAt: 1796904000},
		{ID: 3, AccountID: 7, Kind: panel.MailSuspended, To: "ada@example.com", Notice: suspended, CreatedAt: 1796904000},
		{ID: 4, AccountID: 7, Kind: panel.MailResumed, To: "ada@example.com", Notice: resumed, CreatedAt: 1796904000},
		{ID: 5, Kind: panel.MailTest, To: "ada@example.com", Notice: test, CreatedAt: 1796904000},
		{ID: 6, AccountID: 7, Kind: panel.MailToken, To: "ada@example.com", Notice: token, CreatedAt: 1796904000},
		{ID: 7, Kind: panel.MailFindings, To: "root@example.com", Notice: findings, CreatedAt: 1796904000},
	}
}
