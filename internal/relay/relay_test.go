package relay

import "testing"

func TestAnAccountHasSoManyConsoles(t *testing.T) {
	var v Viewers
	for n := range maxViewers {
		if !v.Enter(1) {
			t.Fatalf("refused after %d", n)
		}
	}
	if v.Enter(1) || !v.Enter(2) {
		t.Error("one account's consoles count for another, or without a limit")
	}
	v.Leave(1)
	if !v.Enter(1) {
		t.Error("a console that was closed still counts")
	}
}
