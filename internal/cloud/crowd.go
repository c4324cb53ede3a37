package cloud

import (
	"bytes"
	"errors"
	"fmt"
	"math"
)

const (
	// maxEntries is the most that a list in an answer may hold where the call says nothing else.
	maxEntries = 1000
	// maxValues is the most that all lists and objects of such an answer may hold together. Where a call lets a list be
	// longer, it is valuesEach for each of its entries.
	maxValues, valuesEach = 100_000, 50
	// maxDepth is what encoding/json goes down to at most; it refuses what is nested deeper.
	maxDepth = 10_000
)

// errCrowded is what an answer ends in that holds more than was asked for. An entry of two bytes becomes one of hundreds
// when it is decoded: the bound of the answer's size alone leaves gigabytes.
var errCrowded = errors.New("it was not decoded")

// crowded refuses JSON in which a list holds more than so many entries, or everything together too much, before anything
// is decoded. What is no JSON is left to those who decode it.
func crowded(body []byte, entries int) error {
	if entries == 0 {
		entries = maxEntries
	}
	if len(body) <= 2*entries { // no room for so many
		return nil
	}
	if start := bytes.TrimLeft(body, " \t\r\n"); len(start) == 0 || start[0] != '[' && start[0] != '{' {
		return nil
	}
	var open []int // the entries so far of the lists and objects around; those of objects count from below zero
	values, most := 0, max(maxValues, valuesEach*entries)
	const object = math.MinInt
	for i := 0; i < len(body); i++ {
		switch body[i] {
		case '"':
			n := quoted(body[i+1:])
			if n < 0 {
				return nil
			}
			i += n
		case '[', '{':
			first := 1
			if body[i] == '{' {
				first = object
			}
			if open = append(open, first); len(open) > maxDepth {
				return nil
			}
			values++
		case ']', '}':
			if len(open) == 0 {
				return nil
			}
			open = open[:len(open)-1]
		case ',':
			if len(open) == 0 {
				return nil
			}
			values++
			if open[len(open)-1]++; open[len(open)-1] > entries {
				return fmt.Errorf("the answer has a list of more than %d entries; %w", entries, errCrowded)
			}
		}
		if values > most {
			return fmt.Errorf("the answer holds more than %d values; %w", most, errCrowded)
		}
	}
	return nil
}

// quoted gives the length of a JSON string with its closing quote, when b starts after the opening one; negative when
// it does not end.
func quoted(b []byte) int {
	for i := 0; ; {
		n := bytes.IndexByte(b[i:], '"')
		if n < 0 {
			return -1
		}
		i += n + 1
		escapes := 0
		for i-2-escapes >= 0 && b[i-2-escapes] == '\\' {
			escapes++
		}
		if escapes%2 == 0 {
			return i
		}
	}
}
