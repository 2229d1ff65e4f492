// Texts in two languages: side by side or one at a time, for the whole page at once; the choice is kept.
import { part } from "./main.js";

const beside = (way) => {
  for (const one of document.querySelectorAll(".bilingual.many")) one.classList.toggle("beside", way === "beside");
};

document.addEventListener("submit", (event) => {
  const form = event.target;
  const way = event.submitter?.value;
  if (event.defaultPrevented || !way || !form.matches("form[data-reading]")) return;
  event.preventDefault();
  beside(way);
  const fields = new URLSearchParams(new FormData(form, event.submitter));
  part(form.getAttribute("action"), { method: "POST", body: fields }).catch(() => {});
  form.querySelector(way === "beside" ? ".one-by" : ".aside-by")?.focus();
});
