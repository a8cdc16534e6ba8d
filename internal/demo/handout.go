package demo

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Handout is what somebody needs to look at a demo: where it is, and as whom to
// sign in. It is kept beside the demo's data, in demo.json.
type Handout struct {
	URL      string `json:"url"`
	Admin    SignIn `json:"admin"`
	Customer SignIn `json:"customer"`
}

// SignIn is how somebody signs in, and how a program acts for them.
type SignIn struct {
	Email    string `json:"email"`
	Password string `json:"password"`
	Token    string `json:"token"`
}

const handoutName = "demo.json"

// Save keeps the handout in a demo's directory, for its owner's eyes only. Who
// reads it meanwhile sees the old one or the new one.
func (h Handout) Save(dir string) error {
	text, err := json.MarshalIndent(h, "", "  ")
	if err != nil {
		return err
	}
	file, err := os.CreateTemp(dir, "."+handoutName+"-*") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(file.Name()) // fails once it is renamed
	_, err = file.Write(append(text, '\n'))
	if err := errors.Join(err, file.Sync(), file.Close()); err != nil {
		return fmt.Errorf("write %s: %w", file.Name(), err)
	}
	return os.Rename(file.Name(), filepath.Join(dir, handoutName))
}

func readHandout(dir string) (h Handout, err error) {
	name := filepath.Join(dir, handoutName)
	text, err := os.ReadFile(name)
	if err != nil {
		return h, err
	}
	if err := json.Unmarshal(text, &h); err != nil {
		return h, fmt.Errorf("read %s: %w", name, err)
	}
	return h, nil
}

func exists(name string) (bool, error) {
	_, err := os.Stat(name)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}
