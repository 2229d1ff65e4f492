"""Translations of posts that readers suggest to the authors: kept apart until the author, or a moderator, decides.

For posts of people here that are public or unlisted. Whoever can see such a post may suggest one, except across a
block. What is accepted joins the post with the name of who translated it (`posts.attached`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import msgspec

from fedinote.events import AccountDeleted, SuggestionEnded, TranslationSuggested
from fedinote.infra import jobs
from fedinote.infra.app import App
from fedinote.infra.db import Row
from fedinote.infra.errors import Forbidden, Invalid, NotFound
from fedinote.posts import attached, languages, visibility
from fedinote.posts.drafts import encoded
from fedinote.posts.languages import Credit, Frame, VersionDraft
from fedinote.relations import pairs
from fedinote.text import html, language

MAX_OPEN = 20
"""Suggestions that may wait for one post."""
MAX_OPEN_OF_ONE = 50
"""Suggestions of one person that may wait altogether."""
PUBLIC = ("public", "unlisted")
BATCH = 100


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A post in another language, as somebody suggests it. `state`: open, accepted, rejected; times in epoch ms.

    `outdated`: the post has been changed since.
    """

    id: int
    post_id: int
    account_id: int
    language: str
    draft: VersionDraft
    state: str
    created_at: int
    outdated: bool


_SUGGESTIONS = (
    "SELECT s.*, p.account_id AS author_id, p.edited_at, p.created_at AS posted_at FROM translation_suggestions s"
    " JOIN posts p ON p.id = s.post_id JOIN accounts a ON a.id = s.account_id"
    " WHERE a.suspended_at IS NULL AND a.deleted_at IS NULL AND "
)


async def suggest(app: App, account_id: int, post_id: int, stated: str, draft: VersionDraft) -> Suggestion:
    """Let a person suggest a translation of a post, instead of what they suggested for this language before.

    Emits TranslationSuggested. Raises NotFound (not visible), Forbidden (not public, written elsewhere, a block) and
    Invalid (what is wrong with it; too many wait).
    """
    row = await visibility.original(app, account_id, post_id)
    await _check_post(app, row, account_id)
    tag = language.canonical(stated)
    if tag is None:
        raise Invalid("Validation failed: Language is not a valid BCP 47 tag")
    draft = replace(draft, as_of=row["edited_at"] or row["created_at"], people=(), adopted=False, divider="", lead="")
    if draft.blank:
        raise Invalid("Validation failed: Text can't be blank")
    await _check_fits(app, row, tag, draft)
    async with app.db.transaction():
        await app.db.rows(f"SELECT id FROM posts WHERE id = ?{app.db.lock}", row["id"])  # noqa: S608
        await _end_former(app, row, account_id, tag)
        await _check_room(app, row["id"], account_id)
        suggestion_id = await _store(app, row, account_id, tag, draft)
    return await _one(app, suggestion_id)


async def _end_former(app: App, row: Row, account_id: int, tag: str) -> None:
    """Take away what the person suggested for this language and nobody decided about."""
    former = await app.db.returning(
        "DELETE FROM translation_suggestions WHERE post_id = ? AND account_id = ? AND language = ?"
        " AND state = 'open' RETURNING id",
        row["id"],
        account_id,
        tag,
    )
    for one in former:
        await app.emit(SuggestionEnded(one["id"], account_id, row["account_id"]))


async def _store(app: App, row: Row, account_id: int, tag: str, draft: VersionDraft) -> int:
    suggestion_id = app.ids.next()
    await app.db.execute(
        "INSERT INTO translation_suggestions (id, post_id, account_id, language, draft, state, created_at)"
        " VALUES (?, ?, ?, ?, ?, 'open', ?)",
        suggestion_id,
        row["id"],
        account_id,
        tag,
        encoded(draft),
        app.now(),
    )
    await app.emit(TranslationSuggested(suggestion_id, row["id"], account_id, row["account_id"]))
    return suggestion_id


async def _check_post(app: App, row: Row, account_id: int) -> None:
    if row["visibility"] not in PUBLIC:
        raise Forbidden("Translations are suggested for public posts only")
    if not row["local"]:
        raise Forbidden("The author is on another server, which does not take suggestions")
    if row["account_id"] == account_id:
        raise Invalid("Validation failed: This post is your own: attach the translation")
    if await pairs.blocked_either_way(app, account_id, row["account_id"]):
        raise Forbidden("There is a block between you and the author")


async def _check_fits(app: App, row: Row, tag: str, draft: VersionDraft) -> None:
    """Check a suggestion as if it joined the post now. Raises Invalid."""
    polls, media = await app.db.many(
        ("SELECT options FROM polls WHERE post_id = ?", (row["id"],)),
        ("SELECT id FROM media WHERE post_id = ?", (row["id"],)),
    )
    options = [one["title"] for one in msgspec.json.decode(polls[0]["options"])] if polls else []
    frame = Frame(row["language"], options, [one["id"] for one in media], app.now())
    languages.checked(app, {tag: draft}, frame, html.escape)


async def _check_room(app: App, post_id: int, account_id: int) -> None:
    counts = await app.db.row(
        "SELECT (SELECT COUNT(*) FROM translation_suggestions WHERE post_id = ? AND state = 'open') AS of_post,"
        " (SELECT COUNT(*) FROM translation_suggestions WHERE account_id = ? AND state = 'open') AS of_person",
        post_id,
        account_id,
    )
    assert counts is not None
    if counts["of_post"] >= MAX_OPEN or counts["of_person"] >= MAX_OPEN_OF_ONE:
        raise Invalid("Validation failed: Too many suggestions wait for a decision already")


async def of_post(app: App, viewer_id: int, post_id: int, *, all_of_them: bool = False) -> list[Suggestion]:
    """Return the open suggestions for a post: all to its author and (`all_of_them`) a moderator, to others their own.

    The oldest first. Raises NotFound for a post that the viewer does not see.
    """
    row = await visibility.original(app, viewer_id, post_id)
    whose = 0 if all_of_them or row["account_id"] == viewer_id else viewer_id
    rows = await app.db.rows(
        f"{_SUGGESTIONS} s.post_id = ? AND s.state = 'open' AND (CAST(? AS BIGINT) = 0 OR s.account_id = ?)"
        " ORDER BY s.id",
        row["id"],
        whose,
        whose,
    )
    return [_suggestion(one) for one in rows]


async def to_author(app: App, author_id: int) -> list[Suggestion]:
    """Return what waits for an author's decision, the oldest first; at most 200."""
    rows = await app.db.rows(f"{_SUGGESTIONS} p.account_id = ? AND s.state = 'open' ORDER BY s.id LIMIT 200", author_id)
    return [_suggestion(one) for one in rows]


async def by_person(app: App, account_id: int) -> list[Suggestion]:
    """Return what a person suggested, the newest first, decided or not; at most 200."""
    rows = await app.db.rows(f"{_SUGGESTIONS} s.account_id = ? ORDER BY s.id DESC LIMIT 200", account_id)
    return [_suggestion(one) for one in rows]


async def _one(app: App, suggestion_id: int) -> Suggestion:
    row = await app.db.row(f"{_SUGGESTIONS} s.id = ?", suggestion_id)
    if row is None:
        raise NotFound
    return _suggestion(row)


def _suggestion(row: Row) -> Suggestion:
    draft = msgspec.convert(msgspec.json.decode(row["draft"]), VersionDraft)
    version = row["edited_at"] or row["posted_at"]
    return Suggestion(
        id=row["id"],
        post_id=row["post_id"],
        account_id=row["account_id"],
        language=row["language"],
        draft=draft,
        state=row["state"],
        created_at=row["created_at"],
        outdated=draft.as_of is not None and draft.as_of < version,
    )


async def decide(
    app: App, viewer_id: int, suggestion_id: int, *, accepted: bool, moderating: bool = False
) -> Suggestion:
    """Accept or reject an open suggestion: for the author, or (`moderating`) somebody who may decide for the author.

    What is accepted replaces the version in that language, and names who translated. Raises NotFound for anybody else
    and for what is decided already, Invalid for what does not fit the post any more, Forbidden (a policy).
    """
    async with app.db.transaction():
        taken = await app.db.returning(
            "UPDATE translation_suggestions SET state = ?, decided_at = ? WHERE id = ? AND state = 'open'"
            " AND (CAST(? AS BIGINT) = 1 OR post_id IN (SELECT p.id FROM posts p WHERE p.account_id = ?)) RETURNING id",
            "accepted" if accepted else "rejected",
            app.now(),
            suggestion_id,
            1 if moderating else 0,
            viewer_id,
        )
        if not taken:
            raise NotFound
        found = await _one(app, suggestion_id)
        if accepted:
            await _adopt(app, found)
    return found


async def _adopt(app: App, found: Suggestion) -> None:
    person = await app.db.row("SELECT id, username, url, uri FROM accounts WHERE id = ?", found.account_id)
    assert person is not None
    credit = Credit(str(person["id"]), person["username"], person["url"] or person["uri"], person["uri"])
    # Whoever suggests what a program wrote has looked at it.
    draft = replace(found.draft, adopted=True, people=(credit,), reviewed=bool(found.draft.machine))
    await attached.attach(app, found.post_id, found.language, draft)


async def withdraw(app: App, account_id: int, suggestion_id: int) -> None:
    """Let a person take an open suggestion back. Raises NotFound."""
    async with app.db.transaction():
        gone = await app.db.returning(
            "DELETE FROM translation_suggestions WHERE id = ? AND account_id = ? AND state = 'open'"
            " RETURNING (SELECT p.account_id FROM posts p WHERE p.id = post_id) AS author_id",
            suggestion_id,
            account_id,
        )
        if not gone:
            raise NotFound
        await app.emit(SuggestionEnded(suggestion_id, account_id, gone[0]["author_id"]))


async def on_account_deleted(app: App, event: AccountDeleted) -> None:
    """Plan to take the name of somebody who leaves off the translations that authors took over."""
    rows = await app.db.rows(
        "SELECT DISTINCT post_id FROM translation_suggestions WHERE account_id = ? AND state = 'accepted'",
        event.account_id,
    )
    ids: Sequence[int] = [row["post_id"] for row in rows]
    for start in range(0, len(ids), BATCH):
        args: Mapping[str, Any] = {"account_id": event.account_id, "post_ids": ids[start : start + BATCH]}
        await jobs.enqueue(app, attached.UNCREDIT_JOB, args, priority=6)
