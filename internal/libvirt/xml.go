package libvirt

import "encoding/xml"

// What libvirt calls a domain, in so far as we write or read it. Everything that
// is in one comes from these types: nobody's text is pasted into XML.

const (
	markSpace  = "urn:accrue:instance:1"
	powerSpace = "urn:accrue:power:1"
)

type domainXML struct {
	XMLName  xml.Name    `xml:"domain"`
	Type     string      `xml:"type,attr"`
	Name     string      `xml:"name"`
	UUID     string      `xml:"uuid,omitempty"`
	Metadata metadataXML `xml:"metadata"`
	Memory   amountXML   `xml:"memory"`
	VCPUs    int64       `xml:"vcpu"`
	CPUTune  *cpuTuneXML `xml:"cputune"`
	OS       osXML       `xml:"os"`
	Features featuresXML `xml:"features"`
	CPU      *cpuXML     `xml:"cpu"`
	Clock    clockXML    `xml:"clock"`
	OnCrash  string      `xml:"on_crash,omitempty"`
	Sleep    *sleepXML   `xml:"pm"`
	Devices  devicesXML  `xml:"devices"`
}

type metadataXML struct {
	Mark  *markXML  `xml:"urn:accrue:instance:1 instance"`
	Power *powerXML `xml:"urn:accrue:power:1 power"`
}

// markXML says that a domain is ours, and what we made it of.
type markXML struct {
	UID        string `xml:"uid,attr"`
	Name       string `xml:"name,attr"`
	Generation int64  `xml:"generation,attr"`
	DiskGiB    int64  `xml:"disk-gib,attr"`
	Spec       string `xml:"spec,attr"` // a digest of all that was wanted
}

// powerXML says what we last wanted of a domain. A domain that fell over is off
// and not crashed once somebody wanted it off.
type powerXML struct {
	XMLName xml.Name `xml:"urn:accrue:power:1 power"`
	Want    string   `xml:"want,attr"`
	Start   string   `xml:"start,attr"` // names the start that was asked for
}

type amountXML struct {
	Unit  string `xml:"unit,attr"`
	Value int64  `xml:",chardata"`
}

type cpuTuneXML struct {
	Period int64 `xml:"period"`
	Quota  int64 `xml:"quota"`
}

type osXML struct {
	Type osTypeXML `xml:"type"`
}

type osTypeXML struct {
	Arch    string `xml:"arch,attr,omitempty"`
	Machine string `xml:"machine,attr"`
	Type    string `xml:",chardata"`
}

type featuresXML struct {
	ACPI *struct{} `xml:"acpi"`
	APIC *struct{} `xml:"apic"`
}

type cpuXML struct {
	Mode string `xml:"mode,attr"`
}

type clockXML struct {
	Offset string `xml:"offset,attr"`
}

// sleepXML says whether a guest can go to sleep, which nobody would wake it from.
type sleepXML struct {
	Memory enabledXML `xml:"suspend-to-mem"`
	Disk   enabledXML `xml:"suspend-to-disk"`
}

type enabledXML struct {
	Enabled string `xml:"enabled,attr"`
}

type devicesXML struct {
	Disks      []diskXML      `xml:"disk"`
	Interfaces []interfaceXML `xml:"interface"`
	Serials    []deviceXML    `xml:"serial"`
	Consoles   []consoleXML   `xml:"console"`
	Channels   []channelXML   `xml:"channel"`
	Graphics   []graphicsXML  `xml:"graphics"`
	Video      *videoXML      `xml:"video"`
	Balloon    *balloonXML    `xml:"memballoon"`
	RNG        *rngXML        `xml:"rng"`
}

type deviceXML struct {
	Type string `xml:"type,attr"`
}

type diskXML struct {
	Type     string        `xml:"type,attr"`
	Device   string        `xml:"device,attr"`
	Driver   diskDriverXML `xml:"driver"`
	Source   sourceXML     `xml:"source"`
	Target   targetXML     `xml:"target"`
	Boot     *bootXML      `xml:"boot"`
	IOTune   *ioTuneXML    `xml:"iotune"`
	ReadOnly *struct{}     `xml:"readonly"`
}

type diskDriverXML struct {
	Name    string `xml:"name,attr"`
	Type    string `xml:"type,attr"`
	Discard string `xml:"discard,attr,omitempty"`
}

type sourceXML struct {
	File    string `xml:"file,attr,omitempty"`
	Network string `xml:"network,attr,omitempty"`
	Bridge  string `xml:"bridge,attr,omitempty"`
}

type targetXML struct {
	Device string `xml:"dev,attr,omitempty"`
	Bus    string `xml:"bus,attr,omitempty"`
	Type   string `xml:"type,attr,omitempty"`
	Name   string `xml:"name,attr,omitempty"`
	Port   string `xml:"port,attr,omitempty"`
	State  string `xml:"state,attr,omitempty"` // of a channel, while the domain is on
}

type bootXML struct {
	Order int `xml:"order,attr"`
}

type ioTuneXML struct {
	Bytes int64 `xml:"total_bytes_sec,omitempty"`
	IOPS  int64 `xml:"total_iops_sec,omitempty"`
}

type interfaceXML struct {
	Type      string        `xml:"type,attr"`
	MAC       macXML        `xml:"mac"`
	Source    *sourceXML    `xml:"source"`
	Model     deviceXML     `xml:"model"`
	ROM       *enabledXML   `xml:"rom"`
	Filter    *filterXML    `xml:"filterref"`
	Bandwidth *bandwidthXML `xml:"bandwidth"`
}

type macXML struct {
	Address string `xml:"address,attr"`
}

type filterXML struct {
	Filter     string         `xml:"filter,attr"`
	Parameters []parameterXML `xml:"parameter"`
}

type parameterXML struct {
	Name  string `xml:"name,attr"`
	Value string `xml:"value,attr"`
}

type bandwidthXML struct {
	In  rateXML `xml:"inbound"`
	Out rateXML `xml:"outbound"`
}

type rateXML struct {
	Average int64 `xml:"average,attr"` // KiB/s
}

type consoleXML struct {
	Type   string    `xml:"type,attr"`
	Target targetXML `xml:"target"`
}

type channelXML struct {
	Type   string    `xml:"type,attr"`
	Target targetXML `xml:"target"`
}

type graphicsXML struct {
	Type   string    `xml:"type,attr"`
	Listen listenXML `xml:"listen"`
}

type listenXML struct {
	Type   string `xml:"type,attr"`
	Socket string `xml:"socket,attr,omitempty"`
}

type videoXML struct {
	Model deviceXML `xml:"model"`
}

type balloonXML struct {
	Model string    `xml:"model,attr"`
	Stats *statsXML `xml:"stats"`
}

type statsXML struct {
	Period int `xml:"period,attr"`
}

type rngXML struct {
	Model   string     `xml:"model,attr"`
	Backend backendXML `xml:"backend"`
}

type backendXML struct {
	Model string `xml:"model,attr"`
	Path  string `xml:",chardata"`
}

// encode writes XML. The types above can always be written.
func encode(v any) string {
	text, err := xml.Marshal(v)
	if err != nil {
		panic("libvirt: " + err.Error())
	}
	return string(text)
}

func decode(text string, v any) error { return xml.Unmarshal([]byte(text), v) }
