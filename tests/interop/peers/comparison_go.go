// Go's net/http/cookiejar for the comparison of peers: a list of visits a line in, the last Cookie
// header out.
//
// Rules of this file:
//   - The calls are those of http.Client. Text is octets, as latin-1 characters.
//   - The list of public suffixes comes from the command line, a rule a line, so that nothing but
//     Go itself is needed.
package main

import (
	"bufio"
	"encoding/json"
	"net/http"
	"net/http/cookiejar"
	"os"
	"runtime"
	"strings"
)

// rules is what the jar needs of a list of public suffixes.
type rules []string

func (r rules) PublicSuffix(domain string) string {
	longest := domain[strings.LastIndex(domain, ".")+1:]
	for _, rule := range r {
		if (domain == rule || strings.HasSuffix(domain, "."+rule)) && len(rule) > len(longest) {
			longest = rule
		}
	}
	return longest
}

func (r rules) String() string { return "those of the command line" }

type visit struct {
	URL  string   `json:"url"`
	Sets []string `json:"sets"`
}

func octets(text string) string {
	var octets []byte
	for _, character := range text {
		octets = append(octets, byte(character))
	}
	return string(octets)
}

func characters(octets string) string {
	var text []rune
	for i := 0; i < len(octets); i++ {
		text = append(text, rune(octets[i]))
	}
	return string(text)
}

func play(visits []visit, list rules) (any, error) {
	jar, err := cookiejar.New(&cookiejar.Options{PublicSuffixList: list})
	if err != nil {
		return nil, err
	}
	header := ""
	for _, v := range visits {
		request, err := http.NewRequest("GET", v.URL, nil)
		if err != nil {
			return nil, err
		}
		for _, cookie := range jar.Cookies(request.URL) {
			request.AddCookie(cookie)
		}
		header = request.Header.Get("Cookie")
		response := &http.Response{Header: http.Header{}}
		for _, field := range v.Sets {
			response.Header.Add("Set-Cookie", octets(field))
		}
		if cookies := response.Cookies(); len(cookies) > 0 {
			jar.SetCookies(request.URL, cookies)
		}
	}
	if header == "" {
		return map[string]any{"header": nil}, nil
	}
	return map[string]any{"header": characters(header)}, nil
}

func main() {
	out := json.NewEncoder(os.Stdout)
	out.Encode(map[string]string{"version": strings.TrimPrefix(runtime.Version(), "go")})
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var visits []visit
		if err := json.Unmarshal(lines.Bytes(), &visits); err != nil {
			out.Encode(map[string]string{"error": err.Error()})
			continue
		}
		answer, err := play(visits, os.Args[1:])
		if err != nil {
			answer = map[string]string{"error": err.Error()}
		}
		out.Encode(answer)
	}
}
