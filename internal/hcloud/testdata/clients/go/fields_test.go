package client_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/hetznercloud/hcloud-go/v2/hcloud"
	"github.com/hetznercloud/hcloud-go/v2/hcloud/schema"
)

// Every field that the client's schema has is in the answers, of its type.
func TestFields(tt *testing.T) {
	t := test{tt}
	ctx := t.Context()
	key, _, err := rich.SSHKey.Create(ctx, hcloud.SSHKeyCreateOpts{Name: "fields", PublicKey: os.Getenv("PUBLIC_KEY")})
	t.must(err)
	made, _, err := rich.Server.Create(ctx, hcloud.ServerCreateOpts{
		Name: "fields", ServerType: &hcloud.ServerType{Name: "s1"}, Image: &hcloud.Image{Name: "debian-13"}, SSHKeys: []*hcloud.SSHKey{key},
	})
	t.must(err)
	t.wait(made.Action)
	server := fmt.Sprintf("/servers/%d", made.Server.ID)

	for path, answer := range map[string]any{
		"/locations":                           schema.LocationListResponse{},
		"/locations/1":                         schema.LocationGetResponse{},
		"/server_types":                        schema.ServerTypeListResponse{},
		"/server_types/1":                      schema.ServerTypeGetResponse{},
		"/images":                              schema.ImageListResponse{},
		"/images/1":                            schema.ImageGetResponse{},
		"/pricing":                             schema.PricingGetResponse{},
		"/ssh_keys":                            schema.SSHKeyListResponse{},
		"/servers":                             schema.ServerListResponse{},
		server:                                 schema.ServerGetResponse{},
		server + "/actions":                    schema.ActionListResponse{},
		"/servers?page=1":                      schema.MetaResponse{},
		"/primary_ips":                         schema.PrimaryIPListResponse{},
		"/isos":                                schema.ISOListResponse{},
		"/volumes":                             schema.VolumeListResponse{},
		"/networks":                            schema.NetworkListResponse{},
		"/firewalls":                           schema.FirewallListResponse{},
		"/certificates":                        schema.CertificateListResponse{},
		"/load_balancers":                      schema.LoadBalancerListResponse{},
		"/load_balancer_types":                 schema.LoadBalancerTypeListResponse{},
		"/floating_ips":                        schema.FloatingIPListResponse{},
		"/placement_groups":                    schema.PlacementGroupListResponse{},
		"/zones":                               schema.ZoneListResponse{},
		server + "/metrics?type=cpu&" + span(): schema.ServerGetMetricsResponse{},
	} {
		t.Run(path, func(t *testing.T) { compare(t, "", reflect.TypeOf(answer), get(t, path)) })
	}

	deleted, _, err := rich.Server.DeleteWithResult(ctx, made.Server)
	t.must(err)
	t.wait(deleted.Action)
	_, err = rich.SSHKey.Delete(ctx, key)
	t.must(err)
}

func span() string {
	now := time.Now().UTC()
	return "start=" + now.Add(-time.Hour).Format(time.RFC3339) + "&end=" + now.Format(time.RFC3339)
}

func get(t *testing.T, path string) (body any) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, os.Getenv("HCLOUD_ENDPOINT")+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+os.Getenv("HCLOUD_TOKEN"))
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err == nil {
		err = json.Unmarshal(text, &body)
	}
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("status %d, %v: %s", response.StatusCode, err, text)
	}
	return body
}

// compare fails the test for every field of a schema's type that an answer lacks
// or has with another type.
func compare(t *testing.T, path string, want reflect.Type, got any) {
	t.Helper()
	fits := true
	switch want.Kind() {
	case reflect.Pointer:
		if got != nil {
			compare(t, path, want.Elem(), got)
		}
	case reflect.Struct:
		if want == reflect.TypeFor[time.Time]() {
			_, err := time.Parse(time.RFC3339, fmt.Sprint(got))
			fits = err == nil
			break
		}
		var fields map[string]any
		if fields, fits = got.(map[string]any); fits {
			compareFields(t, path, want, fields)
		}
	case reflect.Slice:
		var items []any
		items, fits = got.([]any)
		for i, item := range items {
			compare(t, fmt.Sprintf("%s[%d]", path, i), want.Elem(), item)
		}
	case reflect.Map:
		_, fits = got.(map[string]any)
	case reflect.String:
		_, fits = got.(string)
	case reflect.Bool:
		_, fits = got.(bool)
	case reflect.Interface:
	default:
		_, fits = got.(float64)
	}
	if !fits {
		t.Errorf("%s is %v, want a %v", path, got, want)
	}
}

// mayBeNull says whether the API has null where the schema has a type without: the
// address that a server does not have, the page that is not there.
func mayBeNull(within reflect.Type, field reflect.StructField) bool {
	return within == reflect.TypeFor[schema.MetaPagination]() ||
		field.Type == reflect.TypeFor[schema.ServerPublicNetIPv4]() || field.Type == reflect.TypeFor[schema.ServerPublicNetIPv6]()
}

func compareFields(t *testing.T, path string, want reflect.Type, got map[string]any) {
	t.Helper()
	for i := range want.NumField() {
		field := want.Field(i)
		if field.Anonymous {
			compareFields(t, path, field.Type, got)
			continue
		}
		name, options, _ := strings.Cut(field.Tag.Get("json"), ",")
		value, there := got[name]
		switch {
		case options == "omitempty" && !there:
		case want == reflect.TypeFor[schema.PricingPrimaryIPTypePrice]() && name == "datacenter": // no longer in the API
		case !there:
			t.Errorf("%s.%s is not there", path, name)
		case value == nil && mayBeNull(want, field):
		default:
			compare(t, path+"."+name, field.Type, value)
		}
	}
}
