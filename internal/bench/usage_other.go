//go:build !unix

package main

import (
	"os"
	"time"
)

// peak is not told here.
func peak(*os.ProcessState) int64 { return 0 }

// spent is not told here.
func spent() time.Duration { return 0 }
