package hcloud

import (
	"slices"
	"strings"
	"time"

	"accrue/internal/fleet"
	"accrue/internal/panel"
)

// image is what an instance's disk starts from, as clients read it.
type image struct {
	ID           int64           `json:"id"`
	Type         string          `json:"type"`
	Status       string          `json:"status"`
	Name         *string         `json:"name"`
	Description  string          `json:"description"`
	ImageSize    *float64        `json:"image_size"` // GB
	DiskSize     float64         `json:"disk_size"`  // GB
	Created      time.Time       `json:"created"`
	CreatedFrom  *createdFrom    `json:"created_from"`
	BoundTo      *int64          `json:"bound_to"`
	OSFlavor     string          `json:"os_flavor"`
	OSVersion    *string         `json:"os_version"`
	RapidDeploy  bool            `json:"rapid_deploy"`
	Architecture string          `json:"architecture"`
	Protection   imageProtection `json:"protection"`
	Labels       fleet.Labels    `json:"labels"`
	Deprecated   *time.Time      `json:"deprecated"`
	Deprecation  *struct{}       `json:"deprecation"`
	Deleted      *time.Time      `json:"deleted"`
}

type createdFrom struct {
	ID   int64  `json:"id"`
	Name string `json:"name"`
}

type imageProtection struct {
	Delete bool `json:"delete"`
}

// flavors are the families of systems that clients know by name.
var flavors = []string{"alma", "centos", "debian", "fedora", "opensuse", "rocky", "ubuntu"}

func imageOf(i panel.Image) image {
	shown := image{
		ID:           i.ID,
		Type:         string(i.Kind),
		Status:       "available",
		Description:  i.Name(),
		DiskSize:     float64(i.DiskGiB()),
		Created:      i.CreatedAt.Time().UTC(),
		OSFlavor:     "unknown",
		Architecture: "x86",
		Labels:       labelsOf(i.Labels),
	}
	if i.Arch == "aarch64" {
		shown.Architecture = "arm"
	}
	if i.Bytes > 0 {
		shown.ImageSize = new(float64(i.Bytes) / (1 << 30))
	}
	if i.Kind == panel.ImageSystem {
		shown.Name, shown.OSVersion = new(imageName(i)), new(i.Version)
		if flavor := strings.ToLower(i.Family); slices.Contains(flavors, flavor) {
			shown.OSFlavor = flavor
		}
	}
	return shown
}

// imageName is how clients name a system: "debian-13". A snapshot has no name.
func imageName(i panel.Image) string {
	if i.Kind != panel.ImageSystem {
		return ""
	}
	return strings.ReplaceAll(strings.ToLower(i.Name()), " ", "-")
}

func (k catalog) images() []image {
	all := make([]image, 0, len(k.Images))
	for _, i := range k.Images {
		all = append(all, imageOf(i))
	}
	for _, v := range k.snapshots {
		all = append(all, snapshotOf(v))
	}
	slices.SortFunc(all, by(func(i image) int64 { return i.ID }))
	return all
}

func (d *door) listImages(c *call) (reply, error) {
	known, err := d.catalog(c)
	if err != nil {
		return reply{}, err
	}
	for filter, values := range map[string][]string{
		"type":         {"system", "app", "snapshot", "backup"},
		"status":       {"available", "creating", "unavailable"},
		"architecture": {"x86", "arm"},
	} {
		if err := oneOf(c, filter, values...); err != nil {
			return reply{}, err
		}
	}
	name := func(i image) string {
		if i.Name == nil {
			return ""
		}
		return *i.Name
	}
	all := keep(c, "name", known.images(), name)
	all = keep(c, "type", all, func(i image) string { return i.Type })
	all = keep(c, "status", all, func(i image) string { return i.Status })
	all = keep(c, "architecture", all, func(i image) string { return i.Architecture })
	if all, err = selected(c, all, func(i image) fleet.Labels { return i.Labels }); err != nil {
		return reply{}, err
	}
	all = keep(c, "bound_to", all, func(image) string { return "" })
	return list(c, "images", all, order[image]{
		"id":      by(func(i image) int64 { return i.ID }),
		"name":    by(name),
		"created": func(a, b image) int { return a.Created.Compare(b.Created) },
	})
}

func (d *door) getImage(c *call) (reply, error) {
	known, err := d.catalog(c)
	if err != nil {
		return reply{}, err
	}
	return found(c, "image", known.images(), func(i image) int64 { return i.ID })
}

// image finds the image that a request means.
func (k catalog) image(r ref) (int64, error) {
	if r.empty() {
		return 0, invalid("image", "say which image; GET /images lists them")
	}
	for _, i := range k.Images {
		if r.means(i.ID, imageName(i)) {
			return i.ID, nil
		}
	}
	for _, v := range k.snapshots {
		if r.means(v.ID, "") {
			return v.ID, nil
		}
	}
	return 0, invalid("image", "there is no such image; GET /images lists them")
}
