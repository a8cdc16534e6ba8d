package web

import (
	"cmp"
	"fmt"
	"hash/fnv"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"accrue/internal/billing"
	"accrue/internal/fleet"
	"accrue/internal/panel"
)

// order is what has been chosen on the create page. The page's address holds it,
// so that it can be kept, shared, and returned to after a top-up.
type order struct {
	location panel.OfferedLocation
	plan     panel.OfferedPlan
	group    int64
	image    panel.Image // the zero image if there are none
	name     string
	keys     []int64         // SSH keys
	allKeys  bool            // that there are
	data     string          // user data
	shown    billing.PriceID // the version of the plan's price that was on the page
	changed  string          // what had to be chosen instead of something else
}

// address is the create page with the choices made.
func (o order) address() string {
	query := url.Values{}
	for name, value := range map[string]int64{"location": o.location.ID, "group": o.group, "plan": o.plan.ID, "image": o.image.ID} {
		if value != 0 {
			query.Set(name, text(value))
		}
	}
	if o.name != "" {
		query.Set("name", o.name)
	}
	if !o.allKeys {
		query.Set("keys", "chosen")
		for _, id := range o.keys {
			query.Add("ssh_key", text(id))
		}
	}
	return "/create?" + query.Encode()
}

// wanted is the order as the application takes it.
func (o order) wanted() panel.NewInstance {
	return panel.NewInstance{
		Name: o.name, PlanID: o.plan.ID, LocationID: o.location.ID, ImageID: o.image.ID, Price: o.shown, SSHKeyIDs: o.keys, UserData: o.data,
	}
}

func (s *server) createForm(w http.ResponseWriter, v *visit) error {
	return s.showCreate(w, v, http.StatusOK, newKey(), nil)
}

// showCreate shows the create page with what has been chosen.
func (s *server) showCreate(w http.ResponseWriter, v *visit, status int, key string, errs Errors) error {
	view, _, err := s.createView(v)
	if err != nil {
		return err
	}
	view.Key = key
	view.KeyName, view.KeyText = v.field("key_name"), v.field("public_key")
	if view.Errors == nil {
		view.Errors = Errors{}
	}
	for field, message := range errs {
		switch {
		case field != "":
			view.Errors[field] = message
		case view.Quote.Changed == "": // otherwise the new price is shown, which says it all
			view.Quote.Refused = cmp.Or(view.Quote.Refused, message)
		}
	}
	p, err := s.page(w, v, "Create instance")
	if err != nil {
		return err
	}
	return s.render(w, v, status, CreatePage(p, view))
}

// create orders the instance. A price that has moved since the page was drawn is
// shown first, and nothing is ordered.
func (s *server) create(w http.ResponseWriter, v *visit) error {
	offer, _, image, err := s.offer(v)
	if err != nil {
		return err
	}
	key := cmp.Or(v.field("key"), newKey())
	if len(key) > 64 {
		key = newKey()
	}
	keys, err := s.Panel.SSHKeys(v.Context(), v.who)
	if err != nil {
		return err
	}
	wanted := choose(offer, image, keys, v).wanted()
	wanted.ClientRef = key
	wanted.Password = v.field("root_password") == "on" && len(wanted.SSHKeyIDs) == 0
	wanted.PlanID, wanted.LocationID = number(v.field("plan")), number(v.field("location")) // as asked for, not as mended
	wanted.Price = billing.PriceID(number(v.field("price-" + v.field("plan"))))
	made, err := s.Panel.CreateInstance(v.Context(), v.who, wanted)
	if err == nil && made.RootPassword != "" {
		return s.tell(w, v, made, "Root signs in with it when "+made.Name+" is up.", "")
	}
	if err == nil {
		http.Redirect(w, v.Request, instanceURL(made.ID), http.StatusSeeOther)
		return nil
	}
	errs, err := fieldErrors(s.inWords(v, err))
	if err != nil {
		return err
	}
	return s.showCreate(w, v, http.StatusUnprocessableEntity, key, errs)
}

// choose reads the choices of a visit and mends those that cannot be had.
func choose(offer panel.Offer, image panel.Image, keys []panel.SSHKey, v *visit) order {
	o := order{name: v.field("name"), image: image, data: userData(v)}
	o.keys, o.allKeys = chosenKeys(keys, v)
	if len(offer.Locations) == 0 || len(offer.Groups) == 0 {
		return o
	}
	asked := number(v.field("location"))
	if o.location = chosenLocation(offer, asked); asked != 0 && o.location.ID != asked {
		o.changed = image.Name() + " is in " + o.location.Name + " only, which is chosen instead."
	}
	o.pickPlan(offer, number(v.field("plan")), number(v.field("group")))
	if shown := number(v.field("price-" + text(o.plan.ID))); shown != 0 {
		o.shown = billing.PriceID(shown)
	}
	return o
}

// chosenLocation is the location asked for, or the first with room; for a snapshot
// the one that it is in.
func chosenLocation(offer panel.Offer, asked int64) panel.OfferedLocation {
	for _, fits := range []func(panel.OfferedLocation) bool{
		func(l panel.OfferedLocation) bool { return l.ID == asked && !l.Apart },
		func(l panel.OfferedLocation) bool { return slices.ContainsFunc(l.Plans, available) },
		func(l panel.OfferedLocation) bool { return !l.Apart },
	} {
		if n := slices.IndexFunc(offer.Locations, fits); n >= 0 {
			return offer.Locations[n]
		}
	}
	return offer.Locations[0]
}

func available(plan panel.OfferedPlan) bool { return plan.Offered && !plan.TooSmall && plan.Room > 0 }

// pickPlan takes the plan asked for if it can be had in the location, otherwise
// the one of its group that costs nearly as much, and says so.
func (o *order) pickPlan(offer panel.Offer, asked, group int64) {
	var wanted panel.OfferedPlan
	for _, plan := range o.location.Plans {
		if plan.ID == asked {
			wanted = plan
		}
	}
	o.plan, o.group = wanted, cmp.Or(group, wanted.GroupID)
	if wanted.ID != 0 && available(wanted) {
		return
	}
	within := cmp.Or(wanted.GroupID, group, firstGroup(offer, o.location))
	o.plan = panel.OfferedPlan{}
	for _, plan := range o.location.Plans {
		if available(plan) && (plan.GroupID == within || o.plan.ID == 0) && nearer(plan, o.plan, wanted, within) {
			o.plan = plan
		}
	}
	o.group = cmp.Or(group, o.plan.GroupID, within)
	if wanted.ID == 0 {
		return
	}
	o.group = cmp.Or(o.plan.GroupID, o.group)
	why := "There is no room for " + wanted.Name + " in " + o.location.Name + " right now."
	switch {
	case !wanted.Offered:
		why = wanted.Name + " is not offered in " + o.location.Name + "."
	case wanted.TooSmall:
		why = wanted.Name + " is too small for " + o.image.Name() + "."
	}
	if o.plan.ID != 0 {
		why += " " + o.plan.Name + " is chosen instead."
	}
	o.changed = strings.TrimSpace(o.changed + " " + why)
}

// nearer says whether a plan is a better stand-in for the wanted one than the
// best so far: of its group, and next to its price.
func nearer(plan, best, wanted panel.OfferedPlan, group int64) bool {
	if best.ID == 0 || (best.GroupID != group && plan.GroupID == group) {
		return true
	}
	distance := func(p panel.OfferedPlan) billing.Credits {
		d := p.Price.HourlyEquivalent(0, 100) - wanted.Price.HourlyEquivalent(0, 100)
		return max(d, -d)
	}
	return plan.GroupID == best.GroupID && distance(plan) < distance(best)
}

// firstGroup is the first group with a plan that can be had in a location.
func firstGroup(offer panel.Offer, location panel.OfferedLocation) int64 {
	for _, g := range offer.Groups {
		if slices.ContainsFunc(location.Plans, func(plan panel.OfferedPlan) bool { return plan.GroupID == g.ID && available(plan) }) {
			return g.ID
		}
	}
	return offer.Groups[0].ID
}

// chosenImage is the image asked for: by its number in an address, by family and
// version in the form; the first if none was.
func chosenImage(images []panel.Image, v *visit) panel.Image {
	asked := v.field("image")
	if version := number(v.field("image-" + asked)); version != 0 {
		asked = text(version)
	}
	for _, i := range images {
		if text(i.ID) == asked || familyID(i) == asked {
			return i
		}
	}
	if n := slices.IndexFunc(images, func(i panel.Image) bool { return i.Kind == panel.ImageSystem }); n >= 0 {
		return images[n]
	}
	return panel.Image{}
}

// imageLabel says what kind of image is chosen.
func (o order) imageLabel() string {
	if o.image.Kind == panel.ImageSnapshot {
		return "Snapshot"
	}
	return "Image"
}

// familyID is a family of images as it is written into names of fields. That of
// snapshots is like no system's.
func familyID(i panel.Image) string {
	if i.Kind == panel.ImageSnapshot {
		return "Snapshots"
	}
	return strings.ReplaceAll(strings.ToLower(i.Family), " ", "-")
}

// suggestName is the first name that the account has no instance of yet.
func suggestName(taken []panel.InstanceView) string {
	for n := 1; ; n++ {
		name := fmt.Sprintf("server-%d", n)
		if !slices.ContainsFunc(taken, func(i panel.InstanceView) bool { return i.Name == name }) {
			return name
		}
	}
}

// drawnFor names what the lists of a page were drawn for. The page sends it back
// with every change, to tell whether they still fit.
func drawnFor(offer panel.Offer, location panel.OfferedLocation) string {
	sum := fnv.New32a()
	for _, l := range offer.Locations {
		for _, plan := range l.Plans {
			fmt.Fprintln(sum, l.ID, l.Apart, plan.ID, plan.Price.ID, plan.Offered, plan.TooSmall, min(plan.Room, scarce+1))
		}
	}
	return fmt.Sprintf("%d %s %08x", location.ID, offer.Currency.Code, sum.Sum32())
}

// nameErrors complains about a name before it is sent.
func nameErrors(name string, refused error) Errors {
	if name == "" {
		return nil
	}
	if err := fleet.ValidateName(name); err != nil {
		return Errors{"name": sentence(err.Error())}
	}
	errs, err := fieldErrors(refused)
	if err != nil || errs["name"] == "" {
		return nil
	}
	return Errors{"name": errs["name"]}
}
