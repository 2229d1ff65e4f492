// Archives and imports: looks how they get on, and shows how much of a file is sent. Without it one loads the page anew.
import { part, elements, say } from "./main.js";

const EVERY = 3000;

function watch(area) {
  if (!area || !area.dataset.watch) return;
  setTimeout(async () => {
    if (!area.isConnected) return;
    if (document.hidden || area.contains(document.activeElement)) return watch(area);
    try {
      const fresh = elements(await part(area.dataset.watch)).firstElementChild;
      if (!fresh || fresh.id !== area.id || !area.isConnected) return;
      area.replaceWith(fresh);
      watch(fresh);
    } catch {
      watch(area);
    }
  }, EVERY);
}

for (const area of document.querySelectorAll("[data-watch]")) watch(area);
document.addEventListener("part", (event) => watch(event.target));

function send(form) {
  const request = new XMLHttpRequest();
  const shown = form.querySelector("[data-progress]");
  const bar = shown.querySelector("progress");
  const button = form.querySelector("button[type=submit]");
  const failed = (text) => {
    shown.hidden = true;
    button.disabled = false;
    say(text || document.body.dataset.wordFailed);
  };
  request.upload.addEventListener("progress", (event) => {
    if (event.lengthComputable) bar.value = (100 * event.loaded) / event.total;
  });
  request.upload.addEventListener("load", () => say(form.dataset.wordSent));
  request.addEventListener("error", () => failed(document.body.dataset.wordOffline));
  request.addEventListener("load", () => {
    if (request.status < 400) return location.assign("/settings/import");
    const page = new DOMParser().parseFromString(request.responseText, "text/html");
    failed(page.querySelector(".error")?.textContent.trim());
  });
  shown.hidden = false;
  button.disabled = true;
  request.open("POST", form.action);
  request.send(new FormData(form));
}

for (const form of document.querySelectorAll("form[data-upload]")) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send(form);
  });
}
