// Renders the chart for scripts/check-deploy where there is no helm: templates, Sprig's functions, `include` and `toYaml`, which
// is all that the chart uses. Built by Debian's Go with Debian's sprig, without a module:
//
//	GO111MODULE=off GOPATH=/usr/share/gocode go run deploy/render.go CHART RELEASE <VALUES-AS-JSON
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"text/template"

	"github.com/Masterminds/sprig"
)

func main() {
	if len(os.Args) != 3 {
		fail("usage: render CHART RELEASE <VALUES-AS-JSON")
	}
	chart, release := os.Args[1], os.Args[2]
	var values map[string]interface{}
	decoder := json.NewDecoder(os.Stdin)
	decoder.UseNumber()
	check(decoder.Decode(&values))

	all := template.New("chart").Funcs(sprig.TxtFuncMap())
	all.Funcs(template.FuncMap{
		"include": func(name string, data interface{}) (string, error) {
			var text bytes.Buffer
			err := all.ExecuteTemplate(&text, name, data)
			return text.String(), err
		},
		// JSON is YAML too, and on one line it fits any indentation.
		"toYaml": func(value interface{}) (string, error) {
			text, err := json.Marshal(value)
			return string(text), err
		},
	})
	files, err := filepath.Glob(filepath.Join(chart, "templates", "*"))
	check(err)
	_, err = all.ParseFiles(files...)
	check(err)
	context := map[string]interface{}{"Values": values, "Release": map[string]interface{}{"Name": release}}
	for _, file := range files {
		if filepath.Ext(file) != ".yaml" {
			continue
		}
		fmt.Println("---")
		check(all.ExecuteTemplate(os.Stdout, filepath.Base(file), context))
	}
}

func check(err error) {
	if err != nil {
		fail(err.Error())
	}
}

func fail(sentence string) {
	fmt.Fprintln(os.Stderr, "render: "+sentence)
	os.Exit(1)
}
