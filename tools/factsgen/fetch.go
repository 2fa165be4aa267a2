package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha512"
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// A pin is one npm package at one version. Raising a version means: change it
// here, run the generator, read the change of the digests, commit.
type pin struct {
	Name, Version string
	Integrity     string // as npm prints it: sha512-<base64>
	Date          string // of publication, for the data that carries none
	License       string
}

//go:embed sources.json
var sourcesJSON []byte

func pins() (map[string]pin, error) {
	var list []pin
	if err := json.Unmarshal(sourcesJSON, &list); err != nil {
		return nil, fmt.Errorf("reading sources.json: %w", err)
	}
	m := make(map[string]pin, len(list))
	for _, p := range list {
		m[p.Name] = p
	}
	return m, nil
}

// files is an unpacked package: path inside it → content.
type files map[string][]byte

// load returns the package from dir, where "npm pack" has put it or will.
func load(ctx context.Context, dir string, p pin) (files, error) {
	name := strings.NewReplacer("@", "", "/", "-").Replace(p.Name) + "-" + p.Version + ".tgz"
	data, err := os.ReadFile(filepath.Join(dir, name))
	if errors.Is(err, fs.ErrNotExist) {
		cmd := exec.CommandContext(ctx, "npm", "pack", "--silent", "--pack-destination", dir, p.Name+"@"+p.Version)
		cmd.Dir, cmd.Stderr = dir, os.Stderr
		if err := cmd.Run(); err != nil {
			return nil, fmt.Errorf("npm pack %s@%s: %w", p.Name, p.Version, err)
		}
		data, err = os.ReadFile(filepath.Join(dir, name))
	}
	if err != nil {
		return nil, err
	}
	sum := sha512.Sum512(data)
	if got := "sha512-" + base64.StdEncoding.EncodeToString(sum[:]); got != p.Integrity {
		return nil, fmt.Errorf("%s: integrity is %s, want %s", name, got, p.Integrity)
	}
	return untar(data)
}

func untar(tgz []byte) (files, error) {
	z, err := gzip.NewReader(bytes.NewReader(tgz))
	if err != nil {
		return nil, err
	}
	out := files{}
	for t := tar.NewReader(z); ; {
		h, err := t.Next()
		if err == io.EOF {
			return out, nil
		}
		if err != nil {
			return nil, err
		}
		if h.Typeflag != tar.TypeReg {
			continue
		}
		_, path, _ := strings.Cut(h.Name, "/")
		if out[path], err = io.ReadAll(t); err != nil {
			return nil, err
		}
	}
}
