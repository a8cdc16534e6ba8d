package paneltest

import (
	"net/netip"
	"testing"

	"accrue/internal/billing"
	"accrue/internal/identity"
	"accrue/internal/panel"
)

func mailsComeBack(t *testing.T, s panel.Store) {
	w := build(t, s)
	m := whole(t, panel.Mail{
		ID: 1, AccountID: w.account, Kind: panel.MailLow, To: "ida@example.org", CreatedAt: 2, SentAt: 3, Attempts: 4, Error: "busy",
		Notice: panel.Notice{
			Provider: "a", Name: "b", Balance: "c", Threshold: "d", ToLift: "e", SuspendAt: "f", Limit: "g", Instances: 5, At: "h",
			TopUpURL: "i", UsageURL: "j", Token: "k", AccountURL: "l",
			Found: []string{"m", "n"}, FindingsURL: "o",
		},
	})
	m.ID = add(t, s, panel.Tx.InsertMail, m)
	read := func(tx panel.Tx) (panel.Mail, error) { return tx.Mail(m.ID) }
	same(t, s, m, read)
	test := panel.Mail{Kind: panel.MailTest, To: "root@example.org"}
	test.ID = add(t, s, panel.Tx.InsertMail, test)
	same(t, s, 1, panel.Tx.CountUnsentMails)

	m.SentAt, m.Attempts, m.Error = 0, 5, ""
	update(t, s, func(tx panel.Tx) error { return tx.UpdateMail(m) })
	same(t, s, m, read)
	same(t, s, 2, panel.Tx.CountUnsentMails)
	list := func(account, before int64, limit int, want ...panel.Mail) {
		t.Helper()
		same(t, s, want, func(tx panel.Tx) ([]panel.Mail, error) { return tx.ListMails(account, before, limit) })
	}
	list(0, 0, 10, test, m)
	list(0, 0, 1, test)
	list(0, test.ID, 1, m)
	list(w.account, 0, 10, m)
	m.ID += 99
	absent(t, s, read)
	fails(t, s, panel.ErrNotFound, func(tx panel.Tx) error { return tx.UpdateMail(m) })
}

func ordersComeBack(t *testing.T, s panel.Store) {
	w := build(t, s)
	o := whole(t, panel.Order{
		ID: 1, AccountID: w.account, Reference: "AC-1", Currency: "EUR", Units: 1000, Value: 2, Credits: 3, State: panel.OrderConfirmed,
		CreatedAt: 4, DecidedAt: 5, DecidedBy: "root", Note: "seen",
	})
	o.ID = add(t, s, panel.Tx.InsertOrder, o)
	read := func(tx panel.Tx) (panel.Order, error) { return tx.Order(o.ID) }
	same(t, s, o, read)
	fails(t, s, panel.ErrExists, func(tx panel.Tx) error {
		_, err := tx.InsertOrder(o)
		return err
	})
	second := panel.Order{AccountID: w.account, Reference: "AC-2", Currency: "EUR", Value: 1, State: panel.OrderPending}
	second.ID = add(t, s, panel.Tx.InsertOrder, second)
	update(t, s, func(tx panel.Tx) error {
		locked, err := tx.LockOrder(o.ID)
		if err != nil {
			return err
		}
		locked.State, locked.DecidedAt, locked.DecidedBy, locked.Note = panel.OrderRejected, 15, "ida", ""
		o = locked
		return tx.UpdateOrder(locked)
	})
	same(t, s, o, read)
	list := func(account int64, state panel.OrderState, before int64, limit int, want ...panel.Order) {
		t.Helper()
		same(t, s, want, func(tx panel.Tx) ([]panel.Order, error) { return tx.ListOrders(account, state, before, limit) })
	}
	list(0, "", 0, 10, second, o)
	list(w.account, "", 0, 1, second)
	list(w.account, "", second.ID, 1, o)
	list(0, panel.OrderPending, 0, 10, second)
	list(w.account+9, "", 0, 10)
	o.ID += 99
	absent(t, s, read)
	fails(t, s, panel.ErrNotFound, func(tx panel.Tx) error { return tx.UpdateOrder(o) })
	fails(t, s, panel.ErrNotFound, func(tx panel.Tx) error {
		_, err := tx.LockOrder(o.ID)
		return err
	})
}

func usersComeBack(t *testing.T, s panel.Store) {
	w := build(t, s)
	u := whole(t, panel.User{
		ID: 1, AccountID: w.account, Email: "ida@example.org", Name: "Ida", Role: identity.RoleCustomer, PasswordHash: "$argon2id$",
		CreatedAt: 2, Disabled: true,
	})
	u.ID = add(t, s, panel.Tx.InsertUser, u)
	read := func(tx panel.Tx) (panel.User, error) { return tx.User(u.ID) }
	same(t, s, u, read)
	same(t, s, u, func(tx panel.Tx) (panel.User, error) { return tx.UserByEmail("Ida@Example.ORG") })
	absent(t, s, func(tx panel.Tx) (panel.User, error) { return tx.UserByEmail("eda@example.org") })
	fails(t, s, panel.ErrExists, func(tx panel.Tx) error {
		_, err := tx.InsertUser(panel.User{Email: "IDA@example.org"})
		return err
	})
	root := panel.User{Email: "root@example.org", Role: identity.RoleAdministrator}
	root.ID = add(t, s, panel.Tx.InsertUser, root)
	same(t, s, []panel.User{root}, func(tx panel.Tx) ([]panel.User, error) { return tx.ListUsers(0) })
	same(t, s, []panel.User{u}, func(tx panel.Tx) ([]panel.User, error) { return tx.ListUsers(w.account) })

	root.Email = u.Email
	fails(t, s, panel.ErrExists, func(tx panel.Tx) error { return tx.UpdateUser(root) })
	u.Email, u.Name, u.Role, u.PasswordHash, u.Disabled, u.AccountID = "eda@example.org", "Eda", identity.RoleAdministrator, "", false, 0
	update(t, s, func(tx panel.Tx) error { return tx.UpdateUser(u) })
	same(t, s, u, read)
	u.ID += 99
	absent(t, s, read)
	fails(t, s, panel.ErrNotFound, func(tx panel.Tx) error { return tx.UpdateUser(u) })
}

func sessionsComeBack(t *testing.T, s panel.Store) {
	w := build(t, s)
	user, other := w.addUser(t, "ida@example.org"), w.addUser(t, "eda@example.org")
	first := whole(t, panel.Session{ID: 1, UserID: user, Hash: []byte{0, 1, 255}, CreatedAt: 2, SeenAt: 3, Address: "::1", Agent: "curl"})
	first.ID = add(t, s, panel.Tx.InsertSession, first)
	second := panel.Session{UserID: user, Hash: []byte{2}}
	second.ID = add(t, s, panel.Tx.InsertSession, second)
	read := func(tx panel.Tx) (panel.Session, error) { return tx.SessionByHash(first.Hash) }
	list := func(tx panel.Tx) ([]panel.Session, error) { return tx.ListSessions(user) }
	same(t, s, first, read)
	same(t, s, []panel.Session{second, first}, list)
	fails(t, s, panel.ErrExists, func(tx panel.Tx) error {
		_, err := tx.InsertSession(first)
		return err
	})
	first.SeenAt = 9
	update(t, s, func(tx panel.Tx) error { return tx.TouchSession(first.ID, 9) })
	same(t, s, first, read)
	fails(t, s, panel.ErrNotFound, func(tx panel.Tx) error { return tx.DeleteSession(other, first.ID) })
	update(t, s, func(tx panel.Tx) error { return tx.DeleteSession(user, first.ID) })
	absent(t, s, read)
	same(t, s, []panel.Session{second}, list)
	update(t, s, func(tx panel.Tx) error { return tx.DeleteSession(other, 0) })
	same(t, s, []panel.Session{second}, list)
	update(t, s, func(tx panel.Tx) error { return tx.DeleteSession(user, 0) })
	same(t, s, nil, list)
}

func tokensComeBack(t *testing.T, s panel.Store) {
	w := build(t, s)
	user, other := w.addUser(t, "ida@example.org"), w.addUser(t, "eda@example.org")
	k := whole(t, panel.APIToken{
		ID: 1, UserID: user, Name: "ci", Hash: []byte{7, 8}, Hint: "wxyz", Scope: identity.ScopeRead, CreatedAt: 2, ExpiresAt: billing.Never, UsedAt: 3,
		Ranges: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("2001:db8::/32")}, DailyCredits: 5,
	})
	k.ID = add(t, s, panel.Tx.InsertToken, k)
	second := panel.APIToken{UserID: user, Hash: []byte{9}}
	second.ID = add(t, s, panel.Tx.InsertToken, second)
	read := func(tx panel.Tx) (panel.APIToken, error) { return tx.TokenByHash(k.Hash) }
	list := func(tx panel.Tx) ([]panel.APIToken, error) { return tx.ListTokens(user) }
	same(t, s, k, read)
	same(t, s, []panel.APIToken{second, k}, list)
	fails(t, s, panel.ErrExists, func(tx panel.Tx) error {
		_, err := tx.InsertToken(k)
		return err
	})
	k.UsedAt = 9
	update(t, s, func(tx panel.Tx) error { return tx.TouchToken(k.ID, 9) })
	same(t, s, k, read)
	fails(t, s, panel.ErrNotFound, func(tx panel.Tx) error { return tx.DeleteToken(other, k.ID) })
	spend := func(day billing.Instant, added, want billing.Credits) {
		t.Helper()
		update(t, s, func(tx panel.Tx) error {
			limit, spent, err := tx.SpendToken(k.ID, day, added)
			if limit != k.DailyCredits || spent != want {
				t.Errorf("spent %d of %d on day %d, want %d of %d", spent, limit, day, want, k.DailyCredits)
			}
			return err
		})
	}
	spend(billing.Day, 2, 2)
	spend(billing.Day, 2, 4)
	spend(2*billing.Day, 1, 1)
	fails(t, s, panel.ErrNotFound, func(tx panel.Tx) error {
		_, _, err := tx.SpendToken(k.ID+100, billing.Day, 1)
		return err
	})
	update(t, s, func(tx panel.Tx) error { return tx.DeleteToken(user, k.ID) })
	absent(t, s, read)
	same(t, s, []panel.APIToken{second}, list)
}

func eventsComeBack(t *testing.T, s panel.Store) {
	w := build(t, s)
	events := []panel.Event{
		whole(t, panel.Event{ID: 1, AccountID: w.account, InstanceID: w.instance, Kind: panel.EventInstanceStarted, Name: "web1", Detail: "hv1", Actor: "ida", At: noon}),
		{AccountID: w.addAccount(t, "other"), Kind: panel.EventCreditAdded, At: noon + 1},
		{Kind: panel.EventSettingsChanged, At: noon + 2},
		{AccountID: w.account, Kind: panel.EventBalanceLow, At: noon + 3},
	}
	for i := range events {
		update(t, s, func(tx panel.Tx) error { return tx.InsertEvent(events[i]) })
		events[i].ID = 0
	}
	var ids []int64
	list := func(f panel.EventFilter, want ...int) {
		t.Helper()
		var expected []panel.Event
		for _, i := range want {
			expected = append(expected, events[i])
		}
		same(t, s, expected, func(tx panel.Tx) ([]panel.Event, error) {
			got, err := tx.ListEvents(f)
			ids = nil
			for i := range got {
				ids = append(ids, got[i].ID)
				got[i].ID = 0
			}
			return got, err
		})
	}
	list(panel.EventFilter{}, 3, 2, 1, 0)
	first, second, last := ids[3], ids[2], ids[0]
	list(panel.EventFilter{Limit: 2}, 3, 2)
	list(panel.EventFilter{AccountID: w.account}, 3, 0)
	list(panel.EventFilter{InstanceID: w.instance}, 0)
	list(panel.EventFilter{Before: last, Limit: 2}, 2, 1)
	list(panel.EventFilter{After: first, Limit: 2}, 1, 2)
	list(panel.EventFilter{AccountID: w.account, After: second}, 3)
	list(panel.EventFilter{After: last})
}

func auditComesBack(t *testing.T, s panel.Store) {
	first := whole(t, panel.AuditEntry{ID: 1, Actor: "root", Action: "settings.change", Subject: "settings", Detail: "low 5", At: noon})
	second := panel.AuditEntry{Actor: "accrue", Action: "account.suspend"}
	update(t, s, func(tx panel.Tx) error { return tx.InsertAudit(first) })
	update(t, s, func(tx panel.Tx) error { return tx.InsertAudit(second) })
	var got []panel.AuditEntry
	update(t, s, func(tx panel.Tx) (err error) {
		got, err = tx.ListAudit(0, 10)
		return err
	})
	if len(got) != 2 || got[0].ID <= got[1].ID {
		t.Fatalf("got %+v, want two, newest first", got)
	}
	second.ID, first.ID = got[0].ID, got[1].ID
	same(t, s, []panel.AuditEntry{second, first}, func(tx panel.Tx) ([]panel.AuditEntry, error) { return tx.ListAudit(0, 0) })
	same(t, s, []panel.AuditEntry{second}, func(tx panel.Tx) ([]panel.AuditEntry, error) { return tx.ListAudit(0, 1) })
	same(t, s, []panel.AuditEntry{first}, func(tx panel.Tx) ([]panel.AuditEntry, error) { return tx.ListAudit(second.ID, 5) })
}

func beatsAreKept(t *testing.T, s panel.Store) {
	same(t, s, nil, panel.Tx.ListBeats)
	b := whole(t, panel.Beat{Worker: "w2", StartedAt: 1, SeenAt: 2})
	update(t, s, func(tx panel.Tx) error { return tx.SaveBeat(b) })
	b.StartedAt, b.SeenAt = 3, 4
	update(t, s, func(tx panel.Tx) error { return tx.SaveBeat(b) })
	update(t, s, func(tx panel.Tx) error { return tx.SaveBeat(panel.Beat{Worker: "w1"}) })
	same(t, s, []panel.Beat{{Worker: "w1"}, b}, panel.Tx.ListBeats)
}
