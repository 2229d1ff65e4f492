// Help while somebody writes, loaded when it is wanted: a machine's draft, the language of the text, a preview.
// `here` is what the page offers: its form, fields, words, and what is to be done after a change.
import { post } from "./compose-send.js";

/** Fills the second language with what a machine makes of the first, marked as a machine's. */
export async function draft({ form, field, current, machine, refresh, changed }, button) {
  button.setAttribute("aria-busy", "true");
  button.disabled = true;
  try {
    const made = await post("/compose/translate", current("draft"));
    for (const name of ["other_text", "other_warning"]) field(name).value = made[name];
    if (made.language && !field("language").value) field("language").value = made.language;
    [...form.querySelectorAll('[name="other_option"]')].forEach((one, number) => { one.value = made.other_option[number] || ""; });
    for (const one of form.querySelectorAll("[data-file][data-id]")) {
      one.querySelector('[data-field="other_alt"]').value = made.alts[one.dataset.id] || "";
    }
    machine(made.machine, made.machine_was);
    field("read").checked = false;
    refresh();
    changed();
    field("other_text").focus();
  } finally {
    button.removeAttribute("aria-busy");
    button.disabled = false;
  }
}

/** Asks whether the text is in another language than was chosen, where it seems to be. */
export async function recognise({ words, field, part, refresh, changed }) {
  const hint = part("[data-language-hint]");
  const chosen = field("language").value;
  const fields = new FormData();
  fields.append("text", field("text").value);
  const found = await post("/compose/language", fields).catch(() => ({ tag: "" }));
  const known = found.tag && field("language").querySelector(`[value="${CSS.escape(found.tag)}"]`);
  if (!known || chosen !== field("language").value || found.tag.split("-")[0] === chosen.split("-")[0]) return;
  const [before, after] = words.wordLanguage.split("{language}");
  const name = Object.assign(document.createElement("bdi"), { textContent: found.name, lang: found.tag });
  const yes = Object.assign(document.createElement("button"), { type: "button", className: "second small", textContent: words.wordYes });
  yes.addEventListener("click", () => {
    field("language").value = found.tag;
    hint.hidden = true;
    refresh();
    changed();
    field("text").focus();
  });
  hint.replaceChildren(before, name, after || "", " ", yes);
  hint.hidden = false;
}

/** Shows the words as readers will see them. */
export async function preview({ field, part, current }) {
  const made = await post("/compose/preview", current("preview"));
  part("[data-preview-words]").replaceChildren(...Object.entries(made).map(([tag, html]) => {
    const one = Object.assign(document.createElement("div"), { className: "words", lang: tag || field("language").value, dir: "auto" });
    one.innerHTML = html; // made safe by the server that sends it
    return one;
  }));
  part("[data-preview]").hidden = false;
  part("[data-preview]").scrollIntoView({ block: "nearest" });
}
