// Timelines come alive: new posts on a click, older ones below, changed and deleted ones, menus, times.
import { elements, part, say } from "./main.js";
import { follow, listen } from "./live.js";
import "./shortcuts.js";

const words = document.getElementById("client-words")?.dataset || {};
const place = document.getElementById("timeline");
const PAGE = 40;

// -- new posts ------------------------------------------------------------------------------------------------------

const fresh = new Set();
let button = null;

function count() {
  if (!button) {
    button = document.createElement("button");
    button.type = "button";
    button.className = "fresh-posts";
    button.dataset.fresh = "";
    button.addEventListener("click", showFresh);
    const holder = document.createElement("div");
    holder.className = "fresh-holder";
    holder.setAttribute("role", "status");
    holder.append(button);
    place.before(holder);
  }
  const told = place.dataset.notices !== undefined;
  const [one, many] = told ? [words.wordToldOne, words.wordToldMany] : [words.wordNewOne, words.wordNewMany];
  button.textContent = fresh.size === 1 ? one : many.replace("{n}", String(fresh.size));
  button.hidden = fresh.size === 0;
}

async function showFresh() {
  if (fresh.size > PAGE || place.dataset.reload !== undefined) {
    location.assign(place.dataset.path);
    return;
  }
  button.setAttribute("aria-busy", "true");
  try {
    const html = await part(`${place.dataset.path}?min_id=${place.dataset.newest}`);
    const found = elements(html);
    const first = found.querySelector("article");
    for (const one of found.querySelectorAll("article[id]")) document.getElementById(one.id)?.remove();
    for (const id of fresh) if (BigInt(id) > BigInt(place.dataset.newest)) place.dataset.newest = id;
    fresh.clear();
    place.querySelector("[data-empty]")?.remove();
    place.prepend(found);
    count();
    first?.focus({ preventScroll: true });
    first?.dispatchEvent(new CustomEvent("part", { bubbles: true }));
    scrollTo({ top: 0, behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" });
  } catch (error) {
    say(error.message);
  } finally {
    button.removeAttribute("aria-busy");
  }
}

function arrived({ ids }) {
  for (const id of ids) if (!document.getElementById(`post-${id}`) || place.dataset.reload !== undefined) fresh.add(id);
  count();
}

if (place?.dataset.stream) {
  listen("post", arrived);
  follow(place.dataset.stream, () => place.dataset.newest || "");
}
if (place?.dataset.notices !== undefined) {
  listen("unread", ({ count: unread }) => {
    fresh.clear();
    for (let one = 1; one <= unread; one += 1) fresh.add(one);
    if (unread || button) count();
  });
}

// -- changed and deleted ones ---------------------------------------------------------------------------------------

const busy = (article) =>
  article.contains(document.activeElement) && document.activeElement !== article ||
  [...article.querySelectorAll("video, audio")].some((one) => !one.paused);

listen("changed", ({ id }) => {
  for (const article of document.querySelectorAll(`article[data-post="${id}"]`)) {
    setTimeout(async () => {
      if (!article.isConnected || busy(article)) return;
      try {
        const found = elements(await part(`/posts/${id}?line=${article.dataset.line}`)).querySelector("article");
        if (!found) return;
        found.classList.toggle("main", article.classList.contains("main"));
        const open = [...article.querySelectorAll("details")].map((one) => one.open);
        [...found.querySelectorAll("details")].forEach((one, at) => (one.open = open[at] || false));
        article.replaceWith(found);
        found.dispatchEvent(new CustomEvent("part", { bubbles: true }));
      } catch {
        // It may not be seen any more; what was read stays until the page is loaded again.
      }
    }, Math.random() * 1500);
  }
});

listen("gone", ({ id }) => {
  fresh.delete(id);
  if (button) count();
  for (const article of document.querySelectorAll(`article[data-post="${id}"], article[data-line="${id}"]`)) {
    const note = document.createElement("p");
    note.className = "gone quiet";
    note.textContent = words.wordRemoved || "";
    article.replaceWith(note);
  }
});

// -- older ones -----------------------------------------------------------------------------------------------------

document.addEventListener("click", async (event) => {
  const link = event.target.closest("a[data-older]");
  if (!link || event.metaKey || event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  const holder = link.closest(".pager");
  link.textContent = words.wordOlder || link.textContent;
  link.setAttribute("aria-busy", "true");
  try {
    const found = elements(await part(link.getAttribute("href")));
    for (const one of found.querySelectorAll("article[id]")) if (document.getElementById(one.id)) one.remove();
    const first = found.querySelector("article");
    holder.replaceWith(found);
    first?.focus({ preventScroll: true });
    first?.dispatchEvent(new CustomEvent("part", { bubbles: true }));
  } catch {
    location.assign(link.href);
  }
});

// -- the menu of a post ---------------------------------------------------------------------------------------------

let menu = null;

function closeMenu(back) {
  if (!menu) return;
  const { list, link } = menu;
  menu = null;
  list.remove();
  link.setAttribute("aria-expanded", "false");
  if (back) link.focus();
}

document.addEventListener("click", async (event) => {
  if (menu && !menu.list.contains(event.target)) {
    const same = menu.link.contains(event.target);
    closeMenu(false);
    if (same) return event.preventDefault();
  }
  const link = event.target.closest("a[data-more]");
  if (!link || event.metaKey || event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  try {
    const list = document.createElement("div");
    list.className = "post-menu";
    list.append(elements(await part(link.getAttribute("href"))));
    closeMenu(false);
    link.closest("article").append(list);
    link.setAttribute("aria-expanded", "true");
    menu = { list, link };
    list.querySelector("a, button")?.focus();
    list.addEventListener("submit", () => setTimeout(() => closeMenu(false), 0));
  } catch (error) {
    say(error.message);
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && menu) closeMenu(true);
  if (!menu || !["ArrowDown", "ArrowUp"].includes(event.key) || !menu.list.contains(event.target)) return;
  event.preventDefault();
  const all = [...menu.list.querySelectorAll("a, button, input")].filter((one) => one.offsetParent && one.type !== "hidden");
  const at = all.indexOf(document.activeElement) + (event.key === "ArrowDown" ? 1 : -1);
  all[(at + all.length) % all.length].focus();
});

document.addEventListener("click", async (event) => {
  const link = event.target.closest("a[data-copy]");
  if (!link || !navigator.clipboard || event.metaKey || event.ctrlKey) return;
  event.preventDefault();
  try {
    await navigator.clipboard.writeText(link.href);
    say(words.wordCopied);
    closeMenu(true);
  } catch {
    location.assign(link.href);
  }
});

// -- times ----------------------------------------------------------------------------------------------------------

const STEPS = [[60, "second"], [3600, "minute", 60], [86_400, "hour", 3600], [604_800, "day", 86_400]];
const relative = new Intl.RelativeTimeFormat(document.documentElement.lang || "en", { style: "short", numeric: "always" });

function tick() {
  const now = Date.now();
  for (const one of document.querySelectorAll("time[data-ago]")) {
    const apart = (Date.parse(one.dateTime) - now) / 1000;
    const step = STEPS.find(([most]) => Math.abs(apart) < most);
    if (step) one.textContent = step[2] ? relative.format(Math.trunc(apart / step[2]), step[1]) : words.wordNow || one.textContent;
  }
}
setInterval(() => document.hidden || tick(), 30_000);
