// Pictures, video and music in posts: steps through a carousel, the large picture, films that play while they are seen.
import { tracks } from "./track.js";
import { readings } from "./reading.js";

const still = matchMedia("(prefers-reduced-motion: reduce)");
const rtl = (element) => getComputedStyle(element).direction === "rtl";

function carousel(box) {
  const slides = box.querySelector("[data-slides]");
  if (!slides) return;
  const steps = [...box.querySelectorAll("[data-step]")];
  const place = box.querySelector("[data-place]");
  const count = slides.children.length;
  const at = () => Math.round(Math.abs(slides.scrollLeft) / Math.max(1, slides.clientWidth));
  const go = (number) => slides.scrollTo({ left: (rtl(slides) ? -1 : 1) * number * slides.clientWidth, behavior: still.matches ? "auto" : "smooth" });
  const show = () => {
    const now = at();
    place.textContent = String(now + 1);
    for (const step of steps) step.disabled = step.dataset.step === "-1" ? now === 0 : now === count - 1;
  };
  for (const step of steps) {
    step.hidden = false;
    step.addEventListener("click", () => go(Math.min(count - 1, Math.max(0, at() + Number(step.dataset.step)))));
  }
  slides.addEventListener("scroll", show, { passive: true });
  slides.addEventListener("keydown", (event) => {
    const forth = rtl(slides) ? "ArrowLeft" : "ArrowRight";
    const back = rtl(slides) ? "ArrowRight" : "ArrowLeft";
    const target = { [forth]: at() + 1, [back]: at() - 1, Home: 0, End: count - 1 }[event.key];
    if (event.target !== slides || target === undefined || target < 0 || target >= count) return;
    event.preventDefault();
    go(target);
  });
  show();
}

/** The picture alone. Arrow keys and swipes go through the pictures of the same post. */
class Viewer {
  constructor(words) {
    this.words = words;
    this.dialog = document.createElement("dialog");
    this.dialog.className = "viewer";
    this.dialog.setAttribute("aria-label", words.wordTitle);
    const stage = document.createElement("div");
    stage.className = "stage";
    this.image = document.createElement("img");
    this.text = document.createElement("p");
    this.text.dir = "auto";
    stage.append(this.image, this.text);
    this.back = this.button("step back", "left", words.wordBack, () => this.go(-1));
    this.on = this.button("step on", "right", words.wordOn, () => this.go(1));
    this.shut = this.button("shut", "close", words.wordClose, () => this.dialog.close());
    this.dialog.append(stage, this.back, this.on, this.shut);
    document.body.append(this.dialog);
    this.dialog.addEventListener("keydown", (event) => {
      const way = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (way) this.go(rtl(this.dialog) ? -way : way);
    });
    this.dialog.addEventListener("click", (event) => { if (event.target === this.image || event.target === stage) this.dialog.close(); });
    let start = null;
    this.dialog.addEventListener("touchstart", (event) => { start = event.touches.length === 1 ? event.touches[0].clientX : null; }, { passive: true });
    this.dialog.addEventListener("touchend", (event) => {
      const way = start === null ? 0 : event.changedTouches[0].clientX - start;
      if (Math.abs(way) > 50) this.go((way < 0 ? 1 : -1) * (rtl(this.dialog) ? -1 : 1));
    });
  }

  button(name, icon, words, act) {
    const made = document.createElement("button");
    made.type = "button";
    made.className = name;
    made.setAttribute("aria-label", words);
    const sprite = document.querySelector("svg.icon use")?.getAttribute("href")?.split("#")[0] || "/static/img/icons.svg";
    made.innerHTML = `<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><use href="${sprite}#${icon}"></use></svg>`;
    made.addEventListener("click", act);
    return made;
  }

  open(shot) {
    this.shots = [...(shot.closest("[data-carousel]") || shot.parentElement).querySelectorAll("[data-shot]")];
    this.at = this.shots.indexOf(shot);
    this.show();
    this.dialog.showModal();
  }

  go(way) {
    const next = this.at + way;
    if (next < 0 || next >= this.shots.length) return;
    this.at = next;
    this.show();
  }

  show() {
    const shot = this.shots[this.at];
    const small = shot.querySelector("img");
    this.image.src = shot.getAttribute("href");
    this.image.alt = small ? small.alt : "";
    this.text.textContent = shot.dataset.alt || "";
    this.text.lang = shot.parentElement.querySelector(".alt p")?.lang || "";
    this.back.hidden = this.shots.length < 2;
    this.on.hidden = this.shots.length < 2;
    this.back.disabled = this.at === 0;
    this.on.disabled = this.at === this.shots.length - 1;
  }
}

let viewer = null;
document.addEventListener("click", (event) => {
  const shot = event.target.closest?.("[data-shot]");
  if (!shot || event.button || event.metaKey || event.ctrlKey || event.shiftKey || shot.closest("dialog.viewer")) return;
  event.preventDefault();
  viewer ||= new Viewer(shot.closest("[data-word-close]")?.dataset || { wordClose: "×", wordBack: "‹", wordOn: "›", wordTitle: "" });
  viewer.open(shot);
});

// Animations move while they are seen, unless the reader wants nothing to move.
const watcher = "IntersectionObserver" in window && new IntersectionObserver((seen) => {
  for (const one of seen) {
    if (one.isIntersecting && !still.matches) one.target.play().catch(() => {});
    else one.target.pause();
  }
}, { threshold: 0.6 });

export function enliven(root) {
  const all = (selector) => [...(root.matches?.(selector) ? [root] : []), ...root.querySelectorAll(selector)];
  for (const box of all("[data-carousel]:not([data-ready])")) {
    box.dataset.ready = "";
    carousel(box);
  }
  for (const film of all("video[data-gif]:not([data-ready])")) {
    film.dataset.ready = "";
    if (watcher) watcher.observe(film);
  }
  tracks(root);
  readings(root);
}

// Only one thing sounds at a time.
document.addEventListener("play", (event) => {
  for (const one of document.querySelectorAll("audio, video")) {
    if (one !== event.target && !one.paused && !one.muted && !event.target.muted) one.pause();
  }
}, true);

enliven(document);
new MutationObserver((changes) => {
  for (const change of changes) for (const node of change.addedNodes) if (node.nodeType === 1) enliven(node);
}).observe(document.body, { childList: true, subtree: true });
