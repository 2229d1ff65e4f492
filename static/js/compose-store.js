// What is not sent yet, kept in this browser: drafts as they are written, and posts that wait for a connection.
// Files lie beside the words, so that neither is lost with the network. Each account has its own.
const NAME = "fedinote-writing";
const STORES = ["drafts", "waiting"];
let opening = null;

function open() {
  opening ||= new Promise((done, failed) => {
    const asked = indexedDB.open(NAME, 1);
    asked.onupgradeneeded = () => STORES.forEach((name) => asked.result.createObjectStore(name, { keyPath: "key" }));
    asked.onsuccess = () => done(asked.result);
    asked.onerror = () => failed(asked.error);
  });
  return opening;
}

async function act(store, mode, verb) {
  const database = await open();
  return new Promise((done, failed) => {
    const step = database.transaction(store, mode);
    const asked = verb(step.objectStore(store));
    step.oncomplete = () => done(asked.result);
    step.onerror = step.onabort = () => failed(step.error);
  });
}

/** Keeps a value, which has its own `key`. Resolves when it is on the disk. */
export const put = (store, value) => act(store, "readwrite", (place) => place.put(value));
export const get = (store, key) => act(store, "readonly", (place) => place.get(key));
export const drop = (store, key) => act(store, "readwrite", (place) => place.delete(key));

/** All that an account keeps, the oldest first. */
export async function all(store, account) {
  const found = await act(store, "readonly", (place) => place.getAll());
  return found.filter((one) => one.account === account).sort((a, b) => a.when - b.when);
}
