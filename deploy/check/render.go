// Renders a chart as `helm template` does, for machines without Helm: Go's own templates, the same library of functions
// (sprig), and the few that Helm adds. Needs no more than Debian's golang-go and golang-github-masterminds-sprig-dev:
//
//	GO111MODULE=off GOPATH=/usr/share/gocode go run deploy/check/render.go CHART [VALUES]... >manifests.yaml
package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"text/template"

	"github.com/Masterminds/sprig"
	"gopkg.in/yaml.v3"
)

type values = map[string]interface{}

func main() {
	if len(os.Args) < 2 {
		fail(errors.New("usage: render CHART [VALUES]..."))
	}
	chart := os.Args[1]
	all := read(filepath.Join(chart, "values.yaml"))
	for _, file := range os.Args[2:] {
		merge(all, read(file))
	}
	about := read(filepath.Join(chart, "Chart.yaml"))
	data := values{
		"Values":  all,
		"Chart":   values{"Name": about["name"], "Version": about["version"], "AppVersion": about["appVersion"]},
		"Release": values{"Name": "test", "Namespace": "default", "Service": "Helm"},
	}
	files, err := filepath.Glob(filepath.Join(chart, "templates", "*"))
	fail(err)
	sort.Strings(files)
	root := template.New("chart").Option("missingkey=zero")
	root.Funcs(functions(root))
	for _, file := range files {
		text, err := os.ReadFile(file)
		fail(err)
		_, err = root.New(filepath.Base(file)).Parse(string(text))
		fail(err)
	}
	for _, file := range files {
		var out bytes.Buffer
		fail(root.ExecuteTemplate(&out, filepath.Base(file), data))
		text := strings.TrimSpace(strings.ReplaceAll(out.String(), "<no value>", ""))
		if filepath.Ext(file) == ".yaml" && text != "" {
			fmt.Printf("---\n# Source: %s\n%s\n", filepath.Base(file), strings.TrimPrefix(text, "---\n"))
		}
	}
}

func functions(root *template.Template) template.FuncMap {
	all := sprig.TxtFuncMap()
	all["include"] = func(name string, data interface{}) (string, error) {
		var out bytes.Buffer
		err := root.ExecuteTemplate(&out, name, data)
		return out.String(), err
	}
	all["toYaml"] = func(data interface{}) (string, error) {
		var out bytes.Buffer
		encoder := yaml.NewEncoder(&out)
		encoder.SetIndent(2)
		err := encoder.Encode(data)
		return strings.TrimSuffix(out.String(), "\n"), err
	}
	all["fromYaml"] = func(text string) (values, error) {
		found := values{}
		err := yaml.Unmarshal([]byte(text), &found)
		return found, err
	}
	all["required"] = func(message string, value interface{}) (interface{}, error) {
		if value == nil || value == "" {
			return nil, errors.New(message)
		}
		return value, nil
	}
	return all
}

func read(file string) values {
	text, err := os.ReadFile(file)
	fail(err)
	found := values{}
	fail(yaml.Unmarshal(text, &found))
	return found
}

// Maps go together, everything else is replaced.
func merge(to, from values) {
	for key, value := range from {
		if below, ok := value.(values); ok {
			if there, ok := to[key].(values); ok {
				merge(there, below)
				continue
			}
		}
		to[key] = value
	}
}

func fail(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "render:", err)
		os.Exit(1)
	}
}
