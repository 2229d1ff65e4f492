// Pictures, video and music in posts: steps through a carousel, films that play while they are seen. The large picture
// and the player of music are loaded where there are some.
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

let viewer = null;
document.addEventListener("click", (event) => {
  const shot = event.target.closest?.("[data-shot]");
  if (!shot || event.button || event.metaKey || event.ctrlKey || event.shiftKey || shot.closest("dialog.viewer")) return;
  event.preventDefault();
  viewer ||= import("./viewer.js").then((module) => new module.Viewer(shot.closest("[data-word-close]")?.dataset || {}));
  viewer.then((one) => one.open(shot), () => location.assign(shot.href));
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
  if (root.querySelector("[data-track]:not([data-ready])")) import("./track.js").then((module) => module.tracks(root));
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
