// Package smtp writes the panel's mails and hands them to a mail server: it is
// panel.Mailer on SMTP.
package smtp
