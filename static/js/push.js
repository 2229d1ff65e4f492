// Switching messages to this browser on and off. https://www.w3.org/TR/push-api/
import { say } from "./main.js";
import { post } from "./compose-send.js";

const form = document.querySelector("form[data-push]");
const words = form.dataset;
const on = form.querySelector("[data-push-on]");
const able = "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;

function raw(text) {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (one) => one.charCodeAt(0));
}

async function subscribe() {
  if ((await Notification.requestPermission()) !== "granted") throw new Error(words.wordDenied);
  const worker = await navigator.serviceWorker.register("/sw.js");
  await navigator.serviceWorker.ready;
  await (await worker.pushManager.getSubscription())?.unsubscribe();
  const made = await worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: raw(words.serverKey) });
  const { endpoint, keys } = made.toJSON();
  const fields = new FormData(form);
  fields.set("do", "subscribe");
  fields.set("endpoint", endpoint);
  fields.set("p256dh", keys.p256dh);
  fields.set("auth", keys.auth);
  await post("/settings/push", fields);
}

async function stop() {
  const worker = await navigator.serviceWorker.getRegistration();
  await (await worker?.pushManager.getSubscription())?.unsubscribe();
}

form.addEventListener("submit", async (event) => {
  const verb = event.submitter?.value;
  if (verb === "subscribe") {
    event.preventDefault();
    on.disabled = true;
    try {
      await subscribe();
      location.reload();
    } catch (error) {
      say(error.message);
      on.disabled = false;
    }
  } else if (verb === "stop" && able) await stop().catch(() => {});
});

if (!able) form.querySelector("[data-push-state]").textContent = words.wordUnable;
else if (Notification.permission === "denied") form.querySelector("[data-push-state]").textContent = words.wordDenied;
on.hidden = !able || Boolean(words.subscribed);
