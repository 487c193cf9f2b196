// Go's net/http/cookiejar for the comparison of peers: one JSON object a line in, one a line out.
//
//	{"do": "load", "file": F}   read a case, fill a jar   -> {"held": cookies}
//	{"do": "chunk", "count": N} do its first N exchanges  -> {"seconds": CPU time}
//	{"do": "facts"}             what the last chunk did   -> {"held", "sent", "octets"}
//
// Rules of this file:
//   - Requests and responses are those of net/http; the calls are those of http.Client.
//   - The collector runs before the clock starts, so that it does not pay for what came before.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"os"
	"reflect"
	"runtime"
	"strings"
	"syscall"

	"golang.org/x/net/publicsuffix"
)

// exchange is a pair in JSON: a URL and the Set-Cookie fields of its response.
type exchange struct {
	url    string
	fields []string
}

func (x *exchange) UnmarshalJSON(text []byte) error {
	return json.Unmarshal(text, &[]any{&x.url, &x.fields})
}

type work struct {
	Kind    string
	Filling []exchange
	Asked   []exchange
}

type order struct {
	Do    string
	File  string
	Count int
}

type facts struct {
	Held   *int `json:"held"`
	Sent   int  `json:"sent"`
	Octets int  `json:"octets"`
}

// bench is the case in hand, its jar and the requests of the last chunk.
type bench struct {
	work     work
	jar      *cookiejar.Jar
	requests []*http.Request
}

func (b *bench) load(file string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	b.work = work{}
	if err := json.Unmarshal(text, &b.work); err != nil {
		return err
	}
	return b.fill()
}

func (b *bench) fill() error {
	jar, err := cookiejar.New(&cookiejar.Options{PublicSuffixList: publicsuffix.List})
	if err != nil {
		return err
	}
	b.jar = jar
	requests, responses, err := build(b.work.Filling)
	if err == nil {
		b.extract(requests, responses)
	}
	return err
}

func build(exchanges []exchange) ([]*http.Request, []*http.Response, error) {
	requests := make([]*http.Request, len(exchanges))
	responses := make([]*http.Response, len(exchanges))
	for i, x := range exchanges {
		request, err := http.NewRequest("GET", x.url, nil)
		if err != nil {
			return nil, nil, err
		}
		requests[i] = request
		responses[i] = &http.Response{Header: http.Header{"Set-Cookie": x.fields}}
	}
	return requests, responses, nil
}

func (b *bench) add(requests []*http.Request) {
	for _, request := range requests {
		b.addOne(request)
	}
}

func (b *bench) addOne(request *http.Request) {
	for _, cookie := range b.jar.Cookies(request.URL) {
		request.AddCookie(cookie)
	}
}

func (b *bench) extract(requests []*http.Request, responses []*http.Response) {
	for i, response := range responses {
		b.extractOne(requests[i], response)
	}
}

func (b *bench) extractOne(request *http.Request, response *http.Response) {
	if cookies := response.Cookies(); len(cookies) > 0 {
		b.jar.SetCookies(request.URL, cookies)
	}
}

func (b *bench) crawl(requests []*http.Request, responses []*http.Response) {
	for i, response := range responses {
		b.addOne(requests[i])
		b.extractOne(requests[i], response)
	}
}

func (b *bench) chunk(count int) (float64, error) {
	if b.work.Kind != "add" {
		if err := b.fill(); err != nil {
			return 0, err
		}
	}
	asked := b.work.Asked
	if count < len(asked) {
		asked = asked[:count]
	}
	requests, responses, err := build(asked)
	if err != nil {
		return 0, err
	}
	b.requests = requests
	runtime.GC()
	start := cpuSeconds()
	switch b.work.Kind {
	case "add":
		b.add(requests)
	case "extract":
		b.extract(requests, responses)
	default:
		b.crawl(requests, responses)
	}
	return cpuSeconds() - start, nil
}

// held counts the cookies; the jar has no method for it, so a look inside must do.
func (b *bench) held() *int {
	if b.jar == nil {
		return nil
	}
	sites := reflect.ValueOf(b.jar).Elem().FieldByName("entries")
	if !sites.IsValid() || sites.Kind() != reflect.Map {
		return nil
	}
	count := 0
	for walk := sites.MapRange(); walk.Next(); {
		count += walk.Value().Len()
	}
	return &count
}

func (b *bench) facts() facts {
	if b.work.Kind == "extract" {
		b.add(b.requests)
	}
	result := facts{Held: b.held()}
	for _, request := range b.requests {
		if header := request.Header.Get("Cookie"); header != "" {
			result.Sent += strings.Count(header, "; ") + 1
			result.Octets += len(header)
		}
	}
	return result
}

func (b *bench) answer(line []byte) (any, error) {
	var asked order
	if err := json.Unmarshal(line, &asked); err != nil {
		return nil, err
	}
	switch asked.Do {
	case "load":
		err := b.load(asked.File)
		return map[string]*int{"held": b.held()}, err
	case "chunk":
		seconds, err := b.chunk(asked.Count)
		return map[string]float64{"seconds": seconds}, err
	default:
		return b.facts(), nil
	}
}

func cpuSeconds() float64 {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		panic(err)
	}
	return float64(usage.Utime.Nano()+usage.Stime.Nano()) / 1e9
}

func main() {
	out := json.NewEncoder(os.Stdout)
	say := func(what any) {
		if err := out.Encode(what); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	say(map[string]string{"version": strings.TrimPrefix(runtime.Version(), "go")})
	b := &bench{}
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		result, err := b.answer(lines.Bytes())
		if err != nil {
			result = map[string]string{"error": err.Error()}
		}
		say(result)
	}
}
