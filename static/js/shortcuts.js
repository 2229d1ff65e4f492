// Keys: j and k go from post to post, single letters act on the one in focus, "g" and a letter goes somewhere.
const words = document.getElementById("client-words")?.dataset || {};
const keys = document.getElementById("keys");
const PLACES = {
  h: "/home", n: "/notifications", l: "/public/local", t: "/public", d: "/conversations", f: "/favourites",
  b: "/bookmarks", s: "/settings", e: "/explore", u: `/@${words.me || ""}`,
};
let going = 0;
let dialog = null;

const lines = () => [...document.querySelectorAll("main .timeline article")].filter((one) => one.tabIndex === -1 && one.offsetParent);
const here = () => document.activeElement?.closest("main .timeline article") || null;
const post = () => here()?.matches("[data-post]") ? here() : here()?.querySelector("article[data-post]") || here();

function step(by) {
  const all = lines();
  const at = all.indexOf(here());
  const top = 80;
  const next = at < 0 ? all.findIndex((one) => one.getBoundingClientRect().bottom > top) : at + by;
  const one = all[Math.max(0, Math.min(next, all.length - 1))];
  if (!one) return;
  one.focus({ preventScroll: true });
  one.scrollIntoView({ block: "center", behavior: "auto" });
}

let pressed = "";

function press(selector) {
  pressed = here()?.id || "";
  post()?.querySelector(selector)?.click();
}

// A post that was replaced by its new state keeps the focus that a key had.
document.addEventListener("part", (event) => {
  if (pressed && event.target.id === pressed && document.activeElement === document.body) event.target.focus({ preventScroll: true });
});

function reveal(selector) {
  const all = [...(post()?.querySelectorAll(selector) || [])];
  const open = all.some((one) => !one.open);
  for (const one of all) one.open = open;
}

function turn() {
  const one = post();
  const ask = one?.querySelector("button.ask");
  if (ask) return ask.click();
  const all = [...(one?.querySelectorAll(".tongues input") || [])];
  if (all.length) all[(all.findIndex((radio) => radio.checked) + 1) % all.length].click();
}

function quote() {
  const id = post()?.dataset.post;
  if (id) location.assign(`/publish?quote=${id}`);
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
  Enter: () => document.activeElement === here() && (post()?.querySelector("a[data-open]") || post()?.querySelector("a"))?.click(),
  p: () => press(".author"),
  r: () => press('[data-key="reply"]'),
  f: () => press('[data-key="favourite"]'),
  b: () => press('[data-key="boost"]'),
  d: () => press('[data-key="bookmark"]'),
  e: () => press("a[data-more]"),
  q: quote,
  t: turn,
  x: () => reveal("details.warned, details.filtered"),
  h: () => reveal("details.veil"),
  n: () => document.getElementById("box-text") ? document.getElementById("box-text").focus() : location.assign("/publish"),
  s: () => document.getElementById("q") ? document.getElementById("q").focus() : location.assign("/search"),
  "/": () => KEYS.s(),
  ".": () => document.querySelector("[data-fresh]:not([hidden])")?.click(),
  0: () => scrollTo({ top: 0 }),
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
