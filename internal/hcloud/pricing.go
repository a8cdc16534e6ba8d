package hcloud

import "accrue/internal/panel"

// price is an amount of the account's currency. Accrue adds no tax.
type price struct {
	Net   string `json:"net"`
	Gross string `json:"gross"`
}

func priceOf(amount string) price { return price{Net: amount, Gross: amount} }

// typePrice is what a server type costs in a location.
type typePrice struct {
	Location        string `json:"location"`
	Hourly          price  `json:"price_hourly"`
	Monthly         price  `json:"price_monthly"`
	IncludedTraffic int64  `json:"included_traffic"` // bytes in a month; 0: as much as it likes
	PerTBTraffic    price  `json:"price_per_tb_traffic"`
}

// typePrice writes what a plan costs in the account's currency, to the digit that
// pages show: what is sold by the month alone has the hourly price of this month.
func (k catalog) typePrice(location string, p panel.Plan) typePrice {
	return typePrice{
		Location:        location,
		Hourly:          priceOf(k.Currency.AmountHourly(p.Price.HourlyEquivalent(k.now.Month(), 100))),
		Monthly:         priceOf(k.Currency.Amount(p.Price.PerMonth())),
		IncludedTraffic: p.Transfer(),
		PerTBTraffic:    priceOf(k.Currency.Amount(p.TrafficPrice * 1024)),
	}
}

// nothing is the price of what costs nothing.
func (k catalog) nothing() price { return priceOf(k.Currency.Amount(0)) }

// pricing are all prices.
type pricing struct {
	Currency    string       `json:"currency"`
	VATRate     string       `json:"vat_rate"`
	ServerTypes []pricedType `json:"server_types"`

	Image struct {
		PerGBMonth price `json:"price_per_gb_month"`
	} `json:"image"`
	Volume struct {
		PerGBMonth price `json:"price_per_gb_month"`
	} `json:"volume"`
	FloatingIP struct {
		Monthly price `json:"price_monthly"`
	} `json:"floating_ip"`
	Traffic struct {
		PerTB price `json:"price_per_tb"`
	} `json:"traffic"`
	ServerBackup struct {
		Percentage string `json:"percentage"`
	} `json:"server_backup"`

	FloatingIPs       []addressPrice `json:"floating_ips"`
	LoadBalancerTypes []struct{}     `json:"load_balancer_types"`
	PrimaryIPs        []addressPrice `json:"primary_ips"`
}

// pricedType is a server type and what it costs.
type pricedType struct {
	ID     int64       `json:"id"`
	Name   string      `json:"name"`
	Prices []typePrice `json:"prices"`
}

// addressPrice is what an address of a kind costs, by location.
type addressPrice struct {
	Type   string              `json:"type"`
	Prices []addressPriceThere `json:"prices"`
}

type addressPriceThere struct {
	Location string `json:"location"`
	Hourly   price  `json:"price_hourly"`
	Monthly  price  `json:"price_monthly"`
}

func (d *door) getPricing(c *call) (reply, error) {
	known, err := d.catalog(c)
	if err != nil {
		return reply{}, err
	}
	free := known.nothing()
	p := pricing{
		Currency:          known.Currency.Code,
		VATRate:           "0.000000",
		ServerTypes:       []pricedType{},
		LoadBalancerTypes: []struct{}{},
	}
	snapshots, err := d.Panel.SnapshotPrice(c.Context())
	if err != nil {
		return reply{}, err
	}
	p.Image.PerGBMonth = priceOf(known.Currency.Amount(snapshots.PerMonth()))
	p.Volume.PerGBMonth, p.FloatingIP.Monthly, p.Traffic.PerTB = free, free, free
	p.ServerBackup.Percentage = "0"
	for _, t := range known.serverTypes() {
		p.ServerTypes = append(p.ServerTypes, pricedType{t.ID, t.Name, t.Prices})
	}
	for _, kind := range []string{"ipv4", "ipv6"} {
		// hcloud-go goes out of bounds where there are fewer of these than of those.
		p.FloatingIPs = append(p.FloatingIPs, addressPrice{Type: kind, Prices: []addressPriceThere{}})
		included := addressPrice{Type: kind, Prices: []addressPriceThere{}}
		for _, l := range known.Locations {
			included.Prices = append(included.Prices, addressPriceThere{l.Slug, free, free})
		}
		p.PrimaryIPs = append(p.PrimaryIPs, included)
	}
	return ok("pricing", p), nil
}
