package web

import (
	"strconv"

	"accrue/internal/fleet"
	"accrue/internal/panel"
)

// statusWords are the statuses whose own word says too little.
var statusWords = map[fleet.Status]string{
	fleet.StatusProvisioning: "Creating",
	fleet.StatusRebooting:    "Restarting",
	fleet.StatusUnknown:      "Not reachable",
}

// statusKinds choose mark and colour of a status; all others are busy.
var statusKinds = map[fleet.Status]string{
	fleet.StatusRunning:    "running",
	fleet.StatusStopped:    "stopped",
	fleet.StatusDeleted:    "stopped",
	fleet.StatusSuspending: "suspended",
	fleet.StatusSuspended:  "suspended",
	fleet.StatusUnknown:    "warn",
	fleet.StatusError:      "warn",
}

// statusWord is a status as people read it.
func statusWord(s fleet.Status) string {
	if word := statusWords[s]; word != "" {
		return word
	}
	return s.Label()
}

// statusOf is an instance's state with its mark.
func statusOf(i panel.InstanceView) Status {
	s := Status{Kind: statusKinds[i.Status], Text: statusWord(i.Status)}
	switch {
	case s.Kind == "":
		s.Kind = "busy"
	case i.Lifecycle == fleet.LifecycleFailed:
		s.Text = "Not created"
	case i.Status == fleet.StatusSuspended && i.DesiredPower == fleet.PowerOn:
		s.Note = "was running"
	case i.Status == fleet.StatusSuspended:
		s.Note = "was stopped"
	}
	return s
}

// placeOf names a location.
func placeOf(l panel.Location) Place { return Place{Country: l.Country, Name: l.Name} }

// memory is an amount of memory: "512 MiB", "1.5 GiB", "16 GiB".
func memory(mebibytes int64) string {
	if mebibytes < 1024 {
		return strconv.FormatInt(mebibytes, 10) + " MiB"
	}
	return strconv.FormatFloat(float64(mebibytes)/1024, 'f', -1, 64) + " GiB"
}

// specsOf is what a plan or an instance is made of.
func specsOf(size fleet.Resources) []Fact {
	specs := []Fact{
		{Label: "vCPU", Value: Amount{Text: strconv.FormatInt(size.VCPUs, 10)}},
		{Label: "Memory", Value: Amount{Text: memory(size.MemoryMiB)}},
		{Label: "Disk", Value: Amount{Text: strconv.FormatInt(size.DiskGiB, 10) + " GiB"}},
	}
	if size.GPUs > 0 {
		specs = append(specs, Fact{Label: "GPU", Value: Amount{Text: strconv.FormatInt(size.GPUs, 10)}})
	}
	return specs
}
