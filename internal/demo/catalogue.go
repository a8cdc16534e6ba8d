package demo

import (
	"accrue/internal/billing"
	"accrue/internal/fleet"
	"accrue/internal/panel"
)

// gpuTag is what hypervisors with GPUs have, and plans with GPUs ask for.
const gpuTag = "gpu:l4"

// price is a price in credits; what is empty is not given.
type price struct{ hourly, monthly string }

func (p price) input() (in panel.PriceInput, err error) {
	if in.Hourly, err = given(p.hourly); err == nil {
		in.Monthly, err = given(p.monthly)
	}
	return in, err
}

func given(text string) (*billing.Credits, error) {
	if text == "" {
		return nil, nil
	}
	amount, err := billing.ParseCredits(text)
	return &amount, err
}

type group struct {
	name, description string
	stopped           int64    // percent of the price while stopped
	tags, locations   []string // what its plans ask for, and where they are offered
	plans             []plan
}

type plan struct {
	name  string
	size  fleet.Resources
	price price
}

// catalogue is what the provider sells, in all three kinds of prices. A credit
// is a cent of a dollar.
var catalogue = []group{
	{
		name: "General", description: "Shared CPUs for web servers, databases and most of everything.", stopped: 100,
		plans: []plan{
			{"General 1", fleet.Resources{VCPUs: 1, MemoryMiB: 2048, DiskGiB: 40}, price{"1.2", "800"}},
			{"General 2", fleet.Resources{VCPUs: 2, MemoryMiB: 4096, DiskGiB: 80}, price{"2.4", "1600"}},
			{"General 4", fleet.Resources{VCPUs: 4, MemoryMiB: 8192, DiskGiB: 160}, price{"4.8", "3200"}},
			{"General 8", fleet.Resources{VCPUs: 8, MemoryMiB: 16384, DiskGiB: 320}, price{"9.6", "6400"}},
		},
	},
	{
		name: "Compute", description: "Much CPU by the second, for builds and batches. Half the price while stopped.", stopped: 50,
		plans: []plan{
			{"Compute 2", fleet.Resources{VCPUs: 2, MemoryMiB: 4096, DiskGiB: 40}, price{hourly: "3.2"}},
			{"Compute 4", fleet.Resources{VCPUs: 4, MemoryMiB: 8192, DiskGiB: 80}, price{hourly: "7"}},
			{"Compute 8", fleet.Resources{VCPUs: 8, MemoryMiB: 16384, DiskGiB: 160}, price{hourly: "14"}},
		},
	},
	{
		name: "Storage", description: "Large disks at a fixed price per month.", stopped: 100,
		plans: []plan{
			{"Storage 500", fleet.Resources{VCPUs: 1, MemoryMiB: 2048, DiskGiB: 500}, price{monthly: "1400"}},
			{"Storage 1000", fleet.Resources{VCPUs: 2, MemoryMiB: 4096, DiskGiB: 1000}, price{monthly: "2600"}},
			{"Storage 2000", fleet.Resources{VCPUs: 4, MemoryMiB: 8192, DiskGiB: 2000}, price{monthly: "4900"}},
		},
	},
	{
		name: "GPU", description: "A whole GPU or two, for models and rendering. Free while stopped.", stopped: 0,
		tags: []string{gpuTag}, locations: []string{"osl"},
		plans: []plan{
			{"GPU 1", fleet.Resources{VCPUs: 8, MemoryMiB: 32768, DiskGiB: 200, GPUs: 1}, price{"42", "28000"}},
			{"GPU 2", fleet.Resources{VCPUs: 16, MemoryMiB: 65536, DiskGiB: 400, GPUs: 2}, price{hourly: "84"}},
		},
	},
}
