// A rule that is being tried: its part of the page is asked for again until the trial is done. Without this, a link does.
import { part, elements } from "./main.js";

const EVERY = 1500;

async function look() {
  const section = document.querySelector("#trial[data-running]");
  if (!section) return;
  try {
    const fresh = elements(await part(section.dataset.running)).firstElementChild;
    const running = fresh.dataset.running !== undefined;
    if (running) {
      section.querySelector("[role=status]").replaceChildren(...fresh.querySelector("[role=status]").childNodes);
    } else {
      section.replaceWith(fresh);
    }
  } catch {
    return; // the link is still there
  }
  setTimeout(look, EVERY);
}

setTimeout(look, EVERY);
