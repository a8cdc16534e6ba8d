package web

import (
	"strconv"
	"strings"
)

// count writes how many there are of a noun: "no instances", "1 instance",
// "5 instances".
func count(n int, noun string) string {
	switch n {
	case 0:
		return "no " + noun + "s"
	case 1:
		return "1 " + noun
	}
	return strconv.Itoa(n) + " " + noun + "s"
}

// some is count where nothing need not be said.
func some(n int, noun string) string {
	if n == 0 {
		return ""
	}
	return count(n, noun)
}

// are is count with its verb: "1 instance is", "5 instances are".
func are(n int, noun string) string {
	if n == 1 {
		return count(n, noun) + " is"
	}
	return count(n, noun) + " are"
}

// viewAll leads to the whole list.
func viewAll(n int) string {
	if n == 1 {
		return "View all"
	}
	return "View all " + strconv.Itoa(n)
}

// join puts a dot between what belongs side by side, leaving out what is empty.
func join(parts ...string) string {
	joined := ""
	for _, part := range parts {
		if part == "" {
			continue
		}
		if joined != "" {
			joined += " · "
		}
		joined += part
	}
	return joined
}

// firstInstance invites to create one; cheapest is the least it costs.
func firstInstance(cheapest string) string {
	if cheapest == "" {
		return "You pay by the second, from when it first runs until you delete it."
	}
	return "The smallest costs " + cheapest + ". You pay by the second, until you delete it."
}

// percent writes a share without decimals.
func percent(v float64) string {
	return strconv.FormatFloat(v, 'f', 0, 64) + " %"
}

// slug makes a label fit for data-test: lower case, words joined by hyphens.
func slug(label string) string {
	return strings.ReplaceAll(strings.ToLower(label), " ", "-")
}
