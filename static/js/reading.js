// Texts in two languages: side by side or one at a time, for the whole page at once; the choice is kept.
import { part } from "./main.js";

const beside = (way) => {
  for (const one of document.querySelectorAll(".bilingual.many")) one.classList.toggle("beside", way === "beside");
};

/** Makes the buttons below an element change the page in place. */
export function readings(root) {
  for (const form of root.querySelectorAll("form[data-reading]:not([data-ready])")) {
    form.dataset.ready = "";
    form.addEventListener("submit", (event) => {
      const way = event.submitter?.value;
      if (!way) return;
      event.preventDefault();
      event.stopPropagation();
      beside(way);
      const fields = new URLSearchParams(new FormData(form, event.submitter));
      part(form.getAttribute("action"), { method: "POST", body: fields }).catch(() => {});
      form.querySelector(way === "beside" ? ".one-by" : ".aside-by")?.focus();
    });
  }
}
