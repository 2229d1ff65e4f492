// The page of drafts: what lies in this browser, and what waits for a connection, above what the server keeps.
import * as store from "./compose-store.js";
import { watch } from "./compose-waiting.js";

const place = document.getElementById("compose-waiting");
const words = place.dataset;
const account = words.account;
const value = (one, name) => (one.fields.find(([each]) => each === name) || ["", ""])[1];

function address(slot) {
  const [place, beside] = slot.split("~");
  const [kind, id] = place.split(":");
  const page = kind === "edit" ? `/posts/${id}/edit` : kind === "plan" ? `/scheduled/${id}/edit` : kind === "new" ? "/publish" : `/publish?${kind}=${id}`;
  return beside ? `${page}#~${beside}` : page;
}

async function local() {
  const found = await store.all("drafts", account);
  document.getElementById("compose-local")?.remove();
  if (!found.length) return;
  const box = Object.assign(document.createElement("section"), { id: "compose-local" });
  const list = Object.assign(document.createElement("ul"), { className: "rows" });
  box.append(Object.assign(document.createElement("h2"), { textContent: words.wordBrowser }), list);
  for (const one of found.reverse()) {
    const item = document.createElement("li");
    const text = Object.assign(document.createElement("a"), {
      className: "grow typed", dir: "auto", lang: value(one, "language"), href: address(one.key.slice(account.length + 1)),
      textContent: value(one, "text").slice(0, 400) || words.wordFiles.replace("{n}", one.items.length),
    });
    const button = Object.assign(document.createElement("button"), { type: "button", className: "second small", textContent: words.wordDelete });
    button.addEventListener("click", async () => { await store.drop("drafts", one.key); await local(); });
    item.append(text, button);
    list.append(item);
  }
  place.after(box);
  document.querySelector(".empty")?.remove();
}

local().catch(() => {});
watch(place, account, words).catch(() => {});
