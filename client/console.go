package client

import "time"

// NewConsole is a console to be opened.
type NewConsole struct {
	Kind string `json:"kind,omitempty" enum:"screen,serial" default:"screen"`
}

// Console is where an instance's screen or serial port can be seen.
type Console struct {
	URL       string    `json:"url" example:"wss://panel.example.com/v1/console/stream?ticket=..." doc:"Of a WebSocket. Good once."`
	Kind      string    `json:"kind"`
	ExpiresAt time.Time `json:"expires_at"`
}
