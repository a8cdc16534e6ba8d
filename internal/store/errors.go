package store

import (
	"database/sql"
	"errors"
	"fmt"

	"accrue/internal/panel"
)

// fault is a kind of failure of a statement.
type fault int

const (
	faultOther     fault = iota
	faultRace            // lost a race; trying again may help
	faultUnique          // a key that can exist once exists
	faultReference       // refers to what is not there, or is referred to
	faultLost            // there is no way to the database, or none to one that writes
)

// errRace marks a failure that goes away when the transaction is run again.
var errRace = errors.New("lost a race in the database")

// errLost marks that the database was lost before a transaction was committed.
// Nothing has come of the transaction, and it can be run again.
var errLost = errors.New("the database was lost")

// wrap gives an error of a driver the panel's meaning.
func (s *Store) wrap(err error) error {
	if err == nil || errors.Is(err, sql.ErrNoRows) {
		return err
	}
	switch s.engine.fault(err) {
	case faultRace:
		return fmt.Errorf("%w: %w", errRace, err)
	case faultLost:
		return fmt.Errorf("%w: %w", errLost, err)
	case faultUnique:
		return fmt.Errorf("%w: %w", panel.ErrExists, err)
	case faultReference:
		return fmt.Errorf("%w: %w", panel.ErrInUse, err)
	default:
		return err
	}
}
