package service

import "testing"

func TestSplitSecret(t *testing.T) {
	for _, tt := range []struct{ id, name, stage, version string }{
		{"app/db", "app/db", "", ""},
		{"app/db:password", "app/db", "", ""},
		{"app/db:password:AWSPREVIOUS", "app/db", "AWSPREVIOUS", ""},
		{"app/db:password::v1", "app/db", "", "v1"},
		{"arn:aws:secretsmanager:eu-west-1:111111111111:secret:app/db-AbCdEf:password", "arn:aws:secretsmanager:eu-west-1:111111111111:secret:app/db-AbCdEf", "", ""},
		{"arn:aws:secretsmanager:eu-west-1:111111111111:secret:app/db-AbCdEf", "arn:aws:secretsmanager:eu-west-1:111111111111:secret:app/db-AbCdEf", "", ""},
	} {
		if n, st, v := splitSecret(tt.id); n != tt.name || st != tt.stage || v != tt.version {
			t.Errorf("splitSecret(%q) = %q, %q, %q", tt.id, n, st, v)
		}
	}
}
