//go:build tools

// Package tools pins FerretDB, which the hold-out builds and runs as its MongoDB server.
package tools

import _ "github.com/FerretDB/FerretDB/cmd/ferretdb"
