package web

import (
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/a-h/templ"

	"accrue/internal/panel"
	"accrue/internal/upload"
)

func (s *server) adminImage(w http.ResponseWriter, v *visit) error {
	i, err := s.systemImage(v)
	if err != nil {
		return err
	}
	view, err := s.imageView(v, i)
	if err != nil {
		return err
	}
	return s.showImage(w, v, http.StatusOK, view)
}

func (s *server) showImage(w http.ResponseWriter, v *visit, status int, view AdminImageView) error {
	return s.adminShow(w, v, status, view.Row.Name, func(p Page) templ.Component { return AdminImagePage(p, view) })
}

func (s *server) imageView(v *visit, i panel.Image) (view AdminImageView, err error) {
	settings, err := s.Panel.Settings(v.Context())
	if err != nil {
		return view, err
	}
	view = AdminImageView{
		Row: imageRow(i), Failure: i.Failure, Addresses: settings.ImageURLs, Facts: imageFacts(i),
		Wants: i.State == panel.ImageDraft || i.State == panel.ImageFailed, Busy: i.State == panel.ImageImporting, Editable: i.State != panel.ImageRetired,
	}
	view.Rescue, view.MayRescue = settings.RescueImage == i.ID, i.State == panel.ImageReady
	if i.Bytes > 0 {
		view.Digest = i.Digest
	}
	if i.State == panel.ImageImporting {
		view.Source = i.Source
	}
	if i.State != panel.ImageRetired {
		c := retireImage(i)
		view.Retire = &c
	}
	if hasFile(i) {
		err = s.fillReplicas(v, i, &view)
	}
	return view, err
}

func imageFacts(i panel.Image) []Fact {
	facts := []Fact{{Label: "Length", Value: Amount{Text: "none yet"}}, {Label: "Added", Value: Amount{Text: dayAndTime(i.CreatedAt)}}}
	if i.Bytes > 0 {
		facts[0].Value.Text = byteSize(i.Bytes)
		facts = append(facts, Fact{Label: "Disk in it", Value: Amount{Text: fmt.Sprintf("%d GiB", i.VirtualGiB)}})
	}
	if i.Source != "" {
		facts = append(facts, Fact{Label: "Fetched from", Value: Amount{Text: i.Source}})
	}
	return facts
}

// fillReplicas says where the file of an image is, or on its way.
func (s *server) fillReplicas(v *visit, i panel.Image, view *AdminImageView) error {
	hosts, err := s.Panel.Hypervisors(v.Context(), v.who, 0)
	if err != nil {
		return err
	}
	replicas, err := s.Panel.Replicas(v.Context(), v.who, i.ID)
	if err != nil {
		return err
	}
	tasks, err := s.Panel.Tasks(v.Context(), v.who, panel.TaskFilter{OpenOnly: true, Limit: 1000})
	if err != nil {
		return err
	}
	view.Everywhere, view.Replicas = true, []ReplicaRow{}
	for _, h := range hosts {
		var has panel.ImageReplica
		for _, r := range replicas {
			if r.HypervisorID == h.ID {
				has = r
			}
		}
		ordered := panel.TaskState("")
		for _, t := range tasks {
			if t.Kind == panel.TaskDistribute && t.ImageID == i.ID && t.HypervisorID == h.ID {
				ordered = t.State
			}
		}
		row := replicaRow(i, h, has, ordered)
		view.Busy = view.Busy || row.Status.Kind == "busy"
		view.Everywhere = view.Everywhere && (has.State == panel.ReplicaReady || !h.Enabled)
		view.Replicas = append(view.Replicas, row)
	}
	return nil
}

// replicaRow says what a hypervisor has of an image's file; ordered is the state
// of the task that brings it, if there is one.
func replicaRow(i panel.Image, h panel.Hypervisor, has panel.ImageReplica, ordered panel.TaskState) ReplicaRow {
	row := ReplicaRow{
		ID: text(h.ID), Hypervisor: Link{Text: h.Name, URL: "/admin/hypervisors/" + text(h.ID)},
		Status: Status{Kind: "stopped", Text: "Not there"}, Bring: "Bring it",
	}
	switch {
	case has.State == panel.ReplicaReady:
		row.Status, row.Bring = Status{Kind: "running", Text: "There"}, ""
		row.Note = "found whole on " + dayAndTime(has.VerifiedAt)
	case has.State == panel.ReplicaCopying:
		part := 100 * float64(has.Bytes) / float64(max(i.Bytes, 1))
		row.Status, row.Bring = Status{Kind: "busy", Text: "On its way"}, ""
		row.Meter = &Meter{Percent: part, Text: percent(part) + " has arrived"}
		row.Note = byteSize(has.Bytes) + " of " + byteSize(i.Bytes)
	case ordered == panel.TaskWaiting:
		row.Status, row.Bring = Status{Kind: "warn", Text: "Waits for the hypervisor"}, ""
	case ordered != "":
		row.Status, row.Bring = Status{Kind: "busy", Text: "Queued"}, ""
	}
	if has.State == panel.ReplicaFailed {
		row.Note = has.Error
		if ordered == "" {
			row.Status, row.Bring = Status{Kind: "suspended", Text: "Did not arrive"}, "Try again"
		}
	}
	return row
}

func retireImage(i panel.Image) Confirm {
	return Confirm{
		ID: "retire-image", URL: imageURL(i.ID) + "/retire", Title: "Retire " + i.Name(), Button: "Retire", Danger: true, Back: imageURL(i.ID),
		Text: []string{"No new disk is made from it any more. Instances that have it keep their disks, and cannot be rebuilt from it.", "There is no way back. To hide it for a while, edit it instead."},
	}
}

func (s *server) adminAskRetireImage(w http.ResponseWriter, v *visit) error {
	i, err := s.systemImage(v)
	if err != nil {
		return err
	}
	return s.adminConfirm(w, v, http.StatusOK, retireImage(i))
}

func (s *server) adminRetireImage(w http.ResponseWriter, v *visit) error {
	i, err := s.systemImage(v)
	if err != nil {
		return err
	}
	if err := s.Panel.RetireImage(v.Context(), v.who, i.ID); err != nil {
		return s.refused(w, v, imageURL(i.ID), err)
	}
	return s.done(w, v, "/admin/images", i.Name()+" retired.")
}

// adminRescueImage makes an image what instances are rescued with, or lets them be
// rescued with nothing any more.
func (s *server) adminRescueImage(w http.ResponseWriter, v *visit) error {
	i, err := s.systemImage(v)
	if err != nil {
		return err
	}
	chosen, said := int64(0), "Instances are not rescued any more."
	if v.checked("rescue") {
		chosen, said = i.ID, "Instances are rescued with "+i.Name()+"."
	}
	if err := s.Panel.ChangeSettings(v.Context(), v.who, func(settings *panel.Settings) { settings.RescueImage = chosen }); err != nil {
		return s.refused(w, v, imageURL(i.ID), err)
	}
	return s.done(w, v, imageURL(i.ID), said)
}

// uploadRoute is where a form may send a file of any length. It is read part by
// part, and not before its sender is known.
const uploadRoute = "POST /admin/images/{id}/file"

func (s *server) adminUploadImage(w http.ResponseWriter, v *visit) error {
	i, err := s.systemImage(v)
	if err != nil {
		return err
	}
	v.Body = io.NopCloser(upload.Body(w, v.Request))
	file, digest, err := filePart(v.Request)
	if err != nil {
		return s.refused(w, v, imageURL(i.ID), &panel.Refusal{Code: panel.CodeConflict, Message: "Choose a file."})
	}
	received, err := s.Panel.ImportImage(v.Context(), v.who, i.ID, file, digest)
	if err != nil {
		_, _ = io.Copy(io.Discard, file) // a browser reads no answer before it has sent everything
		return s.refused(w, v, imageURL(i.ID), err)
	}
	return s.done(w, v, imageURL(i.ID), fmt.Sprintf("%s is ready: %s, with a disk of %d GiB.", received.Name(), byteSize(received.Bytes), received.VirtualGiB))
}

// errNoFile is what a form without a file comes to.
var errNoFile = errors.New("there is no file")

// filePart goes through a form until its file, and returns what came before it:
// the digest.
func filePart(r *http.Request) (file io.Reader, digest string, err error) {
	parts, err := r.MultipartReader()
	if err != nil {
		return nil, "", err
	}
	for {
		part, err := parts.NextPart()
		if err != nil {
			return nil, "", err
		}
		switch {
		case part.FormName() == "digest":
			const most = 100
			written, err := io.ReadAll(io.LimitReader(part, most))
			if err != nil {
				return nil, "", err
			}
			digest = string(written)
		case part.FormName() == "file" && part.FileName() != "":
			return part, digest, nil
		default:
			return nil, "", errNoFile
		}
	}
}

func (s *server) adminFetchImage(w http.ResponseWriter, v *visit) error {
	i, err := s.systemImage(v)
	if err != nil {
		return err
	}
	_, err = s.Panel.ImportImageFrom(v.Context(), v.who, i.ID, v.field("url"), v.field("digest"))
	if err == nil {
		return s.done(w, v, imageURL(i.ID), i.Name()+" is being fetched.")
	}
	wrong, unknown := fieldErrors(err)
	if unknown != nil || wrong[""] != "" {
		return s.refused(w, v, imageURL(i.ID), err)
	}
	view, err := s.imageView(v, i)
	if err != nil {
		return err
	}
	view.FetchErrors, view.Address, view.FetchDigest = wrong, v.field("url"), v.field("digest")
	return s.showImage(w, v, http.StatusUnprocessableEntity, view)
}

func (s *server) adminDistributeImage(w http.ResponseWriter, v *visit) error {
	i, err := s.systemImage(v)
	if err != nil {
		return err
	}
	var hosts []int64
	if v.field("hypervisor") != "" {
		hosts = append(hosts, number(v.field("hypervisor")))
	}
	if err := s.Panel.DistributeImage(v.Context(), v.who, i.ID, hosts...); err != nil {
		return s.refused(w, v, imageURL(i.ID), err)
	}
	return s.done(w, v, imageURL(i.ID), i.Name()+" is on its way.")
}
