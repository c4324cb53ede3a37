package emulator

import "net/http"

type faultList struct{}

// answer runs a call and writes what came of it.
func (s *Server) answer(w http.ResponseWriter, c *call, err error, finish func(int)) {
	var rep reply
	if err == nil {
		rep, err = s.execute(c)
	}
	out := c.render(rep, err)
	finish(out.status)
	out.write(w)
}
