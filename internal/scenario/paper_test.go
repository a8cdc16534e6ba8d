package scenario_test

import (
	"math/big"
	"time"

	"gopkg.in/yaml.v3"
)

// paper is a scenario as somebody would write it down.
type paper struct {
	Start      time.Time       `yaml:"start"`
	Settings   paperSettings   `yaml:"settings"`
	Currencies []paperCurrency `yaml:"currencies"`
	Locations  []paperLocation `yaml:"locations"`
	PlanGroups []paperName     `yaml:"plan_groups"`
	Plans      []paperPlan     `yaml:"plans"`
	Snapshots  *paperPrice     `yaml:"snapshots,omitempty"`
	Users      []paperUser     `yaml:"users"`
	Events     []paperEvent    `yaml:"events"`
	End        time.Time       `yaml:"end"`
}

type paperSettings struct {
	Low              *string `yaml:"low_balance,omitempty"`
	Negative         *string `yaml:"negative_balance,omitempty"`
	Suspension       *string `yaml:"suspension_balance,omitempty"`
	Resume           *string `yaml:"resume_balance,omitempty"`
	CreateOnNegative *bool   `yaml:"create_on_negative_balance,omitempty"`
	ReserveHours     *int64  `yaml:"create_reserve_hours,omitempty"`
	MinimumSeconds   *int64  `yaml:"minimum_charge_seconds,omitempty"`
	Settlement       *string `yaml:"settlement_interval,omitempty"`
}

type paperCurrency struct {
	Code     string `yaml:"code"`
	Value    string `yaml:"value_per_credit"`
	Prefix   string `yaml:"prefix,omitempty"`
	Suffix   string `yaml:"suffix,omitempty"`
	Decimals *int   `yaml:"decimals,omitempty"`
	Default  bool   `yaml:"default,omitempty"`
}

type paperLocation struct {
	Name        string            `yaml:"name"`
	Hypervisors []paperHypervisor `yaml:"hypervisors"`
}

type paperHypervisor struct {
	Name     string   `yaml:"name"`
	VCPUs    int64    `yaml:"vcpus"`
	Memory   int64    `yaml:"memory_mib"`
	Disk     int64    `yaml:"disk_gib"`
	GPUs     int64    `yaml:"gpus,omitempty"`
	Tags     []string `yaml:"tags,omitempty"`
	CPURatio string   `yaml:"cpu_ratio,omitempty"`
	Enabled  *bool    `yaml:"enabled,omitempty"`
}

type paperName struct {
	Name string `yaml:"name"`
}

type paperPlan struct {
	Name    string   `yaml:"name"`
	Group   string   `yaml:"group"`
	VCPUs   int64    `yaml:"vcpus"`
	Memory  int64    `yaml:"memory_mib"`
	Disk    int64    `yaml:"disk_gib"`
	GPUs    int64    `yaml:"gpus,omitempty"`
	Tags    []string `yaml:"tags,omitempty"`
	Hourly  *string  `yaml:"hourly,omitempty"`
	Monthly *string  `yaml:"monthly,omitempty"`
	Stopped *int64   `yaml:"stopped_percent,omitempty"`
}

type paperUser struct {
	Name     string `yaml:"name"`
	Currency string `yaml:"currency,omitempty"`
	Credit   string `yaml:"credit,omitempty"`
}

type paperEvent struct {
	At             time.Time      `yaml:"at"`
	User           string         `yaml:"user,omitempty"`
	Create         *paperCreate   `yaml:"create,omitempty"`
	Resize         *paperCreate   `yaml:"resize,omitempty"`
	Start          *paperName     `yaml:"start,omitempty"`
	Stop           *paperName     `yaml:"stop,omitempty"`
	Delete         *paperName     `yaml:"delete,omitempty"`
	SnapshotCreate *paperSnapshot `yaml:"snapshot_create,omitempty"`
	SnapshotDelete *paperName     `yaml:"snapshot_delete,omitempty"`
	Credit         string         `yaml:"credit,omitempty"`
	Price          *paperPrice    `yaml:"price,omitempty"`
	Settings       *paperSettings `yaml:"settings,omitempty"`
	Currency       *paperCurrency `yaml:"currency,omitempty"`
}

type paperCreate struct {
	Name     string `yaml:"name"`
	Plan     string `yaml:"plan"`
	Location string `yaml:"location,omitempty"`
}

type paperSnapshot struct {
	Name     string `yaml:"name"`
	Instance string `yaml:"instance"`
	Bytes    *int64 `yaml:"bytes,omitempty"`
}

type paperPrice struct {
	Plan      string  `yaml:"plan,omitempty"`
	Snapshots bool    `yaml:"snapshots,omitempty"`
	Hourly    *string `yaml:"hourly,omitempty"`
	Monthly   *string `yaml:"monthly,omitempty"`
	Apply     string  `yaml:"apply,omitempty"`
}

// MarshalYAML writes an event on a line of its own.
func (e paperEvent) MarshalYAML() (any, error) {
	type plain paperEvent
	var node yaml.Node
	err := node.Encode(plain(e))
	node.Style = yaml.FlowStyle
	return &node, err
}

func whole(n *big.Int) int64 {
	if !n.IsInt64() {
		panic("too large: " + n.String())
	}
	return n.Int64()
}

func monthOf(t int64) time.Time {
	y, m, _ := time.Unix(t, 0).UTC().Date()
	return time.Date(y, m, 1, 0, 0, 0, 0, time.UTC)
}

func endOf(month time.Time) int64 { return month.AddDate(0, 1, 0).Unix() }

func stamp(t int64) string { return time.Unix(t, 0).UTC().Format(time.RFC3339) }

func rational(text string) *big.Rat {
	r, ok := new(big.Rat).SetString(text)
	if !ok {
		panic("not a number: " + text)
	}
	return r
}

// micro reads credits as microcredits, credits writes them.
func micro(text string) int64 {
	r := rational(text)
	r.Mul(r, big.NewRat(1e6, 1))
	if !r.IsInt() {
		panic("not a number of microcredits: " + text)
	}
	return whole(r.Num())
}

func credits(micro int64) string { return big.NewRat(micro, 1e6).FloatString(6) }
