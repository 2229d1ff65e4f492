// The desk of the moderators: keys that go from row to row and act, media that is uncovered all at once.
import { part, say } from "./main.js";

const keys = document.getElementById("desk-keys");
const PLACES = { r: "/admin/reports", a: "/admin/appeals", p: "/admin/held", l: "/admin/audit" };
let going = 0;
let dialog = null;

const rows = () => [...document.querySelectorAll("[data-rows] > li")];
const here = () => document.activeElement?.closest("[data-rows] > li") || null;
const box = (row) => row?.querySelector("input[type=checkbox]");

function step(by) {
  const all = rows();
  if (!all.length) return document.querySelector(by > 0 ? "a[rel=next]" : "a[rel=prev]")?.click();
  const at = all.indexOf(here());
  const row = all[Math.max(0, Math.min(at < 0 ? 0 : at + by, all.length - 1))];
  row.focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
}

function tick() {
  const one = box(here());
  if (!one) return;
  one.checked = !one.checked;
  one.dispatchEvent(new Event("change", { bubbles: true }));
}

// Without a tick the row in focus is meant.
function press(key) {
  const button = document.querySelector(`[data-desk-key="${key}"]`);
  if (!button) return;
  const many = rows();
  if (many.length && button.form?.id === "many" && !many.some((row) => box(row)?.checked)) {
    if (!box(here())) return;
    box(here()).checked = true;
  }
  button.click();
}

function reveal() {
  const all = [...document.querySelectorAll(".covered .uncover")];
  const open = all.some((one) => !one.checked);
  for (const one of all) one.checked = open;
  const button = document.querySelector("[data-uncover]");
  if (!button) return;
  [button.textContent, button.dataset.wordHide] = [button.dataset.wordHide, button.textContent];
}

function unfold(id) {
  const place = document.getElementById(id);
  if (!place) return;
  if (place.matches("details")) place.open = true;
  const field = place.querySelector("textarea, input:not([type=hidden]), select") || place;
  field.focus();
  field.scrollIntoView({ block: "center" });
}

function help() {
  if (!keys) return;
  if (!dialog) {
    dialog = document.createElement("dialog");
    dialog.className = "keys-dialog";
    dialog.setAttribute("aria-label", keys.dataset.wordTitle);
    dialog.append(keys.content.cloneNode(true));
    const close = document.createElement("button");
    close.type = "button";
    close.className = "second small";
    close.textContent = keys.dataset.wordClose;
    close.addEventListener("click", () => dialog.close());
    dialog.append(close);
    document.body.append(dialog);
  }
  if (dialog.open) dialog.close();
  else dialog.showModal();
}

const KEYS = {
  j: () => step(1),
  k: () => step(-1),
  Enter: () => here()?.querySelector("a[data-open]")?.click(),
  x: tick,
  m: () => press("m"),
  e: () => press("e"),
  o: () => press("o"),
  u: () => press("u"),
  h: reveal,
  c: () => document.getElementById("colourless")?.click(),
  d: () => unfold("decide-form"),
  n: () => unfold("write-note"),
  "/": () => document.getElementById("q")?.focus(),
  g: () => (going = Date.now()),
  "?": help,
};

document.addEventListener("keydown", (event) => {
  if ("noShortcuts" in document.body.dataset) return;
  if (event.defaultPrevented || event.isComposing || event.metaKey || event.ctrlKey || event.altKey) return;
  if (event.target.closest("input:not([type=radio]):not([type=checkbox]), textarea, select, [contenteditable], dialog:not(.keys-dialog)")) return;
  if (Date.now() - going < 1500 && PLACES[event.key]) {
    going = 0;
    event.preventDefault();
    location.assign(PLACES[event.key]);
    return;
  }
  const act = KEYS[event.key];
  if (!act || (event.key === "Enter" && document.activeElement !== here())) return;
  event.preventDefault();
  act();
});

for (const one of document.querySelectorAll("[data-keys], [data-uncover], .pick.all")) one.hidden = false;
if (!document.querySelector(".covered .uncover")) document.querySelector("[data-uncover]")?.setAttribute("hidden", "");
document.querySelector("[data-keys]")?.addEventListener("click", help);
document.querySelector("[data-uncover]")?.addEventListener("click", reveal);
document.querySelector("[data-all]")?.addEventListener("change", (event) => {
  for (const row of rows()) box(row).checked = event.target.checked;
});

// Without colours or with them: kept for this moderator's next reports.
document.getElementById("colourless")?.addEventListener("change", (event) => {
  const body = new URLSearchParams({ form_token: document.body.dataset.formToken, ...(event.target.checked ? { greyscale: "1" } : {}) });
  part("/admin/desk", { method: "POST", body }).catch((error) => say(error.message));
});
