module penstock

go 1.26.0

require (
	charm.land/lipgloss/v2 v2.0.6 // internal/term: styles and display width
	github.com/go-json-experiment/json v0.0.0-20260820222146-c27c302e5fc3 // doc/json: tokens with offsets (jsontext)
	github.com/google/go-cmp v0.7.0 // tests: differences
	github.com/hashicorp/hcl/v2 v2.25.0 // iac/tf: Terraform's language, and its format
	github.com/rogpeppe/go-internal v1.16.0 // tests: txtar and testscript
	github.com/spf13/cobra v1.10.2 // internal/cli: commands, flags, help
	github.com/zclconf/go-cty v1.19.0 // iac/tf: literal values of HCL
	go.yaml.in/yaml/v4 v4.0.0 // doc/yaml: nodes with positions
	golang.org/x/term v0.47.0 // internal/term: is this a terminal, how wide
)

require (
	github.com/agext/levenshtein v1.2.1 // indirect
	github.com/apparentlymart/go-textseg/v15 v15.0.0 // indirect
	github.com/charmbracelet/colorprofile v0.4.3 // indirect
	github.com/charmbracelet/ultraviolet v0.0.0-20260811164956-006e29f97886 // indirect
	github.com/charmbracelet/x/ansi v0.11.8 // indirect
	github.com/charmbracelet/x/term v0.2.2 // indirect
	github.com/charmbracelet/x/termios v0.1.1 // indirect
	github.com/charmbracelet/x/windows v0.2.2 // indirect
	github.com/clipperhouse/displaywidth v0.11.0 // indirect
	github.com/clipperhouse/uax29/v2 v2.7.0 // indirect
	github.com/inconshreveable/mousetrap v1.1.0 // indirect
	github.com/lucasb-eyer/go-colorful v1.4.1 // indirect
	github.com/mattn/go-runewidth v0.0.24 // indirect
	github.com/mitchellh/go-wordwrap v1.0.1 // indirect
	github.com/muesli/cancelreader v0.2.2 // indirect
	github.com/rivo/uniseg v0.4.7 // indirect
	github.com/spf13/pflag v1.0.9 // indirect
	github.com/xo/terminfo v0.0.0-20220910002029-abceb7e1c41e // indirect
	golang.org/x/sync v0.22.0 // indirect
	golang.org/x/sys v0.49.0 // indirect
	golang.org/x/text v0.31.0 // indirect
	golang.org/x/tools v0.38.0 // indirect
)
