package model

// Several is how remarks of one kind are said as one: of the same Many. The zero Several is that of a remark which is always
// said for itself.
type Several struct {
	// Many is the message for more than one, with %d for their number. It is regent's own text.
	Many string
	// Name is what this one is about, such as a variable. Where remarks have names, these are listed, and their places
	// otherwise.
	Name string
}
