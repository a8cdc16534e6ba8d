// What the pages of both consoles share: the way in, what to say while there is
// nothing to see, the tools, and the way out by keyboard.

const root = document.querySelector("[data-console]");
const part = (name) => root.querySelector(`[data-part="${name}"]`);
const tool = (name) => root.querySelector(`[data-act="${name}"]`);
const message = part("message");
const start = part("start");

export const view = part("view");
export const what = root.dataset.what;
export const nonce = root.dataset.styleNonce;

// pause waits between two keys, so that a guest keeps up.
export const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

let connect, console, timer;
let failures = 0;

// run opens the console and keeps it open. connect(url, on) begins a connection
// and returns what can be done with it: close(), focus(), release() of the keys
// that are held down, type(text), and perhaps attention(), Ctrl-Alt-Del. It calls
// on.ready() when there is something to see and on.ended() once, at the end.
export function run(how) {
  connect = how;
  open();
}

function say(kind, text) {
  part("state").className = `status is-${kind}`;
  part("state").textContent = text;
}

function cover(text, canStart = false) {
  part("cover").hidden = text === "";
  message.textContent = text;
  start.hidden = !canStart;
}

function enable(on) {
  for (const name of ["attention", "paste"]) {
    if (tool(name)) tool(name).disabled = !on;
  }
}

function later(seconds) {
  clearTimeout(timer);
  timer = setTimeout(open, seconds * 1000);
}

// ticket asks for a way in, which is good once and for some seconds.
async function ticket() {
  const answer = await fetch(`${root.dataset.url}/ticket`, { method: "POST", body: new URLSearchParams({ kind: root.dataset.console }) });
  if (answer.redirected) location.reload(); // signed out: the page asks to sign in
  return { ok: answer.ok, ...(await answer.json()) };
}

async function open() {
  clearTimeout(timer);
  close();
  say("busy", "Connecting");
  let answer;
  try {
    answer = await ticket();
  } catch {
    return lost("The panel does not answer.");
  }
  if (!answer.ok) {
    say(answer.wait ? "busy" : "stopped", answer.wait ? "Waiting" : "Not connected");
    cover(answer.message, answer.start);
    if (answer.wait) later(2);
    return;
  }
  const mine = connect(new URL(answer.url, location.href.replace(/^http/, "ws")).href, {
    ready() {
      if (console !== mine) return;
      failures = 0;
      cover("");
      say("running", "Connected");
      enable(true);
      console.focus();
    },
    ended() {
      if (console !== mine) return;
      close();
      lost("The connection was lost.");
    },
  });
  console = mine;
}

function close() {
  const was = console;
  console = null;
  enable(false);
  was?.close();
}

// lost tries again, at first at once, and in the end only when it is asked to.
function lost(why) {
  failures += 1;
  if (failures > 5) {
    say("stopped", "Not connected");
    return cover(`${why} Reconnect tries again.`);
  }
  say("busy", "Connecting again");
  later(failures === 1 ? 0.2 : failures);
}

tool("again").addEventListener("click", () => {
  failures = 0;
  cover("");
  open();
});

tool("attention")?.addEventListener("click", () => {
  console?.attention();
  console?.focus();
});

tool("full").addEventListener("click", () => {
  if (document.fullscreenElement) document.exitFullscreen();
  else root.requestFullscreen?.();
});

const dialog = part("paste");
tool("paste").addEventListener("click", () => {
  dialog.returnValue = "";
  dialog.showModal();
});
dialog.addEventListener("close", async () => {
  const field = dialog.querySelector("textarea");
  const text = field.value;
  if (dialog.returnValue === "send") field.value = "";
  console?.focus();
  if (dialog.returnValue !== "send" || text === "" || !console) return;
  const typing = console;
  say("busy", "Typing");
  tool("paste").disabled = true;
  await typing.type(text.replaceAll("\r\n", "\n"));
  if (typing !== console) return;
  say("running", "Connected");
  tool("paste").disabled = false;
});

// Consoles take every key, Tab too. These three together lead back to the tools.
root.addEventListener(
  "keydown",
  (event) => {
    const leads = event.ctrlKey && event.altKey && event.shiftKey && ["Control", "Alt", "Shift"].includes(event.key);
    if (!leads || !view.contains(document.activeElement)) return;
    event.preventDefault();
    event.stopPropagation();
    console?.release();
    tool("paste").focus();
  },
  true,
);
