// Uploading and publishing, and what happens when the network fails: it is kept, and sent when there is one again.
// A post keeps its key however often it is sent, so a repetition never makes a second one.
import * as store from "./compose-store.js";

const token = () => document.body.dataset.formToken;
export class Offline extends Error {}

/** Sends a form of ours: the answer as a value. Throws Offline without a network, or an Error with words for people. */
export async function post(address, fields) {
  let answer;
  try {
    answer = await fetch(address, { method: "POST", body: fields, credentials: "same-origin", headers: { "X-Part": "1", "X-Form-Token": token() } });
  } catch {
    throw new Offline(document.body.dataset.wordOffline);
  }
  if (answer.status === 502 || answer.status === 503 || answer.status === 504) throw new Offline(document.body.dataset.wordOffline);
  const text = await answer.text();
  if (answer.ok) return JSON.parse(text);
  const plain = (answer.headers.get("content-type") || "").startsWith("text/plain");
  throw new Error((plain && text) || document.body.dataset.wordFailed);
}

/** Uploads a file and tells how far it is (0 to 1): the stored file. Throws as `post`. */
export function upload(file, progress = () => {}, started = () => {}) {
  return new Promise((done, failed) => {
    const request = new XMLHttpRequest();
    const fields = new FormData();
    fields.append("file", file, file.name || "picture");
    request.open("POST", "/compose/media");
    request.setRequestHeader("X-Part", "1");
    request.setRequestHeader("X-Form-Token", token());
    request.upload.onprogress = (event) => event.lengthComputable && progress(event.loaded / event.total);
    request.onload = () => {
      if (request.status >= 200 && request.status < 300) return done(JSON.parse(request.responseText));
      if (request.status >= 502 && request.status <= 504) return failed(new Offline(document.body.dataset.wordOffline));
      const plain = (request.getResponseHeader("content-type") || "").startsWith("text/plain");
      failed(new Error((plain && request.responseText) || document.body.dataset.wordFailed));
    };
    request.onerror = () => failed(new Offline(document.body.dataset.wordOffline));
    request.onabort = () => failed(new Error(""));
    started(request);
    request.send(fields);
  });
}

/** How an upload gets on; null when it is not there any more. */
export async function look(id) {
  let answer;
  try {
    answer = await fetch(`/compose/media/${id}`, { credentials: "same-origin", headers: { "X-Part": "1" } });
  } catch {
    throw new Offline(document.body.dataset.wordOffline);
  }
  return answer.ok ? answer.json() : null;
}

export const pause = (time) => new Promise((done) => setTimeout(done, time));

/** Waits until a film or sound is ready. Throws an Error with the reason when it cannot be. */
export async function ready(known) {
  while (known.state === "processing") {
    await pause(1500);
    known = (await look(known.id)) || { state: "failed", error: document.body.dataset.wordFailed };
  }
  if (known.state === "failed") throw new Error(known.error);
  return known;
}

const NAMES = ["alt", "other_alt", "focus", "title", "artist"];

/** The fields of a post with those of its files, as the form without a script would send them. */
export function assembled(fields, items) {
  const form = new FormData();
  for (const [name, value] of fields) form.append(name, value);
  for (const item of items) {
    form.append("media", item.id);
    for (const name of NAMES) if (item[name] !== undefined) form.append(`${name}_${item.id}`, item[name]);
    if (item.cover) form.append("cover", item.id);
  }
  form.set("do", "publish");
  form.delete("form_token");
  return form;
}

/** Keeps a post that could not be sent. `items` have their files where these are not uploaded yet. */
export const queue = (account, key, fields, items) => store.put("waiting", { key, account, fields, items, when: Date.now() });

let sending = null;
/** Sends what waits, the oldest first: the number of posts that went out. Stops at the first that finds no network. */
export function flush(account) {
  sending ||= (navigator.locks ? navigator.locks.request("fedinote-sending", () => sent(account)) : sent(account)).finally(() => {
    sending = null;
  });
  return sending;
}

async function sent(account) {
  let number = 0;
  for (const one of await store.all("waiting", account)) {
    try {
      for (const item of one.items) {
        if (item.id) continue;
        item.id = (await ready(await upload(item.file))).id;
        delete item.file;
        await store.put("waiting", one); // the next attempt does not upload it once more
      }
      await post("/publish", assembled(one.fields, one.items));
      await store.drop("waiting", one.key);
      number += 1;
    } catch (error) {
      if (error instanceof Offline) break;
      one.problem = error.message;
      await store.put("waiting", one);
    }
  }
  return number;
}
