// The picture alone, as large as the window.
const rtl = (element) => getComputedStyle(element).direction === "rtl";

/** Arrow keys and swipes go through the pictures of the same post. */
export class Viewer {
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
