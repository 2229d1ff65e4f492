"""What a client may do in the name of its person: each type of activity calls the verb that the other doors call."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from fedinote.activitypub import vocab
from fedinote.activitypub.shapes import first, line
from fedinote.auth.viewer import Viewer
from fedinote.federation import actors, resolve
from fedinote.federation.c2s import door, drafting, persons
from fedinote.federation.c2s.recipients import Recipients, visibility_of
from fedinote.federation.fetching import Budget
from fedinote.infra.app import App
from fedinote.infra.db import Row
from fedinote.infra.errors import Forbidden, Invalid, NotFound
from fedinote.posts import interactions, polls, publishing, reactions, revising, visibility
from fedinote.posts.reactions import MAX_NAME
from fedinote.relations import blocks, follows

BUDGET = 5


@dataclass(frozen=True, slots=True)
class Act:
    """An activity that a client posted: whose it is, its document without context, and what it is about.

    `about` is the embedded object, `object_id` its id or the id alone. `key` is the client's Idempotency-Key.
    """

    app: App
    viewer: Viewer
    account: Row
    document: Mapping[str, Any]
    addressed: Recipients
    about: Mapping[str, Any]
    object_id: str | None
    key: str | None = None

    @property
    def me(self) -> int:
        """The id of the account that acts."""
        return self.viewer.account_id

    def need(self) -> str:
        """Return the id of what it is about. Raises Invalid without one."""
        if self.object_id is None:
            raise Invalid("The activity needs an object with an id")
        return self.object_id


Done = str | Mapping[str, Any]
"""The id under which the activity can be fetched already; or what is to be kept of it, which gives it one."""


async def create(act: Act) -> Done:
    """Publish a Note, Question or Article; or vote, by a Note with the name of an option."""
    if not act.about:
        raise Invalid("A Create needs its object whole")
    post = drafting.read(act.account, act.about)
    if post.is_vote:
        return await _vote(act, post)
    draft = await drafting.draft(act.app, act.viewer, act.account, act.about, act.addressed)
    post_id = await publishing.publish(act.app, act.me, draft, idempotency_key=act.key)
    return f"{act.account['uri']}/statuses/{post_id}/activity"


async def _vote(act: Act, post: vocab.Post) -> Done:
    question = await resolve.post(act.app, post.in_reply_to or "", Budget(BUDGET))
    await visibility.sees(act.app, act.me, question)
    poll = await act.app.db.row("SELECT id, options FROM polls WHERE post_id = ?", question)
    titles = [option["title"] for option in msgspec.json.decode(poll["options"])] if poll else []
    if poll is None or post.title not in titles:
        raise Invalid("The poll has no such option")
    await polls.vote(act.app, act.me, poll["id"], [titles.index(post.title)])
    return {"object": {"type": "Note", "name": post.title, "inReplyTo": post.in_reply_to}}


async def update(act: Act) -> Done:
    """Change the given properties of an own post or of the own profile; null takes one away."""
    target = act.need()
    door.check(act.viewer, ("write:accounts" if target == act.account["uri"] else "write:statuses",))
    if target == act.account["uri"]:
        await persons.update(act.app, act.me, act.about)
    else:
        row = await _own_post(act, target)
        draft = await drafting.revision(act.app, act.viewer, row, act.about)
        await revising.edit(act.app, act.me, row["id"], draft)
    return {"object": target}


async def _own_post(act: Act, uri: str) -> Row:
    row = await act.app.db.row(
        "SELECT * FROM posts WHERE uri = ? AND account_id = ? AND reblog_of_id IS NULL", uri, act.me
    )
    if row is None:
        raise NotFound
    return row


async def delete(act: Act) -> Done:
    """Remove an own post for good."""
    if act.need() == act.account["uri"]:
        raise Forbidden("An account is deleted on its own page, with its password")
    row = await _own_post(act, act.need())
    await publishing.delete(act.app, row["id"])
    return {"object": act.need()}


async def follow(act: Act) -> Done:
    """Follow somebody, or ask to."""
    target = await _account(act, act.need())
    made = await follows.request(act.app, act.me, target["id"])
    return made.uri


async def _account(act: Act, uri: str) -> Row:
    row = await actors.resolve(act.app, uri, Budget(BUDGET))
    if row["deleted_at"] is not None:
        raise NotFound
    return row


async def answer(act: Act) -> Done:
    """Accept or Reject a request to follow, by the Follow's id or by the Follow itself."""
    asked = await act.app.db.row(
        "SELECT f.follower_id, f.accepted FROM follows f JOIN accounts a ON a.id = f.follower_id"
        " WHERE f.target_id = ? AND (f.uri = ? OR a.uri = ?)",
        act.me,
        act.object_id or "",
        vocab.reference(act.about.get("actor")) or "",
    )
    if asked is None:
        raise NotFound
    if act.document["type"] == "Accept":
        await follows.accept(act.app, asked["follower_id"], act.me)
    else:
        await follows.reject(act.app, asked["follower_id"], act.me)
    return {
        "object": act.object_id or {"type": "Follow", "actor": act.about.get("actor"), "object": act.account["uri"]}
    }


_OF_POST = "account_id = ? AND post_id = (SELECT COALESCE(p.reblog_of_id, p.id) FROM posts p WHERE p.id = ?)"


async def like(act: Act) -> Done:
    """Like a post; with an emoji as `content`, as in every EmojiReact, react to it (FEP-c0e0)."""
    post_id = await resolve.post(act.app, act.need(), Budget(BUDGET))
    text = line(act.document.get("content"), MAX_NAME)
    if text or act.document["type"] == "EmojiReact":
        emoji = await reactions.chosen(act.app, post_id, text)
        await reactions.react(act.app, act.me, post_id, emoji)
        sql = f"SELECT uri AS value FROM reactions WHERE {_OF_POST} AND key = ?"  # noqa: S608  our own text
        return str(await act.app.db.value(sql, act.me, post_id, emoji.key))
    await interactions.favourite(act.app, act.me, post_id)
    sql = f"SELECT uri AS value FROM favourites WHERE {_OF_POST}"  # noqa: S608  our own text
    return str(await act.app.db.value(sql, act.me, post_id))


async def announce(act: Act) -> Done:
    """Boost a post, to the public or to the followers."""
    level = visibility_of(act.addressed, act.account["followers_url"])
    if level == "direct":
        raise Invalid("An Announce must be addressed to the public, or to your followers")
    post_id = await resolve.post(act.app, act.need(), Budget(BUDGET))
    boost_id = await interactions.boost(act.app, act.me, post_id, level)
    return str(await act.app.db.value("SELECT uri AS value FROM posts WHERE id = ?", boost_id))


async def block(act: Act) -> Done:
    """Block somebody."""
    target = await _account(act, act.need())
    await blocks.block(act.app, act.me, target["id"])
    return str(
        await act.app.db.value(
            "SELECT uri AS value FROM blocks WHERE account_id = ? AND target_id = ?", act.me, target["id"]
        )
    )


async def add(act: Act) -> Done:
    """Pin an own post, or (Remove) take it off: the only collection that clients change is `featured`."""
    if vocab.reference(act.document.get("target")) != act.account["featured_url"]:
        raise Invalid("Only your featured collection can be changed")
    row = await _own_post(act, act.need())
    verb = interactions.pin if act.document["type"] == "Add" else interactions.unpin
    await verb(act.app, act.me, row["id"])
    return {"object": act.need(), "target": act.account["featured_url"]}


_MADE = (
    ("Like", "SELECT post_id AS id FROM favourites WHERE account_id = ? AND uri = ?"),
    ("Follow", "SELECT target_id AS id FROM follows WHERE follower_id = ? AND uri = ?"),
    ("Block", "SELECT target_id AS id FROM blocks WHERE account_id = ? AND uri = ?"),
    ("Announce", "SELECT reblog_of_id AS id FROM posts WHERE account_id = ? AND uri = ? AND reblog_of_id IS NOT NULL"),
)
_TAKE_BACK = {
    "Like": interactions.unfavourite,
    "Announce": interactions.unboost,
    "Follow": follows.undo,
    "Block": blocks.unblock,
}


async def undo(act: Act) -> Done:
    """Take back an own Like, Announce, Follow or Block, by its id, or by its type and object; a reaction by its id."""
    if await _undo_reaction(act):
        return {"object": act.need()}
    kind, target = await _done(act)
    door.check(act.viewer, (VERBS[kind].scope,))
    await _TAKE_BACK[kind](act.app, act.me, target)
    about = {"type": kind, "actor": act.account["uri"]}
    about |= {"id": act.object_id} if act.object_id else {"object": vocab.reference(act.about.get("object"))}
    return {"object": about}


async def _undo_reaction(act: Act) -> bool:
    sql = "SELECT 1 AS value FROM reactions WHERE account_id = ? AND uri = ?"
    if act.object_id is None or not await act.app.db.row(sql, act.me, act.object_id):
        return False
    door.check(act.viewer, (VERBS["EmojiReact"].scope,))
    return await reactions.unreact_by_uri(act.app, act.me, act.object_id)


async def _done(act: Act) -> tuple[str, int]:
    """Find what is to be undone: its type and the row that it is about. NotFound when it was not done."""
    queries = [(sql, (act.me, act.object_id or "")) for _, sql in _MADE]
    for (kind, _), rows in zip(_MADE, await act.app.db.many(*queries), strict=True):
        if rows:
            return kind, int(rows[0]["id"])
    named = next((name for name in vocab.types(dict(act.about)) if name in _TAKE_BACK), None)
    uri = vocab.reference(first(act.about.get("object")))
    if named is None or uri is None or act.object_id is not None:
        raise NotFound
    table = "posts" if named in ("Like", "Announce") else "accounts"
    found = await act.app.db.value(f"SELECT id AS value FROM {table} WHERE uri = ?", uri)  # noqa: S608  two fixed names
    if found is None:
        raise NotFound
    return named, int(found)


@dataclass(frozen=True, slots=True)
class Verb:
    """What carries out a type of activity, the scope it asks for, and the allowance it is taken from.

    Without `scope` the verb asks for it itself, as it depends on the object.
    """

    run: Callable[[Act], Awaitable[Done]]
    scope: str = ""
    limit: str | None = None


VERBS: Mapping[str, Verb] = {
    "Accept": Verb(answer, "write:follows"),
    "Add": Verb(add, "write:accounts"),
    "Announce": Verb(announce, "write:statuses", "statuses"),
    "Block": Verb(block, "write:blocks"),
    "Create": Verb(create, "write:statuses", "statuses"),
    "Delete": Verb(delete, "write:statuses", "deletes"),
    "EmojiReact": Verb(like, "write:favourites"),
    "Follow": Verb(follow, "write:follows", "follows"),
    "Like": Verb(like, "write:favourites"),
    "Reject": Verb(answer, "write:follows"),
    "Remove": Verb(add, "write:accounts"),
    "Undo": Verb(undo),
    "Update": Verb(update, limit="statuses"),
}
