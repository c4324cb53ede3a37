package emulator

import (
	"net/http"
	"strings"
)

// route is one method and path pattern of a REST API. Segments in braces
// match any one non-empty segment.
type route struct {
	method   string
	segments []string
	op       *operation
}

// router finds the operation of a request. Routes are tried in order, so a
// fixed segment such as batch-delete stands before {id}. A path that differs
// only by a trailing slash is another path, as it is for the real gateway.
type router struct {
	routes  []route
	actions map[string]*operation // Alibaba RPC operations by action name
}

func newRouter() router {
	var rt router
	for _, add := range []func(*router){addSASRoutes, addHSSRoutes, addSWRRoutes, addIAMRoutes} {
		add(&rt)
	}
	return rt
}

// rest registers a REST operation.
func (rt *router) rest(method, pattern string, op operation) {
	rt.routes = append(rt.routes, route{
		method:   method,
		segments: strings.Split(strings.TrimPrefix(pattern, "/"), "/"),
		op:       &op,
	})
}

// all returns every operation.
func (rt *router) all() []*operation {
	var out []*operation
	for _, route := range rt.routes {
		out = append(out, route.op)
	}
	for _, op := range rt.actions {
		out = append(out, op)
	}
	return out
}

// find returns the REST operation and its path parameters, or nil.
func (rt *router) find(r *http.Request) (*operation, map[string]string) {
	got := strings.Split(strings.TrimPrefix(r.URL.Path, "/"), "/")
	for _, candidate := range rt.routes {
		if candidate.method != r.Method {
			continue
		}
		if vars, matched := match(candidate.segments, got); matched {
			return candidate.op, vars
		}
	}
	return nil, nil
}

func match(pattern, got []string) (map[string]string, bool) {
	if len(pattern) != len(got) {
		return nil, false
	}
	vars := map[string]string{}
	for i, want := range pattern {
		switch {
		case strings.HasPrefix(want, "{"):
			if got[i] == "" {
				return nil, false
			}
			vars[strings.Trim(want, "{}")] = got[i]
		case want != got[i]:
			return nil, false
		}
	}
	return vars, true
}
