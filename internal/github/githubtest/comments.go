package githubtest

import (
	"net/http"
	"time"
)

// conversation finds the issue or pull request of a request and asks for the right permission: either of the two is
// enough for a pull request, but an issue is none.
func (s *Server) conversation(c *call, number int, access string) (*thread, *problem) {
	th := s.state.thread(number)
	if th == nil {
		return nil, notFound()
	}
	if th.pull == nil {
		if refused := s.permit(c, []string{"issues=" + access}); refused != nil {
			return nil, refused
		}
	}
	return th, nil
}

// commented finds the comment of a request.
func (s *Server) commented(c *call, access string) (*comment, *thread, *problem) {
	id, refused := c.number("id")
	if refused != nil {
		return nil, nil, refused
	}
	found := s.state.comment(id)
	if found == nil {
		return nil, nil, notFound()
	}
	th, refused := s.conversation(c, found.number, access)
	return found, th, refused
}

// listComments answers the comments of a conversation by ID, oldest first; sort and direction change nothing, as
// documented.
func (s *Server) listComments(c *call) (reply, *problem) {
	number, refused := c.number("number")
	if refused != nil {
		return reply{}, refused
	}
	th, refused := s.conversation(c, int(number), "read")
	if refused != nil {
		return reply{}, refused
	}
	since, refused := c.since()
	if refused != nil {
		return reply{}, refused
	}
	var all []*comment
	for _, found := range s.state.of(th.number) {
		if !found.updated.Before(since) {
			all = append(all, found)
		}
	}
	page, header := numbered(s, c, all)
	out := []commentJSON{}
	for _, found := range page {
		out = append(out, s.commentJSON(found, th))
	}
	return reply{status: http.StatusOK, header: header, value: out}, nil
}

// since reads the time from which on a list wants updates.
func (c *call) since() (time.Time, *problem) {
	value := c.r.URL.Query().Get("since")
	if value == "" {
		return time.Time{}, nil
	}
	at, err := time.Parse(time.RFC3339, value)
	if err != nil {
		return time.Time{}, malformed("For 'properties/since', %s is not a valid date-time.", value)
	}
	return at, nil
}

func (s *Server) createComment(c *call) (reply, *problem) {
	number, refused := c.number("number")
	if refused != nil {
		return reply{}, refused
	}
	th, refused := s.conversation(c, int(number), "write")
	if refused != nil {
		return reply{}, refused
	}
	body, refused := c.commentBody()
	if refused != nil {
		return reply{}, refused
	}
	out := s.commentJSON(s.comment(th, c.token.login, body), th)
	return reply{status: http.StatusCreated, header: http.Header{"Location": {out.URL}}, value: out}, nil
}

func (s *Server) getComment(c *call) (reply, *problem) {
	found, th, refused := s.commented(c, "read")
	if refused != nil {
		return reply{}, refused
	}
	return reply{status: http.StatusOK, value: s.commentJSON(found, th)}, nil
}

// updateComment gives a comment another body. A token with the permission may edit the comments of others too.
func (s *Server) updateComment(c *call) (reply, *problem) {
	found, th, refused := s.commented(c, "write")
	if refused != nil {
		return reply{}, refused
	}
	body, refused := c.commentBody()
	if refused != nil {
		return reply{}, refused
	}
	found.body, found.editor, found.updated = s.stored(body), c.token.login, s.now()
	return reply{status: http.StatusOK, value: s.commentJSON(found, th)}, nil
}
