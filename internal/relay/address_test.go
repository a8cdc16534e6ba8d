package relay

import "testing"

func TestAddress(t *testing.T) {
	for _, test := range []struct{ public, want string }{
		{"", "ws://127.0.0.1:8080/v1/console/stream?ticket=t"},
		{"https://panel.example.com/", "wss://panel.example.com/v1/console/stream?ticket=t"},
		{"http://panel.example.com", "ws://panel.example.com/v1/console/stream?ticket=t"},
	} {
		if got := Address(test.public, "127.0.0.1:8080", "t"); got != test.want {
			t.Errorf("%q: got %q, want %q", test.public, got, test.want)
		}
	}
}
