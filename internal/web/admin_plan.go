package web

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"accrue/internal/billing"
	"accrue/internal/panel"
)

func (s *server) adminNewPlan(w http.ResponseWriter, v *visit) error {
	plan := panel.Plan{StoppedPercent: 100, Visible: true, GroupID: number(v.field("group"))}
	view, err := s.planView(v, plan)
	if err != nil {
		return err
	}
	view.VCPUs, view.Memory, view.Disk = "", "", ""
	return s.showPlan(w, v, http.StatusOK, view)
}

func (s *server) adminPlan(w http.ResponseWriter, v *visit) error {
	plan, err := s.Panel.Plan(v.Context(), v.id())
	if err != nil {
		return err
	}
	view, err := s.planView(v, plan)
	if err != nil {
		return err
	}
	return s.showPlan(w, v, http.StatusOK, view)
}

func (s *server) showPlan(w http.ResponseWriter, v *visit, status int, view AdminPlanView) error {
	return s.adminShow(w, v, status, view.Title, func(p Page) templ.Component { return AdminPlanPage(p, view) })
}

// planView fills the form of a plan, new or not.
func (s *server) planView(v *visit, plan panel.Plan) (view AdminPlanView, err error) {
	view = AdminPlanView{
		Title: "Add plan", Name: plan.Name, Tags: strings.Join(plan.Size.Tags, " "), Stopped: text(plan.StoppedPercent), Visible: plan.Visible,
		VCPUs: text(plan.Size.VCPUs), Memory: text(plan.Size.MemoryMiB), Disk: text(plan.Size.DiskGiB), GPUs: text(plan.Size.GPUs),
		CPUPercent: text(plan.CPUPercent), IOPS: text(plan.IOPS), DiskMiBPerS: text(plan.DiskMiBPerS),
		Transfer: text(plan.TransferGiB), Throttle: text(plan.ThrottleMbit), Traffic: plan.TrafficPrice.Short(),
		TrafficMeaning: "0: nothing. It is a line of the usage report",
	}
	groups, err := s.Panel.PlanGroups(v.Context())
	if err != nil {
		return view, err
	}
	for _, g := range groups {
		view.Groups = append(view.Groups, Option{Value: text(g.ID), Text: g.Name, Selected: g.ID == plan.GroupID})
	}
	locations, err := s.Panel.Locations(v.Context())
	if err != nil {
		return view, err
	}
	for _, l := range locations {
		view.Locations = append(view.Locations, Option{Value: text(l.ID), Text: l.Name, Selected: plan.OfferedAt(l.ID)})
	}
	if plan.ID == 0 {
		return view, nil
	}
	view.ID, view.Title = text(plan.ID), plan.Name
	if plan.Price.Mode != billing.Monthly {
		view.Hourly = plan.Price.Hourly.Short()
	}
	if plan.Price.HasMonthly() {
		view.Monthly = plan.Price.Monthly.Short()
	}
	return view, s.besidePlan(v, plan, locations, &view)
}

// besidePlan fills in what is known of a plan that is sold already.
func (s *server) besidePlan(v *visit, plan panel.Plan, locations []panel.Location, view *AdminPlanView) error {
	currencies, err := s.Panel.Currencies(v.Context())
	if err != nil {
		return err
	}
	for _, c := range currencies {
		hourly, monthly := prices(c.Currency, plan.Price)
		if c.Default && plan.Price.Mode != billing.Monthly {
			view.HourlyMeaning = hourly
		}
		if c.Default && plan.Price.HasMonthly() {
			view.MonthlyMeaning = monthly
		}
		if c.Default && plan.TrafficPrice > 0 {
			view.TrafficMeaning = c.FormatHourly(plan.TrafficPrice)
		}
		view.Preview = append(view.Preview, PricePreview{Plan: c.Code, Hourly: hourly, Monthly: monthly})
	}
	for _, l := range locations {
		if !plan.OfferedAt(l.ID) {
			continue
		}
		hosts, err := s.Panel.Hypervisors(v.Context(), v.who, l.ID)
		if err != nil {
			return err
		}
		view.Fits = append(view.Fits, Fact{Label: l.Name, Value: Amount{Text: grouped(roomOn(hosts, plan))}})
	}
	return s.planHistory(v, plan, view)
}

func (s *server) planHistory(v *visit, plan panel.Plan, view *AdminPlanView) error {
	instances, err := s.Panel.FindInstances(v.Context(), v.who, panel.InstanceFilter{PlanID: plan.ID, LiveOnly: true})
	if err != nil {
		return err
	}
	versions, err := s.Panel.PriceHistory(v.Context(), v.who, plan.ID)
	if err != nil {
		return err
	}
	on := map[billing.PriceID]int64{}
	for _, i := range instances {
		on[i.PriceID]++
	}
	for n, x := range versions {
		row := PriceVersion{
			Number: strconv.Itoa(len(versions) - n), Hourly: "—", Monthly: "—", Mode: modeNames[x.Mode], Since: dated(x.At), By: actor(x.Actor),
			Instances: grouped(on[x.ID]), Now: n == 0,
		}
		if x.Mode != billing.Monthly {
			row.Hourly = credited(x.Hourly)
		}
		if x.HasMonthly() {
			row.Monthly = credited(x.Price.Monthly)
		}
		view.Versions = append(view.Versions, row)
	}
	if n := len(instances); n > 0 {
		view.Running = sentenceStart(are(n, "instance")) + " on this plan."
		view.Used = "It cannot be removed: " + are(n, "instance") + " on it. Hide it instead."
		return nil
	}
	view.Running = "No instance is on this plan."
	remove := removePlan(plan)
	view.Remove = &remove
	return nil
}

// plan reads the form into a plan. All locations ticked is everywhere, those
// that come later included.
func (e *entered) plan(plan panel.Plan, locations []Option) panel.Plan {
	plan.Name, plan.GroupID, plan.Visible = e.field("name"), number(e.field("group")), e.checked("visible")
	plan.Size.VCPUs, plan.Size.MemoryMiB = e.whole("vcpus", 0), e.whole("memory_mib", 0)
	plan.Size.DiskGiB, plan.Size.GPUs = e.whole("disk_gib", 0), e.whole("gpus", 0)
	plan.Size.Tags, plan.StoppedPercent = tags(e.field("tags")), e.whole("stopped_percent", 100)
	plan.CPUPercent, plan.IOPS, plan.DiskMiBPerS = e.whole("cpu_percent", 0), e.whole("iops", 0), e.whole("disk_mib_per_s", 0)
	plan.TransferGiB, plan.ThrottleMbit = e.whole("transfer_gib", 0), e.whole("throttle_mbit", 0)
	plan.Locations = nil
	for i := range locations {
		locations[i].Selected = slices.Contains(e.Form["location"], locations[i].Value)
		if locations[i].Selected {
			plan.Locations = append(plan.Locations, number(locations[i].Value))
		}
	}
	switch len(plan.Locations) {
	case len(locations):
		plan.Locations = nil
	case 0:
		e.errors["location"] = "Choose at least one; hide the plan to sell it nowhere."
	}
	return plan
}

// samePrice says whether what was entered is the price that is in force.
func samePrice(known panel.Plan, in panel.PriceInput) bool {
	entered, err := in.Price()
	entered.ID = known.Price.ID
	return err == nil && entered == known.Price && in.Traffic == known.TrafficPrice
}

func (s *server) adminSavePlan(w http.ResponseWriter, v *visit) error {
	var known panel.Plan
	var err error
	if v.PathValue("id") != "" {
		if known, err = s.Panel.Plan(v.Context(), v.id()); err != nil {
			return err
		}
	} else {
		known.Position = 1_000 // the last of its group
	}
	view, err := s.planView(v, known)
	if err != nil {
		return err
	}
	e := newEntered(v)
	plan := e.plan(known, view.Locations)
	price := panel.PriceInput{Hourly: e.price("hourly"), Monthly: e.price("monthly")}
	if amount := e.price("traffic"); amount != nil {
		price.Traffic = *amount
	}
	if e.ok() {
		if plan, err = s.savePlan(v, known, plan, price); err != nil {
			err = e.take(err, nil)
		}
		if err != nil {
			return err
		}
	}
	if e.ok() {
		return s.done(w, v, "/admin/plans/"+text(plan.ID), planSaved(known, plan, price, v.field("apply") == "existing"))
	}
	return s.showPlan(w, v, http.StatusUnprocessableEntity, e.planForm(view))
}

// savePlan saves a plan, and its price as a new version if that has changed. The
// price is looked at before anything is written.
func (s *server) savePlan(v *visit, known, plan panel.Plan, price panel.PriceInput) (panel.Plan, error) {
	if _, err := price.Price(); err != nil {
		return plan, err
	}
	saved, err := s.Panel.SavePlan(v.Context(), v.who, plan, price)
	if err != nil || known.ID == 0 || samePrice(known, price) {
		return saved, err
	}
	_, err = s.Panel.ChangePrice(v.Context(), v.who, known.ID, price, v.field("apply") == "existing")
	return saved, err
}

func planSaved(known, plan panel.Plan, price panel.PriceInput, existing bool) string {
	switch {
	case known.ID == 0:
		return plan.Name + " added."
	case samePrice(known, price):
		return plan.Name + " saved. Its price is the same."
	case existing:
		return plan.Name + " saved. Its new price is for all instances, from now on."
	}
	return plan.Name + " saved. Its new price is for new instances; those there are keep theirs."
}

// planForm is the form as it was typed.
func (e *entered) planForm(view AdminPlanView) AdminPlanView {
	view.Name, view.Tags, view.Stopped, view.Visible = e.field("name"), e.field("tags"), e.field("stopped_percent"), e.checked("visible")
	view.VCPUs, view.Memory, view.Disk, view.GPUs = e.field("vcpus"), e.field("memory_mib"), e.field("disk_gib"), e.field("gpus")
	view.CPUPercent, view.IOPS, view.DiskMiBPerS = e.field("cpu_percent"), e.field("iops"), e.field("disk_mib_per_s")
	view.Transfer, view.Throttle, view.Traffic = e.field("transfer_gib"), e.field("throttle_mbit"), e.field("traffic")
	view.Hourly, view.Monthly, view.Existing = e.field("hourly"), e.field("monthly"), e.field("apply") == "existing"
	for i := range view.Groups {
		view.Groups[i].Selected = view.Groups[i].Value == e.field("group")
	}
	view.Errors = e.errors
	return view
}
