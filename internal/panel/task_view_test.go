package panel_test

import (
	"errors"
	"testing"

	"accrue/internal/billing"
	"accrue/internal/panel"
)

func TestTasksAreTheirOwnersOnly(t *testing.T) {
	p := newProvider(t, "sqlite::memory:", 10)
	ida, bob := p.customer("ida", 100*billing.Credit), p.customer("bob", 100*billing.Credit)
	web := p.create(ida, "web")
	p.create(bob, "db")

	tasks, err := p.MyTasks(ctx, ida, panel.TaskFilter{AccountID: bob.AccountID})
	p.must(err)
	if len(tasks) != 1 || tasks[0].InstanceID != web.ID {
		t.Fatalf("ida's tasks are %+v, want the creation of web alone", tasks)
	}
	id := tasks[0].ID
	if got, err := p.Task(ctx, ida, id); err != nil || got != tasks[0] {
		t.Errorf("ida's task is %+v, %v, want %+v", got, err, tasks[0])
	}
	if got, err := p.Task(ctx, bob, id); !errors.Is(err, panel.ErrNotFound) || got != (panel.Task{}) {
		t.Errorf("for bob ida's task is %+v, %v, want not found", got, err)
	}
	if _, err := p.Task(ctx, ida, id+1000); !errors.Is(err, panel.ErrNotFound) {
		t.Errorf("a task that never was: got %v, want not found", err)
	}
	if tasks, err := p.MyTasks(ctx, admin, panel.TaskFilter{}); len(tasks) > 0 || !errors.Is(err, panel.ErrNotFound) {
		t.Errorf("somebody without an account has tasks %+v, %v, want not found", tasks, err)
	}
}
