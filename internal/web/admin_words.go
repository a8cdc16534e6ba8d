package web

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"accrue/internal/billing"
	"accrue/internal/fleet"
)

// adminShow renders a page of the administrators'.
func (s *server) adminShow(w http.ResponseWriter, v *visit, status int, title string, content func(Page) templ.Component) error {
	p, err := s.page(w, v, title)
	if err != nil {
		return err
	}
	p.Path = v.URL.Path
	return s.render(w, v, status, content(p))
}

// adminConfirm renders a confirmation as a page of its own.
func (s *server) adminConfirm(w http.ResponseWriter, v *visit, status int, c Confirm) error {
	return s.adminShow(w, v, status, c.Title, func(p Page) templ.Component { return ConfirmPage(p, c) })
}

// asked shows a confirmation again with what was wrong about its answer.
func (s *server) asked(w http.ResponseWriter, v *visit, c Confirm, err error) error {
	errors, err := fieldErrors(s.inWords(v, err))
	if err != nil {
		return err
	}
	c.Errors = Errors{"": errors[""]}
	for i := range c.Fields {
		c.Fields[i].Value, c.Fields[i].Error = v.field(c.Fields[i].Name), errors[c.Fields[i].Name]
	}
	for name, message := range errors {
		if !hasField(c.Fields, name) {
			c.Errors[""] = message
		}
	}
	return s.adminConfirm(w, v, http.StatusUnprocessableEntity, c)
}

func hasField(fields []Field, name string) bool {
	for _, f := range fields {
		if f.Name == name {
			return true
		}
	}
	return false
}

// defaultCurrency is the one that administrators see amounts in. Before there is
// any, amounts are in credits.
func (s *server) defaultCurrency(v *visit) (billing.Currency, error) {
	all, err := s.Panel.Currencies(v.Context())
	for _, c := range all {
		if c.Default {
			return c.Currency, err
		}
	}
	return billing.Currency{Code: "CREDITS", Suffix: " credits", Decimals: 2, Value: oneCredit}, err
}

// entered reads the fields of a form and remembers what is wrong with them.
type entered struct {
	*visit
	errors Errors
}

func newEntered(v *visit) *entered { return &entered{v, Errors{}} }

// ok says whether everything could be read.
func (e *entered) ok() bool { return len(e.errors) == 0 }

// minus lets amounts be entered as they are shown.
func minus(s string) string { return strings.ReplaceAll(s, "−", "-") }

// credits reads an amount of credits; an empty field is 0.
func (e *entered) credits(name string) billing.Credits {
	if e.field(name) == "" {
		return 0
	}
	amount, err := billing.ParseCredits(minus(e.field(name)))
	if err != nil {
		e.errors[name] = sentence(err.Error())
	}
	return amount
}

// price reads an amount that need not be given.
func (e *entered) price(name string) *billing.Credits {
	if e.field(name) == "" {
		return nil
	}
	amount := e.credits(name)
	return &amount
}

// whole reads a whole number; an empty field is the value given.
func (e *entered) whole(name string, empty int64) int64 {
	if e.field(name) == "" {
		return empty
	}
	n, err := strconv.ParseInt(minus(e.field(name)), 10, 64)
	if err != nil {
		e.errors[name] = "Must be a whole number, such as 4."
	}
	return n
}

// take adds what the application says is wrong, under the names of the form.
// Errors that are not about the form are passed on.
func (e *entered) take(err error, names map[string]string) error {
	errors, err := fieldErrors(err)
	for name, message := range errors {
		if renamed, ok := names[name]; ok {
			name = renamed
		}
		e.errors[name] = message
	}
	return err
}

// tags splits what is separated by spaces or commas.
func tags(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return r == ' ' || r == ',' || r == '\t' || r == '\n' })
}

// grouped writes a number with commas between thousands.
func grouped(n int64) string { return billing.Currency{}.FormatUnits(n) }

// credited says how much an entered amount is: "1,200 credits".
func credited(x billing.Credits) string {
	digits, decimals, _ := strings.Cut(exactly(x), ".")
	decimals = strings.TrimRight(strings.TrimSuffix(decimals, " credits"), "0")
	if decimals != "" {
		digits += "." + decimals
	}
	return digits + " credits"
}

func accountURL(id int64) string { return "/admin/accounts/" + text(id) }

// accountLink names an account and leads to it.
func accountLink(names map[int64]string, id int64) Link {
	if name, known := names[id]; known {
		return Link{Text: name, URL: accountURL(id)}
	}
	return Link{}
}

// loadOf is how much of a resource is promised.
func loadOf(used, limit int64, unit string) Load {
	l := Load{Text: grouped(used) + " of " + grouped(limit)}
	if unit != "" {
		l.Text += " " + unit
	}
	if limit > 0 {
		l.Percent = float64(used) * 100 / float64(limit)
	}
	switch {
	case l.Percent >= 95:
		l.Kind = "danger"
	case l.Percent >= 80:
		l.Kind = "warn"
	}
	return l
}

// loadsOf are the loads of processors, memory and disk.
func loadsOf(used, limit fleet.Resources) (cpu, memory, disk Load) {
	disk = loadOf(used.DiskGiB, limit.DiskGiB, "GiB")
	if limit.DiskGiB >= 10*1024 {
		disk.Text = tebibytes(used.DiskGiB) + " of " + tebibytes(limit.DiskGiB) + " TiB"
	}
	memory = loadOf(used.MemoryMiB, limit.MemoryMiB, "MiB")
	if limit.MemoryMiB >= 1024 {
		memory.Text = grouped((used.MemoryMiB+1023)/1024) + " of " + grouped(limit.MemoryMiB/1024) + " GiB"
	}
	return loadOf(used.VCPUs, limit.VCPUs, ""), memory, disk
}

func tebibytes(gib int64) string {
	tenths := gib * 10 / 1024
	return grouped(tenths/10) + "." + text(tenths%10)
}

// sizeOf writes a size: "2 vCPU, 4 GiB, 80 GiB disk".
func sizeOf(r fleet.Resources) string {
	size := text(r.VCPUs) + " vCPU, " + memory(r.MemoryMiB) + ", " + grouped(r.DiskGiB) + " GiB disk"
	if r.GPUs > 0 {
		size += ", " + count(int(r.GPUs), "GPU")
	}
	return size
}

// ago is how long something is past: "3 s ago".
func ago(at, now billing.Instant) string {
	switch {
	case at == 0:
		return "never"
	case now-at < 2:
		return "just now"
	}
	return span(now-at) + " ago"
}

// actor is who did something, as people know them.
func actor(name string) string {
	kind, who, found := strings.Cut(name, ":")
	switch {
	case found && kind == "user":
		_, email, _ := strings.Cut(who, " ")
		return email
	case found && kind == "cli":
		return "Command line"
	case found && kind == "system", name == "accrue", name == "":
		return "Accrue"
	}
	return name
}

// query is an address with what is chosen on its page; what is empty is left out.
func query(path string, pairs ...string) string {
	values := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" && pairs[i+1] != "0" {
			values.Set(pairs[i], pairs[i+1])
		}
	}
	if len(values) == 0 {
		return path
	}
	return path + "?" + values.Encode()
}
