// The files of a post that is being written: added, uploaded with their progress, described, put in order.
import { say } from "./main.js";
import { Offline, look, pause, post, ready, upload } from "./compose-send.js";

const FIELDS = ["alt", "other_alt", "focus", "title", "artist"];
const ATTEMPTS = 3;

export class Files {
  constructor(form, changed) {
    this.form = form;
    this.list = form.querySelector("[data-files]");
    this.template = document.getElementById("compose-file");
    this.changed = changed;
    this.words = form.dataset;
    this.items = new Map();
    for (const element of this.list.children) this.#adopt(element);
    this.list.addEventListener("click", (event) => this.#clicked(event));
    this.list.addEventListener("input", () => this.changed());
    this.list.addEventListener("change", (event) => this.#ticked(event));
    this.#dragging();
    addEventListener("online", () => this.resume());
    this.#count();
  }

  /** Adds files that somebody chose, pasted or dropped, up to the limit. */
  add(files) {
    for (const file of files) {
      if (this.list.children.length >= Number(this.words.filesMost)) {
        say(this.words.wordTooMany.replace("{n}", this.words.filesMost));
        return;
      }
      const most = Number(file.type.startsWith("image/") ? this.words.imageMost : this.words.videoMost);
      if (file.size > most) say(this.words.wordTooLarge.replace("{n}", Math.floor(most / 1e6)));
      else this.#new({ file });
    }
  }

  /** What a draft keeps of the files, in their order. */
  state() {
    return [...this.list.children].map((element) => {
      const item = this.items.get(element);
      const value = (name) => this.#field(element, name)?.value;
      return {
        id: item.id, file: item.id ? undefined : item.file, kind: element.dataset.kind, cover: this.#field(element, "cover").checked,
        ...Object.fromEntries(FIELDS.filter((name) => !this.#field(element, name).disabled).map((name) => [name, value(name)])),
      };
    });
  }

  /** Puts back what a draft kept. Uploads that the server has thrown away are left out. */
  async restore(kept) {
    for (const one of kept) {
      if (one.id && this.list.querySelector(`[data-id="${CSS.escape(one.id)}"]`)) continue;
      if (!one.id) {
        this.#new(one);
        continue;
      }
      const known = await look(one.id).catch(() => ({ id: one.id, kind: one.kind, state: "ready", preview: "" }));
      if (known) this.#fill(this.#new(one), known);
    }
  }

  /** Whether there is something that is not on the server yet. */
  get unfinished() {
    return [...this.list.children].some((element) => element.dataset.state !== "ready");
  }

  get failed() {
    return [...this.list.children].some((element) => element.dataset.state === "failed");
  }

  get empty() {
    return !this.list.children.length;
  }

  clear() {
    for (const element of [...this.list.children]) this.#forget(element);
  }

  bilingual(on) {
    for (const element of this.list.children) element.querySelector("[data-bilingual]").hidden = !on;
  }

  /** Waits until all files are uploaded, or none of them goes on. */
  async settled() {
    while ([...this.list.children].some((element) => ["new", "uploading", "processing"].includes(element.dataset.state))) await pause(150);
  }

  resume() {
    for (const element of this.list.children) if (["failed", "offline"].includes(element.dataset.state)) this.#send(element);
  }

  #field(element, name) {
    return element.querySelector(`[data-field="${name}"]`);
  }

  #adopt(element) {
    this.items.set(element, { id: element.dataset.id });
    this.#tools(element);
    if (element.dataset.state === "processing") this.#wait(element, { id: element.dataset.id, state: "processing" });
  }

  #tools(element) {
    for (const one of element.querySelectorAll("[data-script]:not([data-thumbnail])")) one.hidden = false;
    element.draggable = true;
    element.querySelector("[data-focus]").hidden = element.dataset.kind !== "image";
    const thumbnail = element.querySelector("[data-thumbnail]");
    thumbnail.hidden = element.dataset.kind !== "audio";
    thumbnail.querySelector("input").onchange = (event) => this.#illustrate(element, event.target.files[0]);
  }

  #new(kept) {
    const element = this.template.content.firstElementChild.cloneNode(true);
    const number = crypto.randomUUID();
    for (const one of element.querySelectorAll("[id]")) one.id = `${one.id}-${number}`;
    for (const one of element.querySelectorAll("label[for]")) one.htmlFor = `${one.htmlFor}-${number}`;
    this.items.set(element, { id: kept.id, file: kept.file });
    for (const name of FIELDS) if (kept[name] !== undefined) this.#field(element, name).value = kept[name];
    this.#field(element, "cover").checked = Boolean(kept.cover);
    element.dataset.kind = kept.kind || (kept.file ? kept.file.type.split("/")[0] : "");
    this.list.append(element);
    this.bilingual(this.form.dataset.bilingual === "1");
    this.#tools(element);
    if (kept.file && element.dataset.kind === "image") this.#show(element, URL.createObjectURL(kept.file));
    if (kept.file && !kept.id) this.#send(element);
    this.#count();
    this.changed();
    return element;
  }

  #show(element, address) {
    if (!address) return;
    const picture = new Image();
    picture.alt = "";
    picture.src = address;
    element.querySelector("[data-picture]").querySelector("img, svg")?.remove();
    element.querySelector("[data-picture]").prepend(picture);
  }

  #said(element, words, state) {
    element.querySelector("[data-said]").textContent = words;
    element.dataset.state = state;
    element.querySelector("[data-retry]").hidden = !["failed", "offline"].includes(state);
    element.querySelector("[data-progress]").hidden = state !== "uploading";
  }

  async #send(element, attempt = 1) {
    const item = this.items.get(element);
    if (!item?.file || item.id || element.dataset.state === "uploading") return;
    const progress = element.querySelector("[data-progress]");
    this.#said(element, this.words.wordUploading, "uploading");
    try {
      const known = await upload(item.file, (share) => { progress.value = Math.round(share * 100); }, (request) => { item.request = request; });
      if (!element.isConnected) return;
      item.id = known.id;
      this.#fill(element, known);
    } catch (error) {
      if (!element.isConnected) return;
      this.#said(element, error instanceof Offline ? this.words.wordWaitingUpload : error.message || this.words.wordFailed, error instanceof Offline ? "offline" : "failed");
      if (error instanceof Offline && attempt < ATTEMPTS && navigator.onLine) {
        await pause(1000 * 2 ** attempt);
        if (element.dataset.state === "offline") await this.#send(element, attempt + 1);
      }
    }
    this.changed();
  }

  #fill(element, known) {
    element.dataset.id = known.id;
    if (known.kind !== "unknown") element.dataset.kind = known.kind;
    const media = this.#field(element, "media");
    media.disabled = false;
    media.value = known.id;
    this.#field(element, "cover").value = known.id;
    for (const name of FIELDS) this.#field(element, name).name = `${name}_${known.id}`;
    if (known.state === "processing") {
      this.#wait(element, known);
      return;
    }
    this.#said(element, known.state === "failed" ? known.error : "", known.state);
    const sound = known.kind === "audio";
    element.querySelector("[data-sound]").hidden = !sound;
    for (const name of ["title", "artist"]) {
      const field = this.#field(element, name);
      if (field.disabled && sound && !field.value) field.value = known[name] || "";
      field.disabled = !sound;
    }
    this.#tools(element);
    if (!element.querySelector("[data-picture] img")) this.#show(element, known.preview);
  }

  async #wait(element, known) {
    this.#said(element, this.words.wordProcessing, "processing");
    try {
      const made = await ready(known);
      if (element.isConnected) this.#fill(element, made);
    } catch (error) {
      if (element.isConnected) this.#said(element, error.message, "failed");
    }
    this.changed();
  }

  async #illustrate(element, file) {
    const item = this.items.get(element);
    if (!file || !item.id) return;
    const fields = new FormData();
    fields.append("thumbnail", file);
    try {
      const known = await post(`/compose/media/${item.id}`, fields);
      this.#show(element, known.preview);
    } catch (error) {
      say(error.message);
    }
  }

  #forget(element) {
    const item = this.items.get(element);
    item.request?.abort();
    this.items.delete(element);
    element.remove();
  }

  #clicked(event) {
    const button = event.target.closest("button");
    const element = event.target.closest("[data-file]");
    if (!button || !element) return;
    if ("earlier" in button.dataset) this.#move(element, -1, button);
    else if ("later" in button.dataset) this.#move(element, 1, button);
    else if ("retry" in button.dataset) this.#send(element);
    else if ("remove" in button.dataset) this.#remove(element);
    else if ("focus" in button.dataset) this.#focus(element);
  }

  #move(element, step, button) {
    const other = step < 0 ? element.previousElementSibling : element.nextElementSibling;
    if (!other) return;
    if (step < 0) other.before(element);
    else other.after(element);
    button.focus();
    say(this.words.wordMoved.replace("{n}", [...this.list.children].indexOf(element) + 1));
    this.changed();
  }

  #remove(element) {
    const next = element.nextElementSibling || element.previousElementSibling;
    this.#forget(element);
    (next ? next.querySelector("[data-remove]") : this.form.querySelector("#files")).focus();
    say(this.words.wordRemoved);
    this.#count();
    this.changed();
  }

  async #focus(element) {
    const field = this.#field(element, "focus");
    const picture = element.querySelector("[data-picture] img");
    if (!picture) return;
    const { pick } = await import("./compose-focus.js");
    field.value = await pick(picture.src, field.value, this.words);
    element.querySelector("[data-focus]").focus();
    this.changed();
  }

  #ticked(event) {
    const box = event.target.closest('[data-field="cover"]');
    if (!box?.checked) return;
    const most = Number(this.words.coversMost);
    if (this.list.querySelectorAll('[data-field="cover"]:checked').length > most) {
      box.checked = false;
      say(this.words.wordCovers.replace("{n}", most));
    }
  }

  #count() {
    const many = this.list.children.length > Number(this.words.coversMost);
    const hint = this.form.querySelector("[data-covers-hint]");
    if (hint) hint.hidden = !many;
    this.list.classList.toggle("many", many);
  }

  #dragging() {
    let held = null;
    this.list.addEventListener("dragstart", (event) => {
      held = event.target.closest?.("[data-file]");
      if (!held || event.target.closest("textarea, input")) return;
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setData("text/plain", "");
      held.classList.add("held");
    });
    this.list.addEventListener("dragover", (event) => {
      const over = event.target.closest("[data-file]");
      if (!held || !over) return;
      event.preventDefault();
      if (over === held) return;
      const all = [...this.list.children];
      if (all.indexOf(over) > all.indexOf(held)) over.after(held);
      else over.before(held);
    });
    this.list.addEventListener("drop", (event) => held && event.preventDefault());
    this.list.addEventListener("dragend", () => {
      held?.classList.remove("held");
      held = null;
      this.changed();
    });
  }
}
