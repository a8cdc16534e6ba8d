package scenario

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"gopkg.in/yaml.v3"

	"accrue/internal/billing"
)

// Scenario is what a file says, section 12 of the rules. JSON is YAML.
type Scenario struct {
	file string

	Start      instant    `yaml:"start"`
	Settings   settings   `yaml:"settings"`
	Currencies []currency `yaml:"currencies"`
	Locations  []location `yaml:"locations"`
	PlanGroups []group    `yaml:"plan_groups"`
	Plans      []plan     `yaml:"plans"`
	Snapshots  *perGiB    `yaml:"snapshots"`
	Users      []user     `yaml:"users"`
	Events     []event    `yaml:"events"`
	End        instant    `yaml:"end"`
}

type settings struct {
	Low              *decimal `yaml:"low_balance"`
	Negative         *decimal `yaml:"negative_balance"`
	Suspension       *decimal `yaml:"suspension_balance"`
	Resume           *decimal `yaml:"resume_balance"`
	CreateOnNegative *bool    `yaml:"create_on_negative_balance"`
	ReserveHours     *int64   `yaml:"create_reserve_hours"`
	MinimumSeconds   *int64   `yaml:"minimum_charge_seconds"`
	Settlement       *string  `yaml:"settlement_interval"`
}

type currency struct {
	Code     string  `yaml:"code"`
	Value    decimal `yaml:"value_per_credit"`
	Prefix   string  `yaml:"prefix"`
	Suffix   string  `yaml:"suffix"`
	Decimals *int    `yaml:"decimals"`
	Default  bool    `yaml:"default"`
}

type location struct {
	Name        string       `yaml:"name"`
	Hypervisors []hypervisor `yaml:"hypervisors"`
}

type hypervisor struct {
	Name      string   `yaml:"name"`
	VCPUs     int64    `yaml:"vcpus"`
	MemoryMiB int64    `yaml:"memory_mib"`
	DiskGiB   int64    `yaml:"disk_gib"`
	GPUs      int64    `yaml:"gpus"`
	Tags      []string `yaml:"tags"`
	CPURatio  decimal  `yaml:"cpu_ratio"`
	Enabled   *bool    `yaml:"enabled"`
}

type group struct {
	Name string `yaml:"name"`
}

type plan struct {
	Name           string   `yaml:"name"`
	Group          string   `yaml:"group"`
	VCPUs          int64    `yaml:"vcpus"`
	MemoryMiB      int64    `yaml:"memory_mib"`
	DiskGiB        int64    `yaml:"disk_gib"`
	GPUs           int64    `yaml:"gpus"`
	Tags           []string `yaml:"tags"`
	Locations      []string `yaml:"locations"`
	Hourly         *decimal `yaml:"hourly"`
	Monthly        *decimal `yaml:"monthly"`
	StoppedPercent *int64   `yaml:"stopped_percent"`
}

// perGiB is what a GiB of a snapshot costs. Without it snapshots cost nothing.
type perGiB struct {
	Hourly  *decimal `yaml:"hourly"`
	Monthly *decimal `yaml:"monthly"`
}

type user struct {
	Name     string  `yaml:"name"`
	Currency string  `yaml:"currency"`
	Credit   decimal `yaml:"credit"`
}

// event is one thing that happens; exactly one of its pointers is set.
type event struct {
	At             instant         `yaml:"at"`
	User           string          `yaml:"user"`
	Create         *create         `yaml:"create"`
	Resize         *resize         `yaml:"resize"`
	Start          *named          `yaml:"start"`
	Stop           *named          `yaml:"stop"`
	Delete         *named          `yaml:"delete"`
	SnapshotCreate *snapshotCreate `yaml:"snapshot_create"`
	SnapshotDelete *named          `yaml:"snapshot_delete"`
	Credit         *decimal        `yaml:"credit"`
	Price          *price          `yaml:"price"`
	Settings       *settings       `yaml:"settings"`
	Currency       *value          `yaml:"currency"`
}

type create struct {
	Name     string `yaml:"name"`
	Plan     string `yaml:"plan"`
	Location string `yaml:"location"`
}

type resize struct {
	Name string `yaml:"name"`
	Plan string `yaml:"plan"`
}

type snapshotCreate struct {
	Name     string `yaml:"name"`
	Instance string `yaml:"instance"`
	Bytes    *int64 `yaml:"bytes"` // what it takes; absent: as much as the disk has
}

type named struct {
	Name string `yaml:"name"`
}

// price changes what a plan costs, or a GiB of a snapshot.
type price struct {
	Plan      string   `yaml:"plan"`
	Snapshots bool     `yaml:"snapshots"`
	Hourly    *decimal `yaml:"hourly"`
	Monthly   *decimal `yaml:"monthly"`
	Apply     string   `yaml:"apply"`
}

type value struct {
	Code  string  `yaml:"code"`
	Value decimal `yaml:"value_per_credit"`
}

// decimal is a number as it is written in the file, so that none passes through
// a float on its way.
type decimal string

func (d *decimal) UnmarshalYAML(node *yaml.Node) error {
	switch {
	case node.Kind != yaml.ScalarNode, node.Tag != "!!str" && node.Tag != "!!int" && node.Tag != "!!float":
		return fmt.Errorf("line %d: must be a number such as 12.50", node.Line)
	}
	*d = decimal(node.Value)
	return nil
}

func (d decimal) credits() (billing.Credits, error) {
	if d == "" {
		return 0, nil
	}
	return billing.ParseCredits(string(d))
}

// instant is a whole second in UTC, written as RFC 3339.
type instant struct{ billing.Instant }

func (i *instant) UnmarshalYAML(node *yaml.Node) error {
	t, err := time.Parse(time.RFC3339, node.Value)
	if err != nil || t.Nanosecond() != 0 {
		return fmt.Errorf("line %d: %q is not a second such as 2026-01-31T12:00:00Z", node.Line, node.Value)
	}
	i.Instant = billing.At(t)
	return nil
}

// Load reads a scenario from a file. What the file says that this program does
// not know is an error that names the line.
func Load(path string) (*Scenario, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	s, err := Parse(content)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	s.file = path
	return s, nil
}

// Parse reads a scenario.
func Parse(content []byte) (*Scenario, error) {
	decoder := yaml.NewDecoder(bytes.NewReader(content))
	decoder.KnownFields(true)
	var s Scenario
	if err := decoder.Decode(&s); err != nil {
		if errors.Is(err, io.EOF) {
			return nil, errors.New("the file is empty")
		}
		return nil, oneLine(err)
	}
	return &s, s.check()
}

// oneLine flattens what the YAML reader says about several lines.
func oneLine(err error) error {
	var several *yaml.TypeError
	if !errors.As(err, &several) {
		return errors.New(string(bytes.ReplaceAll([]byte(err.Error()), []byte("\n"), []byte(" "))))
	}
	return errors.New(several.Errors[0])
}

// check finds what could never be run.
func (s *Scenario) check() error {
	if s.Start.Instant == 0 || s.End.Instant == 0 {
		return errors.New("start and end must both be given")
	}
	if s.End.Instant < s.Start.Instant {
		return fmt.Errorf("end %s is before start %s", s.End, s.Start)
	}
	last := s.Start.Instant
	for n, e := range s.Events {
		switch {
		case e.At.Instant == 0:
			return fmt.Errorf("event %d has no time (at)", n+1)
		case e.At.Instant < last:
			return fmt.Errorf("event %d (%s): time goes backwards from %s to %s", n+1, e.kind(), last, e.At)
		case e.At.Instant > s.End.Instant:
			return fmt.Errorf("event %d (%s): %s is after the end, %s", n+1, e.kind(), e.At, s.End)
		case e.kind() == "":
			return fmt.Errorf("event %d (%s): says nothing or more than one thing; give one of create, resize, start, stop, delete, snapshot_create, snapshot_delete, credit, price, settings, currency", n+1, e.At)
		}
		last = e.At.Instant
	}
	return nil
}

// kind names what an event does; it is empty unless that is exactly one thing.
func (e event) kind() (kind string) {
	for _, part := range []struct {
		name string
		set  bool
	}{
		{"create", e.Create != nil}, {"resize", e.Resize != nil}, {"start", e.Start != nil}, {"stop", e.Stop != nil},
		{"delete", e.Delete != nil}, {"snapshot_create", e.SnapshotCreate != nil},
		{"snapshot_delete", e.SnapshotDelete != nil}, {"credit", e.Credit != nil}, {"price", e.Price != nil},
		{"settings", e.Settings != nil}, {"currency", e.Currency != nil},
	} {
		switch {
		case part.set && kind != "":
			return ""
		case part.set:
			kind = part.name
		}
	}
	return kind
}
