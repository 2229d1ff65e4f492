// While somebody writes @, # or : and a name, what it could become: a list below the text, by keyboard or by touch.
const TOKEN = /(?:^|[\s(（，。、])([@#＃:][\p{L}\p{N}\p{M}_@.\-]{1,60})$/u;
const MOST_WAIT = 160;

export function suggest(field) {
  const list = document.createElement("ul");
  const id = `${field.id}-suggestions`;
  Object.assign(list, { id, className: "suggestions", hidden: true });
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "@ # :");
  field.after(list);
  field.setAttribute("aria-autocomplete", "list");
  field.setAttribute("aria-controls", id);
  let found = [], at = -1, timer = 0, turn = 0;

  const token = () => (field.selectionStart === field.selectionEnd && TOKEN.exec(field.value.slice(0, field.selectionStart))?.[1]) || "";
  const close = () => {
    list.hidden = true;
    found = [];
    at = -1;
    field.removeAttribute("aria-activedescendant");
  };
  const mark = (next) => {
    at = next;
    [...list.children].forEach((one, number) => one.setAttribute("aria-selected", String(number === at)));
    field.setAttribute("aria-activedescendant", `${id}-${at}`);
    list.children[at]?.scrollIntoView({ block: "nearest" });
  };
  const take = (one) => {
    const end = field.selectionStart;
    field.setRangeText(`${one.insert} `, end - token().length, end, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
    close();
    field.focus();
  };
  const show = () => {
    list.replaceChildren(...found.map((one, number) => {
      const item = Object.assign(document.createElement("li"), { id: `${id}-${number}` });
      item.setAttribute("role", "option");
      if (one.picture) item.append(Object.assign(new Image(20, 20), { src: one.picture, alt: "" }));
      const name = Object.assign(document.createElement("bdi"), { textContent: one.name, lang: "" });
      item.append(name);
      if (one.about) item.append(Object.assign(document.createElement("span"), { textContent: one.about, className: "handle" }));
      item.addEventListener("pointerdown", (event) => { event.preventDefault(); take(one); });
      return item;
    }));
    list.hidden = !found.length;
    if (found.length) mark(0);
  };
  const ask = async () => {
    const text = token(), mine = (turn += 1);
    if (!text) return close();
    try {
      const answer = await fetch(`/compose/suggest?q=${encodeURIComponent(text)}`, { credentials: "same-origin", headers: { "X-Part": "1" } });
      if (!answer.ok || mine !== turn) return;
      found = await answer.json();
      if (token() === text) show();
    } catch {
      close();
    }
  };
  field.addEventListener("input", () => {
    clearTimeout(timer);
    if (!token()) return close();
    timer = setTimeout(ask, MOST_WAIT);
  });
  field.addEventListener("keydown", (event) => {
    if (list.hidden || event.isComposing) return;
    const last = found.length - 1;
    if (event.key === "ArrowDown") mark(at === last ? 0 : at + 1);
    else if (event.key === "ArrowUp") mark(at <= 0 ? last : at - 1);
    else if (event.key === "Escape") close();
    else if ((event.key === "Enter" || event.key === "Tab") && at >= 0) take(found[at]);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  field.addEventListener("blur", () => setTimeout(close, 100));
  ask(); // of what was typed while this module was on its way
}
