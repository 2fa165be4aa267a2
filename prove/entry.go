package prove

import (
	"cmp"

	"penstock/cloud"
	"penstock/service"
)

// entries walks what runs without a pipeline: first the ways in that are no
// resource, then the resources that run by themselves and that no run so far
// has started.
func (p *prover) entries(m *cloud.Model, done []*Run) []*Run {
	var out []*Run
	for i := range p.rooms.entries {
		e := &p.rooms.entries[i]
		for _, s := range e.Find(m) {
			out = append(out, p.enter(m, e, s))
		}
	}
	started := map[*cloud.Resource]bool{}
	mark := func(rs []*Run) {
		for _, r := range rs {
			for _, s := range r.Steps {
				if s.Job != nil {
					started[s.Job] = true
				}
			}
		}
	}
	mark(done)
	mark(out)
	// One that starts another goes first, so that each is walked once, below
	// what starts it.
	var alone []*Run
	for _, res := range m.Resources {
		j := p.rooms.jobs[res.Type]
		if j == nil || j.Alone == nil || started[res] {
			continue
		}
		site := p.site(m, res)
		if !j.Alone(site) {
			continue
		}
		r := &Run{Scenario: m.Scenario, Model: m, Entry: &Entry{
			Kind: res.Type, Title: cmp.Or(res.Name, res.LogicalID), Account: res.Account, Region: res.Region, Resource: res, At: res.Span,
		}}
		p.job(r, site, nil, nil, 0)
		alone = append(alone, r)
	}
	below := map[*cloud.Resource]bool{}
	for _, r := range alone {
		for _, s := range r.Steps {
			if s.Job != nil && s.Job != r.Entry.Resource {
				below[s.Job] = true
			}
		}
	}
	for _, r := range alone {
		if !below[r.Entry.Resource] {
			out = append(out, r)
		}
	}
	return out
}

// enter walks an entry point that is no resource.
func (p *prover) enter(m *cloud.Model, e *service.Entry, s *service.Start) *Run {
	r := &Run{Scenario: m.Scenario, Model: m, Entry: &Entry{
		Kind: e.Name, Title: s.Title, Account: s.Site.Account, Region: s.Site.Region, At: s.At,
	}}
	site := s.Site
	site.Model, site.Author = m, p.opt.Author
	if site.Memo == nil {
		site.Memo = map[string]any{}
	}
	step := &Step{Role: site.Role, site: site}
	r.Steps = append(r.Steps, step)
	p.rows(r, step, site, e.Rows, 0)
	p.check("entry", step, site, nil)
	return r
}

// site is where the job of a resource runs by itself.
func (p *prover) site(m *cloud.Model, res *cloud.Resource) *service.Site {
	return &service.Site{
		Model: m, Resource: res, Account: res.Account, Region: res.Region,
		Read: p.reader(res), Memo: map[string]any{}, Author: p.opt.Author,
	}
}
