package web

import (
	"cmp"
	"fmt"
	"net/http"
	"strings"

	"github.com/a-h/templ"

	"accrue/internal/panel"
)

// imageStates are the states of an image in words.
var imageStates = map[panel.ImageState]Status{
	panel.ImageDraft: {Kind: "stopped", Text: "Waits for its file"}, panel.ImageImporting: {Kind: "busy", Text: "Being imported"},
	panel.ImageReady: {Kind: "running", Text: "Ready"}, panel.ImageFailed: {Kind: "suspended", Text: "Not imported"},
	panel.ImageRetired: {Kind: "stopped", Text: "Retired"},
}

func imageURL(id int64) string { return "/admin/images/" + text(id) }

func imageRow(i panel.Image) ImageRow {
	row := ImageRow{
		Name: i.Name(), URL: imageURL(i.ID), Note: i.Description, Arch: i.Arch, Status: imageStates[i.State],
		Minimum: minimumOf(i), Size: "–", On: "–",
	}
	if i.State == panel.ImageReady && !i.Visible {
		row.Status.Note = "not shown to customers"
	}
	if i.Bytes > 0 {
		row.Size, row.Digest = byteSize(i.Bytes), i.Digest[:min(12, len(i.Digest))]
	}
	return row
}

// minimumOf says what an instance must have that starts from an image.
func minimumOf(i panel.Image) string {
	var parts []string
	if disk := i.DiskGiB(); disk > 0 {
		parts = append(parts, fmt.Sprintf("%d GiB disk", disk))
	}
	if i.MinMemoryMiB > 0 {
		parts = append(parts, memory(i.MinMemoryMiB)+" memory")
	}
	return cmp.Or(strings.Join(parts, ", "), "nothing special")
}

func (s *server) adminImages(w http.ResponseWriter, v *visit) error {
	images, err := s.Panel.AdminImages(v.Context(), v.who)
	if err != nil {
		return err
	}
	settings, err := s.Panel.Settings(v.Context())
	if err != nil {
		return err
	}
	view := AdminImagesView{Addresses: settings.ImageURLs}
	for _, i := range images {
		row := imageRow(i)
		if hasFile(i) {
			replicas, err := s.Panel.Replicas(v.Context(), v.who, i.ID)
			if err != nil {
				return err
			}
			ready := 0
			for _, r := range replicas {
				if r.State == panel.ReplicaReady {
					ready++
				}
			}
			row.On = grouped(int64(ready))
		}
		view.Images = append(view.Images, row)
	}
	return s.adminShow(w, v, http.StatusOK, "Images", func(p Page) templ.Component { return AdminImagesPage(p, view) })
}

// hasFile says whether an image has a file that can be distributed.
func hasFile(i panel.Image) bool { return i.State == panel.ImageReady && i.Digest != "" }

func (s *server) adminImageAddresses(w http.ResponseWriter, v *visit) error {
	on := v.checked("addresses")
	if err := s.Panel.ChangeSettings(v.Context(), v.who, func(settings *panel.Settings) { settings.ImageURLs = on }); err != nil {
		return s.refused(w, v, "/admin/images", err)
	}
	if on {
		return s.done(w, v, "/admin/images", "Images may be fetched from addresses.")
	}
	return s.done(w, v, "/admin/images", "Images are no longer fetched from addresses.")
}

// systemImage is the image that the address names. Snapshots are their owners'.
func (s *server) systemImage(v *visit) (panel.Image, error) {
	i, err := s.Panel.Image(v.Context(), v.who, v.id())
	if err == nil && i.Kind != panel.ImageSystem {
		err = panel.ErrNotFound
	}
	return i, err
}

// imageForm fills the form with what is said about an image.
func (s *server) imageForm(v *visit, i panel.Image) (AdminImageFormView, error) {
	view := AdminImageFormView{
		Title: "Add image", Family: i.Family, Version: i.Version, Description: i.Description, MinDisk: text(i.MinDiskGiB), MinMemory: text(i.MinMemoryMiB), Visible: i.Visible,
	}
	for _, arch := range []string{panel.DefaultArch, "aarch64"} {
		view.Arches = append(view.Arches, Option{Value: arch, Text: arch, Selected: arch == i.Arch})
	}
	if i.ID != 0 {
		view.ID, view.Title = text(i.ID), "Edit "+i.Name()
		return view, nil
	}
	hosts, err := s.Panel.Hypervisors(v.Context(), v.who, 0)
	for _, h := range hosts {
		view.MaySimulate = view.MaySimulate || h.Driver == "sim"
	}
	return view, err
}

func (s *server) showImageForm(w http.ResponseWriter, v *visit, status int, view AdminImageFormView) error {
	return s.adminShow(w, v, status, view.Title, func(p Page) templ.Component { return AdminImageFormPage(p, view) })
}

func (s *server) adminNewImage(w http.ResponseWriter, v *visit) error {
	view, err := s.imageForm(v, panel.Image{Arch: panel.DefaultArch, Visible: true})
	if err != nil {
		return err
	}
	return s.showImageForm(w, v, http.StatusOK, view)
}

func (s *server) adminEditImage(w http.ResponseWriter, v *visit) error {
	i, err := s.systemImage(v)
	if err != nil {
		return err
	}
	view, err := s.imageForm(v, i)
	if err != nil {
		return err
	}
	return s.showImageForm(w, v, http.StatusOK, view)
}

func (s *server) adminSaveImage(w http.ResponseWriter, v *visit) error {
	var i panel.Image
	var err error
	if v.PathValue("id") != "" {
		if i, err = s.systemImage(v); err != nil {
			return err
		}
	}
	e := newEntered(v)
	i.Family, i.Version, i.Arch, i.Description, i.Visible = e.field("family"), e.field("version"), e.field("arch"), e.field("description"), e.checked("visible")
	i.MinDiskGiB, i.MinMemoryMiB = e.whole("min_disk_gib", 0), e.whole("min_memory_mib", 0)
	save := s.Panel.SaveImage
	if i.ID == 0 && e.checked("simulated") {
		save = s.Panel.AddImage
	}
	saved := i
	if e.ok() {
		saved, err = save(v.Context(), v.who, i)
		if err := e.take(err, nil); err != nil {
			return err
		}
	}
	if e.ok() {
		return s.done(w, v, imageURL(saved.ID), saved.Name()+" saved.")
	}
	view, err := s.imageForm(v, i)
	if err != nil {
		return err
	}
	view.MinDisk, view.MinMemory, view.Simulated, view.Errors = e.field("min_disk_gib"), e.field("min_memory_mib"), e.checked("simulated"), e.errors
	return s.showImageForm(w, v, http.StatusUnprocessableEntity, view)
}
