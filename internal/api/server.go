package api

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"reflect"
	"runtime/debug"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"accrue/client"
	"accrue/internal/identity"
	"accrue/internal/panel"
	"accrue/internal/ratelimit"
	"accrue/internal/relay"
	"accrue/internal/upload"
)

// Config is what the API needs.
type Config struct {
	Panel   *panel.Panel
	Log     *slog.Logger
	Limits  *ratelimit.Limits // nil: budgets of its own
	Tries   *ratelimit.Tries  // of passwords; nil: counted here alone
	Ended   <-chan struct{}   // closed when streams are to end; nil: never
	Proxies []netip.Prefix    // whose word on a request's address is taken
}

// server answers requests of programs.
type server struct {
	Config
	api     huma.API
	streams streams
	viewers relay.Viewers
}

// New returns the handler of everything under /v1.
func New(c Config) http.Handler {
	if c.Limits == nil {
		c.Limits = ratelimit.New(time.Now)
	}
	if c.Tries == nil {
		c.Tries = ratelimit.NewTries(time.Now)
	}
	s := &server{Config: c, streams: streams{open: map[int64]int{}}}
	mux := http.NewServeMux()
	s.api = humago.New(mux, description())
	s.operations()
	mux.HandleFunc("GET "+relay.Path, s.consoleStream)
	mux.HandleFunc("/v1/", func(w http.ResponseWriter, r *http.Request) {
		writeProblem(w, newProblem(r.Context(), codeNotFound, "There is no operation "+r.Method+" "+r.URL.Path+"."))
	})
	return s.guard(mux)
}

// Describe returns the API's description, an OpenAPI 3.1 document in JSON.
func Describe() ([]byte, error) {
	return json.MarshalIndent(described(), "", "  ")
}

// described is the description of every operation.
func described() *huma.OpenAPI {
	s := &server{api: humago.New(http.NewServeMux(), description())}
	s.operations()
	return s.api.OpenAPI()
}

func description() huma.Config {
	config := huma.DefaultConfig("Accrue", "1")
	config.Info.Description = "The API of an Accrue panel. Amounts of money are texts, points in time are seconds of UTC."
	config.OpenAPIPath, config.DocsPath, config.SchemasPath = "/v1/openapi", "", ""
	config.CreateHooks = nil // no links to schemas in answers
	config.Components.Responses = map[string]*huma.Response{"Problem": {
		Description: "Why it was not done: an error document of RFC 9457. What codes there are is described at /docs/api#problems.",
		Content: map[string]*huma.MediaType{"application/problem+json": {
			Schema: config.Components.Schemas.Schema(reflect.TypeFor[client.Problem](), true, ""),
		}},
	}}
	config.Components.Schemas.RegisterTypeAlias(reflect.TypeFor[problem](), reflect.TypeFor[client.Problem]())
	config.RejectUnknownQueryParameters = true
	config.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"token": {Type: "http", Scheme: "bearer", Description: "An API token, made on the account page of the console, by `accrue token create`, or with another token and your password."},
	}
	config.Security = []map[string][]string{{"token": {}}}
	return config
}

// operations registers every operation.
func (s *server) operations() {
	s.meOperations()
	s.credentialOperations()
	s.sshKeyOperations()
	s.catalogOperations()
	s.quoteOperations()
	s.instanceOperations()
	s.commandOperations()
	s.consoleOperations()
	s.snapshotOperations()
	s.actionOperations()
	s.addressOperations()
	s.metricOperations()
	s.costOperations()
	s.billingOperations()
	s.exportOperations()
	s.paymentOperations()
	s.eventOperations()
	s.streamOperations()

	s.adminReportOperations()
	s.adminAccountOperations()
	s.adminUserOperations()
	s.adminCreditOperations()
	s.adminPaymentOperations()
	s.adminLocationOperations()
	s.adminHypervisorOperations()
	s.adminPoolOperations()
	s.adminPlanGroupOperations()
	s.adminPlanOperations()
	s.adminImageOperations()
	s.adminFindingOperations()
	s.adminCurrencyOperations()
	s.adminSettingsOperations()
	s.adminTaskOperations()
}

// call is what is known of a request.
type call struct {
	who     identity.Who
	request string // what a caller can quote of it
	url     *url.URL
	host    string    // by which the panel was reached
	file    io.Reader // what it carries, for an operation that takes a file
}

type callKey struct{}

func callOf(ctx context.Context) call {
	if c, ok := ctx.Value(callKey{}).(*call); ok {
		return *c
	}
	return call{}
}

// guard lets those in who have a token and have not sent too much. The
// description is for everybody.
func (s *server) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c := &call{request: newRequestID(), url: r.URL, host: r.Host, file: upload.Body(w, r)}
		r = r.WithContext(context.WithValue(r.Context(), callKey{}, c))
		h := w.Header()
		h.Set("X-Request-Id", c.request)
		h.Set("Cache-Control", "no-store")
		h.Set("X-Content-Type-Options", "nosniff")
		defer s.recover(w, r)
		if strings.HasPrefix(r.URL.Path, "/v1/openapi") || r.URL.Path == relay.Path {
			next.ServeHTTP(w, r)
			return
		}
		who, err := s.identify(r)
		if err != nil {
			p := s.problemOf(r.Context(), err)
			if p.Status == http.StatusUnauthorized {
				h.Set("WWW-Authenticate", "Bearer")
			}
			writeProblem(w, p)
			return
		}
		if !s.Limits.Take(who.UserID, strings.HasPrefix(r.URL.Path, "/v1/admin/"), h) {
			writeProblem(w, newProblem(r.Context(), codeRateLimited, "Wait a second and send the request again."))
			return
		}
		if !readable(r) {
			writeProblem(w, newProblem(r.Context(), codeMalformed, "The address holds bytes that are no text."))
			return
		}
		c.who = who
		next.ServeHTTP(w, r)
	})
}

// identify finds out whose token a request carries.
func (s *server) identify(r *http.Request) (identity.Who, error) {
	token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok {
		return identity.Who{}, newProblem(r.Context(), codeUnauthorized, `Send an API token as "Authorization: Bearer acr_...".`)
	}
	return s.Panel.TokenWho(r.Context(), identity.Token(strings.TrimSpace(token)), identity.Origin(r.RemoteAddr, r.Header.Get("X-Forwarded-For"), s.Proxies))
}

// readable says whether an address holds nothing but text. PostgreSQL keeps
// neither bytes that are no UTF-8 nor the zero character.
func readable(r *http.Request) bool {
	query, err := url.QueryUnescape(r.URL.RawQuery)
	return err == nil && isText(query) && isText(r.URL.Path)
}

func isText(s string) bool { return utf8.ValidString(s) && !strings.ContainsRune(s, 0) }

// recover answers a request that made the program panic.
func (s *server) recover(w http.ResponseWriter, r *http.Request) {
	switch failure := recover(); failure {
	case nil:
	case http.ErrAbortHandler:
		panic(failure)
	default:
		s.Log.Error("api panic", "method", r.Method, "path", r.URL.Path, "panic", failure, "stack", string(debug.Stack()))
		writeProblem(w, s.problemOf(r.Context(), fmt.Errorf("panic: %v", failure)))
	}
}

// newRequestID is what a caller can quote of a request.
func newRequestID() string {
	var random [8]byte
	_, _ = rand.Read(random[:]) // never fails
	return hex.EncodeToString(random[:])
}
