package shard

// Jobs is what strategy.matrix takes, in its JSON form.
type Jobs struct {
	// Include has one entry for each job. GitHub refuses a matrix without any.
	Include []Job `json:"include"`
}

// Job is one entry of a matrix.
type Job struct {
	Name string `json:"name"`
	// Accounts are the names of the accounts between commas, as the Action's input takes them.
	Accounts string `json:"accounts"`
	Provider string `json:"provider"`
	Region   string `json:"region"`
	Items    int    `json:"items"`
}

// Matrix gives the jobs of shards, in their order.
func Matrix(shards []Shard) Jobs {
	out := Jobs{Include: []Job{}}
	for _, s := range shards {
		out.Include = append(out.Include, Job{
			Name:     s.Name,
			Accounts: s.Join(func(a Account) string { return a.Name }),
			Provider: s.Join(func(a Account) string { return a.Provider }),
			Region:   s.Join(func(a Account) string { return a.Region }),
			Items:    s.Items(),
		})
	}
	return out
}
