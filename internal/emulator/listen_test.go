package emulator_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"regent/internal/emulator"
)

func TestStartServesUntilItsContextEnds(t *testing.T) {
	server, err := emulator.New(emulator.Options{})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	base, wait, err := server.Start(ctx, "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(base, "http://127.0.0.1:") || strings.HasSuffix(base, "/") {
		t.Errorf("the base URL is %s", base)
	}
	send(t, newRequest(t, http.MethodGet, base+"/_emulator/state", "")).expect(t, 200, "")
	cancel()
	if err := wait(); err != nil {
		t.Error(err)
	}
	if got, err := trySend(newRequest(t, http.MethodGet, base+"/_emulator/state", "")); err == nil {
		t.Errorf("it still answers %d", got.status)
	}
}

func TestStartFinishesAnswersUnderWay(t *testing.T) {
	server, err := emulator.New(emulator.Options{Latency: 200 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	base, wait, err := server.Start(ctx, "localhost:0")
	if err != nil {
		t.Fatal(err)
	}
	time.AfterFunc(50*time.Millisecond, cancel)
	send(t, newRequest(t, http.MethodGet, base+"/v9/nothing", "")).expect(t, 404, "APIGW.0101")
	if err := wait(); err != nil {
		t.Error(err)
	}
}

func TestStartListensOnLoopbackOnly(t *testing.T) {
	server, err := emulator.New(emulator.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, addr := range []string{":0", "0.0.0.0:0", "[::]:0", "192.0.2.1:0", "example.com:0", "127.0.0.1", ""} {
		t.Run(addr, func(t *testing.T) {
			if base, _, err := server.Start(t.Context(), addr); err == nil {
				t.Errorf("it listens at %s", base)
			}
		})
	}
}

func TestStartReportsAnAddressInUse(t *testing.T) {
	s := serve(t, emulator.Options{})
	if _, _, err := s.Start(t.Context(), strings.TrimPrefix(s.url, "http://")); err == nil {
		t.Error("two listeners share an address")
	}
}

func TestEnvIsInTheOrderOfTheContract(t *testing.T) {
	server, err := emulator.New(emulator.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, v := range server.Env("http://127.0.0.1:1") {
		names = append(names, v.Name)
		if v.Value == "" || strings.HasPrefix(v.Name, "REGENT_ENDPOINT_") && v.Value != "http://127.0.0.1:1" {
			t.Errorf("%s is %q", v.Name, v.Value)
		}
	}
	want := "REGENT_ENDPOINT_ALIBABA_SAS REGENT_ENDPOINT_HUAWEI_HSS REGENT_ENDPOINT_HUAWEI_SWR REGENT_ENDPOINT_HUAWEI_IAM REGENT_ENDPOINT_ALIBABA_STS " +
		"ALIBABA_CLOUD_ACCESS_KEY_ID ALIBABA_CLOUD_ACCESS_KEY_SECRET HUAWEICLOUD_SDK_AK HUAWEICLOUD_SDK_SK HUAWEICLOUD_SDK_PROJECT_ID"
	if got := strings.Join(names, " "); got != want {
		t.Errorf("the order is %s", got)
	}
	other, err := emulator.New(emulator.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if server.Env("")[6] == other.Env("")[6] || server.Env("")[8] == other.Env("")[8] {
		t.Error("two servers share a secret")
	}
}

func TestLatencyIsWaitedAndEndsWithTheRequest(t *testing.T) {
	s := serve(t, emulator.Options{Latency: 50 * time.Millisecond})
	start := time.Now()
	huawei(t, s, "GET", hssPath, "").expect(t, 200, "")
	if took := time.Since(start); took < 50*time.Millisecond {
		t.Errorf("the answer took %v", took)
	}
	slow := serve(t, emulator.Options{Latency: time.Hour})
	client := &http.Client{Timeout: 50 * time.Millisecond}
	r := huaweiRequest{method: "POST", path: swrPath, body: swrJSON()}.build(t, slow)
	if resp, err := client.Do(r); err == nil {
		t.Errorf("the answer is %d", resp.StatusCode)
	}
	if n := targets(slow); n != 0 {
		t.Errorf("%d registries exist", n)
	}
}

func TestRateThrottlesEachOperationAsItsVendorDoes(t *testing.T) {
	clock := newTestClock()
	s := serve(t, emulator.Options{Rate: 2, Clock: clock.time})
	for range 2 {
		huawei(t, s, "GET", hssPath, "").expect(t, 200, "")
		sas(t, s, "ListPrivateRegistryList").expect(t, 200, "")
	}
	refused := huawei(t, s, "GET", hssPath, "")
	refused.expect(t, 429, "APIGW.0308")
	if !strings.Contains(string(refused.body), "policy user over ratelimit,limit:2,time:1 second") {
		t.Errorf("the message is %s", refused.body)
	}
	throttled := sas(t, s, "ListPrivateRegistryList")
	throttled.expect(t, 400, "Throttling.User")
	if got := throttled.header.Get("X-Ratelimit-User-Api"); !strings.HasPrefix(got, "Limit:2,Remain:0,TimeLeft:501,Reset:") {
		t.Errorf("the header is %q", got)
	}
	huawei(t, s, "GET", swrPath, "").expect(t, 200, "") // another operation has its own limit
	clock.advance(500 * time.Millisecond)
	huawei(t, s, "GET", hssPath, "").expect(t, 200, "")
	huawei(t, s, "GET", hssPath, "").expect(t, 429, "APIGW.0308")
	if n := targets(s); n != 0 {
		t.Errorf("%d registries exist", n)
	}
}
