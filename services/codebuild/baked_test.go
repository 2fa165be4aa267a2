package codebuild

import (
	"strings"
	"testing"

	"penstock/diag"
)

func TestBaked(t *testing.T) {
	for _, tt := range []struct{ commands, want string }{
		{`go build -ldflags "-X main.dbPassword=$DB_PASSWORD" -o app`, "secret DB_PASSWORD into what it makes: go build -ldflags -X"},
		{`go build -ldflags="-s -w -X 'main.key=${API_KEY}'" ./...`, "secret API_KEY"},
		{"FLAGS=\"-X main.key=$API_KEY\"\nGOOS=linux go install -ldflags \"$FLAGS\" ./cmd/app", "secret API_KEY"},
		{`docker build --build-arg TOKEN=$API_KEY -t app .`, "--build-arg keeps it in the history"},
		{`docker build --build-arg=API_KEY -t app .`, "secret API_KEY"},
		{`sudo docker buildx build --build-arg DB_PASSWORD .`, "secret DB_PASSWORD"},
		{`gcc -DKEY="$API_KEY" main.c`, "gcc -D"},
		{`npx esbuild app.js --define:KEY="$API_KEY"`, "esbuild --define"},
		{`npm run build`, "secret VITE_KEY into what it makes: its name"},
		{`yarn build`, "secret VITE_KEY"},
		{`npx vite build`, "secret VITE_KEY"},
		// Not in what is made.
		{`go build -ldflags "-X main.version=$VERSION" -o app`, ""},
		{`go test -ldflags "-X main.key=$API_KEY" ./...`, ""},
		{`go build -ldflags "-s" -o $API_KEY`, ""},
		{`docker build --secret id=key,env=API_KEY -t app .`, ""},
		{`docker build --build-arg VERSION=$VERSION .`, ""},
		{`docker run -e API_KEY app`, ""},
		{`curl -H "Authorization: $API_KEY" https://example.com`, ""},
		{"API_KEY=none\ndocker build --build-arg API_KEY=$API_KEY .", ""},
		{`npm test`, ""},
		{`npm ci`, ""},
		{`echo "go build -ldflags -X main.k=$API_KEY"`, ""},
		{`yarn`, ""},
		{`npm`, ""},
	} {
		s, _ := projectOf(t, `
Source: {Type: NO_SOURCE}
Environment:
  Type: LINUX_CONTAINER
  EnvironmentVariables:
    - {Name: API_KEY, Type: SECRETS_MANAGER, Value: "app:key"}
    - {Name: VERSION, Type: PLAINTEXT, Value: "1"}
    - {Name: VITE_KEY, Type: SECRETS_MANAGER, Value: "app:vite"}
    - {Name: DB_PASSWORD, Type: PARAMETER_STORE, Value: /app/db}
    - {Name: BASE, Type: PARAMETER_STORE, Value: /app/base}
`)
		s.Memo["codebuild.buildspec"] = &spec{Buildspec: &Buildspec{Phases: []Phase{{Commands: []Command{{Text: tt.commands, Span: textNode(tt.commands).Span}}}}}}
		fs := baked(s, nil)
		switch {
		case tt.want == "" && len(fs) > 0:
			t.Errorf("%s: %s", tt.commands, fs[0].Message)
		case tt.want != "" && (len(fs) != 1 || !strings.Contains(fs[0].Message, tt.want) || fs[0].Severity != diag.Warning):
			t.Errorf("%s: %v, want %s", tt.commands, fs, tt.want)
		}
	}
}

// A parameter whose name says nothing may be plain text: that is said, and
// makes nothing depend on it.
func TestBakedParameter(t *testing.T) {
	s, _ := projectOf(t, "Source: {Type: NO_SOURCE}\nEnvironment: {Type: LINUX_CONTAINER, EnvironmentVariables: [{Name: BASE, Type: PARAMETER_STORE, Value: /app/base}]}\n")
	s.Memo["codebuild.buildspec"] = &spec{Buildspec: &Buildspec{Phases: []Phase{{Commands: []Command{{Text: "docker build --build-arg BASE=$BASE ."}}}}}}
	fs := baked(s, nil)
	if len(fs) != 1 || fs[0].Severity != diag.Info || fs[0].Certainty != diag.Possible || len(fs[0].Depends) != 1 {
		t.Errorf("%v", fs)
	}
}
