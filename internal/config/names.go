package config

// keyName gives a key for a message. A key that has no value and stands in braces may be a misplaced value, even a
// secret ({password:hunter2} is one key), so it is not repeated.
func keyName(key string, value *node) string {
	if value.isNull() && value.text == "" || len(key) > 64 {
		return "a key"
	}
	return key
}
