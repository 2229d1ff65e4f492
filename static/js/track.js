// A sound with a player of our own: a button on the cover, and the waveform as the slider.
const clock = (seconds) => {
  const whole = Math.max(0, Math.floor(seconds || 0));
  const rest = String(whole % 60).padStart(2, "0");
  const minutes = Math.floor(whole / 60);
  return minutes < 60 ? `${minutes}:${rest}` : `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")}:${rest}`;
};

function player(box) {
  const audio = box.querySelector("audio");
  const press = box.querySelector("[data-press]");
  const seek = box.querySelector("[data-seek]");
  const heard = box.querySelector("[data-heard]");
  const time = box.querySelector("[data-clock]");
  if (!audio || !press || !seek) return;
  const width = heard ? heard.ownerSVGElement.viewBox.baseVal.width : 0;
  const word = press.querySelector("[data-press-word]");
  audio.controls = false;
  audio.hidden = true;
  for (const one of [press, seek, time]) if (one) one.hidden = false;
  let held = false;
  const length = () => (Number.isFinite(audio.duration) && audio.duration) || Number(seek.max);
  const show = () => {
    const now = held ? Number(seek.value) : audio.currentTime;
    if (!held) seek.value = String(now);
    seek.setAttribute("aria-valuetext", `${clock(now)} / ${clock(length())}`);
    if (heard) heard.setAttribute("width", String((width * now) / length()));
    if (time) time.querySelector("[data-now]").textContent = clock(now);
  };
  press.addEventListener("click", () => { if (audio.paused) audio.play().catch(() => {}); else audio.pause(); });
  for (const name of ["play", "pause", "ended"]) {
    audio.addEventListener(name, () => {
      box.classList.toggle("playing", !audio.paused);
      word.textContent = audio.paused ? press.dataset.wordPlay : press.dataset.wordPause;
    });
  }
  audio.addEventListener("durationchange", () => { seek.max = String(length()); show(); });
  audio.addEventListener("timeupdate", show);
  seek.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 5, ArrowUp: 5, ArrowLeft: -5, ArrowDown: -5, PageUp: 30, PageDown: -30 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    audio.currentTime = Math.min(length(), Math.max(0, audio.currentTime + step));
    show();
  });
  seek.addEventListener("input", () => { held = true; show(); });
  seek.addEventListener("change", () => { held = false; audio.currentTime = Number(seek.value); show(); });
  show();
}

/** Gives every sound below an element its player. */
export function tracks(root) {
  for (const box of root.querySelectorAll("[data-track]:not([data-ready])")) {
    box.dataset.ready = "";
    player(box);
  }
}
