package ec2

import "penstock/service"

// authored: the EC2 deploy action runs the scripts of the artifact on the
// instances by SSM, as root, and so with the role of their instance profile
// (action-reference-EC2Deploy.html, PreScript and PostScript).
func authored(s *service.Site) []service.Authored {
	if s.Resource != nil || s.Action == nil || s.Action.Provider != "EC2" {
		return nil
	}
	var out []service.Authored
	for _, i := range s.Instances(chosen(s)) {
		a := service.Authored{
			Role: i.Role, What: "the scripts that action " + s.Action.Name + " runs on its instances", At: i.At, Unknown: i.Unknown,
			Basis: service.Documented, Source: "https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-EC2Deploy.html",
		}
		if a.Role != "" || a.Unknown != "" {
			out = append(out, a)
		}
	}
	return out
}
