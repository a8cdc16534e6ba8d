// Package web serves the pages of Accrue: for customers, their instances and
// what these cost; for administrators, everything behind it.
//
// Each page is a view-model, a plain struct of words and figures ready to be
// shown, and a templ component that draws it. Handlers fill the one and render
// the other. The pages are plain HTML whose forms work without JavaScript;
// scripts only make them quicker. Nothing is inline, so that a page needs no
// more than the content security policy "default-src 'self'".
package web

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"net/http"
	"strconv"
	"sync"
)

//go:generate go run github.com/a-h/templ/cmd/templ@v0.3.977 generate -include-version=false -path .

//go:embed static
var staticFiles embed.FS

// assetVersions holds a short hash of each static file's content.
var assetVersions = sync.OnceValue(func() map[string]string {
	versions := map[string]string{}
	err := fs.WalkDir(staticFiles, "static", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := staticFiles.ReadFile(path)
		if err != nil {
			return err
		}
		sum := sha256.Sum256(content)
		versions["/"+path] = hex.EncodeToString(sum[:6])
		return nil
	})
	if err != nil {
		panic("web: embedded files cannot be read: " + err.Error())
	}
	return versions
})

// Asset returns the address of a static file, such as "accrue.css", with a hash
// of its content, so that browsers may keep it for ever. It panics on a file
// that is not there.
func Asset(name string) string {
	path := "/static/" + name
	version, ok := assetVersions()[path]
	if !ok {
		panic("web: no static file " + name)
	}
	return path + "?v=" + version
}

// Static serves the files under /static/. A request that names the content's
// hash may be answered from a cache for a year; any other must ask again.
func Static() http.Handler {
	files := http.FileServerFS(staticFiles)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		version, ok := assetVersions()[r.URL.Path]
		if !ok {
			http.NotFound(w, r)
			return
		}
		cache := "no-cache"
		if r.URL.Query().Get("v") == version {
			cache = "public, max-age=31536000, immutable"
		}
		w.Header().Set("Cache-Control", cache)
		w.Header().Set("ETag", strconv.Quote(version)) // modules import each other without the hash
		files.ServeHTTP(w, r)
	})
}
