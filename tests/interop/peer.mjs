// A small server on the Fedify library, for our server to talk to.
//
//   node peer.mjs PORT [FIRST_KNOCK]     FIRST_KNOCK: rfc9421 (Fedify's default) or draft-cavage-http-signatures-12
//
// It has one actor, /users/peer, which accepts every follow. Tests steer it by POST /_peer/COMMAND with a JSON object and
// read what it got by GET /_peer/log: one entry for each activity that Fedify verified and handed to a listener.
import { createServer } from "node:http";

import { Temporal } from "@js-temporal/polyfill";
import { createFederation, exportJwk, generateCryptoKeyPair, MemoryKvStore } from "@fedify/fedify";
import {
  Accept, Activity, Create, Delete, Endpoints, Follow, Like, Note, Person, PUBLIC_COLLECTION, Tombstone, Undo, Update,
  isActor,
} from "@fedify/fedify/vocab";

const [port, firstKnock = "rfc9421"] = process.argv.slice(2);
const NAME = "peer";
const log = [];
const notes = new Map();
const followers = new Map();
let keys = await newKeys();
let counter = 0;

async function newKeys() {
  return [await generateCryptoKeyPair("RSASSA-PKCS1-v1_5"), await generateCryptoKeyPair("Ed25519")];
}

const federation = createFederation({ kv: new MemoryKvStore(), allowPrivateAddress: true, firstKnock });

federation
  .setActorDispatcher("/users/{identifier}", async (ctx, identifier) => {
    if (identifier !== NAME) return null;
    const pairs = await ctx.getActorKeyPairs(identifier);
    return new Person({
      id: ctx.getActorUri(identifier),
      preferredUsername: identifier,
      name: "A peer on Fedify",
      inbox: ctx.getInboxUri(identifier),
      outbox: ctx.getOutboxUri(identifier),
      followers: ctx.getFollowersUri(identifier),
      endpoints: new Endpoints({ sharedInbox: ctx.getInboxUri() }),
      publicKey: pairs[0].cryptographicKey,
      assertionMethods: pairs.map((pair) => pair.multikey),
      url: ctx.getActorUri(identifier),
    });
  })
  .setKeyPairsDispatcher((_ctx, identifier) => (identifier === NAME ? keys : []));

federation.setFollowersDispatcher("/users/{identifier}/followers", () => ({ items: [...followers.values()] }));
federation.setOutboxDispatcher("/users/{identifier}/outbox", () => ({ items: [] }));
federation.setObjectDispatcher(Note, "/notes/{id}", (_ctx, { id }) => notes.get(id) ?? null);

federation
  .setInboxListeners("/users/{identifier}/inbox", "/inbox")
  .on(Follow, async (ctx, follow) => {
    await note(follow);
    const follower = await follow.getActor(ctx);
    followers.set(follower.id.href, { id: follower.id, inboxId: follower.inboxId, endpoints: follower.endpoints });
    const accept = new Accept({ id: fresh(ctx, "accepts"), actor: ctx.getActorUri(NAME), object: follow });
    await ctx.sendActivity({ identifier: NAME }, follower, accept);
  })
  .on(Activity, (_ctx, activity) => note(activity));

async function note(activity) {
  log.push(await activity.toJsonLd({ format: "compact" }));
}

function fresh(ctx, kind) {
  return new URL(`/${kind}/${++counter}`, ctx.origin);
}

const commands = {
  async lookup(ctx, { uri }) {
    const found = await ctx.lookupObject(uri, { documentLoader: await ctx.getDocumentLoader({ identifier: NAME }) });
    return found && { type: found.constructor.name, document: await found.toJsonLd({ format: "compact" }) };
  },
  async follow(ctx, { uri }) {
    const target = await actorAt(ctx, uri);
    const follow = new Follow({ id: fresh(ctx, "follows"), actor: ctx.getActorUri(NAME), object: target.id });
    await ctx.sendActivity({ identifier: NAME }, target, follow, { immediate: true });
    return { id: follow.id.href };
  },
  async unfollow(ctx, { uri, id }) {
    const target = await actorAt(ctx, uri);
    const follow = new Follow({ id: new URL(id), actor: ctx.getActorUri(NAME), object: target.id });
    const undo = new Undo({ id: fresh(ctx, "undos"), actor: ctx.getActorUri(NAME), object: follow });
    await ctx.sendActivity({ identifier: NAME }, target, undo, { immediate: true });
    return { id: undo.id.href };
  },
  async post(ctx, { uri, content, inReplyTo }) {
    const target = await actorAt(ctx, uri);
    const id = String(++counter);
    const written = new Note({
      id: ctx.getObjectUri(Note, { id }),
      attribution: ctx.getActorUri(NAME),
      content,
      replyTarget: inReplyTo ? new URL(inReplyTo) : undefined,
      to: PUBLIC_COLLECTION,
      cc: target.id,
      published: Temporal.Now.instant(),
    });
    notes.set(id, written);
    await send(ctx, target, Create, written);
    return { id: written.id.href };
  },
  async edit(ctx, { uri, id, content }) {
    const key = id.split("/").at(-1);
    const written = notes.get(key).clone({ content, updated: Temporal.Now.instant() });
    notes.set(key, written);
    await send(ctx, await actorAt(ctx, uri), Update, written);
    return { id };
  },
  async remove(ctx, { uri, id }) {
    notes.delete(id.split("/").at(-1));
    await send(ctx, await actorAt(ctx, uri), Delete, new Tombstone({ id: new URL(id) }));
    return { id };
  },
  async like(ctx, { uri, object }) {
    const target = await actorAt(ctx, uri);
    const like = new Like({ id: fresh(ctx, "likes"), actor: ctx.getActorUri(NAME), object: new URL(object) });
    await ctx.sendActivity({ identifier: NAME }, target, like, { immediate: true });
    return { id: like.id.href };
  },
  async rotate() {
    keys = await newKeys();
    return { modulus: (await exportJwk(keys[0].publicKey)).n };
  },
};

async function actorAt(ctx, uri) {
  const found = await ctx.lookupObject(uri);
  if (!isActor(found)) throw new Error(`${uri} is no actor`);
  return found;
}

async function send(ctx, target, Kind, object) {
  const activity = new Kind({
    id: fresh(ctx, "activities"), actor: ctx.getActorUri(NAME), object, to: PUBLIC_COLLECTION, cc: target.id,
  });
  await ctx.sendActivity({ identifier: NAME }, target, activity, { immediate: true });
}

async function body(request) {
  const parts = [];
  for await (const part of request) parts.push(part);
  return Buffer.concat(parts);
}

async function steer(url, payload) {
  if (url.pathname === "/_peer/log") return log;
  const command = commands[url.pathname.slice("/_peer/".length)];
  const ctx = federation.createContext(new URL(url.origin), undefined);
  return (await command(ctx, payload.length ? JSON.parse(payload) : {})) ?? null;
}

createServer(async (request, response) => {
  const url = new URL(request.url, `http://${request.headers.host}`);
  const payload = await body(request);
  if (url.pathname.startsWith("/_peer/")) {
    try {
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(await steer(url, payload)));
    } catch (error) {
      response.writeHead(500, { "content-type": "text/plain" }).end(String(error.stack ?? error));
    }
    return;
  }
  const answer = await federation.fetch(
    new Request(url, {
      method: request.method,
      headers: Object.entries(request.headersDistinct).flatMap(([name, all]) => all.map((value) => [name, value])),
      body: payload.length ? payload : undefined,
    }),
    { contextData: undefined },
  );
  response.writeHead(answer.status, Object.fromEntries(answer.headers)).end(Buffer.from(await answer.arrayBuffer()));
}).listen(Number(port), "127.0.0.1", () => console.log("listening"));
