package panel

import (
	"context"
	"crypto/sha256"
	"errors"

	"accrue/internal/billing"
	"accrue/internal/identity"
)

// Request is one that a caller named with a key, so that it can be sent again.
type Request struct {
	UserID int64
	Method string
	Path   string
	Key    string
	Hash   []byte // of what was sent
}

// NewRequest is a request with the hash of its body.
func NewRequest(user int64, method, path, key string, body []byte) Request {
	hash := sha256.Sum256(body)
	return Request{UserID: user, Method: method, Path: path, Key: key, Hash: hash[:]}
}

// Answer is what a request was answered with.
type Answer struct {
	Status   int64
	Location string // of what was made; empty if nothing was
	Body     string

	// Password is told with the first answer alone: no store keeps it.
	Password identity.RootPassword
}

// RequestsKept is for how long a key stands for its first request.
const RequestsKept = 72 * billing.Hour

// maxKey is how long a key may be.
const maxKey = 255

// Once answers a request once: do runs in one transaction with everything that
// it does through its context, and its answer is kept there. The same request
// gets the same answer from then on, and one that is sent meanwhile waits for it.
// An error of do leaves nothing, so that the request can be sent again. The same
// key with another body is refused with CodeKeyReused.
func (p *Panel) Once(ctx context.Context, r Request, do func(context.Context) (Answer, error)) (answer Answer, err error) {
	if r.Key == "" || len(r.Key) > maxKey {
		return answer, invalidf("Idempotency-Key", "must have between 1 and %d characters", maxKey)
	}
	err = p.update(ctx, func(tx Tx) error {
		err := tx.InsertRequest(r, tx.Now())
		if errors.Is(err, ErrExists) {
			answer, err = answered(tx, r)
			return err
		}
		if err != nil {
			return err
		}
		if answer, err = do(context.WithValue(ctx, joined{}, tx)); err != nil {
			return err
		}
		return tx.AnswerRequest(r, answer)
	})
	return answer, err
}

// Together does several use cases in one transaction: all of them, or none when
// do returns an error.
func (p *Panel) Together(ctx context.Context, do func(context.Context) error) error {
	return p.update(ctx, func(tx Tx) error { return do(context.WithValue(ctx, joined{}, tx)) })
}

// Alone is Together while nobody else changes what a permission is for: what do
// reads stays so until it has written.
func (p *Panel) Alone(ctx context.Context, who identity.Who, need identity.Permission, do func(context.Context) error) error {
	return p.change(ctx, who, need, func(tx Tx) error { return do(context.WithValue(ctx, joined{}, tx)) })
}

// answered is the answer that a request got before.
func answered(tx Tx, r Request) (Answer, error) {
	first, answer, err := tx.Request(r)
	if err == nil && string(first.Hash) != string(r.Hash) {
		err = refuse(CodeKeyReused, "This Idempotency-Key was used for another request. Use a new one.")
	}
	return answer, err
}

// joined marks a context whose use cases belong to a transaction.
type joined struct{}

// transactionOf returns the transaction that a context belongs to.
func transactionOf(ctx context.Context) (tx Tx, ok bool) {
	tx, ok = ctx.Value(joined{}).(Tx)
	return tx, ok
}
