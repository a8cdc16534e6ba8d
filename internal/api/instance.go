package api

import (
	"context"
	"fmt"
	"net/http"

	"accrue/client"
	"accrue/internal/billing"
	"accrue/internal/fleet"
	"accrue/internal/identity"
	"accrue/internal/panel"
)

func (s *server) instanceOperations() {
	list(s, operation{
		id: "list-instances", tag: "Instances", path: "/v1/instances", need: identity.ReadInstances,
		summary: "The account's instances, oldest first",
	}, func(i client.Instance) int64 { return i.ID }, s.listInstances)
	get(s, operation{
		id: "get-instance", tag: "Instances", path: "/v1/instances/{id}", need: identity.ReadInstances,
		summary: "An instance",
	}, func(ctx context.Context, who identity.Who, in *ByID) (client.Instance, error) {
		return s.instance(ctx, who, in.ID)
	})
	post(s, operation{
		id: "create-instance", tag: "Instances", path: "/v1/instances", need: identity.WriteInstances,
		summary: "Create an instance",
		text:    "It costs nothing before it is up, and its price from then on. The action says when it is.",
		status:  http.StatusAccepted, errors: []int{http.StatusPaymentRequired, http.StatusConflict},
	}, s.createInstance)
	patch(s, operation{
		id: "change-instance", tag: "Instances", path: "/v1/instances/{id}", need: identity.WriteInstances,
		summary: "Change an instance's name, labels or protection", errors: []int{http.StatusConflict, http.StatusLocked},
	}, s.changeInstance)
	register(s, operation{
		id: "delete-instance", tag: "Instances", method: http.MethodDelete, path: "/v1/instances/{id}", need: identity.WriteInstances,
		summary: "Delete an instance",
		text:    "It costs nothing from this second on, beyond its minimum charge. There is no way back.",
		status:  http.StatusAccepted, errors: []int{http.StatusConflict},
	}, s.deleteInstance)
}

// instanceQuery selects instances.
type instanceQuery struct {
	Page
	Name  string `query:"name" maxLength:"63" doc:"Only the one of that name."`
	Label string `query:"label_selector" maxLength:"500" example:"env=prod,!tmp" doc:"Only those with such labels."`
	All   bool   `query:"deleted" doc:"Deleted ones, too."`
}

func (s *server) listInstances(ctx context.Context, who identity.Who, in *instanceQuery, at span) ([]client.Instance, error) {
	if who.AccountID == 0 {
		return nil, newProblem(ctx, codeNotFound, "Administrators have no instances. Those of all accounts are at /v1/admin/instances.")
	}
	c, err := s.currency(ctx)
	if err != nil {
		return nil, err
	}
	selector, err := fleet.ParseSelector(in.Label)
	if err != nil {
		return nil, &panel.Invalid{Field: "label_selector", Message: err.Error()}
	}
	views, err := s.Panel.AllInstances(ctx, who, panel.InstanceFilter{
		AccountID: who.AccountID, Name: in.Name, Labels: selector, LiveOnly: !in.All, After: at.from, Limit: at.limit,
	})
	return each(views, func(v panel.InstanceView) client.Instance { return instanceOf(c, who, v) }), err
}

func (s *server) instance(ctx context.Context, who identity.Who, id int64) (client.Instance, error) {
	v, err := s.Panel.Instance(ctx, who, id)
	if err != nil {
		return client.Instance{}, err
	}
	c, err := s.currency(ctx)
	return instanceOf(c, who, v), err
}

func instanceOf(c billing.Currency, who identity.Who, v panel.InstanceView) client.Instance {
	i := client.Instance{
		ID: v.ID, Name: v.Name, Status: string(v.Status), Power: string(v.DesiredPower), Account: v.AccountID,
		Location: client.Ref{ID: v.LocationID, Name: v.Location.Name}, Plan: client.Ref{ID: v.PlanID, Name: v.Plan.Name},
		Resources: resources(v.Size), Price: price(c, v.Price), Percent: v.Percent, PerHour: hourly(c, v.Burn), MonthUsed: amount(c, v.MonthUsed),
		Addresses: each(v.Addresses, func(a panel.Address) string { return a.Addr.String() }), Labels: labels(v.Labels), Protection: client.Protection(v.Protection), Rescue: v.RescueImage != 0,
		Holds: holds(v.Facts.Holds), Failure: v.Failure, Actions: []client.Action{},
		CreatedAt: v.CreatedAt.Time(), UpAt: moment(v.ActivatedAt), DeletedAt: moment(v.DeletedAt),
	}
	if v.ImageID != 0 {
		i.Image = &client.Ref{ID: v.ImageID, Name: v.Image}
	}
	if who.Admin() && v.HypervisorID != 0 {
		i.Hypervisor = &client.Ref{ID: v.HypervisorID, Name: v.Hypervisor}
	}
	for _, t := range v.Tasks {
		if isAction(t) {
			i.Actions = append(i.Actions, action(t))
		}
	}
	return i
}

// labels are labels as JSON has them: an object, if an empty one.
func labels(l fleet.Labels) client.Labels {
	if l == nil {
		return client.Labels{}
	}
	return client.Labels(l)
}

// newInstanceInput is an order.
type newInstanceInput struct {
	Keyed
	Body client.NewInstance
}

func order(in client.NewInstance) panel.NewInstance {
	return panel.NewInstance{
		Name: in.Name, PlanID: in.PlanID, LocationID: in.LocationID, ImageID: in.ImageID, Price: billing.PriceID(in.PriceID),
		SSHKeyIDs: in.SSHKeyIDs, UserData: in.UserData, Labels: in.Labels, Password: in.Password, Off: in.Off,
	}
}

func (s *server) createInstance(ctx context.Context, who identity.Who, in *newInstanceInput) (outcome[client.Ordered], error) {
	made, err := s.Panel.CreateInstance(ctx, who, order(in.Body))
	if err != nil {
		return outcome[client.Ordered]{}, err
	}
	out, err := s.ordered(ctx, who, made.ID, 0)
	out.Body.RootPassword = made.RootPassword.Reveal()
	return out, err
}

// ordered is what a command to an instance has come to: the newest action, if it
// is newer than the one that was the newest before.
func (s *server) ordered(ctx context.Context, who identity.Who, id, before int64) (out outcome[client.Ordered], err error) {
	if out.Body.Instance, err = s.instance(ctx, who, id); err != nil {
		return out, err
	}
	tasks, err := s.Panel.InstanceTasks(ctx, who, id, 0, 1)
	out.Status = http.StatusOK
	if len(tasks) > 0 && tasks[0].ID > before {
		out.Status, out.Location = http.StatusAccepted, fmt.Sprintf("/v1/actions/%d", tasks[0].ID)
		out.Body.Action = given(action(tasks[0]))
	}
	return out, err
}

// newest is the number of an instance's newest task, or 0.
func (s *server) newest(ctx context.Context, who identity.Who, id int64) (int64, error) {
	tasks, err := s.Panel.InstanceTasks(ctx, who, id, 0, 1)
	if err != nil || len(tasks) == 0 {
		return 0, err
	}
	return tasks[0].ID, nil
}

// changeInstanceInput is a change of an instance.
type changeInstanceInput struct {
	ByID
	Body client.InstanceChange
}

func (s *server) changeInstance(ctx context.Context, who identity.Who, in *changeInstanceInput) (client.Instance, error) {
	if in.Body.Name != nil {
		if _, err := s.Panel.RenameInstance(ctx, who, in.ID, *in.Body.Name); err != nil {
			return client.Instance{}, err
		}
	}
	if in.Body.Labels != nil {
		if _, err := s.Panel.LabelInstance(ctx, who, in.ID, *in.Body.Labels); err != nil {
			return client.Instance{}, err
		}
	}
	if in.Body.Protection != nil {
		if _, err := s.Panel.ProtectInstance(ctx, who, in.ID, panel.Protection(*in.Body.Protection)); err != nil {
			return client.Instance{}, err
		}
	}
	return s.instance(ctx, who, in.ID)
}

func (s *server) deleteInstance(ctx context.Context, who identity.Who, in *ByID) (out *outcome[client.Ordered], err error) {
	err = s.Panel.Together(ctx, func(ctx context.Context) error {
		if _, err := s.Panel.DeleteInstance(ctx, who, in.ID); err != nil {
			return err
		}
		ordered, err := s.ordered(ctx, who, in.ID, 0)
		out = &ordered
		return err
	})
	return out, err
}
