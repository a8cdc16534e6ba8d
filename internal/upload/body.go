// Package upload receives files that are too long for the time that a request
// usually has.
package upload

import (
	"io"
	"net/http"
	"time"
)

// patience is how long a sender may take for the next bytes.
const patience = 30 * time.Second

// Body is what a request carries, read as long as it takes: its sender is given
// up only when nothing comes for a while, and there is time to answer when it
// has come to its end.
func Body(w http.ResponseWriter, r *http.Request) io.Reader {
	return &body{r.Body, http.NewResponseController(w)}
}

type body struct {
	io.Reader
	deadlines *http.ResponseController
}

func (b *body) Read(p []byte) (int, error) {
	// A server that knows no deadlines sets none either.
	_ = b.deadlines.SetReadDeadline(time.Now().Add(patience))
	_ = b.deadlines.SetWriteDeadline(time.Now().Add(2 * patience))
	return b.Reader.Read(p)
}
