package fleet

// Sight is what a complete look at a hypervisor showed of an instance's machine,
// beside what was known of the instance before.
type Sight struct {
	Facts            // Observed is what an earlier look showed
	Seen     Power   // what this one did: PowerAbsent if the machine is not there
	ByGuest  bool    // its guest has switched it off in an orderly way
	Busy     bool    // something is at work on it, or will be
	Rebooted bool    // the hypervisor has booted since it was last looked at
	Missed   int64   // how many looks before this, one after the other, did not find it
	TooSoon  bool    // the last of them was only just before
	Restarts []int64 // when it was restarted, in Unix seconds, the last one last
	GivenUp  bool    // it is not restarted any more
}

// Remedy is what is to be done about what was seen.
type Remedy string

// The remedies.
const (
	RemedyNone      Remedy = ""
	RemedySwitchOff Remedy = "switch off" // it runs and must not
	RemedySwitchOn  Remedy = "switch on"  // it is down because its hypervisor was
	RemedyRestart   Remedy = "restart"    // it went down by itself
	RemedyGiveUp    Remedy = "give up"    // it did so too often
	RemedyAdopt     Remedy = "adopt"      // its guest went off: its owner wants it off
	RemedyMiss      Remedy = "miss"       // it is not there; look again
	RemedyLose      Remedy = "lose"       // it is not there, for good
	RemedyFind      Remedy = "find"       // one that was lost is there again
)

// What makes a machine lost, and a guest one that does not stay up.
const (
	missesToLose   = 3
	restartsToHope = 3
	restartWindow  = 600 // seconds
)

// Remedy decides what to do at an instant, in Unix seconds. What is not known is
// not off: a power of PowerUnknown is left alone. What something is at work on is
// left to it.
func (s Sight) Remedy(now int64) Remedy {
	switch {
	case s.Lifecycle != LifecycleActive || s.Busy || s.Seen == PowerUnknown:
		return RemedyNone
	case s.Seen == PowerAbsent:
		return s.missing()
	case s.Holds.Has(HoldLost):
		return RemedyFind
	}
	up := s.Seen == PowerOn || s.Seen == PowerPaused
	switch {
	case up && !s.WantOn():
		return RemedySwitchOff
	case up || !s.WantOn():
		return RemedyNone
	case s.ByGuest && s.Seen == PowerOff:
		return RemedyAdopt
	case s.Rebooted:
		return RemedySwitchOn
	case s.GivenUp:
		return RemedyNone
	case len(s.Recent(now)) >= restartsToHope:
		return RemedyGiveUp
	}
	return RemedyRestart
}

func (s Sight) missing() Remedy {
	switch {
	case s.Holds.Has(HoldLost) || s.TooSoon:
		return RemedyNone
	case s.Missed+1 >= missesToLose:
		return RemedyLose
	}
	return RemedyMiss
}

// Recent are the restarts that still count.
func (s Sight) Recent(now int64) []int64 {
	for n, at := range s.Restarts {
		if now-at < restartWindow {
			return s.Restarts[n:]
		}
	}
	return nil
}

// Restart returns the restarts that count after one is ordered now, and after how
// many seconds it is to happen: later each time. A guest that went off without a
// crash is given some seconds, in which whoever saw it go may say why.
func (s Sight) Restart(now int64) (restarts []int64, after int64) {
	recent := s.Recent(now)
	after = [restartsToHope]int64{0, 15, 60}[min(len(recent), restartsToHope-1)]
	if s.Seen == PowerOff {
		after = max(after, 5)
	}
	return append(append([]int64(nil), recent...), now), after
}

// Surprising says whether the remedy answers to something new, which nothing that
// was done explains.
func (s Sight) Surprising(remedy Remedy) bool {
	switch remedy {
	case RemedyNone, RemedyFind, RemedySwitchOn:
		return false
	case RemedyMiss, RemedyLose:
		return s.Missed == 0
	}
	return s.Seen != s.Observed && !s.Rebooted
}

// TooMany says whether so many surprises among a hypervisor's machines are more
// likely a mistake in looking than the truth: more than three, and more than a
// fifth of them.
func TooMany(surprises, machines int64) bool {
	return surprises > 3 && surprises*5 > machines
}
