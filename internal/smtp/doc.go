// Package smtp is panel.Mailer on SMTP: it writes the panel's mails and hands
// them to a mail server.
//
// Each kind of mail is a pair of templates in the directory templates, one of
// text and one of HTML, inside layouts that all kinds share. The HTML is made
// for mail programs: tables, styles on the elements, no images and nothing
// fetched from anywhere.
//
// A message is handed over at least once. A caller that tries again after an
// error sends the same message with the same ID, which is how receivers know
// it.
package smtp
