package identity

import "testing"

func TestActor(t *testing.T) {
	for _, test := range []struct {
		who  Who
		want string
	}{
		{Who{UserID: 12, Email: "ida@example.org", Name: "Ida", Via: ViaSession}, "user:12 ida@example.org"},
		{Who{UserID: 12, Email: "ida@example.org", Name: "Ida", Via: ViaToken}, "user:12 ida@example.org"},
		{Who{Name: "root", Via: ViaCLI}, "cli:root"},
		{System("settlement"), "system:settlement"},
		{Who{}, "nobody"},
	} {
		if got := test.who.Actor(); got != test.want {
			t.Errorf("%+v: got %q, want %q", test.who, got, test.want)
		}
	}
}

func TestAdminIsARole(t *testing.T) {
	for _, test := range []struct {
		who  Who
		want bool
	}{
		{Who{Role: RoleAdministrator}, true},
		{Who{Role: RoleCustomer}, false},
		{System("settlement"), true},
		{Who{}, false},
	} {
		if got := test.who.Admin(); got != test.want {
			t.Errorf("%+v: got %v, want %v", test.who, got, test.want)
		}
	}
}
