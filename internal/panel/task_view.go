package panel

import (
	"context"

	"accrue/internal/identity"
)

// MyTasks returns what a filter selects of the tasks of the caller's instances,
// newest first.
func (p *Panel) MyTasks(ctx context.Context, who identity.Who, f TaskFilter) (tasks []Task, err error) {
	f.AccountID, f.Instances = who.AccountID, true
	err = p.look(ctx, who, identity.ReadInstances, func(tx Tx) error {
		if who.AccountID == 0 {
			return ErrNotFound
		}
		tasks, err = tx.ListTasks(f)
		return err
	})
	return tasks, err
}

// Task returns a task of one of the caller's instances, or of any for an
// administrator.
func (p *Panel) Task(ctx context.Context, who identity.Who, id int64) (t Task, err error) {
	err = p.look(ctx, who, identity.ReadInstances, func(tx Tx) error {
		if t, err = tx.Task(id); err != nil {
			return err
		}
		if !who.Admin() && (t.AccountID != who.AccountID || t.InstanceID == 0) {
			t, err = Task{}, ErrNotFound
		}
		return err
	})
	return t, err
}
