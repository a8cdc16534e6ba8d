package web

import (
	"fmt"
	"strings"
)

// flagDrawing returns the marks of a country's flag in an 18 by 12 box, or ""
// for a country whose flag is not known. The country is its ISO 3166 code.
func flagDrawing(country string) string {
	code := strings.ToLower(country)
	if colours, ok := stripedFlags[code]; ok {
		return stripes(strings.Fields(colours))
	}
	if colours, ok := nordicFlags[code]; ok {
		c := strings.Fields(colours)
		return box(c[0], 0, 0, 18, 12) + box(c[1], 5, 0, 3, 12) + box(c[1], 0, 4.5, 18, 3) +
			box(c[2], 5.75, 0, 1.5, 12) + box(c[2], 0, 5.25, 18, 1.5)
	}
	return drawnFlags[code]
}

// stripedFlags are those made of equal stripes: "-" lying, "|" standing.
var stripedFlags = map[string]string{
	"at": "- c8102e fff c8102e", "be": "| 000 ffd90c ef3340", "bg": "- fff 00966e d62612",
	"de": "- 000 d00 ffce00", "ee": "- 0072ce 000 fff", "es": "- aa151b f1bf00 f1bf00 aa151b",
	"fr": "| 002395 fff ed2939", "hu": "- ce2939 fff 477050", "id": "- ce1126 fff",
	"ie": "| 169b62 fff ff883e", "it": "| 009246 fff ce2b37", "lt": "- fdb913 006a44 c1272d",
	"lu": "- ed2939 fff 00a1de", "lv": "- 9e3039 9e3039 fff 9e3039 9e3039", "mc": "- ce1126 fff",
	"nl": "- ae1c28 fff 21468b", "pl": "- fff dc143c", "ro": "| 002b7f fcd116 ce1126",
	"ua": "- 0057b7 ffd700", "ng": "| 008751 fff 008751", "pe": "| d91023 fff d91023",
}

// nordicFlags are crosses: field, arms, and the line within the arms.
var nordicFlags = map[string]string{
	"dk": "c8102e fff fff", "fi": "fff 003580 003580", "is": "02529c fff dc1e35",
	"no": "ba0c2f fff 00205b", "se": "006aa7 fecc00 fecc00",
}

// drawnFlags are the others, simplified to what a few pixels can show.
var drawnFlags = map[string]string{
	"sg": stripes([]string{"-", "ee2536", "fff"}) + `<path fill="#fff" d="M4.2 1a2 2 0 1 0 0 4 2.3 2.3 0 0 1 0-4z"></path>`,
	"jp": box("fff", 0, 0, 18, 12) + `<circle fill="#bc002d" cx="9" cy="6" r="3.4"></circle>`,
	"ch": box("da291c", 0, 0, 18, 12) + box("fff", 7.8, 2.5, 2.4, 7) + box("fff", 5.5, 4.8, 7, 2.4),
	"cz": stripes([]string{"-", "fff", "d7141a"}) + `<path fill="#11457e" d="M0 0l8 6-8 6z"></path>`,
	"pt": box("ff0000", 0, 0, 18, 12) + box("006600", 0, 0, 7, 12) + `<circle fill="#ff0" cx="7" cy="6" r="2"></circle>`,
	"gr": box("0d5eaf", 0, 0, 18, 12) + box("fff", 0, 2.4, 18, 1.6) + box("fff", 0, 5.6, 18, 1.6) + box("fff", 0, 8.8, 18, 1.6),
	"us": stripes(strings.Fields("- b22234 fff b22234 fff b22234 fff b22234")) + box("3c3b6e", 0, 0, 8, 6.9),
	"gb": box("012169", 0, 0, 18, 12) + `<path stroke="#fff" stroke-width="2.4" d="M0 0l18 12M18 0L0 12"></path><path stroke="#c8102e" stroke-width="1" d="M0 0l18 12M18 0L0 12"></path>` +
		box("fff", 7, 0, 4, 12) + box("fff", 0, 4, 18, 4) + box("c8102e", 7.8, 0, 2.4, 12) + box("c8102e", 0, 4.8, 18, 2.4),
	"ca": box("fff", 0, 0, 18, 12) + box("d52b1e", 0, 0, 4.5, 12) + box("d52b1e", 13.5, 0, 4.5, 12) + `<path fill="#d52b1e" d="M9 2.5l1 1.5 1.5-.5-.5 2 1.5.5-2.5 2h-2l-2.5-2 1.5-.5-.5-2 1.5.5zM8.7 8h.6v2h-.6z"></path>`,
	"in": stripes([]string{"-", "ff9933", "fff", "138808"}) + `<circle fill="none" stroke="#000080" stroke-width=".6" cx="9" cy="6" r="1.5"></circle>`,
	"br": box("009b3a", 0, 0, 18, 12) + `<path fill="#fedf00" d="M9 1.5l7 4.5-7 4.5L2 6z"></path><circle fill="#002776" cx="9" cy="6" r="2.2"></circle>`,
	"au": box("012169", 0, 0, 18, 12) + `<path stroke="#fff" stroke-width="1.2" d="M0 0l9 6M9 0L0 6M4.5 0v6M0 3h9"></path><circle fill="#fff" cx="4.5" cy="9" r="1"></circle><circle fill="#fff" cx="13.5" cy="3" r=".7"></circle><circle fill="#fff" cx="13.5" cy="9.5" r=".7"></circle><circle fill="#fff" cx="15.5" cy="5.5" r=".7"></circle>`,
}

// stripes draws equal stripes; the first element says how they run.
func stripes(kind []string) string {
	var b strings.Builder
	colours := kind[1:]
	n := float64(len(colours))
	for i, colour := range colours {
		if kind[0] == "|" {
			b.WriteString(box(colour, 18/n*float64(i), 0, 18/n, 12))
		} else {
			b.WriteString(box(colour, 0, 12/n*float64(i), 18, 12/n))
		}
	}
	return b.String()
}

func box(colour string, x, y, width, height float64) string {
	return fmt.Sprintf(`<rect fill="#%s" x="%.4g" y="%.4g" width="%.4g" height="%.4g"></rect>`, colour, x, y, width, height)
}
