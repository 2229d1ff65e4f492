// What happens while a page is open: server-sent events from our own server, as long as the page is to be seen.
const body = document.body;
const MOST = 300_000;
const LINGER = 60_000;
const heard = { unread: [], post: [], changed: [], gone: [] };
let source = null;
let stream = "";
let newest = () => "";
let wait = 5_000;
let timer = 0;

/** Calls back with the data of an event: unread {count}, post {ids}, changed {id}, gone {id}. */
export function listen(event, callback) {
  heard[event].push(callback);
}

/** Says which timeline the page shows, and gives a function that tells the newest id in it. */
export function follow(name, since) {
  stream = name;
  newest = since;
  shut();
  open();
}

function open() {
  clearTimeout(timer);
  if (source || document.hidden || !body.classList.contains("member")) return;
  const asked = new URLSearchParams();
  if (stream) asked.set("stream", stream);
  const since = stream ? newest() : "";
  if (since) asked.set("since", since);
  source = new EventSource(`/live?${asked}`);
  for (const name of Object.keys(heard)) {
    source.addEventListener(name, (event) => {
      const data = JSON.parse(event.data);
      for (const callback of heard[name]) callback(data);
    });
  }
  source.addEventListener("open", () => (wait = 5_000));
  source.addEventListener("error", again);
}

// The browser would come again with the old address; a new one tells what was missed.
function again() {
  shut();
  timer = setTimeout(open, wait + Math.random() * 2_000);
  wait = Math.min(wait * 2, MOST);
}

function shut() {
  clearTimeout(timer);
  if (source) source.close();
  source = null;
}

document.addEventListener("visibilitychange", () => {
  clearTimeout(timer);
  if (document.hidden) timer = setTimeout(shut, LINGER);
  else open();
});
addEventListener("online", open);
addEventListener("pagehide", shut);
addEventListener("pageshow", (event) => event.persisted && open());

listen("unread", ({ count }) => {
  for (const mark of document.querySelectorAll("[data-unread]")) {
    mark.hidden = !count;
    mark.querySelector("[data-unread-count]").textContent = count > 99 ? "99+" : String(count);
  }
  const title = document.title.replace(/^\(\d+\+?\) /, "");
  document.title = count ? `(${count > 99 ? "99+" : count}) ${title}` : title;
});

// Modules that name a timeline do so before this runs.
setTimeout(open, 300);
