package all

import (
	"sync"

	"penstock/iac/tf"
)

// Terraform returns how the resources of every room are written for Terraform.
// It is read once, when something asks for it.
func Terraform() *tf.Book { return book() }

var book = sync.OnceValue(func() *tf.Book {
	rooms := map[string]string{}
	for _, s := range Services() {
		if s.Terraform != "" {
			rooms[s.Name] = s.Terraform
		}
	}
	b, err := tf.NewBook(rooms)
	if err != nil {
		panic(err) // a mistake in the data, which the tests of this package find
	}
	return b
})
