// An instance's serial port, by xterm.js.

import { FitAddon } from "./xterm/addon-fit.mjs";
import { Terminal } from "./xterm/xterm.mjs";
import { nonce, pause, run, view, what } from "./console.js";

// The terminal makes style elements; without the page's nonce they would not
// count.
const create = document.createElement.bind(document);
document.createElement = (name, options) => {
  const element = create(name, options);
  if (name === "style") element.nonce = nonce;
  return element;
};

const style = getComputedStyle(document.documentElement);
const terminal = new Terminal({
  cursorBlink: !matchMedia("(prefers-reduced-motion: reduce)").matches,
  fontFamily: style.getPropertyValue("--mono"),
  fontSize: 14,
  scrollback: 5000,
  theme: { background: "#0d0f13", foreground: "#d6dbe5", cursor: "#d6dbe5" },
});
const fit = new FitAddon();
terminal.loadAddon(fit);
terminal.open(view);
terminal.textarea.setAttribute("aria-label", what);
fit.fit();
new ResizeObserver(() => fit.fit()).observe(view);

const encoder = new TextEncoder();
let socket;
const send = (text) => socket?.readyState === WebSocket.OPEN && socket.send(encoder.encode(text));
terminal.onData(send);

run((url, on) => {
  terminal.reset();
  const mine = new WebSocket(url, ["binary"]);
  mine.binaryType = "arraybuffer";
  mine.onopen = on.ready;
  mine.onmessage = ({ data }) => terminal.write(new Uint8Array(data));
  mine.onclose = on.ended;
  socket = mine;
  return {
    close: () => mine.close(),
    focus: () => terminal.focus(),
    release() {},
    async type(text) {
      const keys = text.replaceAll("\n", "\r");
      for (let from = 0; from < keys.length; from += 16) {
        send(keys.slice(from, from + 16));
        await pause(12);
      }
    },
  };
});
