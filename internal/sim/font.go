package sim

import (
	_ "embed"
	"strings"
	"sync"
)

// The letters of simulated screens, 5 dots wide and 8 high: the printable ASCII
// characters, sixteen in a row, drawn for this purpose.
//
//go:embed font.txt
var fontText string

const (
	glyphWidth, glyphHeight = 5, 8
	glyphsInRow             = 16
	firstGlyph, lastGlyph   = ' ', '~'
)

// glyph is a letter's dots: the leftmost of each row is its highest bit.
type glyph [glyphHeight]byte

var font = sync.OnceValue(func() (all [128]glyph) {
	rows := strings.Split(fontText, "\n")
	for c := firstGlyph; c <= lastGlyph; c++ {
		band, place := int(c-firstGlyph)/glyphsInRow, int(c-firstGlyph)%glyphsInRow
		for y := range glyphHeight {
			dots := rows[band*(glyphHeight+1)+y][place*(glyphWidth+1):]
			for x := range glyphWidth {
				if dots[x] == '#' {
					all[c][y] |= 1 << (glyphWidth - 1 - x)
				}
			}
		}
	}
	return all
})
