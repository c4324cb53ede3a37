package github

import (
	"errors"
	"strings"
)

// Site is where a comment or an issue belongs, and whose it is.
type Site struct {
	// Owner and Repo name the repository.
	Owner, Repo string
	// Author is the login whose comments and issues are regent's own; github-actions[bot] for a workflow's own token.
	Author string
	// Key tells the configurations and accounts of one repository apart: up to 64 letters and digits.
	Key string
}

// Repository gives OWNER/NAME.
func (s Site) Repository() string { return s.Owner + "/" + s.Repo }

// check refuses a site that would make paths or look-ups of its own.
func (s Site) check() error {
	switch {
	case !repositoryForm.MatchString(s.Repository()) || strings.Trim(s.Owner, ".") == "" || strings.Trim(s.Repo, ".") == "":
		return errors.New("the repository is not OWNER/NAME")
	case s.Author == "":
		return errors.New("comment-author is empty: it is the login whose comments are regent's own")
	case !keyForm.MatchString(s.Key):
		return errors.New("the key of the configuration is not of letters and digits")
	}
	return nil
}

// owns reports whether a login is the author's. GitHub does not tell letter cases of logins apart.
func (s Site) owns(login string) bool { return login != "" && strings.EqualFold(login, s.Author) }
