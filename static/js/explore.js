// Explore: a note opens over the page and has its own address; more cards are added when somebody asks for them.
import { elements, part, say } from "./main.js";

const dialog = document.querySelector("[data-note-dialog]");
const holder = document.querySelector("[data-note-body]");
const told = document.querySelector("[data-told]");
const title = document.title;
let pushed = false;
let asked = 0;

function tell(text) {
  if (told) told.textContent = text || "";
}

/** Takes over the sheets and modules that a page has and this one lacks; all are our own, the policy sees to that. */
function adopt(page) {
  for (const sheet of page.querySelectorAll('link[rel="stylesheet"]')) {
    const address = sheet.getAttribute("href");
    if (document.head.querySelector(`link[href="${CSS.escape(address)}"], link[href="${address}"]`)) continue;
    const link = document.createElement("link");
    link.rel = "stylesheet";
    link.href = address;
    document.head.append(link);
  }
  for (const module of page.querySelectorAll('script[type="module"][src]')) {
    const address = module.getAttribute("src");
    if ([...document.scripts].some((one) => one.getAttribute("src") === address)) continue;
    const script = document.createElement("script");
    script.type = "module";
    script.src = address;
    document.head.append(script);
  }
}

async function fill(address) {
  const number = ++asked;
  holder.replaceChildren();
  holder.setAttribute("aria-busy", "true");
  tell(told && told.dataset.wordLoading);
  if (!dialog.open) dialog.showModal();
  let page;
  try {
    const answer = await fetch(address, { credentials: "same-origin", headers: { Accept: "text/html" } });
    if (!answer.ok || !(answer.headers.get("content-type") || "").startsWith("text/html")) throw new Error(answer.status);
    page = new DOMParser().parseFromString(await answer.text(), "text/html");
  } catch {
    if (number === asked) location.assign(address);
    return;
  }
  if (number !== asked) return;
  adopt(page);
  const main = page.querySelector("main") || page.body;
  main.querySelector("#notices")?.remove();
  holder.replaceChildren(...[...main.children].map((one) => document.adoptNode(one)));
  holder.removeAttribute("aria-busy");
  document.title = page.title;
  dialog.setAttribute("aria-label", page.title);
  tell("");
  holder.focus({ preventScroll: true });
  dialog.scrollTop = 0;
  holder.dispatchEvent(new CustomEvent("part", { bubbles: true }));
}

function shut() {
  asked += 1;
  for (const one of holder.querySelectorAll("video, audio")) one.pause();
  holder.replaceChildren();
  document.title = title;
}

if (dialog && typeof dialog.showModal === "function") {
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-note]");
    if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    history.pushState({ note: link.href }, "", link.href);
    pushed = true;
    fill(link.href);
  });
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });
  dialog.addEventListener("close", () => {
    shut();
    if (!pushed) return;
    pushed = false;
    history.back();
  });
  addEventListener("popstate", (event) => {
    const note = event.state && event.state.note;
    pushed = Boolean(note);
    if (note) fill(note);
    else if (dialog.open) dialog.close();
  });
}

document.addEventListener("click", async (event) => {
  const link = event.target.closest("a[data-more]");
  if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  if (link.getAttribute("aria-busy")) return;
  link.setAttribute("aria-busy", "true");
  try {
    const fresh = elements(await part(link.href));
    const known = new Set([...document.querySelectorAll(".tile")].map((one) => one.dataset.id));
    for (const tile of fresh.querySelectorAll(".tile")) if (known.has(tile.dataset.id)) tile.remove();
    const first = fresh.querySelector(".tile-open");
    link.closest("[data-pager]").replaceWith(fresh);
    if (first) first.focus({ preventScroll: true });
    tell(told && told.dataset.wordMore);
  } catch (error) {
    link.removeAttribute("aria-busy");
    say(error.message);
  }
});
