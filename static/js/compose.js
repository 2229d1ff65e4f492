// The page on which posts are written. Without this module it is a plain form; with it nothing is lost.
import { say } from "./main.js";
import { length } from "./compose-count.js";
import { Files } from "./compose-files.js";
import { Offline, assembled, post, queue } from "./compose-send.js";
import * as store from "./compose-store.js";

const form = document.querySelector("form[data-compose]");
const words = form.dataset;
form.classList.add("live"); // the field for files is behind its label now: what was chosen is shown below
const account = words.account;
const part = (selector) => form.querySelector(selector);
const field = (name) => form.elements[name];
const PER_FILE = /^(?:media|alt_\d*|other_alt_\d*|focus_\d*|title_\d*|artist_\d*|order_\d+|cover|drop|files|form_token)$/;
const PAUSE = 700;
const RECOGNISE = 1200;

for (const one of document.querySelectorAll("#compose-waiting, form[data-compose] > [data-script], [data-drop-hint]")) one.hidden = one.id === "compose-waiting";

// -- what is written, and keeping it ----------------------------------------------------------------------------------

const slot = (() => {
  if (field("edit").value) return `edit:${field("edit").value}`;
  if (field("plan").value) return `plan:${field("plan").value}`;
  if (field("draft").value) return `draft:${field("draft").value}`;
  if (field("reply").value) return `reply:${field("reply").value}`;
  if (field("quote").value) return `quote:${field("quote").value}`;
  return "new";
})();
// Each page has a draft of its own: a second one beside it does not write over the first.
const alone = (name) => navigator.locks ? new Promise((done) => navigator.locks.request(`fedinote-${name}`, { ifAvailable: true }, (lock) => {
  done(Boolean(lock));
  return lock && new Promise(() => {});
})) : true;
let key = `${account}:${slot}${location.hash.startsWith("#~") ? location.hash.slice(1) : ""}`;
if (!(await alone(key))) key = `${account}:${slot}~${crypto.randomUUID()}`;
let begun = snapshot();
let saving = 0, gone = false, touched = false;

function snapshot() {
  return [...new FormData(form)].filter(([name, value]) => typeof value === "string" && !PER_FILE.test(name));
}

const same = (some, others) => JSON.stringify(some.filter(([name]) => name !== "key")) === JSON.stringify(others.filter(([name]) => name !== "key"));

async function save() {
  if (gone) return;
  const fields = snapshot();
  if (files.empty && same(fields, begun)) return store.drop("drafts", key);
  await store.put("drafts", { key, account, fields, items: files.state(), when: Date.now() });
  part("[data-saved]").textContent = words.wordSaved;
}

function changed() {
  touched = true;
  clearTimeout(saving);
  saving = setTimeout(() => save().catch(() => {}), PAUSE);
  count();
}

function put(fields) {
  const seen = {};
  for (const [name, value] of fields) {
    if (name === "key") continue;
    const all = form.querySelectorAll(`[name="${CSS.escape(name)}"]`);
    const one = all[(seen[name] = (seen[name] ?? -1) + 1)];
    if (!one) continue;
    if (one.type === "checkbox") one.checked = true;
    else one.value = value;
    one.closest("details")?.toggleAttribute("open", Boolean(value) || one.closest("details").open);
  }
  if (!fields.some(([name]) => name === "visibility")) return; // from the small form, which has no boxes
  for (const name of ["sensitive", "multiple", "hide_totals", "read"]) {
    field(name).checked = fields.some(([one]) => one === name);
  }
}

async function restore() {
  const kept = await store.get("drafts", key);
  const asked = new URLSearchParams(location.search);
  const elsewhere = ["text", "title", "url"].some((name) => asked.has(name)) || part("[role=alert], .notice");
  if (!kept || elsewhere) return;
  touched = true;
  put(kept.fields);
  for (const one of form.querySelectorAll("details.panel, details.second")) {
    const filled = [...one.querySelectorAll("input:not([type=hidden]):not([type=checkbox]), textarea")].some((each) => each.value.trim());
    one.open = filled || [...one.querySelectorAll("input[type=checkbox]")].some((each) => each.checked);
  }
  await files.restore(kept.items);
  const note = Object.assign(document.createElement("p"), { className: "notice" });
  const when = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" }).format(new Date(kept.when));
  const button = Object.assign(document.createElement("button"), { type: "button", className: "second small", textContent: words.wordDiscard });
  button.addEventListener("click", async () => {
    gone = true;
    await store.drop("drafts", key);
    location.reload();
  });
  note.setAttribute("role", "status");
  note.dataset.restored = "";
  note.append(words.wordRestored.replace("{when}", when), " ", button);
  form.prepend(note);
  refresh();
}

// -- counting, and what belongs together ------------------------------------------------------------------------------

function count() {
  const warning = field("warning").value.trim();
  for (const [name, more] of [["text", warning], ["other_text", field("other_warning").value]]) {
    const place = part(`[data-count="${name}"]`);
    const left = Number(words.most) - length(field(name).value) - length(more);
    const shown = new Intl.NumberFormat(document.documentElement.lang).format(Math.abs(left));
    place.textContent = name !== "text" && !field(name).value ? "" : (left < 0 ? words.wordOver : words.wordLeft).replace("{n}", shown);
    place.classList.toggle("over", left < 0);
    field(name).setAttribute("aria-invalid", String(left < 0));
  }
}

function refresh() {
  const second = part("[data-second]");
  const on = second.open && Boolean(field("other").value);
  words.bilingual = on ? "1" : "";
  files.bilingual(on);
  for (const one of form.querySelectorAll("[data-options] [data-bilingual]")) one.hidden = !on;
  part("[data-other-warning]").hidden = !(on && field("warning").value.trim());
  field("text").lang = field("language").value;
  for (const one of form.querySelectorAll('[name="other_text"], [name="other_warning"], [name="other_option"], [data-field="other_alt"]')) one.lang = field("other").value;
  if (!field("other_text").value.trim()) machine("", "");
  count();
}

function machine(engine, was) {
  field("machine").value = engine;
  field("machine_was").value = was;
  part("[data-machine]").hidden = !engine;
  part("[data-machine-name]").textContent = engine ? words.wordDrafted.replace("{engine}", engine) : "";
}

function current(name = "publish") {
  const state = files.state().filter((one) => one.id);
  const sent = assembled(snapshot(), state);
  sent.set("do", name);
  return sent;
}

// A machine's draft, the language that is recognised, the preview: loaded when somebody wants them.
const helping = { form, words, field, part, current, machine, refresh, changed };
const help = (name, ...more) => import("./compose-help.js").then((all) => all[name](helping, ...more)).catch((error) => say(error.message));

let recognising = 0;
function recognise() {
  clearTimeout(recognising);
  part("[data-language-hint]").hidden = true;
  if (field("language").value && field("text").value.trim().length >= 20) recognising = setTimeout(() => help("recognise"), RECOGNISE);
}

// -- files ------------------------------------------------------------------------------------------------------------

const files = new Files(form, changed);
part("#files").addEventListener("change", (event) => {
  files.add(event.target.files);
  event.target.value = "";
});
document.addEventListener("paste", (event) => {
  const found = [...(event.clipboardData?.files || [])];
  if (!found.length || event.clipboardData.getData("text/plain")) return; // tables and documents bring a picture of their text
  event.preventDefault();
  files.add(found);
});
const carries = (event) => [...(event.dataTransfer?.types || [])].includes("Files");
const sheet = part("[data-drop]");
document.addEventListener("dragover", (event) => {
  if (!carries(event)) return;
  event.preventDefault();
  sheet.classList.add("over");
});
for (const name of ["dragleave", "drop"]) {
  document.addEventListener(name, (event) => {
    if (name === "dragleave" && event.relatedTarget) return;
    sheet.classList.remove("over");
    if (name !== "drop" || !carries(event)) return;
    event.preventDefault();
    files.add(event.dataTransfer.files);
  });
}

// -- sending ----------------------------------------------------------------------------------------------------------

async function publish(button) {
  const fields = snapshot();
  if (files.empty && !["text", "other_text", "option", "quote"].some((name) => fields.some(([one, value]) => one === name && value.trim()))) {
    say(words.wordEmpty);
    field("text").focus();
    return;
  }
  button.disabled = true;
  try {
    if (navigator.onLine) await files.settled();
    if (files.failed) throw new Error(words.wordFailed);
    if (files.unfinished) throw new Offline(words.wordQueued);
    const done = await post("/publish", assembled(fields, files.state()));
    gone = true;
    clearTimeout(saving);
    await store.drop("drafts", key);
    location.assign(done.url);
  } catch (error) {
    if (error instanceof Offline) await wait(fields);
    else say(error.message);
    button.disabled = false;
  }
}

async function wait(fields) {
  if (field("edit").value || field("plan").value) {
    await save();
    say(document.body.dataset.wordOffline);
    return;
  }
  await queue(account, field("key").value, fields, files.state());
  form.querySelector("[data-restored]")?.remove();
  await store.drop("drafts", key);
  form.reset();
  for (const name of ["text", "warning", "other_text", "other_warning"]) field(name).value = "";
  files.clear();
  field("key").value = crypto.randomUUID();
  refresh();
  say(words.wordQueued);
  await waiting().catch(() => {}); // it is kept, whether or not the list of what waits can be loaded now
  dispatchEvent(new Event("compose-queued"));
}

let watching = null;
async function waiting() {
  if (!watching && !(await store.all("waiting", account)).length) return;
  watching ||= import("./compose-waiting.js").then(({ watch }) => watch(document.getElementById("compose-waiting"), account, words));
  await watching;
}

form.addEventListener("submit", (event) => {
  const button = event.submitter || part("[data-publish]");
  if (button.hasAttribute("data-publish")) {
    event.preventDefault();
    publish(button);
  } else if (button.value === "keep") {
    if (files.unfinished) {
      event.preventDefault();
      say(words.wordUnfinished);
      return;
    }
    gone = true;
    clearTimeout(saving);
    store.drop("drafts", key).catch(() => {});
  }
});
form.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    publish(part("[data-publish]"));
  } else if (event.key === "Enter" && event.target.matches("input:not([type=submit])")) event.preventDefault();
});
form.addEventListener("input", (event) => {
  if (event.target.id === "text") recognise();
  if (["warning", "other_text"].includes(event.target.name)) refresh();
  changed();
});
form.addEventListener("change", (event) => {
  if (["language", "other"].includes(event.target.name)) refresh();
  changed();
});
addEventListener("pagehide", () => save().catch(() => {}));
part("[data-second]").addEventListener("toggle", refresh);
// The time of a plan turns into one of this browser's clock, which is no change by its author.
const clock = () => import("./compose-times.js").then(() => { if (!touched) begun = snapshot(); }).catch(() => {});
if (part("[data-panel=later]")?.open) clock();
part("[data-panel=later]")?.addEventListener("toggle", clock);
for (const [name, button] of [["draft", part("[data-draft]")], ["preview", part("[data-show-preview]")]]) {
  button?.addEventListener("click", (event) => {
    event.preventDefault();
    help(name, button);
  });
}
for (const one of form.querySelectorAll("[data-suggest]")) {
  const begin = (event) => {
    if (!/[@#＃:]/.test(one.value)) return;
    one.removeEventListener("input", begin);
    import("./compose-suggest.js").then(({ suggest }) => suggest(one)).catch(() => {});
  };
  one.addEventListener("input", begin);
}

refresh();
restore().catch(() => {}).then(waiting).catch(() => {});
if (matchMedia("(pointer: fine)").matches) field("text").focus();
field("text").setSelectionRange(field("text").value.length, field("text").value.length);
