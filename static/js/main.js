// On every page: forms that change a part of it, menus, and notices. Without this module forms are plain forms.
const body = document.body;

/** Says something in the corner for a while, and to screen readers. */
export function say(text) {
  let place = document.querySelector(".toasts");
  if (!place) {
    place = document.createElement("div");
    place.className = "toasts";
    place.setAttribute("role", "status");
    place.setAttribute("aria-live", "polite");
    body.append(place);
  }
  const note = document.createElement("p");
  note.className = "toast";
  note.textContent = text;
  place.append(note);
  setTimeout(() => note.remove(), 6000);
}

/** Asks for a part of a page, or sends to one: the text of the answer. Throws an Error with words for people. */
export async function part(address, options = {}) {
  const headers = { "X-Part": "1", "X-Form-Token": body.dataset.formToken, ...options.headers };
  let answer;
  try {
    answer = await fetch(address, { credentials: "same-origin", ...options, headers });
  } catch {
    throw new Error(body.dataset.wordOffline);
  }
  const text = await answer.text();
  const plain = (answer.headers.get("content-type") || "").startsWith("text/plain");
  if (!answer.ok) throw new Error((plain && text) || body.dataset.wordFailed);
  return text;
}

/** Turns HTML from our own server into elements. */
export function elements(html) {
  const holder = document.createElement("template");
  holder.innerHTML = html;
  return holder.content;
}

/** Puts an answer in the place of what matches the selector (nearest ancestor first), and keeps the focus near. */
export function replace(from, selector, html) {
  const target = from.closest(selector) || document.querySelector(selector);
  const fresh = elements(html);
  const first = fresh.firstElementChild;
  if (!target) return null;
  const name = document.activeElement && target.contains(document.activeElement) && document.activeElement.dataset.key;
  target.replaceWith(fresh);
  if (first && name) first.querySelector(`[data-key="${CSS.escape(name)}"]`)?.focus();
  if (first) first.dispatchEvent(new CustomEvent("part", { bubbles: true }));
  return first;
}

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (event.defaultPrevented || !form.matches("form[data-part]")) return;
  event.preventDefault();
  const button = event.submitter;
  const fields = new URLSearchParams(new FormData(form, button));
  const address = (button && button.getAttribute("formaction")) || form.getAttribute("action");
  if (button) button.setAttribute("aria-busy", "true");
  try {
    const html = form.method === "get" ? await part(`${address}?${fields}`) : await part(address, { method: "POST", body: fields });
    if (form.dataset.replace) replace(form, form.dataset.replace, html);
    if (form.dataset.said) say(form.dataset.said);
  } catch (error) {
    say(error.message);
  } finally {
    if (button) button.removeAttribute("aria-busy");
  }
});

function closeMenus(except) {
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    if (!except || !menu.contains(except)) menu.open = false;
  }
}
document.addEventListener("click", (event) => closeMenus(event.target));
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const open = document.querySelector("details[data-menu][open]");
  if (!open) return;
  open.open = false;
  open.querySelector("summary").focus();
});

// A notice where there is no network, and messages that are pushed: for members, once the page is there.
if (body.classList.contains("member") && "serviceWorker" in navigator) {
  addEventListener("load", () => navigator.serviceWorker.register("/sw.js").catch(() => {}));
}
