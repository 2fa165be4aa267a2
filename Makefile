# make check   what CI runs: format, vet, tests, static build
# make facts   regenerate the embedded AWS facts from pinned packages
# make cdk     synthesise three CDK apps outside the repository and prove them
# make fuzz    five minutes for each fuzz target
# make bench   the benchmarks, with allocations

GO ?= go
FUZZTIME ?= 5m
CDK_OUT ?= $(or $(TMPDIR),/tmp)/penstock-cdk

.PHONY: check test build fmt vet modern facts facts-check tools-check cdk fuzz bench

check: fmt vet modern build test

fmt:
	@out=$$(gofmt -l $$(git ls-files '*.go')); if [ -n "$$out" ]; then echo "gofmt would change:"; echo "$$out"; exit 1; fi

vet:
	$(GO) vet ./...

# go fix has nothing to say: the code uses what its Go offers.
modern:
	@out=$$($(GO) fix -diff ./...); if [ -n "$$out" ]; then echo "$$out"; exit 1; fi

build:
	CGO_ENABLED=0 $(GO) build ./...

test:
	$(GO) test ./...

facts:
	$(GO) run -C tools ./factsgen

facts-check:
	$(GO) run -C tools ./factsgen -check

tools-check:
	$(GO) vet -C tools ./... && $(GO) test -C tools ./...

cdk:
	tools/cdk/synth.sh $(CDK_OUT)
	PENSTOCK_CDK=$(CDK_OUT) $(GO) test ./internal/cli -run TestCDK -count=1 -v

bench:
	$(GO) test -run '^$$' -bench . -benchmem ./...

# One target at a time: the fuzzer takes one package and one function.
fuzz:
	@for pkg in $$($(GO) list ./...); do \
	  for f in $$($(GO) test -list '^Fuzz' $$pkg | grep '^Fuzz'); do \
	    echo "== $$pkg $$f"; $(GO) test -run '^$$' -fuzz "^$$f$$" -fuzztime $(FUZZTIME) $$pkg || exit 1; \
	  done; done
