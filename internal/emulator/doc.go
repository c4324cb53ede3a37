// Package emulator is an in-memory stand-in for the cloud APIs regent talks
// to: Alibaba Cloud Security Center (SAS), Huawei Cloud Host Security Service
// (HSS), SWR Enterprise Edition, and the parts of Huawei Cloud IAM that hand
// out tokens. It serves all of them from one http.Handler.
//
// It is strict where the vendor is strict (signatures, clocks, nonces,
// required fields, ranges, error bodies), and every behaviour no vendor page
// states is a named switch (see Switches), so that a client can be shown to be
// right either way.
//
// How a request travels:
//
//	ServeHTTP -> route -> record -> latency -> fault (before)
//	          -> authenticate -> throttle -> handle -> save -> fault (after) -> answer
//
// Handlers only read and change the store and return a reply; everything that
// has to do with the network happens around them. That is what lets a fault
// execute a request and still spoil its answer.
package emulator
