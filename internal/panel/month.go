package panel

import (
	"fmt"

	"accrue/internal/billing"
)

// freeze ends every month that is over: what it has cost is posted, its lines
// become the month's statement, and open segments count from its end on.
func (b *book) freeze() error {
	for b.busy() && b.account.Since.Month().End() <= b.now {
		if err := b.freezeMonth(b.account.Since.Month()); err != nil {
			return fmt.Errorf("account %d, month %s: %w", b.account.ID, b.account.Since.Month(), err)
		}
	}
	return nil
}

func (b *book) freezeMonth(month billing.Month) error {
	late := b.now
	b.now = month.End()
	defer func() { b.now = late }()
	if err := b.settle(); err != nil {
		return err
	}
	lines, err := monthLines(b.tx, b.account.ID, month, b.now)
	if err != nil {
		return err
	}
	if err := b.tx.InsertStatement(b.account.ID, month, b.now, lines); err != nil {
		return err
	}
	if b.account.Charged, err = b.position().Charges(b.now); err != nil {
		return err
	}
	b.account.Since = b.now
	return nil
}

// monthLines derives the lines of an account's month until an instant from its
// segments and one-offs.
func monthLines(tx Tx, account int64, month billing.Month, until billing.Instant) ([]billing.Line, error) {
	segments, oneOffs, err := monthUse(tx, account, month)
	if err != nil {
		return nil, err
	}
	return billing.LinesOf(segments, oneOffs, month, until), nil
}

func monthUse(tx Tx, account int64, month billing.Month) ([]billing.Segment, []billing.OneOff, error) {
	segments, err := tx.ListSegments(account, 0, month.Start(), month.End())
	if err != nil {
		return nil, nil, fmt.Errorf("segments: %w", err)
	}
	oneOffs, err := tx.ListOneOffs(account, month.Start(), month.End())
	if err != nil {
		return nil, nil, fmt.Errorf("one-offs: %w", err)
	}
	return segments, oneOffs, nil
}
