package identity

import (
	"crypto/dsa"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"math/big"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"
)

const (
	publicKey   = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIL0tVfH7pJmsrbcvX9vMd4kYGNO4lFuO7dDWhKSVAFXg"
	fingerprint = "SHA256:" // 43 characters follow
)

func TestParseSSHKeyKeepsTheKeyWithItsComment(t *testing.T) {
	for _, text := range []string{publicKey, "  " + publicKey + " ida@laptop \n", publicKey + "\tida@laptop"} {
		got, err := ParseSSHKey(text)
		if err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		comment := strings.TrimSpace(strings.Replace(text, publicKey, "", 1))
		if got.Public != strings.TrimSpace(publicKey+" "+comment) || got.Type != "ssh-ed25519" || got.Comment != comment {
			t.Errorf("got %+v, want %s and the comment %q", got, publicKey, comment)
		}
		if len(got.Fingerprint) != len(fingerprint)+43 || !strings.HasPrefix(got.Fingerprint, fingerprint) {
			t.Errorf("got fingerprint %s", got.Fingerprint)
		}
	}
}

func TestParseSSHKeyDropsACommentThatIsNoText(t *testing.T) {
	got, err := ParseSSHKey(publicKey + " ida\x1b[2J")
	if err != nil || got.Public != publicKey || got.Comment != "" {
		t.Errorf("got %+v, %v, want the key alone", got, err)
	}
}

// marshal writes a key as in authorized_keys.
func marshal(t *testing.T, key any) string {
	t.Helper()
	public, err := ssh.NewPublicKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return string(ssh.MarshalAuthorizedKey(public))
}

func certificate(t *testing.T) string {
	t.Helper()
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := ssh.NewSignerFromKey(private)
	if err != nil {
		t.Fatal(err)
	}
	cert := &ssh.Certificate{Key: signer.PublicKey(), CertType: ssh.UserCert}
	if err := cert.SignCert(rand.Reader, signer); err != nil {
		t.Fatal(err)
	}
	return string(ssh.MarshalAuthorizedKey(cert))
}

func TestParseSSHKeySaysWhatIsWrong(t *testing.T) {
	short := new(big.Int).Lsh(big.NewInt(1), 767)
	secret := "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXk\n-----END OPENSSH PRIVATE KEY-----"
	one := big.NewInt(5)
	old := &dsa.PublicKey{Parameters: dsa.Parameters{P: new(big.Int).Lsh(one, 1021), Q: new(big.Int).Lsh(one, 157), G: one}, Y: one}
	for name, test := range map[string]struct{ text, says string }{
		"nothing":              {" \n", "paste a public key"},
		"words":                {"my key", "is not a public key"},
		"a comment":            {"# " + publicKey, "is not a public key"},
		"a cut key":            {publicKey[:60], "is not a public key"},
		"a private key":        {secret, "is a private key"},
		"options":              {`command="/bin/sh",no-pty ` + publicKey, "must not have options"},
		"an environment":       {`environment="A=B" ` + publicKey, "must not have options"},
		"a source address":     {`from="10.0.0.0/8" ` + publicKey, "must not have options"},
		"two keys":             {publicKey + "\n" + publicKey, "one key on one line"},
		"a newline in between": {"ssh-ed25519\n" + publicKey[12:], "one key on one line"},
		"a carriage return":    {publicKey + "\r" + publicKey, "one key on one line"},
		"too long":             {publicKey + " " + strings.Repeat("x", maxSSHKey), "has 8273 characters"},
		"a DSA key":            {marshal(t, old), "is a DSA key"},
		"a short RSA key":      {marshal(t, &rsa.PublicKey{N: short, E: 65537}), "is an RSA key of 768 bits"},
		"a certificate":        {certificate(t), "is a certificate"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := ParseSSHKey(test.text)
			if err == nil || !strings.Contains(err.Error(), test.says) {
				t.Fatalf("got %+v, %v, want %q", got, err, test.says)
			}
			if strings.Contains(err.Error(), "b3BlbnNzaC1rZXk") {
				t.Errorf("the error repeats what was given: %v", err)
			}
		})
	}
}

func FuzzParseSSHKey(f *testing.F) {
	for _, text := range []string{publicKey, "no-pty " + publicKey, "ssh-rsa AAAA", "ssh-ed25519 " + base64.StdEncoding.EncodeToString([]byte("x"))} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		key, err := ParseSSHKey(text)
		if err != nil {
			return
		}
		again, err := ParseSSHKey(key.Public)
		if err != nil || again.Public != key.Public || again.Fingerprint != key.Fingerprint || strings.ContainsAny(key.Public, "\r\n") {
			t.Errorf("%q is kept as %q, which reads as %+v, %v", text, key.Public, again, err)
		}
	})
}
