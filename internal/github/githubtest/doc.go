// Package githubtest is a stand-in for what regent meets on GitHub: the REST API over real HTTP ([Server]), the
// environment in which the runner starts a container action ([Runner]), and the payloads of events ([Event]).
//
// The API is strict where GitHub is strict (tokens and their permissions, paging, sizes, types, error bodies), so that
// what passes here is not surprised there. Facts come from docs.github.com/rest (API versions 2022-11-28 and
// 2026-03-10), from bodies and headers that GitHub was seen to send, and, for the runner, from the source of
// actions/runner. Where the server is knowingly stricter or milder than GitHub, the comment at that place says so.
//
// How a request travels:
//
//	serve -> record -> fault -> User-Agent -> token -> route -> version, Accept -> rate -> permission -> handler -> answer
//
// Handlers only read and change the state and return a reply; everything that has to do with the network happens around
// them. That is what lets a fault carry out a request and still lose its answer.
package githubtest
