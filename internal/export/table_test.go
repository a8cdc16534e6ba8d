package export

import "testing"

func TestCellsAreHarmless(t *testing.T) {
	for cell, want := range map[string]string{
		"web-1": "web-1", "=1+1": "'=1+1", "+x": "'+x", "-x": "'-x", "@x": "'@x", "-1.5": "-1.5", "": "", "\tx": "'\tx", "--1": "'--1",
	} {
		if got := harmless(cell); got != want {
			t.Errorf("harmless(%q) = %q, want %q", cell, got, want)
		}
	}
}

func TestCSV(t *testing.T) {
	table := Table{Rows: [][]string{{"-id", "name"}, {"1", "=a,\"b\""}}}
	if got, want := string(table.CSV()), "-id,name\n1,\"'=a,\"\"b\"\"\"\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
