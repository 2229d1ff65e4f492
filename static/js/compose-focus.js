// Choosing the point of a picture that stays in view where it is cut: by a click, or by the arrow keys.
const STEP = 0.1;
const bounded = (value) => Math.max(-1, Math.min(1, Math.round(value * 100) / 100));

/** Opens a picture and resolves with "x,y" (from -1 to 1, y upwards), or with what it was before. */
export function pick(source, before, words) {
  let [x, y] = (before || "0,0").split(",").map(Number);
  if (!Number.isFinite(x) || !Number.isFinite(y)) [x, y] = [0, 0];
  const dialog = document.createElement("dialog");
  dialog.className = "focus-picker";
  dialog.setAttribute("aria-label", words.wordFocus);
  const hint = Object.assign(document.createElement("p"), { textContent: words.wordFocus, className: "small" });
  const frame = Object.assign(document.createElement("div"), { className: "focus-frame", tabIndex: 0 });
  frame.setAttribute("role", "application");
  frame.setAttribute("aria-label", words.wordFocus);
  const picture = Object.assign(new Image(), { src: source, alt: "" });
  const mark = Object.assign(document.createElement("span"), { className: "focus-mark" });
  const done = Object.assign(document.createElement("button"), { type: "button", textContent: words.wordDone });
  const show = () => {
    mark.style.setProperty("inset-block-start", `${(1 - y) * 50}%`);
    mark.style.setProperty("left", `${(x + 1) * 50}%`); // of the picture, however the page runs
  };
  const take = (event) => {
    const box = picture.getBoundingClientRect();
    x = bounded(((event.clientX - box.left) / box.width) * 2 - 1);
    y = bounded(1 - ((event.clientY - box.top) / box.height) * 2);
    show();
  };
  frame.addEventListener("pointerdown", take);
  frame.addEventListener("keydown", (event) => {
    const way = { ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, STEP], ArrowDown: [0, -STEP] }[event.key];
    if (event.key === "Enter") dialog.close();
    if (!way) return;
    event.preventDefault();
    x = bounded(x + way[0]);
    y = bounded(y + way[1]);
    show();
  });
  done.addEventListener("click", () => dialog.close());
  frame.append(picture, mark);
  dialog.append(hint, frame, done);
  document.body.append(dialog);
  show();
  dialog.showModal();
  frame.focus();
  return new Promise((resolve) => dialog.addEventListener("close", () => {
    dialog.remove();
    resolve(`${x},${y}`);
  }));
}
