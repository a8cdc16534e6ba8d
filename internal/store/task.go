package store

import (
	"accrue/internal/billing"
	"accrue/internal/panel"
)

const taskColumns = `id, kind, key, account_id, instance_id, hypervisor_id, mail_id, image_id, priority, state, step, attempt,
	created_at, run_at, expires_at, started_at, finished_at, lease_owner, lease_until, fence,
	requested_by, error_code, error_public, error_detail`

// openTask selects tasks that have not ended. Like open it is written out, the
// same as in the indexes of open tasks.
const openTask = `state IN ('queued', 'waiting', 'running')`

func scanTask(r row) (t panel.Task, err error) {
	err = r.Scan(&t.ID, &t.Kind, &t.Key, (*ref)(&t.AccountID), (*ref)(&t.InstanceID), (*ref)(&t.HypervisorID), (*ref)(&t.MailID), (*ref)(&t.ImageID),
		&t.Priority, &t.State, &t.Step, &t.Attempt,
		&t.CreatedAt, &t.RunAt, &t.ExpiresAt, &t.StartedAt, &t.FinishedAt, &t.LeaseOwner, &t.LeaseUntil, &t.Fence,
		&t.RequestedBy, &t.ErrorCode, &t.ErrorPublic, &t.ErrorDetail)
	return t, err
}

func (t *tx) InsertTask(k panel.Task) (int64, error) {
	return t.insert(`
		INSERT INTO tasks (kind, lane, key, account_id, instance_id, hypervisor_id, mail_id, image_id, priority, state, step, attempt,
			created_at, run_at, expires_at, started_at, finished_at, lease_owner, lease_until, fence,
			requested_by, error_code, error_public, error_detail)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24)
		ON CONFLICT DO NOTHING RETURNING id`,
		k.Kind, k.Kind.Lane(), k.Key, ref(k.AccountID), ref(k.InstanceID), ref(k.HypervisorID), ref(k.MailID), ref(k.ImageID), k.Priority, k.State, k.Step, k.Attempt,
		k.CreatedAt, k.RunAt, k.ExpiresAt, k.StartedAt, k.FinishedAt, k.LeaseOwner, k.LeaseUntil, k.Fence,
		k.RequestedBy, k.ErrorCode, k.ErrorPublic, k.ErrorDetail)
}

// itsTurn holds for a task t of no instance, and for one whose instance has
// neither a running task nor one that goes first: an older one, unless t has
// the higher priority. A running task whose lease ran out is claimed itself.
const itsTurn = `NOT EXISTS (
	SELECT 1 FROM tasks o
	WHERE o.instance_id = t.instance_id AND o.id <> t.id AND o.` + openTask + `
		AND (o.state = 'running' OR (t.state <> 'running' AND o.id < t.id AND o.priority >= t.priority)))`

// ClaimTask looks at all tasks of a lane to choose one, so claims of a lane take
// turns. Tasks that others are writing at the moment are passed over.
func (t *tx) ClaimTask(c panel.Claim) (panel.Task, error) {
	if err := t.store.engine.takeTurns(t, "claim/"+string(c.Lane)); err != nil {
		return panel.Task{}, err
	}
	return one(t, scanTask, `
		UPDATE tasks SET state = 'running', attempt = attempt + 1, fence = fence + 1, lease_owner = $1, lease_until = $2,
			started_at = CASE WHEN started_at = 0 THEN $3 ELSE started_at END
		WHERE id = (
			SELECT t.id FROM tasks t
			WHERE t.lane = $4 AND t.`+openTask+`
				AND (CASE WHEN t.state = 'running' THEN t.lease_until ELSE t.run_at END) <= $3
				AND `+itsTurn+`
				AND (SELECT COUNT(*) FROM tasks h WHERE h.hypervisor_id = t.hypervisor_id AND h.state = 'running'
					AND h.lease_until > $3) < $5
			ORDER BY t.priority DESC, t.run_at, t.id LIMIT 1 /*pg: FOR UPDATE SKIP LOCKED */)
		RETURNING `+taskColumns,
		c.Worker, c.Now+panel.Lease, c.Now, c.Lane, c.PerHypervisor)
}

func (t *tx) RenewLease(task, fence int64, until billing.Instant) error {
	rows, err := t.exec(`UPDATE tasks SET lease_until = $3 WHERE id = $1 AND fence = $2 AND state = 'running'`, task, fence, until)
	if err == nil && rows == 0 {
		return panel.ErrReplaced
	}
	return err
}

func (t *tx) UpdateTask(k panel.Task) error {
	rows, err := t.exec(`
		UPDATE tasks SET account_id = $3, instance_id = $4, hypervisor_id = $5, mail_id = $6, priority = $7, state = $8, step = $9,
			attempt = $10, run_at = $11, expires_at = $12, started_at = $13, finished_at = $14, lease_owner = $15, lease_until = $16,
			requested_by = $17, error_code = $18, error_public = $19, error_detail = $20, image_id = $21
		WHERE id = $1 AND fence = $2`,
		k.ID, k.Fence, ref(k.AccountID), ref(k.InstanceID), ref(k.HypervisorID), ref(k.MailID), k.Priority, k.State, k.Step,
		k.Attempt, k.RunAt, k.ExpiresAt, k.StartedAt, k.FinishedAt, k.LeaseOwner, k.LeaseUntil,
		k.RequestedBy, k.ErrorCode, k.ErrorPublic, k.ErrorDetail, ref(k.ImageID))
	if err == nil && rows == 0 {
		return panel.ErrReplaced
	}
	return err
}

func (t *tx) Task(id int64) (panel.Task, error) {
	return one(t, scanTask, `SELECT `+taskColumns+` FROM tasks WHERE id = $1`, id)
}

func (t *tx) ListTasks(l panel.TaskFilter) ([]panel.Task, error) {
	var f filter
	if len(l.IDs) > 0 {
		f.is(`id IN (` + list(&f, l.IDs) + `)`)
	}
	when(&f, `instance_id = $`, l.InstanceID)
	when(&f, `account_id = $`, l.AccountID)
	when(&f, `kind = $`, l.Kind)
	when(&f, `state = $`, l.State)
	when(&f, `id < $`, l.Before)
	if l.OpenOnly {
		f.is(openTask)
	}
	if l.Instances {
		f.is(`instance_id IS NOT NULL`)
	}
	return many(t, scanTask, `SELECT `+taskColumns+` FROM tasks`+f.where()+` ORDER BY id DESC`+f.limit(l.Limit), f.args...)
}

func (t *tx) CancelTasks(instance int64, at billing.Instant, reason string, kinds ...panel.TaskKind) error {
	return t.endTasks(`state IN ('queued', 'waiting')`, instance, at, reason, kinds)
}

func (t *tx) InterruptTasks(instance int64, at billing.Instant, reason string, kinds ...panel.TaskKind) error {
	return t.endTasks(openTask, instance, at, reason, kinds)
}

// endTasks moves the fence too, so that no run of a time before can write.
func (t *tx) endTasks(states string, instance int64, at billing.Instant, reason string, kinds []panel.TaskKind) error {
	if len(kinds) == 0 {
		return nil
	}
	f := filter{args: []any{instance, at, reason}}
	in := list(&f, kinds)
	_, err := t.exec(`
		UPDATE tasks SET state = 'canceled', finished_at = $2, error_code = 'canceled', error_public = $3,
			lease_owner = '', lease_until = 0, fence = fence + 1
		WHERE instance_id = $1 AND `+states+` AND kind IN (`+in+`)`, f.args...)
	return err
}

func (t *tx) WakeTasks(hypervisor int64, at billing.Instant) error {
	_, err := t.exec(`UPDATE tasks SET state = 'queued', run_at = $2 WHERE hypervisor_id = $1 AND state = 'waiting'`, hypervisor, at)
	return err
}

// NextDue passes over tasks whose turn has not come: another of their instance
// goes first, and its end is a moment of its own.
func (t *tx) NextDue() (panel.Due, error) {
	return one(t, func(r row) (due panel.Due, err error) {
		err = r.Scan(&due.Account, &due.Task)
		return due, err
	}, `
		SELECT COALESCE((SELECT MIN(next_event_at) FROM accounts), $1), COALESCE((
			SELECT MIN(CASE WHEN t.state = 'running' THEN t.lease_until ELSE t.run_at END)
			FROM tasks t WHERE t.`+openTask+` AND `+itsTurn+`), $1)`, billing.Never)
}

func (t *tx) CountTasks() (map[panel.TaskState]int64, error) {
	return count[panel.TaskState](t, `SELECT state, COUNT(*) FROM tasks GROUP BY state`)
}
