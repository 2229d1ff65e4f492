// The list of posts that wait for a connection, with what can be done about them.
import { say } from "./main.js";
import * as store from "./compose-store.js";
import { flush } from "./compose-send.js";

const valueOf = (fields, name) => (fields.find(([one]) => one === name) || ["", ""])[1];

function line(one, words, acts) {
  const item = document.createElement("li");
  const text = document.createElement("p");
  text.className = "grow typed";
  text.dir = "auto";
  text.lang = valueOf(one.fields, "language");
  text.textContent = valueOf(one.fields, "text").slice(0, 400) || "…";
  item.append(text);
  if (one.problem) {
    const problem = document.createElement("p");
    problem.className = "error";
    problem.textContent = one.problem;
    item.append(problem);
  }
  for (const [word, act] of acts) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "second small";
    button.textContent = word;
    button.addEventListener("click", act);
    item.append(button);
  }
  return item;
}

/** Shows what waits of an account in a place of the page, and sends it whenever the network is back. */
export async function watch(place, account, words) {
  const show = async () => {
    const found = await store.all("waiting", account);
    place.hidden = !found.length;
    place.replaceChildren();
    if (!found.length) return;
    const box = document.createElement("section");
    const title = document.createElement("h2");
    const list = document.createElement("ul");
    box.className = "card waiting";
    title.textContent = words.wordQueue;
    list.className = "rows";
    for (const one of found) {
      const change = async () => {
        const slot = `${account}:new`;
        const fields = one.fields.filter(([name]) => name !== "key"); // other words are another post
        await store.put("drafts", { key: slot, account, fields, items: one.items, when: Date.now() });
        await store.drop("waiting", one.key);
        location.assign("/publish");
      };
      const forget = async () => { await store.drop("waiting", one.key); await show(); };
      list.append(line(one, words, [[words.wordSend, send], [words.wordChange, change], [words.wordDelete, forget]]));
    }
    box.append(title, list);
    place.append(box);
  };
  const send = async () => {
    const number = await flush(account);
    if (number) say(words.wordSent);
    await show();
  };
  addEventListener("online", send);
  addEventListener("compose-queued", show);
  await show();
  if (navigator.onLine) await send();
}
