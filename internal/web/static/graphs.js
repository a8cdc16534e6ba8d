// Draws what a machine did over time, and looks for more while the page is open.
// The words of the page, its legends and its tables, are the server's.

const root = document.querySelector("[data-graphs]");
const units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];

function bytes(n) {
  let unit = 0;
  for (; n >= 999.5 && unit < units.length - 1; unit++) n /= 1024;
  const decimals = unit === 0 || n >= 99.95 ? 0 : n >= 9.995 ? 1 : 2;
  return `${n.toFixed(decimals)} ${units[unit]}`;
}

const decimal = (n) => (n < 9.95 && n >= 0.05 ? n.toFixed(1) : Math.round(n).toLocaleString("en-US"));

const write = {
  percent: (n) => `${decimal(n)} %`,
  bytes,
  rate: (n) => `${bytes(n)}/s`,
  count: (n) => `${decimal(n)}/s`,
};

// short drops the noughts that an axis does not need.
const short = (text) => text.replace(/(\.\d*?)0+(?=\D|$)/, "$1").replace(/\.(?=\D|$)/, "");

// Steps of an axis in bytes are powers of two, those of others 1, 2 or 5.
const powersOfTwo = Array.from({ length: 60 }, (_, n) => 2 ** n);
const decimals = [-1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9].flatMap((n) => [1, 2, 2.5, 5].map((m) => m * 10 ** n));

const utc = (options) => new Intl.DateTimeFormat("en-GB", { timeZone: "UTC", ...options });
const clock = utc({ hour: "2-digit", minute: "2-digit" });
const date = utc({ day: "numeric", month: "short" });
const both = (at) => `${date.format(at * 1000)} ${clock.format(at * 1000)}`;

// times names the marks of the axis: hours within days, days beyond.
function times(_, marks) {
  const days = marks.length > 1 && marks[1] - marks[0] >= 86400;
  return marks.map((at) => (days || at % 86400 === 0 ? date : clock).format(at * 1000));
}

// alone are points with nothing known around them: no line would show them.
function alone(plot, n) {
  const values = plot.data[n];
  return [...values.keys()].filter((i) => values[i] != null && values[i - 1] == null && values[i + 1] == null);
}

class Graph {
  constructor(card) {
    this.card = card;
    this.box = card.querySelector("[data-plot]");
    this.write = write[card.dataset.graph];
    this.top = Number(card.dataset.top);
    this.lines = [...card.querySelectorAll("[data-series]")];
  }

  show(data) {
    const columns = [data.at, ...this.lines.map((line) => data.series[line.dataset.series])];
    if (!this.plot) this.plot = new uPlot(this.options(), columns, this.box);
    else this.plot.setData(columns, false);
    this.plot.setScale("x", { min: data.from, max: data.to });
    this.said = this.lines.map((_, n) => columns[n + 1].findLast((x) => x != null));
    this.say();
  }

  // say writes into the legend what is under the pointer, or what was last.
  say() {
    const at = this.plot.cursor.idx;
    this.lines.forEach((line, n) => {
      const value = at == null ? this.said[n] : this.plot.data[n + 1][at];
      line.textContent = value == null ? "–" : this.write(value);
    });
    this.card.querySelector("[data-at]").textContent = at == null ? "" : both(this.plot.data[0][at]);
  }

  options() {
    const ink = () => getComputedStyle(this.box).color;
    const rule = () => getComputedStyle(this.box).stroke;
    const inBytes = ["bytes", "rate"].includes(this.card.dataset.graph);
    const font = `12px ${getComputedStyle(this.box).fontFamily}`;
    const axis = { stroke: ink, font, ticks: { show: false }, border: { show: false } };
    const swatches = this.lines.map((line) => line.parentElement.querySelector("i"));
    return {
      width: this.box.clientWidth,
      height: this.box.clientHeight,
      padding: [8, 20, 0, 0],
      tzDate: (at) => uPlot.tzDate(new Date(at * 1000), "UTC"),
      legend: { show: false },
      cursor: { sync: { key: "graphs" }, drag: { x: false, y: false }, y: false, points: { size: 6 } },
      scales: { x: { auto: false }, y: { range: (_, low, high) => [0, this.top || Math.max(high * 1.1, inBytes ? 1024 : 1)] } },
      axes: [
        { ...axis, grid: { show: false }, size: 28, space: 64, values: times },
        {
          ...axis,
          grid: { stroke: rule, width: 1 },
          size: 72,
          space: 32,
          incrs: inBytes ? powersOfTwo : decimals,
          values: (_, marks) => marks.map((mark) => short(this.write(mark))),
        },
      ],
      series: [
        {},
        ...swatches.map((swatch) => ({
          stroke: () => getComputedStyle(swatch).backgroundColor,
          fill: swatches.length > 1 ? undefined : () => getComputedStyle(this.box).fill,
          width: 1.5,
          points: { show: true, size: 4, filter: alone },
        })),
      ],
      hooks: { setCursor: [() => this.said && this.say()] },
    };
  }

  fit() {
    this.plot?.setSize({ width: this.box.clientWidth, height: this.box.clientHeight });
  }
}

const graphs = [...root.querySelectorAll("[data-graph]")].map((card) => new Graph(card));

// look draws what there is now. Tables are read anew with the whole page.
async function look(again) {
  const answer = await fetch(root.dataset.graphs);
  if (!answer.ok || answer.redirected) return;
  const data = await answer.json();
  const known = data.series.cpu.some((x) => x != null);
  if (root.hasAttribute("data-empty")) {
    if (known) location.reload();
    return;
  }
  for (const graph of graphs) graph.show(data);
  if (!again) return;
  const page = new DOMParser().parseFromString(await (await fetch(location.href)).text(), "text/html");
  for (const table of root.querySelectorAll("[data-figures]")) {
    const fresh = page.querySelector(`[data-figures="${table.dataset.figures}"]`);
    if (fresh) table.replaceChildren(...fresh.childNodes);
  }
}

look(false);
setInterval(() => document.hidden || look(true).catch(() => {}), root.dataset.every * 1000);
document.addEventListener("visibilitychange", () => document.hidden || look(true).catch(() => {}));
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => graphs.forEach((graph) => graph.plot?.redraw(false)));
new ResizeObserver(() => graphs.forEach((graph) => graph.fit())).observe(root);
