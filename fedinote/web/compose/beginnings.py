"""What stands in the form when it is opened: nothing yet, an answer, a quote, something shared, what is edited."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from fedinote.infra.app import App
from fedinote.infra.db import Row
from fedinote.infra.errors import Forbidden, NotFound
from fedinote.posts import answering, approvals, covers, languages, permissions, quotes, visibility
from fedinote.posts.drafts import PollDraft
from fedinote.posts.languages import VersionDraft
from fedinote.posts.scheduling import Scheduled
from fedinote.text import html
from fedinote.web.browser import Visit
from fedinote.web.compose.fields import Lists, number

_NARROWER = ("public", "unlisted", "private", "direct")
_SHARED = ("title", "text", "url")
_OWN = """SELECT * FROM posts
 WHERE id = ? AND account_id = ? AND local = TRUE AND reblog_of_id IS NULL AND visibility <> 'held'"""


async def new(here: Visit, asked: Mapping[str, str]) -> Lists:
    """Return the fields of a new post: the author's defaults, and what the address asks for. Raises NotFound."""
    row = await here.app.db.row(
        "SELECT default_visibility, default_sensitive, default_language, default_quote_policy, default_reply_policy"
        " FROM users WHERE id = ?",
        here.member.user_id,
    )
    assert row is not None
    shared = list(dict.fromkeys(asked[name].strip() for name in _SHARED if asked.get(name, "").strip()))
    fields = {
        "text": "\n\n".join(shared),
        "visibility": row["default_visibility"],
        "sensitive": "1" if row["default_sensitive"] else "",
        "language": row["default_language"] or "",
        "quote_policy": row["default_quote_policy"],
        "reply_policy": row["default_reply_policy"],
    }
    if asked.get("visibility") in _NARROWER:
        fields["visibility"] = asked["visibility"]
    if "reply" in asked:
        fields |= await _answer(here, asked["reply"], fields)
    if "quote" in asked:
        found = await _seen(here, asked["quote"])
        fields["quote"] = str(found["id"])
    return {name: [value] for name, value in fields.items()}


async def refusal(here: Visit, stated: str) -> Forbidden | None:
    """Return why a post that may be seen may not be quoted, None where it may. Raises NotFound."""
    found = await _seen(here, stated)
    if await quotes.decision_for(here.app, here.member.account_id, found) == "denied":
        return Forbidden("The author of this post does not allow that")
    return None


async def _seen(here: Visit, stated: str) -> Row:
    wanted = number(stated)
    if wanted is None:
        raise NotFound
    return await visibility.original(here.app, here.member.account_id, wanted)


async def _answer(here: Visit, stated: str, fields: Mapping[str, str]) -> dict[str, str]:
    """Return the fields of an answer: whom it names, the warning, and no more readers than the other post has.

    Raises Forbidden where the other post's author does not let the member answer.
    """
    parent = await _seen(here, stated)
    await permissions.check(here.app, here.member.account_id, parent, "reply")
    author = await here.app.db.row("SELECT username, domain FROM accounts WHERE id = ?", parent["account_id"])
    assert author is not None
    me = here.member
    acct = f"{author['username']}@{author['domain']}" if author["domain"] else author["username"]
    named = [one["acct"] for one in msgspec.json.decode(parent["mentions"]) if one["id"] != str(me.account_id)]
    people = dict.fromkeys([*([] if parent["account_id"] == me.account_id else [acct]), *named])
    return {
        "reply": str(parent["id"]),
        "text": "".join(f"@{one} " for one in people) + fields["text"],
        "warning": parent["spoiler_text"],
        "visibility": _narrower(fields["visibility"], parent["visibility"]),
    }


def _narrower(mine: str, theirs: str) -> str:
    if theirs not in _NARROWER:
        return theirs
    if mine not in _NARROWER:
        return mine
    return max(mine, theirs, key=_NARROWER.index)


async def own(app: App, account_id: int, post_id: int) -> Row:
    """Return the row of a post that somebody wrote here. Raises NotFound."""
    row = await app.db.row(_OWN, post_id, account_id)
    if row is None:
        raise NotFound
    return row


async def existing(app: App, row: Row) -> Lists:
    """Return the fields of a post (its row), as its author wrote it."""
    kept = await languages.kept(app, row)
    media, polls = await app.db.many(
        ("SELECT id, description, meta, title, artist, kind FROM media WHERE post_id = ? ORDER BY position",
         (row["id"],)),
        ("SELECT options, multiple, hide_totals FROM polls WHERE post_id = ?", (row["id"],)),
    )  # fmt: skip
    tag, version = next(iter(kept.items()), ("", VersionDraft()))
    fields: dict[str, list[str]] = {
        "text": [row["source"] or html.to_text(row["content"])],
        "warning": [row["spoiler_text"]],
        "sensitive": ["1" if row["sensitive"] else ""],
        "visibility": [row["visibility"]],
        "language": [row["language"] or ""],
        "quote_policy": [approvals.setting_of(row["quote_policy"])],
        "reply_policy": [answering.setting_of(row["interaction_rules"])],
        "machine_translation": [row["machine_translation"]],
        "media": [str(one["id"]) for one in media],
        "cover": [str(one) for one in await covers.of_post(app, row["id"])],
        "edit": [str(row["id"])],
        **_second(tag, version),
    }
    for one in media:
        fields |= _described(one, version)
    return fields | _asked(polls)


async def planned(app: App, plan: Scheduled) -> Lists:
    """Return the fields of a post that waits for its time, as it was planned; times are UTC."""
    draft = plan.draft
    rows = await app.db.rows(
        "SELECT id, description, meta, title, artist, kind, cover FROM media WHERE id IN_INTS(?) AND account_id = ?",
        list(draft.media_ids),
        plan.account_id,
    )
    first = [one["id"] for one in rows if one["cover"]] if draft.covers is None else draft.covers
    tag, version = next(iter(draft.translations.items()), ("", VersionDraft()))
    fields: dict[str, list[str]] = {
        "text": [draft.text],
        "warning": [draft.spoiler_text],
        "sensitive": ["1" if draft.sensitive else ""],
        "visibility": [draft.visibility],
        "language": [draft.language or ""],
        "reply": [str(draft.in_reply_to_id or "")],
        "quote": [str(draft.quoted_id or "")],
        "quote_policy": [draft.quote_policy],
        "reply_policy": [draft.reply_policy],
        "machine_translation": [draft.machine_translation],
        "media": [str(one) for one in draft.media_ids],
        "cover": [str(one) for one in first],
        "plan": [str(plan.id)],
        "at": [plan.due.strftime("%Y-%m-%dT%H:%M")],
        **_second(tag, version),
    }
    for one in rows:
        fields |= _described(one, version)
    return fields if draft.poll is None else fields | _polled(draft.poll)


def _polled(poll: PollDraft) -> dict[str, list[str]]:
    return {
        "option": list(poll.options),
        "lasts": [str(poll.expires_in)],
        "multiple": ["1" if poll.multiple else ""],
        "hide_totals": ["1" if poll.hide_totals else ""],
    }


def _second(tag: str, version: VersionDraft) -> dict[str, list[str]]:
    """Return the fields of the second language: `other_was` says which one the form was opened with."""
    return {
        "other_was": [tag],
        "other": [tag],
        "other_text": [version.text or html.to_text(version.html)],
        "other_warning": [version.spoiler_text],
        "other_option": list(version.poll_options),
        "machine": [version.machine],
    }


def _described(row: Row, version: VersionDraft) -> dict[str, list[str]]:
    key = str(row["id"])
    focus = (msgspec.json.decode(row["meta"]) or {}).get("focus")
    found = {
        f"alt_{key}": [row["description"] or ""],
        f"focus_{key}": [f"{focus['x']:g},{focus['y']:g}" if focus else ""],
        f"other_alt_{key}": [version.descriptions.get(key, "")],
    }
    if row["kind"] == "audio":
        found |= {f"title_{key}": [row["title"] or ""], f"artist_{key}": [row["artist"] or ""]}
    return found


def _asked(polls: Sequence[Row]) -> dict[str, list[str]]:
    if not polls:
        return {}
    options: list[dict[str, Any]] = msgspec.json.decode(polls[0]["options"])
    return {
        "option": [one["title"] for one in options],
        "multiple": ["1" if polls[0]["multiple"] else ""],
        "hide_totals": ["1" if polls[0]["hide_totals"] else ""],
    }
