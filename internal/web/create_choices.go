package web

import (
	"fmt"
	"slices"
	"strings"

	"accrue/internal/billing"
	"accrue/internal/fleet"
	"accrue/internal/panel"
)

// scarce is how few instances may still fit before a plan's card says so.
const scarce = 3

// createView fills the create page with what can be chosen, what is, and what it
// costs.
func (s *server) createView(v *visit) (CreateView, order, error) {
	if err := s.showIn(v); err != nil {
		return CreateView{}, order{}, err
	}
	offer, images, image, err := s.offer(v)
	if err != nil {
		return CreateView{}, order{}, err
	}
	keys, err := s.Panel.SSHKeys(v.Context(), v.who)
	if err != nil {
		return CreateView{}, order{}, err
	}
	chosen := choose(offer, image, keys, v)
	if chosen.plan.ID == 0 && len(chosen.location.Plans) == 0 {
		return CreateView{Nothing: "Nothing is on offer yet. Your provider has to add locations and plans first."}, chosen, nil
	}
	if chosen.name == "" && !v.Form.Has("name") {
		taken, err := s.Panel.Instances(v.Context(), v.who, false)
		if err != nil {
			return CreateView{}, chosen, err
		}
		chosen.name = suggestName(taken)
	}
	month, err := s.month(v)
	if err != nil {
		return CreateView{}, chosen, err
	}
	currencies, err := s.Panel.Currencies(v.Context())
	if err != nil {
		return CreateView{}, chosen, err
	}
	view := CreateView{
		Locations: locationChoices(offer, chosen, month),
		Images:    imageChoices(images, image.ID),
		Groups:    groupChoices(offer, chosen, month),
		Currency:  currencyOptions(currencies, offer.Currency.Code),
		Keys:      keyChoices(keys, chosen.keys),
		UserData:  chosen.data,
		Password:  v.field("root_password") == "on",
		Name:      chosen.name,
		NameHelp:  "Lower-case letters, digits, hyphens and dots. It becomes the host name.",
		Shown:     drawnFor(offer, chosen.location),
		Changed:   chosen.changed,
	}
	var refused error
	view.Quote, refused, err = s.quote(v, chosen, offer)
	view.Errors = nameErrors(chosen.name, refused)
	return view, chosen, err
}

// offer is what can be had with the image that is chosen, of those that there are.
func (s *server) offer(v *visit) (offer panel.Offer, images []panel.Image, chosen panel.Image, err error) {
	if images, err = s.Panel.Images(v.Context(), v.who); err != nil {
		return offer, nil, chosen, err
	}
	chosen = chosenImage(images, v)
	offer, err = s.Panel.OfferFrom(v.Context(), v.who, chosen.ID)
	return offer, images, chosen, err
}

// showIn changes the currency of all pages, where a form asks for another.
func (s *server) showIn(v *visit) error {
	code := v.PostForm.Get("currency")
	if code == "" {
		return nil
	}
	known, err := s.Panel.Currencies(v.Context())
	if err != nil || !slices.ContainsFunc(known, func(c panel.DatedCurrency) bool { return c.Code == code }) {
		return err
	}
	money, err := s.Panel.Summary(v.Context(), v.who, v.who.AccountID)
	if err != nil || money.Account.Currency == code {
		return err
	}
	return s.Panel.ShowIn(v.Context(), v.who, code)
}

// month is the billing month of now.
func (s *server) month(v *visit) (billing.Month, error) {
	now, err := s.Panel.Now(v.Context())
	return now.Month(), err
}

func locationChoices(offer panel.Offer, chosen order, month billing.Month) []LocationChoice {
	var choices []LocationChoice
	for _, l := range offer.Locations {
		choice := LocationChoice{ID: text(l.ID), Place: placeOf(l.Location), Selected: l.ID == chosen.location.ID}
		plans, least := 0, billing.MaxCredits
		for _, plan := range l.Plans {
			if available(plan) {
				plans++
				least = min(least, plan.Price.HourlyEquivalent(month, 100))
			}
		}
		switch {
		case l.Apart:
			choice.Note, choice.Full = "The snapshot is not here", true
		case plans > 0:
			choice.Note = fmt.Sprintf("%s from %s / hour", count(plans, "plan"), offer.Currency.FormatHourly(least))
		case slices.ContainsFunc(l.Plans, func(plan panel.OfferedPlan) bool { return plan.Offered && !plan.TooSmall }):
			choice.Note, choice.Full = "Full at the moment", true
		default:
			choice.Note, choice.Full = "No plans here for this", true
		}
		choices = append(choices, choice)
	}
	return choices
}

// imageChoices gathers images into families, in the order they are listed in, and
// the account's snapshots, the newest first, behind them.
func imageChoices(images []panel.Image, chosen int64) []ImageChoice {
	var choices []ImageChoice
	for _, i := range slices.SortedStableFunc(slices.Values(images), snapshotsLast) {
		family := familyID(i)
		at := slices.IndexFunc(choices, func(c ImageChoice) bool { return c.Family == family })
		if at < 0 {
			at = len(choices)
			choices = append(choices, ImageChoice{Family: family, Name: i.Family, Glyph: glyph(i.Family)})
		}
		version := i.Version
		if i.Kind == panel.ImageSnapshot {
			choices[at].Name, choices[at].Own = "Snapshot", true
			version = i.Name() + ", " + dayAndTime(i.CreatedAt)
		}
		choices[at].Versions = append(choices[at].Versions, Option{Value: text(i.ID), Text: version, Selected: i.ID == chosen})
		choices[at].Selected = choices[at].Selected || i.ID == chosen
	}
	return choices
}

func snapshotsLast(a, b panel.Image) int {
	switch own := func(i panel.Image) bool { return i.Kind == panel.ImageSnapshot }; {
	case own(a) && own(b):
		return int(b.ID - a.ID)
	case own(a):
		return 1
	case own(b):
		return -1
	}
	return 0
}

// glyph is the first two letters of a family of images.
func glyph(family string) string {
	letters := []rune(family)
	return string(letters[:min(2, len(letters))])
}

func groupChoices(offer panel.Offer, chosen order, month billing.Month) []PlanGroupChoice {
	var choices []PlanGroupChoice
	for _, g := range offer.Groups {
		choice := PlanGroupChoice{ID: text(g.ID), Name: g.Name, Selected: g.ID == chosen.group}
		for _, plan := range chosen.location.Plans {
			if plan.GroupID == g.ID {
				choice.Plans = append(choice.Plans, offeredCard(offer, plan, chosen, month))
			}
		}
		if len(choice.Plans) > 0 {
			choices = append(choices, choice)
		}
	}
	if len(choices) > 0 && !slices.ContainsFunc(choices, func(c PlanGroupChoice) bool { return c.Selected }) {
		choices[0].Selected = true
	}
	return choices
}

// planCard is a plan with its price, as it is sold now.
func planCard(c billing.Currency, plan panel.Plan, month billing.Month) PlanCard {
	return PlanCard{
		ID:      text(plan.ID),
		Name:    plan.Name,
		Version: text(int64(plan.Price.ID)),
		Hourly:  hourly(c, plan.Price.HourlyEquivalent(month, 100)),
		Monthly: perMonth(c, plan.Price),
		Specs:   specsOf(plan.Size.Resources),
	}
}

func offeredCard(offer panel.Offer, plan panel.OfferedPlan, chosen order, month billing.Month) PlanCard {
	card := planCard(offer.Currency, plan.Plan, month)
	card.Selected = plan.ID == chosen.plan.ID
	switch {
	case !plan.Offered:
		card.Refused = elsewhere(offer, plan.ID)
	case plan.TooSmall:
		card.Refused = tooSmall(chosen.image, plan.Size.Resources)
	case plan.Room == 0:
		card.Refused = "No room here right now"
	case plan.Room == 1:
		card.Badge = Badge{"warn", "Only 1 left"}
	case plan.Room <= scarce:
		card.Badge = Badge{"warn", fmt.Sprintf("Only %d left", plan.Room)}
	}
	return card
}

// tooSmall says what an image needs that a size does not have.
func tooSmall(image panel.Image, size fleet.Resources) string {
	if image.DiskGiB() > size.DiskGiB {
		return fmt.Sprintf("Too small: needs %d GiB of disk", image.DiskGiB())
	}
	return "Too small: needs " + memory(image.MinMemoryMiB) + " of memory"
}

// elsewhere says where a plan can be had.
func elsewhere(offer panel.Offer, plan int64) string {
	var places []string
	for _, l := range offer.Locations {
		if slices.ContainsFunc(l.Plans, func(p panel.OfferedPlan) bool { return p.ID == plan && p.Offered }) {
			places = append(places, l.Name)
		}
	}
	switch n := len(places); n {
	case 0:
		return "Not offered at the moment"
	case 1:
		return "In " + places[0] + " only"
	default:
		return "In " + strings.Join(places[:n-1], ", ") + " and " + places[n-1] + " only"
	}
}
