package client

import "time"

// Address is an address of an instance.
type Address struct {
	Address     string `json:"address" example:"203.0.113.7"`
	Network     string `json:"network" example:"203.0.113.7/32" doc:"All that is routed to the instance: the address, or a network of 64 bits."`
	InstanceID  int64  `json:"instance_id"`
	ReverseName string `json:"reverse_name,omitempty" example:"mail.example.org" doc:"The name that it leads to."`
}

// AddressChange is what can be changed about an address.
type AddressChange struct {
	ReverseName string `json:"reverse_name" maxLength:"253" doc:"Empty: none."`
}

// AddressPool is a range of addresses that instances are given.
type AddressPool struct {
	ID int64 `json:"id"`
	PoolDefinition
	Size  int64            `json:"size" doc:"How many instances it has addresses for."`
	Free  int64            `json:"free" doc:"For how many more."`
	Taken map[string]int64 `json:"taken" doc:"What the others are: assigned, quarantined, reserved, blocked."`
}

// PoolDefinition is what an administrator says of an address pool.
type PoolDefinition struct {
	Name          string   `json:"name" minLength:"1" maxLength:"80"`
	Prefix        string   `json:"prefix" maxLength:"64" example:"203.0.113.0/24"`
	Bits          int      `json:"bits,omitempty" minimum:"0" maximum:"128" doc:"The length of what an instance gets: 32, 128 or 64. Absent: single addresses, but networks of 64 bits where an IPv6 prefix has several."`
	First         string   `json:"first,omitempty" maxLength:"64" doc:"The first address that may be given away; the first usable one if it is absent."`
	Last          string   `json:"last,omitempty" maxLength:"64"`
	Gateway       string   `json:"gateway,omitempty" maxLength:"64" doc:"Never given away."`
	DNS           []string `json:"dns,omitempty" maxItems:"8" doc:"Resolvers that guests are told of."`
	Network       string   `json:"network,omitempty" maxLength:"64" doc:"Of the hypervisors it is routed to; their own choice if it is absent."`
	LocationIDs   []int64  `json:"location_ids,omitempty" maxItems:"1000" doc:"It is routed to every hypervisor there."`
	HypervisorIDs []int64  `json:"hypervisor_ids,omitempty" maxItems:"1000" doc:"And to each of these."`
	Quarantine    *int64   `json:"quarantine_minutes,omitempty" minimum:"0" maximum:"43200" default:"60" doc:"For how long a released address is given to nobody."`
	Enabled       *bool    `json:"enabled,omitempty" default:"true"`
}

// PoolAddress is an address of a pool that is not free.
type PoolAddress struct {
	Number      int64      `json:"number"`
	Address     string     `json:"address"`
	State       string     `json:"state" enum:"assigned,quarantined,reserved,blocked"`
	InstanceID  int64      `json:"instance_id,omitempty"`
	ReverseName string     `json:"reverse_name,omitempty"`
	Until       *time.Time `json:"until,omitempty" doc:"When it is free again."`
	Note        string     `json:"note,omitempty"`
}

// AddressBlock keeps an address from being given to anybody.
type AddressBlock struct {
	Address string `json:"address" maxLength:"64" example:"203.0.113.9"`
	State   string `json:"state,omitempty" enum:"reserved,blocked" default:"blocked" doc:"reserved: the provider's own."`
	Note    string `json:"note,omitempty" maxLength:"200"`
}

// AddressUse is who had an address for a time.
type AddressUse struct {
	Network  string     `json:"network"`
	Account  Ref        `json:"account"`
	Instance Ref        `json:"instance"`
	From     time.Time  `json:"from"`
	To       *time.Time `json:"to,omitempty" doc:"Absent while it has it."`
}
