// The order of a board: posts are dragged by their grips, with a finger or a mouse. Without it there are buttons.
import { part, replace, say } from "./main.js";

function ready(list) {
  if (!list) return;
  document.querySelector("[data-drag-hint]").hidden = false;
  for (const grip of list.querySelectorAll("[data-grip]")) {
    grip.hidden = false;
    grip.addEventListener("pointerdown", (event) => drag(event, list, grip.closest("li")));
  }
}

function drag(event, list, held) {
  if (event.button) return;
  event.preventDefault();
  const grip = event.currentTarget;
  let before = held;
  held.classList.add("held");
  grip.setPointerCapture(event.pointerId);
  const clear = () => list.querySelectorAll(".above").forEach((one) => one.classList.remove("above"));
  const move = (moved) => {
    clear();
    before = [...list.children].find((one) => moved.clientY < one.getBoundingClientRect().top + one.offsetHeight / 2) || null;
    before?.classList.add("above");
    if (moved.clientY < 60) scrollBy(0, -12);
    if (moved.clientY > innerHeight - 60) scrollBy(0, 12);
  };
  const end = async (ended) => {
    grip.removeEventListener("pointermove", move);
    clear();
    held.classList.remove("held");
    if (ended.type !== "pointerup" || before === held || before === held.nextElementSibling) return;
    if (before === null && held === list.lastElementChild) return;
    const body = new URLSearchParams({ do: "place", post: held.dataset.post, before: before ? before.dataset.post : "0" });
    try {
      replace(list, "#order", await part(list.dataset.order, { method: "POST", body }));
    } catch (error) {
      say(error.message);
    }
  };
  grip.addEventListener("pointermove", move);
  grip.addEventListener("pointerup", end, { once: true });
  grip.addEventListener("pointercancel", end, { once: true });
}

ready(document.querySelector("[data-order]"));
document.addEventListener("part", (event) => ready(event.target.querySelector?.("[data-order]")));
