// Sends a file and shows how far it is. Without this script the form does the
// same, and the browser alone knows how far.

const units = ["B", "KiB", "MiB", "GiB", "TiB"];

function bytes(n) {
  let unit = 0;
  for (; n >= 999.5 && unit < units.length - 1; unit++) n /= 1024;
  return `${n.toFixed(unit === 0 || n >= 99.95 ? 0 : 1)} ${units[unit]}`;
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.hasAttribute("data-upload")) return;
  event.preventDefault();
  const button = form.querySelector("[type=submit]");
  const progress = form.querySelector("[data-progress]");
  const said = form.querySelector("[data-sent]");
  const request = new XMLHttpRequest();
  const idle = (text) => {
    button.disabled = false;
    said.textContent = text;
    delete form.dataset.sent;
  };
  request.upload.addEventListener("progress", (sent) => {
    if (!sent.lengthComputable) return;
    progress.querySelector("progress").value = (100 * sent.loaded) / sent.total;
    said.textContent = sent.loaded < sent.total ? `${bytes(sent.loaded)} of ${bytes(sent.total)} sent` : "Sent. It is being checked.";
  });
  request.addEventListener("load", () => {
    const to = request.getResponseHeader("HX-Redirect");
    if (to) location.assign(to);
    else idle("The panel has not taken the file. Try again.");
  });
  request.addEventListener("error", () => idle("The connection was lost. Try again."));
  request.open("POST", form.action);
  request.setRequestHeader("HX-Request", "true");
  request.send(new FormData(form));
  button.disabled = true;
  progress.hidden = false;
});
