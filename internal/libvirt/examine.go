package libvirt

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"os/user"
	"strings"

	"golang.org/x/crypto/ssh"

	"accrue/internal/libvirt/rpc"
	"accrue/internal/panel"
)

// Examine looks closely at a machine, over a connection of its own.
func (*Hypervisors) Examine(ctx context.Context, settings panel.Hypervisor) panel.Examination {
	x := &examination{settings: settings}
	if x.enter(ctx) {
		x.tryEverything(ctx)
	}
	if x.host != nil {
		x.host.close()
	}
	return x.found
}

// examination is one that is under way.
type examination struct {
	settings panel.Hypervisor
	host     *host // nil until it could be made
	link     *link
	found    panel.Examination
	traits   traits // how its machines are run, once that is known
}

func (x *examination) say(name panel.CheckName, state panel.CheckState, detail, fix string) {
	x.found.Checks = append(x.found.Checks, panel.Check{Name: name, State: state, Detail: detail, Fix: fix})
}

func (x *examination) passed(name panel.CheckName, format string, args ...any) {
	x.say(name, panel.CheckPassed, fmt.Sprintf(format, args...), "")
}

// why is an error in the words of whoever made it.
func why(err error) string {
	var refused *rpc.Error
	if errors.As(err, &refused) {
		return sentence(refused.Message)
	}
	return sentence(err.Error())
}

// sentence puts what may be several lines into one.
func sentence(s string) string {
	return strings.TrimRight(strings.Join(strings.Fields(s), " "), ". ") + "."
}

// enter goes as far as to libvirt, and says whether it got there.
func (x *examination) enter(ctx context.Context) bool {
	e, err := newEndpoint(x.settings)
	if err != nil {
		x.say(panel.CheckReach, panel.CheckFailed, why(err), "Write the endpoint as docs/hypervisors.md has it.")
		return false
	}
	if e.scheme != "unix" && !x.identify(ctx, e) {
		return false
	}
	if x.host, err = newHost(x.settings); err != nil {
		x.say(panel.CheckAccess, panel.CheckFailed, why(err), keyFix(e))
		return false
	}
	x.link, err = x.host.connect(ctx)
	var stranger *strangerError
	switch {
	case errors.As(err, &stranger):
		x.found.Fingerprint = stranger.got
		x.say(panel.CheckIdentity, panel.CheckFailed, fmt.Sprintf("It shows %s, and not %s.", stranger.got, stranger.pin),
			"Find out on the machine itself whether its key was changed ("+fingerprintOn(e)+"). If so, save the new fingerprint; if not, somebody is in between.")
	case err != nil:
		x.refused(e, err)
	default:
		if e.scheme == "unix" {
			x.passed(panel.CheckReach, "libvirt is at %s.", e.socket)
		} else {
			x.found.Fingerprint = e.hostKey
			x.passed(panel.CheckIdentity, "It shows %s.", e.hostKey)
		}
		x.passed(panel.CheckAccess, "%s", map[string]string{
			"unix": "The panel's user may enter the socket.",
			"ssh":  "The key is accepted, and libvirt's socket can be reached with it.",
			"tls":  "libvirt accepts the panel's certificate.",
		}[e.scheme])
	}
	return err == nil
}

// identify finds a machine on the network, and says whether it is known who it
// should be.
func (x *examination) identify(ctx context.Context, e endpoint) bool {
	show, port := shownBySSH, "22"
	if e.scheme == "tls" {
		show, port = shownByTLS, "16514"
	}
	bounded, cancel := context.WithTimeout(ctx, connectPatience)
	defer cancel()
	shown, err := show(bounded, e)
	if err != nil {
		x.say(panel.CheckReach, panel.CheckFailed, why(err),
			fmt.Sprintf("See that the name is right, that the machine is up and that a firewall lets the panel through to %s. %s", e.address(port), map[string]string{
				"ssh": "Its SSH server must be there: systemctl status ssh.",
				"tls": "libvirt must listen there: systemctl enable --now libvirtd-tls.socket.",
			}[e.scheme]))
		return false
	}
	x.passed(panel.CheckReach, "It answers at %s.", e.address(port))
	if e.hostKey == "" {
		x.found.Fingerprint = shown
		x.say(panel.CheckIdentity, panel.CheckConfirm, "It shows "+shown+".",
			"Compare this with what the machine itself says, and confirm it if it is the same: "+fingerprintOn(e))
		return false
	}
	return true
}

// fingerprintOn is how to see on a machine which key it shows.
func fingerprintOn(e endpoint) string {
	if e.scheme == "tls" {
		return "openssl x509 -in /etc/pki/libvirt/servercert.pem -outform DER | openssl dgst -sha256 -binary | base64"
	}
	return "for key in /etc/ssh/ssh_host_*_key.pub; do ssh-keygen -lf $key; done"
}

// refused says at which door the panel was turned away.
func (x *examination) refused(e endpoint, err error) {
	channel := (*ssh.OpenChannelError)(nil)
	name, fix := panel.CheckAccess, "See what libvirt says of it: journalctl -u libvirtd."
	switch {
	case errors.Is(err, fs.ErrPermission):
		fix = fmt.Sprintf("Let the panel's user in, and start the panel again: usermod -aG libvirt %s", userName())
	case e.scheme == "unix" && errors.As(err, new(*net.OpError)):
		name = panel.CheckReach
		fix = "Install libvirt and start it: apt install libvirt-daemon-system qemu-system-x86; systemctl enable --now libvirtd.socket"
	case e.scheme == "ssh" && strings.Contains(err.Error(), "unable to authenticate"):
		fix = keyFix(e)
	case errors.As(err, &channel) && channel.Reason == ssh.Prohibited:
		fix = "The SSH server does not forward to sockets. Let it, for this user at least: AllowTcpForwarding yes and AllowStreamLocalForwarding yes in sshd_config, and port-forwarding before the key in authorized_keys. Or there is no libvirt at " + e.socket + ", or the user is not in its group: usermod -aG libvirt " + e.url.User.Username()
	case errors.As(err, &channel):
		fix = fmt.Sprintf("There is no libvirt at %s, or the user may not enter: systemctl enable --now libvirtd.socket; usermod -aG libvirt,libvirt-qemu %s", e.socket, e.url.User.Username())
	case e.scheme == "tls":
		fix = keyFix(e)
	}
	x.say(name, panel.CheckFailed, why(err), fix)
}

// keyFix is how to be let in with the key that the panel has.
func keyFix(e endpoint) string {
	if e.scheme == "tls" {
		return "The key file must hold a client's certificate and its private key in PEM, and the machine's /etc/pki/CA/cacert.pem must be of who signed it. docs/hypervisors.md has the commands."
	}
	secret, err := os.ReadFile(e.keyFile)
	if err != nil {
		return fmt.Sprintf("Make a key for the panel, readable for its user %s alone: ssh-keygen -t ed25519 -N '' -C 'accrue panel' -f %s", userName(), e.keyFile)
	}
	signer, err := ssh.ParsePrivateKey(secret)
	if err != nil {
		return "The file must hold a private key without a passphrase: ssh-keygen -t ed25519 -N '' -C 'accrue panel' -f " + e.keyFile
	}
	public := strings.TrimSpace(string(ssh.MarshalAuthorizedKey(signer.PublicKey())))
	return fmt.Sprintf("Put this line into the authorized_keys of %s on the machine: restrict,port-forwarding,command=\"/bin/false\" %s accrue panel", e.url.User.Username(), public)
}

func userName() string {
	if u, err := user.Current(); err == nil {
		return u.Username
	}
	return fmt.Sprint(os.Getuid())
}
