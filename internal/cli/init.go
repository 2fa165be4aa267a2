package cli

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"penstock/diag"
	"penstock/internal/term"
	"penstock/sketch"
	"penstock/source"
	"penstock/spec"
)

// schemaBeside is the copy of the schema that init writes for editors.
const schemaBeside = ".penstock/penstock-1.json"

// initFlags is what init was told.
type initFlags struct {
	said   []said // in the order given
	schema string
	force  bool
	// accounts says that accounts were given: those of profiles stay out.
	accounts bool
}

// said is a flag and its value.
type said struct{ flag, value string }

// saying is a flag that takes down what it is told, in order.
type saying struct {
	f    *initFlags
	name string
}

func (s *saying) String() string { return "" }
func (s *saying) Type() string   { return "string" }
func (s *saying) Set(v string) error {
	s.f.said = append(s.f.said, said{s.name, v})
	s.f.accounts = s.f.accounts || s.name == "account"
	return nil
}

func newInit(env, outer *Env) *cobra.Command {
	f := &initFlags{}
	c := &cobra.Command{
		Use:   "init [FOLDER]",
		Short: "Write a first penstock.yaml from what is there, and a few answers",
		Long: `Write penstock.yaml into FOLDER, the working directory without one. What can be read is taken from there: the build, its
secrets and its images from buildspec.yml, the deployment from appspec.yml, template.yaml, imagedefinitions.json or a
Dockerfile, the source from the git remote and the current branch, accounts and region from the profiles of
~/.aws/config. What was taken from where is said. The rest is asked on a terminal; without one it has to be said by flags.

Nothing is called and no program is started. A penstock.yaml that is there is left alone unless --force is given.`,
		Example: `  penstock init
  penstock init --project mfmsapp --region ap-northeast-1 --account tools=111111111111 \
    --account staging=222222222222 --account prod=333333333333 --source codecommit:mfmsapp \
    --deploy staging=ecs:staging-cluster/my-service --deploy prod=ecs:production-cluster/my-service \
    --approvers security-team,platform-team --alerts security@example.com`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			dir := "."
			if len(args) == 1 {
				dir = args[0]
			}
			return runInit(env, outer, f, dir)
		},
	}
	fs := c.Flags()
	for _, x := range [][2]string{
		{"project", "`name` of everything that is made"},
		{"region", "`region` of the pipeline"},
		{"account", "`alias=id` of an account: tools has the pipeline, logs the audit log, stages deploy to the others; may be repeated"},
		{"source", "`kind:name`: codecommit:NAME, github:OWNER/NAME, gitlab:GROUP/NAME, bitbucket:WORKSPACE/NAME, s3:BUCKET/KEY, ecr:REPOSITORY"},
		{"branch", "`branch` of the source"},
		{"deploy", "`[alias=]kind:name`: ecs:CLUSTER/SERVICE, lambda:FUNCTION, ec2:AUTOSCALINGGROUP, cloudformation[:STACK], s3:BUCKET; may be repeated"},
		{"approvers", "`groups` that approve the last stage, between commas, or none"},
		{"need", "`number` of people who have to approve, that of the groups by default"},
		{"alerts", "e-mail `addresses` that alarms go to, between commas, or none where somebody else keeps the trail"},
	} {
		fs.Var(&saying{f, x[0]}, x[0], x[1])
	}
	fs.StringVar(&f.schema, "schema", schemaBeside, "`place` of the JSON Schema for editors: the file is written beside the spec unless it is an https:// address; empty for none")
	fs.BoolVar(&f.force, "force", false, "replace a penstock.yaml that is there")
	return c
}

func runInit(env, outer *Env, f *initFlags, dir string) error {
	at := dir
	if !filepath.IsAbs(at) {
		at = filepath.Join(env.Dir, dir)
	}
	name := filepath.Join(at, spec.FileName)
	shown := filepath.ToSlash(filepath.Join(dir, spec.FileName))
	if info, err := os.Stat(at); err != nil || !info.IsDir() {
		return &failure{exitUnfinished, fmt.Errorf("there is no folder %q", dir)}
	}
	if _, err := os.Lstat(name); err == nil && !f.force {
		return &failure{exitUnfinished, &hinted{fmt.Errorf("%s is there already", shown), "--force replaces it"}}
	}
	d, err := look(env, f, at)
	if err != nil {
		return &failure{exitUnfinished, err}
	}
	var wrong []error
	for _, x := range f.said {
		if err := d.Set(x.flag, x.value); err != nil {
			wrong = append(wrong, fmt.Errorf("--%s: %w", x.flag, err))
		}
	}
	if wrong != nil {
		return &failure{exitUsage, errors.Join(wrong...)}
	}
	if gaps := d.Gaps(); len(gaps) > 0 {
		if !term.Is(outer.Stdin) || !term.Is(outer.Stderr) {
			return &failure{exitUsage, missing(gaps)}
		}
		if err := interview(d, outer.Stdin, outer.Stderr); err != nil {
			return &failure{exitUnfinished, err}
		}
	}
	text := d.YAML()
	_, found := spec.Read(source.NewFile(shown, text))
	for _, x := range found {
		if x.Severity == diag.Error {
			wrong = append(wrong, errors.New(x.Message))
		}
	}
	if wrong != nil {
		return &failure{exitUsage, fmt.Errorf("what was said and found makes no spec: %w", errors.Join(wrong...))}
	}
	if err := writeInit(at, name, f.schema, text); err != nil {
		return &failure{exitUnfinished, fmt.Errorf("writing %s: %w", shown, plain(err))}
	}
	told(env.Stdout, d, shown)
	return nil
}

// look drafts a spec from what is there.
func look(env *Env, f *initFlags, at string) (*sketch.Draft, error) {
	root, err := os.OpenRoot(at)
	if err != nil {
		return nil, fmt.Errorf("opening the folder: %w", plain(err))
	}
	defer root.Close()
	in := sketch.Input{Folder: root.FS(), Name: filepath.Base(at), Region: env.Getenv("AWS_REGION")}
	if abs, err := filepath.Abs(at); err == nil {
		in.Name = filepath.Base(abs)
		in.GitConfig, in.GitHead = gitFiles(abs)
	}
	if in.Region == "" {
		in.Region = env.Getenv("AWS_DEFAULT_REGION")
	}
	config, shown := env.Getenv("AWS_CONFIG_FILE"), env.Getenv("AWS_CONFIG_FILE")
	if home := cmp.Or(env.Getenv("HOME"), env.Getenv("USERPROFILE")); config == "" && home != "" {
		config, shown = filepath.Join(home, ".aws", "config"), "~/.aws/config"
	}
	if config != "" {
		data, err := os.ReadFile(config)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("reading %s: %w", shown, plain(err))
		}
		in.AWSConfig, in.AWSConfigName = string(data), shown
	}
	for _, x := range f.said {
		if x.flag == "project" {
			in.Project = x.value
		}
	}
	d := sketch.Look(in)
	if f.accounts {
		d.DropAccounts()
	}
	d.Schema = f.schema
	return d, nil
}

// gitFiles returns .git/config and HEAD of the repository that a folder is in.
// A worktree has a file .git that names the folder of its HEAD, in which
// commondir names that of the config
// (https://git-scm.com/docs/gitrepository-layout).
func gitFiles(dir string) (config, head string) {
	for ; ; dir = filepath.Dir(dir) {
		git := filepath.Join(dir, ".git")
		info, err := os.Stat(git)
		if err != nil {
			if dir == filepath.Dir(dir) {
				return "", ""
			}
			continue
		}
		common := git
		if !info.IsDir() {
			data, err := os.ReadFile(git)
			to, ok := strings.CutPrefix(strings.TrimSpace(string(data)), "gitdir: ")
			if err != nil || !ok {
				return "", ""
			}
			git = from(dir, to)
			common = git
			if data, err := os.ReadFile(filepath.Join(git, "commondir")); err == nil {
				common = from(git, strings.TrimSpace(string(data)))
			}
		}
		c, err := os.ReadFile(filepath.Join(common, "config"))
		if err != nil {
			return "", ""
		}
		h, err := os.ReadFile(filepath.Join(git, "HEAD"))
		if err != nil {
			return string(c), ""
		}
		return string(c), string(h)
	}
}

func from(dir, name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(dir, name)
}

// missing says what nobody said, each with the flag that says it.
func missing(gaps []sketch.Gap) error {
	var errs []error
	for _, g := range gaps {
		errs = append(errs, &hinted{fmt.Errorf("nothing here shows %s", g.What), "--" + g.Flag + " " + g.Before + g.Like})
	}
	return errors.Join(errs...)
}

// interview asks what nothing shows, and once again where an answer is none.
func interview(d *sketch.Draft, in io.Reader, out io.Writer) error {
	lines := bufio.NewScanner(in)
	question := func(what, like string) (string, error) {
		fmt.Fprintf(out, "%s (%s): ", term.Printable(what), like)
		if !lines.Scan() {
			fmt.Fprintln(out)
			if err := lines.Err(); err != nil {
				return "", fmt.Errorf("reading the answer: %w", err)
			}
			return "", fmt.Errorf("the answers end at %s", what)
		}
		return strings.TrimSpace(lines.Text()), nil
	}
	for _, x := range d.Found {
		fmt.Fprintf(out, "%s: %s\n", term.Printable(x.Where), term.Printable(x.What))
	}
	if len(d.Accounts) < 2 {
		for {
			answer, err := question("an account to deploy to, empty for no more", "prod=333333333333")
			if err != nil {
				return err
			}
			if answer == "" {
				break
			}
			if err := d.Set("account", answer); err != nil {
				tell(out, err)
			}
		}
	}
	for tries := 0; ; tries++ {
		gaps := d.Gaps()
		if len(gaps) == 0 {
			return nil
		}
		if tries > 100 {
			return missing(gaps)
		}
		g := gaps[0]
		answer, err := question(g.What, g.Like)
		if err != nil {
			return err
		}
		if answer == "" {
			continue
		}
		if err := d.Set(g.Flag, g.Before+answer); err != nil {
			tell(out, err)
		}
	}
}

// writeInit writes the spec, whole or not at all, and the schema for editors.
func writeInit(dir, name, schema string, text []byte) error {
	if schema != "" && !strings.Contains(schema, "://") {
		at := from(dir, filepath.FromSlash(schema))
		if err := os.MkdirAll(filepath.Dir(at), 0o777); err != nil {
			return err
		}
		if err := writeWhole(at, spec.Schema()); err != nil {
			return err
		}
	}
	return writeWhole(name, text)
}

// writeWhole writes a file under another name and then gives it its own, so
// that nobody ever sees half of it.
func writeWhole(name string, data []byte) error {
	tmp, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+".*")
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name()) // gone already once it has been renamed
	if _, err := tmp.Write(data); err != nil {
		tmp.Close()
		return err
	}
	if err := tmp.Chmod(0o644); err != nil {
		tmp.Close()
		return err
	}
	if err := tmp.Close(); err != nil {
		return err
	}
	return os.Rename(tmp.Name(), name)
}

// told says what was taken from where, and what is left to do.
func told(w io.Writer, d *sketch.Draft, name string) {
	width := 0
	for _, x := range d.Found {
		width = max(width, term.Width(x.Where))
	}
	for _, x := range d.Found {
		fmt.Fprintf(w, "%s  %s\n", term.Pad(term.Printable(x.Where), width), term.Printable(x.What))
	}
	for _, n := range d.Notes {
		fmt.Fprintf(w, "note: %s\n", term.Printable(n))
	}
	fmt.Fprintf(w, "wrote %s\nnext: penstock compile %s -o infra\n", name, name)
}
