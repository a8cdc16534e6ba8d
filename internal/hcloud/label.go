package hcloud

import (
	"maps"
	"slices"
	"strings"

	"accrue/internal/fleet"
)

// ours begins the keys of labels that the panel itself writes on what it shows.
const ours = "panel/"

// suspendedLabel says which hold keeps a server off. Clients know no suspension.
const suspendedLabel = ours + "suspended"

// labelsOf are labels as clients read them: an object, even if it is empty.
func labelsOf(l fleet.Labels) fleet.Labels {
	shown := fleet.Labels{}
	maps.Copy(shown, l)
	return shown
}

// theirs are the labels of a request without those that it only read here.
func theirs(l fleet.Labels) fleet.Labels {
	kept := labelsOf(l)
	maps.DeleteFunc(kept, func(key, _ string) bool { return strings.HasPrefix(key, ours) })
	return kept
}

// selected returns those of some things that the label selector of a request
// selects.
func selected[T any](c *call, things []T, labels func(T) fleet.Labels) ([]T, error) {
	selector, err := fleet.ParseSelector(c.URL.Query().Get("label_selector"))
	if err != nil {
		return nil, invalid("label_selector", err.Error())
	}
	return slices.DeleteFunc(things, func(t T) bool { return !selector.Matches(labels(t)) }), nil
}
