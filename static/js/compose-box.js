// The small composer above a timeline: sends without leaving the page, and keeps what is written when the network fails.
import { say } from "./main.js";
import { Offline, assembled, flush, post, queue } from "./compose-send.js";
import * as store from "./compose-store.js";

const form = document.querySelector("form[data-compose-box]");
const account = form?.dataset.account || "";
const text = form?.elements.text;

function fresh() {
  form.elements.key.value = crypto.randomUUID();
  text.value = "";
}

async function send(event) {
  event.preventDefault();
  if (!text.value.trim()) return text.focus();
  const fields = [...new FormData(form)].filter(([name]) => name !== "next");
  const button = event.submitter;
  button.disabled = true;
  try {
    const done = await post("/publish", assembled(fields, []));
    fresh();
    say(form.dataset.wordSent);
    form.dispatchEvent(new CustomEvent("published", { bubbles: true, detail: done }));
  } catch (error) {
    if (error instanceof Offline) {
      await queue(account, form.elements.key.value, fields, []);
      fresh();
    }
    say(error.message);
  }
  button.disabled = false;
}

async function more(event) {
  if (!text.value.trim()) return;
  event.preventDefault();
  const address = event.currentTarget.href;
  const key = `${account}:new`;
  await store.put("drafts", { key, account, fields: [["text", text.value]], items: [], when: Date.now() });
  location.assign(address);
}

if (form) {
  fresh();
  form.addEventListener("submit", send);
  form.querySelector("[data-compose-more]").addEventListener("click", more);
  const go = () => flush(account).then((number) => number && say(form.dataset.wordSent)).catch(() => {});
  addEventListener("online", go);
  go();
}
