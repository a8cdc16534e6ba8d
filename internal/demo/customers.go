package demo

// shown is the customer as whom people look at the demo.
const shown = "ida"

// northwind is the customer as whom people look at the demo: a small company
// with a web site, which tops up by the month and tries things out.
var northwind = []event{
	{60, "09:10", "", join("ida", "Northwind Labs", "Ida Berg", "ida@northwind.example", "USD")},
	{60, "09:14", "ida", order("100.00")},
	{60, "11:40", "ida", confirm},
	{60, "12:02", "ida", create("web-1", "General 1", "ams", "Debian 13")},
	{60, "12:09", "ida", create("db-1", "General 2", "ams", "Debian 12")},
	{57, "08:31", "ida", create("ci-1", "Compute 2", "osl", "Ubuntu 24.04")},
	{52, "15:20", "ida", create("trial", "General 1", "sin", "Alpine 3.22")},
	{52, "15:58", "ida", remove("trial")},
	{50, "10:45", "ida", create("backup-1", "Storage 500", "osl", "Debian 12")},
	{45, "07:12", "ida", resize("web-1", "General 2")},
	{40, "13:05", "ida", create("staging", "General 1", "ams", "Debian 13")},
	{38, "16:30", "ida", stop("ci-1")},
	{36, "09:50", "ida", remove("staging")},
	{33, "11:00", "ida", create("batch-1", "Compute 4", "ams", "Ubuntu 24.04")},
	{31, "08:05", "ida", start("ci-1")},
	{31, "17:45", "ida", remove("batch-1")},
	{30, "09:02", "ida", order("100.00")},
	{29, "10:15", "ida", confirm},
	{25, "14:22", "ida", create("web-2", "General 2", "ams", "Debian 13")},
	{23, "06:40", "ida", reboot("db-1")},
	{20, "03:10", "ida", resize("web-2", "General 1")},
	{18, "12:00", "ida", create("cache-1", "General 1", "sin", "Alpine 3.22")},
	{14, "09:30", "ida", adjust(200, "Sorry for the slow disks in Amsterdam on Tuesday")},
	{9, "18:20", "ida", stop("ci-1")},
	{4, "10:10", "ida", stop("cache-1")},
	{4, "10:55", "ida", start("cache-1")},
	{1, "08:45", "ida", order("100.00")},
}

// kestrel is big: most of what the provider earns.
var kestrel = []event{
	{58, "07:30", "", join("tom", "Kestrel Analytics", "Tom Okafor", "tom@kestrel.example", "USD")},
	{58, "07:41", "tom", order("1500.00")},
	{57, "09:05", "tom", confirm},
	{57, "09:30", "tom", create("gpu-1", "GPU 1", "osl", "Ubuntu 24.04")},
	{57, "09:32", "tom", create("etl-1", "Compute 8", "ams", "Debian 12")},
	{57, "09:33", "tom", create("etl-2", "Compute 8", "ams", "Debian 12")},
	{56, "10:12", "tom", create("lake-1", "Storage 2000", "ams", "Rocky Linux 9")},
	{49, "14:00", "tom", create("api-1", "General 8", "ams", "Debian 13")},
	{49, "14:01", "tom", create("api-2", "General 8", "osl", "Debian 13")},
	{35, "08:20", "tom", create("train", "GPU 2", "osl", "Ubuntu 24.04")},
	{32, "19:00", "tom", remove("train")},
	{27, "07:55", "tom", order("2000.00")},
	{26, "09:20", "tom", confirm},
	{22, "11:11", "tom", create("etl-3", "Compute 8", "sin", "Debian 12")},
	{11, "20:30", "tom", stop("etl-3")},
	{6, "06:00", "tom", create("gpu-2", "GPU 1", "osl", "Ubuntu 24.04")},
}

// brightwater runs low: a notice has been sent and nothing has happened yet.
var brightwater = []event{
	{45, "13:00", "", join("lena", "Brightwater Studio", "Lena Vogt", "lena@brightwater.example", "EUR")},
	{45, "13:06", "lena", order("30.00")},
	{44, "08:30", "lena", confirm},
	{44, "09:00", "lena", create("portfolio", "General 2", "ams", "Debian 13")},
}

// tundra is suspended: its credit was used up, and nobody paid.
var tundra = []event{
	{36, "16:00", "", join("sigrid", "Tundra Games", "Sigrid Aas", "sigrid@tundra.example", "NOK")},
	{36, "16:08", "sigrid", order("600.00")},
	{35, "09:45", "sigrid", confirm},
	{35, "10:00", "sigrid", create("game-1", "Compute 4", "osl", "Debian 12")},
	{35, "10:04", "sigrid", create("lobby", "General 1", "osl", "Alpine 3.22")},
	{12, "17:00", "sigrid", order("600.00")},
	{5, "09:10", "sigrid", reject("No transfer has arrived within a week. Please order again when you have sent it.")},
}

// maple is a customer as most are.
var maple = []event{
	{46, "02:15", "", join("june", "Maple & Finch", "June Park", "june@maplefinch.example", "USD")},
	{46, "02:20", "june", order("40.00")},
	{44, "08:10", "june", confirm},
	{44, "08:50", "june", adjust(500, "Welcome to Fjordhost")},
	{44, "09:00", "june", create("shop", "General 2", "sin", "Debian 13")},
	{43, "03:30", "june", create("media", "Storage 500", "sin", "Debian 13")},
	{16, "02:00", "june", order("50.00")},
	{15, "08:25", "june", confirm},
	{7, "05:15", "june", reboot("shop")},
}

// harbour has credit and nothing that runs.
var harbour = []event{
	{51, "10:00", "", join("marta", "Quiet Harbour", "Marta Silva", "marta@quietharbour.example", "EUR")},
	{51, "10:03", "marta", order("20.00")},
	{49, "09:00", "marta", confirm},
	{48, "11:30", "marta", create("test", "General 1", "ams", "Rocky Linux 9")},
	{46, "12:10", "marta", remove("test")},
}

// bakery has only just begun.
var bakery = []event{
	{2, "14:40", "", join("emil", "Polar Bakery", "Emil Strand", "emil@polarbakery.example", "NOK")},
	{2, "14:45", "emil", order("250.00")},
	{1, "09:15", "emil", confirm},
	{1, "10:20", "emil", create("www", "General 1", "osl", "Debian 13")},
}
