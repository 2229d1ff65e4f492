// Videos one after another: the one in view plays, muted until asked; more are fetched near the end.
import { elements, part } from "./main.js";

const reels = document.querySelector("[data-reels]");
const sound = document.querySelector("[data-sound]");
const still = matchMedia("(prefers-reduced-motion: reduce)");
let loud = false;
let current = null;

const play = (film) => {
  if (current && current !== film) current.pause();
  current = film;
  film.muted = film.hasAttribute("data-mute") || !loud;
  film.preload = "auto";
  if (!still.matches) film.play().catch(() => {});
};

const watcher = new IntersectionObserver((seen) => {
  for (const one of seen) {
    if (one.isIntersecting) play(one.target);
    else one.target.pause();
  }
}, { threshold: 0.7 });

const nearEnd = new IntersectionObserver((seen) => {
  for (const one of seen) if (one.isIntersecting) more(one.target);
}, { rootMargin: "800px" });

async function more(pager) {
  nearEnd.unobserve(pager);
  try {
    const fresh = elements(await part(pager.querySelector("a").getAttribute("href")));
    pager.replaceWith(fresh);
    watch();
  } catch {
    // The link stays, and leads to the next page.
  }
}

function watch() {
  for (const film of reels.querySelectorAll("[data-reel]:not([data-seen])")) {
    film.dataset.seen = "";
    film.loop = true;
    watcher.observe(film);
    // Who starts or stops one by hand is right.
    film.addEventListener("volumechange", () => { if (film === current && !film.muted && !loud) turn(true); });
  }
  for (const pager of reels.querySelectorAll("[data-more]")) nearEnd.observe(pager);
}

function turn(on) {
  loud = on;
  sound.setAttribute("aria-pressed", String(on));
  sound.querySelector("span").textContent = on ? sound.dataset.wordOff : sound.dataset.wordOn;
  const use = sound.querySelector("use");
  use.setAttribute("href", use.getAttribute("href").replace(/#.*/, on ? "#sound" : "#mute"));
  if (current) current.muted = !on;
}

if (reels && sound) {
  sound.hidden = false;
  sound.addEventListener("click", () => turn(!loud));
  document.addEventListener("keydown", (event) => {
    if (event.target.closest("input, textarea, select, video, [contenteditable]") || event.metaKey || event.ctrlKey || event.altKey) return;
    const letters = "noShortcuts" in document.body.dataset ? {} : { j: 1, k: -1 };
    const way = { ArrowDown: 1, ArrowUp: -1, ...letters }[event.key];
    if (!way || !current) return;
    const all = [...reels.querySelectorAll(".reel")];
    const next = all[all.indexOf(current.closest(".reel")) + way];
    if (!next) return;
    event.preventDefault();
    next.scrollIntoView({ block: "center", behavior: still.matches ? "auto" : "smooth" });
  });
  watch();
}
