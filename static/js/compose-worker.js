// The service worker: a notice when there is no network, and messages that are pushed. It keeps no page of anybody's:
// only the notice, its style and its pictures, which are the same for everybody.
const KEPT = "notice-{{version}}";
const NOTICE = "/offline";
const PARTS = [
  "/static/css/tokens.css?v={{version}}", "/static/css/base.css?v={{version}}", "/static/css/frame.css?v={{version}}",
  "/static/css/parts.css?v={{version}}", "/static/js/main.js", "/static/js/compose-waiting.js",
  "/static/img/icon.svg", "/static/img/icons.svg?v={{version}}",
];

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(KEPT).then((kept) => kept.addAll([NOTICE, ...PARTS].map((one) => new Request(one, { cache: "reload", credentials: "omit" })))).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(caches.keys().then((names) => Promise.all(names.filter((name) => name !== KEPT).map((name) => caches.delete(name)))).then(() => self.clients.claim()));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== location.origin) return;
  if (request.mode === "navigate") {
    event.respondWith(fetch(request).catch(() => caches.match(NOTICE)));
  } else if (PARTS.includes(address.pathname + address.search)) {
    event.respondWith(fetch(request).catch(() => caches.match(request)));
  }
});

self.addEventListener("push", (event) => {
  let told;
  try {
    told = event.data.json();
  } catch {
    return;
  }
  event.waitUntil(self.registration.showNotification(told.title || "", {
    body: told.body || "",
    icon: told.icon || "/static/img/app-192.png",
    badge: "/static/img/app-192.png",
    lang: told.preferred_locale || "",
    dir: "auto",
    tag: String(told.notification_id || ""),
    data: { path: told.path || "/notifications" },
  }));
});

/** A page of ours, whatever a message says. */
function ours(path) {
  const address = new URL(path, location.origin);
  return address.origin === location.origin ? address.href : `${location.origin}/notifications`;
}

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const address = ours(event.notification.data?.path || "/notifications");
  event.waitUntil(self.clients.matchAll({ type: "window", includeUncontrolled: true }).then(async (pages) => {
    const open = pages.find((page) => page.url === address);
    if (open) return open.focus();
    if (pages.length && "navigate" in pages[0]) {
      const page = await pages[0].navigate(address).catch(() => null);
      if (page) return page.focus();
    }
    return self.clients.openWindow(address);
  }));
});
