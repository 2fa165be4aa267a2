package seal

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"slices"
)

// Prefix begins a digest as Seals exports it; 64 hex digits follow.
const Prefix = "sha256:"

// Digest computes the digest of a tree as Seals does, with its prefix: that of
// what is sealed, where the images are pinned already. It is the SHA-256 of a
// record per file and per link, each sorted by the bytes of the path:
//
//	<hex SHA-256 of the content> "  ./" <path> NUL      files
//	"./" <path> NUL <target> NUL                        links
//
// A file's record starts with a hex digit and a link's with a dot, so no two
// trees have the same records. The error is that of reading, or tells what no
// artifact may hold.
func Digest(tree fs.FS) (string, error) {
	var files, links []string
	err := fs.WalkDir(tree, ".", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir():
			return nil
		case d.Type()&fs.ModeSymlink != 0:
			links = append(links, path)
		case d.Type().IsRegular():
			files = append(files, path)
		default:
			return fmt.Errorf("%q is no file, no folder and no link", path)
		}
		return nil
	})
	if err != nil {
		return "", fmt.Errorf("reading what is sealed: %w", err)
	}
	// Sorted as sort(1) does with "./" before each, a byte at a time.
	slices.Sort(files)
	slices.Sort(links)
	all := sha256.New()
	for _, path := range files {
		if err := file(all, tree, path); err != nil {
			return "", fmt.Errorf("reading what is sealed: %w", err)
		}
	}
	for _, path := range links {
		target, err := fs.ReadLink(tree, path)
		if err != nil {
			return "", fmt.Errorf("reading what is sealed: %w", err)
		}
		fmt.Fprintf(all, "./%s\x00%s\x00", path, target)
	}
	return Prefix + hex.EncodeToString(all.Sum(nil)), nil
}

func file(all hash.Hash, tree fs.FS, path string) error {
	f, err := tree.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	one := sha256.New()
	if _, err := io.Copy(one, f); err != nil {
		return err
	}
	fmt.Fprintf(all, "%x  ./%s\x00", one.Sum(nil), path)
	return nil
}
