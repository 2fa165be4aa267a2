package seal_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"penstock/doc"
	"penstock/doc/yaml"
	"penstock/seal"
	"penstock/source"
)

// script is the one command of a buildspec.
func script(t *testing.T, c seal.Code) string {
	t.Helper()
	n, _, err := yaml.Parse(source.NewFile("buildspec.yml", []byte(c.Text)))
	if err != nil {
		t.Fatal(err)
	}
	cmds := n.At("phases", "build", "commands")
	if cmds == nil || cmds.Kind != doc.List || len(cmds.Items) != 1 {
		t.Fatalf("%v has not one command", c.Kind)
	}
	return cmds.Items[0].Text
}

// run runs a code as CodeBuild would, over a folder and with an aws of ours,
// which knows one image.
func run(t *testing.T, k seal.Kind, dir string, env ...string) (digest, output string, ok bool) {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("the code runs in an image of AWS's, which is a Linux")
	}
	for _, tool := range []string{"/usr/bin/jq", "/bin/bash", "/usr/bin/sha256sum", "/usr/bin/iconv"} {
		if _, err := os.Stat(tool); err != nil {
			t.Skip(tool + " is not here")
		}
	}
	bin := t.TempDir()
	aws := "#!/bin/bash\ncase \"$*\" in *imageTag=v1*|*imageDigest=sha256:" + sum + "*) echo sha256:" + sum + " ;; *) exit 254 ;; esac\n"
	if err := os.WriteFile(filepath.Join(bin, "aws"), []byte(aws), 0o755); err != nil {
		t.Fatal(err)
	}
	text := strings.Replace(script(t, seal.Latest(k)), "PATH=/usr/local/bin:", "PATH="+bin+":", 1)
	out := filepath.Join(bin, "digest")
	cmd := exec.Command("/bin/bash", "-c", text+"\nprintf %s \"${DIGEST-}\" > "+out)
	cmd.Dir = dir
	cmd.Env = append([]string{
		"PATH=/usr/bin:/bin", "CODEBUILD_SRC_DIR=" + dir,
		"IMAGE_FILES=imagedefinitions.json imageDetail.json", "IMAGE_REPOSITORIES=" + repository,
	}, env...)
	var b bytes.Buffer
	cmd.Stdout, cmd.Stderr = &b, &b
	err := cmd.Run()
	text2, _ := os.ReadFile(out)
	return string(text2), b.String(), err == nil
}

const (
	repository = "111122223333.dkr.ecr.eu-west-1.amazonaws.com/team/app"
	sum        = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
)

func write(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if to, ok := strings.CutPrefix(text, "-> "); ok {
			if err := os.Symlink(to, path); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// TestSealAndPromote seals trees and promotes them: the digest is that of the
// package, and any change in between is refused.
func TestSealAndPromote(t *testing.T) {
	for name, files := range map[string]map[string]string{
		"plain":   {"a.txt": "a", "b/c.txt": "c"},
		"hostile": {"-rf": "x", "$(touch owned)": "x", "`id`;&|": "x", "a b": "x", "é/ü": "x", ".hidden": "x", ".python-version": "../../x", "[x]*?": "y", "'\"": "z"},
		"links":   {"a": "x", "bin/tool": "-> ../a", "b/c": "-> d", "b/d": "x"},
		"images": {
			"imagedefinitions.json": `[{"name":"web","imageUri":"` + repository + `:v1"},{"name":"sidecar","imageUri":"public.ecr.aws/x/y@sha256:` + sum + `"}]`,
			"imageDetail.json":      `{"ImageURI":"` + repository + `:v1","ImageTags":["v1"]}`,
		},
		"modes": {"run.sh": "#!/bin/sh\n"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			write(t, dir, files)
			digest, out, ok := run(t, seal.Seals, dir)
			if !ok {
				t.Fatalf("not sealed:\n%s", out)
			}
			want, err := seal.Digest(os.DirFS(dir))
			if err != nil {
				t.Fatal(err)
			}
			if digest != want {
				t.Errorf("digest of the code %s, of the package %s", digest, want)
			}
			if _, err := os.Stat(filepath.Join(dir, "owned")); err == nil {
				t.Error("a name was executed")
			}
			if _, out, ok := run(t, seal.Promotes, dir, "SEALED_DIGEST="+digest); !ok {
				t.Errorf("not promoted:\n%s", out)
			}
			for change, edit := range map[string]func(){
				"a file more": func() { write(t, dir, map[string]string{"zz": ""}) },
				"a link more": func() { write(t, dir, map[string]string{"zl": "-> zz"}) },
			} {
				edit()
				if _, _, ok := run(t, seal.Promotes, dir, "SEALED_DIGEST="+digest); ok {
					t.Errorf("promoted with %s", change)
				}
			}
		})
	}
}

// TestPinned looks at what the files say once they are sealed.
func TestPinned(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{
		"imagedefinitions.json": `[{"name":"web","imageUri":"` + repository + `:v1"}]`,
		"imageDetail.json":      `{"ImageURI":"` + repository + `:v9@sha256:` + sum + `","RegistryId":"1"}`,
	})
	if _, out, ok := run(t, seal.Seals, dir); !ok {
		t.Fatalf("not sealed:\n%s", out)
	}
	for file, want := range map[string]string{
		"imagedefinitions.json": `[{"name":"web","imageUri":"` + repository + `@sha256:` + sum + `"}]` + "\n",
		"imageDetail.json":      `{"ImageURI":"` + repository + `@sha256:` + sum + `"}` + "\n",
	} {
		got, err := os.ReadFile(filepath.Join(dir, file))
		if err != nil || string(got) != want {
			t.Errorf("%s is %q (%v), want %q", file, got, err, want)
		}
	}
}

// TestRefused holds what is not sealed.
func TestRefused(t *testing.T) {
	for name, files := range map[string]map[string]string{
		"nothing":             {},
		"link to a secret":    {"a": "-> /proc/self/environ"},
		"link up":             {"a": "-> ../x"},
		"link through a link": {"b": "-> c", "c": "-> ../../../../etc", "x": ""},
		"link to itself":      {"a": "-> .", "x": ""},
		"newline":             {"a\nb": ""},
		"backslash":           {`a\b`: ""},
		"not UTF-8":           {"a\xffb": ""},
		"unknown tag":         {"imagedefinitions.json": `[{"name":"web","imageUri":"` + repository + `:v2"}]`},
		"other registry":      {"imagedefinitions.json": `[{"name":"web","imageUri":"docker.io/library/nginx:latest"}]`},
		"other repository":    {"imagedefinitions.json": `[{"name":"web","imageUri":"111122223333.dkr.ecr.eu-west-1.amazonaws.com/team:v1"}]`},
		"other account":       {"imagedefinitions.json": `[{"name":"web","imageUri":"999922223333.dkr.ecr.eu-west-1.amazonaws.com/team/app:v1"}]`},
		"option":              {"imagedefinitions.json": `[{"name":"web","imageUri":"--query"}]`},
		"two lines":           {"imagedefinitions.json": `[{"name":"web","imageUri":"` + repository + `:v1\n` + repository + `:v2"}]`},
		"one more field":      {"imagedefinitions.json": `[{"name":"web","imageUri":"` + repository + `:v1","ImageUri":"evil"}]`},
		"two values":          {"imagedefinitions.json": `[] [{"name":"web","imageUri":"evil"}]`},
		"no JSON":             {"imagedefinitions.json": `{`},
		"a file is a link":    {"imagedefinitions.json": "-> a", "a": `[]`},
		"a file is a folder":  {"imagedefinitions.json/a": "x"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			write(t, dir, files)
			if digest, out, ok := run(t, seal.Seals, dir); ok || digest != "" {
				t.Errorf("sealed as %s:\n%s", digest, out)
			}
		})
	}
}

// TestNotPromoted holds digests that are none, and images that are gone.
func TestNotPromoted(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{"a": "x"})
	digest, err := seal.Digest(os.DirFS(dir))
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range []string{"", "#{Seal.DIGEST}", "sha256:", digest + "0", strings.ToUpper(digest), "*", seal.Prefix + sum} {
		if _, _, ok := run(t, seal.Promotes, dir, "SEALED_DIGEST="+d); ok {
			t.Errorf("promoted with the digest %q", d)
		}
	}
	if _, _, ok := run(t, seal.Promotes, dir); ok {
		t.Error("promoted without a digest")
	}
	for _, image := range []string{repository + "@sha256:" + strings.Repeat("1", 64), repository + ":v1"} {
		write(t, dir, map[string]string{"imagedefinitions.json": `[{"name":"web","imageUri":"` + image + `"}]` + "\n"})
		d, err := seal.Digest(os.DirFS(dir))
		if err != nil {
			t.Fatal(err)
		}
		if _, _, ok := run(t, seal.Promotes, dir, "SEALED_DIGEST="+d); ok {
			t.Errorf("promoted with image %s", image)
		}
	}
}

// TestModes takes set-id bits and writing by others away.
func TestModes(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{"a": "x"})
	if err := os.Chmod(filepath.Join(dir, "a"), os.ModeSetuid|0o777); err != nil {
		t.Fatal(err)
	}
	if _, out, ok := run(t, seal.Seals, dir); !ok {
		t.Fatal(out)
	}
	fi, err := os.Stat(filepath.Join(dir, "a"))
	if err != nil || fi.Mode() != 0o755 {
		t.Errorf("mode is %v (%v), want 0755", fi.Mode(), err)
	}
}

func TestRecognise(t *testing.T) {
	for _, k := range []seal.Kind{seal.Seals, seal.Promotes} {
		c := seal.Latest(k)
		if got, ok := seal.Recognise(strings.TrimRight(c.Text, "\n")); !ok || got.Kind != k || got.Version != seal.Version {
			t.Errorf("Recognise(%v) = %v, %v", k, got.Kind, ok)
		}
		for i, s := range []string{
			strings.Replace(c.Text, "refuse 'the artifact is empty'", "true", 1), c.Text + "x", " " + c.Text,
			strings.Replace(c.Text, "\n", "\r\n", 1), strings.ToLower(c.Text), "", "version: 0.2",
		} {
			if _, ok := seal.Recognise(s); ok {
				t.Errorf("%v, change %d: recognised", k, i)
			}
		}
		if !seal.Claims(c.Text) || seal.Claims("version: 0.2") {
			t.Errorf("Claims(%v)", k)
		}
		if len(c.Text) > 10_000 {
			t.Errorf("%v has %d bytes", k, len(c.Text))
		}
	}
	if seal.Latest(0).Text != "" {
		t.Error("Latest(0) is something")
	}
}

// TestShared compares the parts that the two codes have in common.
func TestShared(t *testing.T) {
	shared := func(k seal.Kind) string {
		text := seal.Latest(k).Text
		i, j := strings.Index(text, "        refuse() {"), strings.Index(text, "an object\") end' \"$1\"")
		if i < 0 || j < i {
			t.Fatalf("%v has not the functions that both have", k)
		}
		return text[i:j]
	}
	if d := cmp.Diff(shared(seal.Seals), shared(seal.Promotes)); d != "" {
		t.Error(d)
	}
}

func TestReference(t *testing.T) {
	if ns, ok := seal.NamespaceOf(seal.Reference("Seal")); !ok || ns != "Seal" {
		t.Errorf("NamespaceOf = %q, %v", ns, ok)
	}
	for _, s := range []string{"", "sha256:00", "#{Seal.OTHER}", "#{.DIGEST}", "#{a.b.DIGEST}", "x#{Seal.DIGEST}", "#{Seal.DIGEST} ", "#{Seal.DIGEST}#{B.DIGEST}", "#{variables.digest}"} {
		if ns, ok := seal.NamespaceOf(s); ok {
			t.Errorf("NamespaceOf(%q) = %q", s, ns)
		}
	}
}

// FuzzNamespaceOf: a reference that is read is the one that is written.
func FuzzNamespaceOf(f *testing.F) {
	for _, s := range []string{"#{Seal.DIGEST}", "#{a.b.DIGEST}", "#{.DIGEST}", "x", "#{Seal.DIGEST}}"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if ns, ok := seal.NamespaceOf(s); ok && seal.Reference(ns) != s {
			t.Errorf("NamespaceOf(%q) = %q", s, ns)
		}
	})
}
