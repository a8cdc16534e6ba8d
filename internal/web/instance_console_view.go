package web

import "strings"

// ConsoleView is the page at /instances/{id}/console, or at .../console/serial.
type ConsoleView struct {
	Kind   string // "screen" or "serial"
	Name   string
	URL    string // of the instance; the console's addresses hang below it
	Status Status
	Cover  ConsoleCover
	Nonce  string // serial: what the style elements of the terminal carry
}

// ConsoleCover is what stands in place of the screen while there is none.
type ConsoleCover struct {
	Text  string `json:"message"` // why there is none; "" when there should be one
	Wait  bool   `json:"wait"`    // it will come by itself
	Start bool   `json:"start"`   // starting the instance brings it
}

func (v ConsoleView) tabs() []Tab {
	return []Tab{
		{Text: "Screen", URL: v.URL + "/console", Current: v.Kind == "screen"},
		{Text: "Serial", URL: v.URL + "/console/serial", Current: v.Kind == "serial"},
	}
}

func (v ConsoleView) title() string { return "Console of " + v.Name }

// what is the thing that is shown, to a screen reader.
func (v ConsoleView) what() string {
	return strings.ToUpper(v.Kind[:1]) + v.Kind[1:] + " of " + v.Name
}

// from is the page below the instance's to return to.
func (v ConsoleView) from() string {
	if v.Kind == "serial" {
		return "console/serial"
	}
	return "console"
}
