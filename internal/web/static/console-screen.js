// An instance's screen, by noVNC.

import RFB from "./novnc/core/rfb.js";
import keysyms from "./novnc/core/input/keysymdef.js";
import { pause, run, view, what } from "./console.js";

const SHIFT = 0xffe1;
const NAMED = { "\n": 0xff0d, "\t": 0xff09, "\b": 0xff08 };
const HELD = [0xffe1, 0xffe2, 0xffe3, 0xffe4, 0xffe9, 0xffea, 0xfe03];
const SHIFTED = /[A-Z~!@#$%^&*()_+{}|:"<>?]/;

run((url, on) => {
  const rfb = new RFB(view, url, { wsProtocols: ["binary"] });
  rfb.scaleViewport = true;
  rfb.background = "transparent";
  const canvas = [...view.querySelectorAll("canvas")].at(-1); // one before may still be on its way out
  canvas.tabIndex = 0;
  canvas.setAttribute("role", "application");
  canvas.setAttribute("aria-label", what);
  rfb.addEventListener("connect", on.ready);
  rfb.addEventListener("disconnect", on.ended);
  return {
    close: () => rfb.disconnect(),
    focus: () => rfb.focus(),
    attention: () => rfb.sendCtrlAltDel(),
    release: () => HELD.forEach((key) => rfb.sendKey(key, null, false)),
    // type presses the keys that a US keyboard has for a text, slowly enough for
    // a guest that is busy.
    async type(text) {
      for (const character of text) {
        const shift = SHIFTED.test(character);
        if (shift) rfb.sendKey(SHIFT, "ShiftLeft", true);
        rfb.sendKey(NAMED[character] ?? keysyms.lookup(character.codePointAt(0)), null);
        if (shift) rfb.sendKey(SHIFT, "ShiftLeft", false);
        await pause(12);
      }
    },
  };
});
