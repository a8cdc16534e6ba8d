package web

import (
	"fmt"
	"strconv"
	"strings"

	"accrue/internal/billing"
	"accrue/internal/panel"
)

// eventWords say what happened to an instance, behind its name.
var eventWords = map[string]string{
	panel.EventInstanceOrdered:   "ordered",
	panel.EventInstanceCreated:   "came up",
	panel.EventInstanceFailed:    "could not be created",
	panel.EventInstanceStarted:   "started",
	panel.EventInstanceStopped:   "stopped",
	panel.EventInstanceRebooted:  "restarted",
	panel.EventInstanceResized:   "resized",
	panel.EventInstanceRebuilt:   "rebuilt",
	panel.EventInstanceRestored:  "restored from a snapshot",
	panel.EventInstanceRescued:   "went into its rescue system",
	panel.EventRescueLeft:        "left its rescue system",
	panel.EventPasswordReset:     "has a new root password",
	panel.EventSnapshotTaken:     "has a new snapshot",
	panel.EventSnapshotProtected: "has another protection of a snapshot",
	panel.EventSnapshotFailed:    "has a snapshot that could not be taken",
	panel.EventSnapshotDeleted:   "has a snapshot less",
	panel.EventInstanceRenamed:   "renamed",
	panel.EventInstanceProtected: "has another protection",
	panel.EventInstanceDeleted:   "deleted",
	panel.EventInstanceSuspended: "suspended",
	panel.EventInstanceResumed:   "resumed",
	panel.EventReverseName:       "has a new reverse name",
	panel.EventConsoleOpened:     "console opened",
	panel.EventInstanceCrashed:   "does not stay up",
	panel.EventInstanceLost:      "was lost by its hypervisor",
	panel.EventInstanceFound:     "was found again",
}

// happened is an event as the customer it concerns reads it.
func happened(e panel.Event, c billing.Currency, v *visit) Event {
	shown := Event{At: when(e.At), Note: byWhom(e, v)}
	if word := eventWords[e.Kind]; word != "" {
		shown.Text = e.Name + " " + word
		shown.URL = instanceURL(e.InstanceID)
		shown.Note = join(instanceNote(e), shown.Note)
		return shown
	}
	shown.URL = "/billing"
	switch e.Kind {
	case panel.EventCreditAdded:
		shown.Text = creditText(e, c)
	case panel.EventBalanceLow:
		shown.Text, shown.Note = "Your balance is low", "Top up to keep your instances running"
	case panel.EventBalanceNegative:
		shown.Text, shown.Note = "Your balance is below zero", "Instances run on until it falls below the limit"
	case panel.EventAccountSuspended:
		shown.Text, shown.Note = "Your account was suspended", "Nothing is charged until it is resumed"
	case panel.EventAccountResumed:
		shown.Text, shown.Note = "Your account was resumed", "Instances return to how you left them"
	default:
		shown.Text, shown.URL = e.Name, ""
	}
	return shown
}

// feed is what happened to an account, newest first. Instances that were
// suspended or resumed together are told of together.
func feed(events []panel.Event, c billing.Currency, v *visit, limit int) []Event {
	var shown []Event
	together, last := 1, panel.Event{}
	for _, e := range events {
		many := e.Kind == panel.EventInstanceSuspended || e.Kind == panel.EventInstanceResumed
		if many && e.Kind == last.Kind && e.At == last.At {
			together++
			one := &shown[len(shown)-1]
			one.Text, one.URL = count(together, "instance")+" "+eventWords[e.Kind], "/instances"
			one.Note = strings.ReplaceAll(instanceNote(e), "it is", "they are")
			continue
		}
		if len(shown) == limit {
			break
		}
		shown, together, last = append(shown, happened(e, c, v)), 1, e
	}
	return shown
}

// ofInstance is an event on the page of the instance it is about, which need not
// be named.
func ofInstance(e panel.Event, v *visit) Event {
	word := eventWords[e.Kind]
	if word == "" {
		word = e.Kind
	}
	return Event{Text: strings.ToUpper(word[:1]) + word[1:], Note: join(instanceNote(e), byWhom(e, v)), At: when(e.At)}
}

// instanceNote is what an instance's event says beyond its kind. The name of a
// hypervisor is the provider's business.
func instanceNote(e panel.Event) string {
	switch e.Kind {
	case panel.EventInstanceOrdered, panel.EventReverseName,
		panel.EventSnapshotTaken, panel.EventSnapshotFailed, panel.EventSnapshotDeleted, panel.EventSnapshotProtected:
		return e.Detail
	case panel.EventInstanceResized:
		return "Now " + e.Detail
	case panel.EventInstanceRenamed:
		return "Now " + e.Name
	case panel.EventInstanceProtected:
		return "Against " + e.Detail
	case panel.EventInstanceCreated, panel.EventInstanceResumed, panel.EventInstanceFound:
		return "Billed from here on"
	case panel.EventInstanceCrashed:
		return "It is not restarted any more; look at its console and start it"
	case panel.EventInstanceLost:
		return "Nothing is charged since it was last seen"
	case panel.EventInstanceSuspended:
		return "Nothing is charged until it is resumed"
	case panel.EventInstanceFailed:
		return strings.TrimSuffix(e.Detail, ".")
	}
	return ""
}

// creditText says what was added to a balance, or taken from it.
func creditText(e panel.Event, c billing.Currency) string {
	credits, err := billing.ParseCredits(e.Detail)
	switch {
	case err != nil:
		return "Your credit changed"
	case credits < 0:
		return c.Format(-credits) + " of credit taken away"
	}
	return c.Format(credits) + " of credit added"
}

// byWhom names who did something, unless it was the panel by its own rules.
func byWhom(e panel.Event, v *visit) string {
	kind, name, found := strings.Cut(e.Actor, " ")
	user, person := strings.CutPrefix(kind, "user:")
	switch {
	case e.Kind == panel.EventCreditAdded:
		return "By your provider"
	case !found || !person:
		return ""
	case number(user) == v.who.UserID:
		return "By you"
	}
	return "By " + name
}

// instanceURL is the page of an instance.
func instanceURL(id int64) string { return fmt.Sprintf("/instances/%d", id) }

// text writes a number into a form or an address.
func text(id int64) string { return strconv.FormatInt(id, 10) }
