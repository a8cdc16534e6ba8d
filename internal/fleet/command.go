package fleet

// Command is something that an owner asks of an instance.
type Command string

// The commands.
const (
	CommandStart    Command = "start"
	CommandStop     Command = "stop"
	CommandPowerOff Command = "power off" // at once, without asking the guest
	CommandReboot   Command = "reboot"
	CommandReset    Command = "reset" // a reboot without asking the guest
	CommandResize   Command = "resize"
	CommandRebuild  Command = "rebuild"
	CommandRestore  Command = "restore" // from a snapshot
	CommandSnapshot Command = "snapshot"
	CommandRescue   Command = "rescue" // on or off
	CommandPassword Command = "reset password"
	CommandEdit     Command = "edit" // what is only written down: labels, protection
	CommandDelete   Command = "delete"
	CommandConsole  Command = "console" // look at its screen, and type
)

// Refusal says why an instance does not accept a command in its present state.
// Code is for programs and never changes; Message is a sentence for the owner
// that says what is the case and, where there is something, what to do.
type Refusal struct {
	Code    string
	Message string
}

func (r *Refusal) Error() string { return r.Message }

// The codes of refusals.
const (
	CodeNotReady       = "not_ready"       // still being created
	CodeFailed         = "creation_failed" // was never there
	CodeDeleting       = "deleting"
	CodeDeleted        = "deleted"
	CodeSuspended      = "suspended"       // a hold forbids it
	CodeBusy           = "busy"            // an exclusive task is running
	CodeNotRunning     = "not_running"     // needs a running instance
	CodeUnknownCommand = "unknown_command" // no such command
)

// May returns nil if the instance accepts c now, or a *Refusal.
//
// Deleting is accepted in every state before deletion, and stopping always
// while the instance is active, even if it is held, unreachable or busy: nobody
// is kept from what ends their costs. What is only written down is accepted
// like deleting. Everything else needs an instance that nothing holds and
// nothing works on; a reboot, a reset or another password also needs a running
// one. A resize does not: it stops and starts the instance itself. A reset is also
// accepted while the instance reboots. A console shows an active instance that is
// on and that nothing holds, whatever works on it.
//
// Whether a command changes anything is not asked here. Starting what is
// started is accepted and changes nothing. So is what only a caller knows:
// protection, balance, room.
func (f Facts) May(c Command) error {
	var rules []func(Facts) *Refusal
	switch c {
	case CommandDelete, CommandEdit:
		rules = append(rules, deletable)
	case CommandStop, CommandPowerOff:
		rules = append(rules, active)
	case CommandStart, CommandResize, CommandRebuild, CommandRestore, CommandSnapshot, CommandRescue:
		rules = append(rules, active, free, idle)
	case CommandReboot, CommandPassword:
		rules = append(rules, active, free, idle, running)
	case CommandConsole:
		rules = append(rules, active, free, switchedOn)
	case CommandReset:
		if f.Activity == ActivityReboot {
			f.Activity = "" // a guest that does not restart is what a reset is for
		}
		rules = append(rules, active, free, idle, running)
	default:
		return &Refusal{CodeUnknownCommand, "There is no command " + string(c) + "."}
	}
	for _, rule := range rules {
		if refusal := rule(f); refusal != nil {
			return refusal
		}
	}
	return nil
}

func deletable(f Facts) *Refusal {
	switch f.Lifecycle {
	case LifecycleDeleting:
		return &Refusal{CodeDeleting, "The instance is being deleted; it costs nothing any more."}
	case LifecycleDeleted:
		return &Refusal{CodeDeleted, "The instance has been deleted."}
	}
	return nil
}

func active(f Facts) *Refusal {
	switch f.Lifecycle {
	case LifecycleActive:
		return nil
	case LifecycleFailed:
		return &Refusal{CodeFailed, "The instance could not be created; delete it and create another."}
	case LifecycleDeleting, LifecycleDeleted:
		return deletable(f)
	}
	return &Refusal{CodeNotReady, "The instance is still being created; try again when it runs."}
}

// free refuses what is held. Of several holds it names the one that its owner
// can do least about, because lifting the others would not help.
func free(f Facts) *Refusal {
	message := ""
	switch {
	case f.Holds.Empty():
		return nil
	case f.Holds.Has(HoldAbuse):
		message = "The instance is suspended because of a report of abuse; please contact support."
	case f.Holds.Has(HoldLost):
		message = "The instance was lost by its hypervisor; nothing is charged any more. Please contact support, or delete it."
	case f.Holds.Has(HoldAdmin):
		message = "The instance is suspended by an administrator; please contact support."
	case f.Holds.Has(HoldMaintenance):
		message = "The instance is suspended while its hypervisor is being maintained; it comes back by itself."
	default:
		message = "The instance is suspended because the balance is too low; after a top-up it comes back by itself."
	}
	return &Refusal{CodeSuspended, message}
}

func idle(f Facts) *Refusal {
	if f.Activity == "" {
		return nil
	}
	return &Refusal{CodeBusy, "Another task (" + f.Activity + ") is at work on the instance; try again when it is done."}
}

func running(f Facts) *Refusal {
	if f.Desired == PowerOn && f.Observed == PowerOn {
		return nil
	}
	return &Refusal{CodeNotRunning, "The instance is not running; start it instead."}
}

func switchedOn(f Facts) *Refusal {
	if f.Observed == PowerOn {
		return nil
	}
	return &Refusal{CodeNotRunning, "The instance is off. Start it."}
}
