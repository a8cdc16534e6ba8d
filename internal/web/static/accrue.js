// What the pages can do better with JavaScript. Every one of these works
// without it: a copied text can be selected, a dialog is a page of its own, a
// choice has a button beside it.

const on = (type, selector, act) => document.addEventListener(type, (event) => {
  const element = event.target.closest?.(selector);
  if (element) act(element, event);
});

// A button that copies the text it carries, and says so for a moment.
on("click", "[data-copy]", async (button) => {
  const label = button.getAttribute("aria-label");
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
  } catch {
    return; // no permission: the text stays there to be selected
  }
  button.classList.add("is-copied");
  button.setAttribute("aria-label", "Copied");
  setTimeout(() => {
    button.classList.remove("is-copied");
    button.setAttribute("aria-label", label);
  }, 1500);
});

// A link to a confirmation opens the dialog that asks the same on this page.
on("click", "a[data-dialog]", (link, event) => {
  const dialog = document.getElementById(link.dataset.dialog);
  if (!dialog?.showModal || event.metaKey || event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  dialog.showModal();
});

on("click", "dialog a[data-close]", (link, event) => {
  event.preventDefault();
  link.closest("dialog").close();
});

// A click beside the dialog closes it.
on("click", "dialog", (dialog, event) => {
  if (event.target === dialog) dialog.close();
});

// A choice that takes effect at once: theme, currency, month, filter.
on("change", "[data-submit]", (field) => field.form.requestSubmit());

// Messages can be put away.
on("click", "[data-dismiss]", (button) => button.closest("[data-dismissible]").remove());

// One menu at a time, and none when the attention is elsewhere.
const closeMenus = (except) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (menu !== except) menu.open = false;
  }
};
document.addEventListener("click", (event) => closeMenus(event.target.closest?.("details.menu")));
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = document.querySelector("details.menu[open]");
  closeMenus();
  menu?.querySelector("summary").focus();
});

// A form is sent once, however often its button is pressed; again only when
// there has been no answer for a while.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || form.hasAttribute("data-repeatable")) return;
  if (form.dataset.sent) return event.preventDefault();
  form.dataset.sent = "true";
  setTimeout(() => delete form.dataset.sent, 10_000);
});
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

document.documentElement.classList.add("has-script");
