// Package stacks says which template goes where: it reads the stacks file
// (penstock.stacks.yaml), a CDK cloud assembly, or a lone template or folder of
// Terraform with an account and a region, and makes of it the input of iac/cfn.
//
// A stacks file, whole:
//
//	organization:                       # optional
//	  id: o-example
//	  management: "999999999999"
//	  parents: {"222222222222": ou-prod, ou-prod: root}
//	  scps: {root: [scp/region.json], "222222222222": [scp/trail.json]}
//	  rcps: {ou-prod: [rcp/org.json]}
//	stacks:
//	  - name: tools                     # letters, digits, hyphens
//	    template: tools.yaml            # or a folder of Terraform, or of a cloud assembly, with nothing else
//	    account: "111111111111"         # in quotes
//	    region: ap-northeast-1
//	    parameters: {Env: prod, Subnets: [subnet-1, subnet-2]}
//	    parameterFiles: [prod.json]     # AWS CLI, CodePipeline or a plain map
//	    physicalIds: {Key: 77aa88bb-…}  # what Ref gives, by logical id
//	    tags: {team: core}
//	    exists: true                    # describes what is there already; nobody deploys it
//	  - name: staging                   # an output of another stack, of any account and region
//	    template: staging.yaml
//	    account: "222222222222"
//	    region: ap-northeast-1
//	    parameters:
//	      KeyArn: {stack: tools, output: KeyArn}
//
// A stack whose name two accounts have is named tools@111111111111 there, or
// tools@111111111111.eu-west-1.
//
// Everything is read through one os.Root, that of the folder that the user
// named, so that neither a stacks file nor a template can reach a file outside
// it.
package stacks

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"

	"penstock/arn"
	"penstock/cloud"
	"penstock/diag"
	"penstock/doc"
	"penstock/doc/load"
	"penstock/iac/cfn"
	"penstock/source"
)

// FileName is the name of the stacks file.
const FileName = "penstock.stacks.yaml"

// maxFile is the largest file that is read; CloudFormation takes templates up
// to 1 MB.
const maxFile = 16 << 20

// Options is what the command line says beside the target.
type Options struct {
	// Dir is the root's folder as the user typed it; it begins the names of
	// files in messages.
	Dir string
	// Account, Region and Name are for a lone template, and for the stacks
	// of an assembly whose environment is unknown.
	Account, Region, Name string
	Parameters            []cfn.Parameter
	ParameterFiles        []string
}

// A Set is what was found.
type Set struct {
	Stacks []cfn.Stack
	Org    *cloud.Organization
	Needs  []cloud.Need
	// Beside are the files that stand beside the templates and are none:
	// workflows, profiles.
	Beside []*source.File
	// Read returns a file of the folder by its slash-separated name.
	Read func(name string) (*source.File, error)
	// Findings are those of the stacks file and the manifests themselves.
	Findings []diag.Finding
}

// Input makes the input of cfn.Load; the caller adds the resource types.
func (s *Set) Input() cfn.Input {
	return cfn.Input{Stacks: s.Stacks, Read: s.Read, Org: s.Org, Needs: s.Needs, Beside: s.Beside}
}

// Load finds the stacks at name, a file or a folder in root ("." for root
// itself). A folder has a stacks file, or is a cloud assembly (manifest.json,
// its own or that of cdk.out), or has one template. Errors name file and
// line, and have a Hint that says what would be right.
func Load(root *os.Root, name string, opt Options) (*Set, error) {
	return LoadFS(root.FS(), name, opt)
}

// LoadFS is Load for files that are in no folder, or in one that cannot be left
// by itself.
func LoadFS(root fs.FS, name string, opt Options) (*Set, error) {
	l := &loader{root: root, opt: opt, set: &Set{}, files: map[string]*source.File{}}
	l.set.Read = l.read
	name = path.Clean(strings.ReplaceAll(name, "\\", "/"))
	info, err := fs.Stat(root, name)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", l.shown(name), plainError(err))
	}
	dir := name
	if info.IsDir() {
		err = l.folder(name)
	} else {
		err, dir = l.file(name), path.Dir(name)
	}
	if err != nil {
		return nil, err
	}
	l.set.Beside = l.beside(dir)
	return l.set, nil
}

type loader struct {
	root  fs.FS
	opt   Options
	set   *Set
	files map[string]*source.File
}

// A hinted error says what would be right.
type hinted struct {
	error
	hint string
}

func (e hinted) Hint() string  { return e.hint }
func (e hinted) Unwrap() error { return e.error }

func (l *loader) shown(name string) string { return path.Join(l.opt.Dir, name) }

// plainError takes the system call's name and path off an error: the message
// around it has the path as the user knows it.
func plainError(err error) error {
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		return e.Err
	}
	return err
}

// read returns a file of the root, once.
func (l *loader) read(name string) (*source.File, error) {
	name = path.Clean(name)
	if f := l.files[name]; f != nil {
		return f, nil
	}
	if name == ".." || strings.HasPrefix(name, "../") || path.IsAbs(name) {
		return nil, hinted{
			fmt.Errorf("%s is outside %s", l.shown(name), l.where()),
			"files are read only below the folder that holds " + FileName + "; move that file up to a folder that holds all templates",
		}
	}
	info, err := fs.Stat(l.root, name) // before Open, which waits at a pipe
	switch {
	case err != nil:
		return nil, fmt.Errorf("%s: %w", l.shown(name), plainError(err))
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("%s is no regular file", l.shown(name))
	case info.Size() > maxFile:
		return nil, hinted{
			fmt.Errorf("%s has %d MB, and at most %d MB are read", l.shown(name), info.Size()>>20, maxFile>>20),
			"is this the right file? CloudFormation itself takes templates up to 1 MB",
		}
	}
	f, err := l.root.Open(name)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", l.shown(name), plainError(err))
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", l.shown(name), plainError(err))
	}
	file := source.NewFile(l.shown(name), data)
	l.files[name] = file
	return file, nil
}

func (l *loader) where() string {
	if l.opt.Dir == "" || l.opt.Dir == "." {
		return "this folder"
	}
	return l.opt.Dir
}

func (l *loader) parse(name string) (*doc.Node, error) {
	f, err := l.read(name)
	if err != nil {
		return nil, err
	}
	n, fs, err := load.Parse(f)
	if err != nil {
		return nil, err
	}
	l.set.Findings = append(l.set.Findings, fs...)
	return n, nil
}

func (l *loader) exists(name string) bool {
	info, err := fs.Stat(l.root, name)
	return err == nil && !info.IsDir()
}

// folder decides what a folder is.
func (l *loader) folder(dir string) error {
	for _, name := range []string{FileName, "penstock.stacks.yml"} {
		if l.exists(path.Join(dir, name)) {
			return l.stacksFile(path.Join(dir, name))
		}
	}
	for _, d := range []string{dir, path.Join(dir, "cdk.out")} {
		if l.exists(path.Join(d, "manifest.json")) {
			return l.assembly(d, entry{account: l.opt.Account, region: l.opt.Region}, nil)
		}
	}
	names, err := l.templates(dir)
	switch {
	case err != nil:
		return err
	case len(names) == 0 && l.hasTerraform(dir):
		return l.loneTerraform(dir)
	case len(names) == 1:
		return l.lone(names[0])
	case len(names) == 0:
		return hinted{fmt.Errorf("%s has no stacks file, no cloud assembly and no template", l.shown(dir)), "write a " + FileName + " that says which template goes to which account and region"}
	default:
		return hinted{fmt.Errorf("%s has %d templates (%s) and no %s", l.shown(dir), len(names), strings.Join(names, ", "), FileName), "name one of them, or write a " + FileName + " that says which template goes to which account and region"}
	}
}

var looksLikeTemplate = regexp.MustCompile(`AWSTemplateFormatVersion|\bType"?\s*:\s*['"]?AWS::`)

// templates lists the files of a folder that look like templates.
func (l *loader) templates(dir string) ([]string, error) {
	entries, err := fs.ReadDir(l.root, dir)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", l.shown(dir), plainError(err))
	}
	var names []string
	for _, e := range entries {
		switch path.Ext(e.Name()) {
		case ".yaml", ".yml", ".json", ".template":
		default:
			continue
		}
		name := path.Join(dir, e.Name())
		if f, err := l.read(name); err == nil && looksLikeTemplate.Match(f.Data) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names, nil
}

// file decides what a file is by what is in it.
func (l *loader) file(name string) error {
	base := path.Base(name)
	if base == "manifest.json" {
		return l.assembly(path.Dir(name), entry{account: l.opt.Account, region: l.opt.Region}, nil)
	}
	if path.Ext(name) == ".tf" {
		return l.loneTerraform(path.Dir(name)) // Terraform reads the whole folder
	}
	n, err := l.parse(name)
	if err != nil {
		return err
	}
	if n.Get("Resources") == nil && n.Get("stacks") != nil {
		l.set.Findings = nil
		return l.stacksFile(name)
	}
	l.set.Findings = nil // cfn reports them again
	return l.lone(name)
}

// lone is a template without a stacks file.
func (l *loader) lone(name string) error {
	const hint = "add --account 111111111111 --region eu-west-1, or write a " + FileName
	switch {
	case l.opt.Account == "":
		return hinted{fmt.Errorf("%s: the account is not known", l.shown(name)), hint}
	case !arn.IsAccountID(l.opt.Account):
		return hinted{fmt.Errorf("account %q is no account id", l.opt.Account), "an account id is twelve digits"}
	case l.opt.Region == "":
		return hinted{fmt.Errorf("%s: the region is not known", l.shown(name)), hint}
	case !regionName.MatchString(l.opt.Region):
		return hinted{fmt.Errorf("%q is no region", l.opt.Region), "a region is written like ap-northeast-1"}
	}
	stack := l.opt.Name
	if stack == "" {
		stack = stackName(name)
	}
	l.set.Stacks = append(l.set.Stacks, cfn.Stack{
		Name: stack, Account: l.opt.Account, Region: l.opt.Region, Template: name,
		Parameters: l.opt.Parameters, ParameterFiles: l.opt.ParameterFiles,
	})
	return nil
}

// stackName makes a stack name of a file name: letters, digits and hyphens,
// beginning with a letter
// (https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html).
func stackName(file string) string {
	base := path.Base(file)
	for _, ext := range []string{".json", ".yaml", ".yml", ".template"} {
		base = strings.TrimSuffix(base, ext)
	}
	base = strings.Trim(notInName.ReplaceAllString(base, "-"), "-")
	if base == "" || base[0] >= '0' && base[0] <= '9' {
		base = "stack" + base
	}
	return base
}

var (
	notInName  = regexp.MustCompile(`[^A-Za-z0-9-]+`)
	validName  = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9-]{0,127}$`)
	regionName = regexp.MustCompile(`^[a-z]{2,4}(-[a-z]+)+-[0-9]+$`)
)
