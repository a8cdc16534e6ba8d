package web

import (
	"net/http"
	"strings"
	"testing"

	"accrue/internal/panel"
)

func TestEveryKindOfFindingIsExplained(t *testing.T) {
	for _, kind := range []panel.FindingKind{
		panel.FindOrphan, panel.FindMisplaced, panel.AlarmMassChange, panel.AlarmStranger, panel.AlarmUnreachable, panel.AlarmLost, panel.AlarmCrashing, panel.AlarmUnmetered,
	} {
		words := findingWords[kind]
		if kind.Title() == string(kind) || words.meaning == "" || words.button == "" || words.effect == "" {
			t.Errorf("%s: got %+v", kind, words)
		}
	}
}

func TestFindingsAreShownUntilTheyAreResolved(t *testing.T) {
	k := newConsole(t)
	root := k.admin()
	root.has(root.get("/admin/findings"), http.StatusOK, "All is as it should be")
	k.must(k.store.Update(t.Context(), func(tx panel.Tx) error {
		_, err := tx.InsertFinding(panel.Finding{
			Kind: panel.AlarmMassChange, HypervisorID: 1, Detail: "7 of 9 machines have changed at once", FoundAt: tx.Now(),
		})
		return err
	}))
	root.has(root.get("/admin/findings"), http.StatusOK, "Too much changed at once", "7 of 9 machines", `<span class="count">1</span>`)
	root.has(root.get("/admin/findings/1/resolve"), http.StatusOK, "The next look acts on what it sees")
	root.has(root.post("/admin/findings/1/resolve", "note", strings.Repeat("x", 501)), http.StatusUnprocessableEntity, "at most 500 characters")
	if a := root.post("/admin/findings/1/resolve", "note", "The disks were moved."); a.to() != "/admin/findings" {
		t.Errorf("got %d to %q", a.Code, a.to())
	}
	root.has(root.get("/admin/findings"), http.StatusOK, "All is as it should be")
	root.has(root.get("/admin/findings?state=all"), http.StatusOK, "The disks were moved.")
	root.has(root.get("/admin/findings/1/resolve"), http.StatusNotFound)
}
