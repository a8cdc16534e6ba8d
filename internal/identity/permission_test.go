package identity

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// matrix is the policy as people read it: one column for every kind of caller,
// with "x" for what it may do. r, w and b are tokens with the scopes read,
// write and billing.
const matrix = `
                   customer    administrator
                   -  r  w  b  -  r  w  b
account:read       x  x  x  .  x  x  x  .
account:write      x  .  x  .  x  .  x  .
audit:read         .  .  .  .  x  x  x  .
billing:read       x  x  x  x  x  x  x  x
billing:write      x  .  x  .  x  .  x  .
catalog:write      .  .  .  .  x  .  x  .
credentials:prove  x  x  x  x  x  x  x  x
credentials:write  x  .  .  .  x  .  .  .
credits:write      .  .  .  .  x  .  x  .
fleet:read         .  .  .  .  x  x  x  .
fleet:write        .  .  .  .  x  .  x  .
instances:read     x  x  x  .  x  x  x  .
instances:write    x  .  x  .  x  .  x  .
reports:read       .  .  .  .  x  x  x  x
settings:read      .  .  .  .  x  x  x  .
settings:write     .  .  .  .  x  .  x  .
users:read         .  .  .  .  x  x  x  .
users:write        .  .  .  .  x  .  x  .
`

func TestPolicy(t *testing.T) {
	var callers []Who
	for _, role := range []Role{RoleCustomer, RoleAdministrator} {
		callers = append(callers, Who{Role: role, Via: ViaSession})
		for _, scope := range []Scope{ScopeRead, ScopeWrite, ScopeBilling} {
			callers = append(callers, Who{Role: role, Via: ViaToken, Scope: scope})
		}
	}
	var permissions []string
	for p := range policy {
		permissions = append(permissions, string(p))
	}
	slices.Sort(permissions)

	got := strings.SplitAfterN(matrix, "\n", 4)[:3] // the head
	for _, p := range permissions {
		line := p + strings.Repeat(" ", 19-len(p))
		for _, who := range callers {
			if who.May(Permission(p)) {
				line += "x  "
			} else {
				line += ".  "
			}
		}
		got = append(got, strings.TrimRight(line, " ")+"\n")
	}
	if diff := cmp.Diff(matrix, strings.Join(got, "")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestPolicyDeniesWhatItDoesNotKnow(t *testing.T) {
	admin := Who{Role: RoleAdministrator, Via: ViaSession}
	for _, test := range []struct {
		name string
		who  Who
		p    Permission
		want bool
	}{
		{"known", admin, ReadAudit, true},
		{"no permission", admin, "", false},
		{"unknown permission", admin, "audit:write", false},
		{"nobody", Who{}, ReadInstances, false},
		{"no role", Who{Via: ViaSession}, ReadInstances, false},
		{"unknown role", Who{Role: "root", Via: ViaSession}, ReadInstances, false},
		{"no way in", Who{Role: RoleAdministrator}, ReadInstances, false},
		{"unknown way in", Who{Role: RoleAdministrator, Via: "window"}, ReadInstances, false},
		{"token without scope", Who{Role: RoleAdministrator, Via: ViaToken}, ReadInstances, false},
		{"token with an unknown scope", Who{Role: RoleAdministrator, Via: ViaToken, Scope: "all"}, ReadInstances, false},
		{"session with the scope of a token", Who{Role: RoleCustomer, Via: ViaSession, Scope: ScopeRead}, WriteInstances, true},
		{"command line", Who{Role: RoleAdministrator, Via: ViaCLI}, WriteCredits, true},
		{"system", System("settlement"), WriteCredits, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := test.who.May(test.p); got != test.want {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}

func TestNoTokenMayMakeItselfPermanent(t *testing.T) {
	for _, role := range []Role{RoleCustomer, RoleAdministrator} {
		for _, scope := range []Scope{ScopeRead, ScopeWrite, ScopeBilling, ""} {
			who := Who{Role: role, Via: ViaToken, Scope: scope}
			if who.May(WriteCredentials) {
				t.Errorf("%+v may", who)
			}
		}
	}
}

// The password adds credentials to what a token may do, and nothing else.
func TestProofIsOfCredentialsAlone(t *testing.T) {
	for _, scope := range []Scope{ScopeRead, ScopeWrite, ScopeBilling} {
		token := Who{Role: RoleAdministrator, Via: ViaToken, Scope: scope}
		proven := token
		proven.Via = ViaProof
		for p := range policy {
			if got, want := proven.May(p), token.May(p) || p == WriteCredentials; got != want {
				t.Errorf("scope %s, %s: got %v, want %v", scope, p, got, want)
			}
		}
	}
	if (Who{Via: ViaProof}).May(WriteCredentials) {
		t.Error("nobody may, with a proof")
	}
}

func TestParseScope(t *testing.T) {
	for name, want := range map[string]bool{"read": true, "write": true, "billing": true, "": false, "Read": false, "all": false} {
		if scope, got := ParseScope(name); got != want || got && string(scope) != name {
			t.Errorf("ParseScope(%q) = %q, %v, want %v", name, scope, got, want)
		}
	}
}
