"""Making and changing filters: the filters themselves, their keywords, and the posts that they name."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec

from fedinote.infra.app import App
from fedinote.infra.db import Row
from fedinote.infra.errors import Invalid, NotFound
from fedinote.posts import visibility
from fedinote.timelines import live
from fedinote.timelines.filters import ACTIONS, CONTEXTS, Keyword, NamedPost, PersonalFilter, folded, forget, of

MAX_TITLE = 256
MAX_KEYWORD = 512
MAX_FILTERS = 100
MAX_KEYWORDS = 1000  # of one person, in all filters: each is searched for in each post that is shown
MAX_POSTS = 1000


@dataclass(frozen=True, slots=True)
class KeywordChange:
    """A new keyword, or (with the `id` of one of the filter's) what changes in it. None keeps what is there."""

    keyword: str | None = None
    whole_word: bool | None = None
    id: int | None = None
    destroy: bool = False


@dataclass(frozen=True, slots=True)
class FilterChanges:
    """What a filter shall be. None keeps what is there; `expires_at` counts only with `sets_expiry`."""

    title: str | None = None
    context: Sequence[str] | None = None
    action: str | None = None
    expires_at: datetime | None = None
    sets_expiry: bool = False
    keywords: Sequence[KeywordChange] = ()


async def show(app: App, account_id: int, filter_id: int) -> PersonalFilter:
    """Return one of a person's filters. Raises NotFound for others'."""
    found = [one for one in await of(app, account_id) if one.id == filter_id]
    if not found:
        raise NotFound
    return found[0]


async def create(app: App, account_id: int, changes: FilterChanges) -> PersonalFilter:
    """Make a filter. Raises Invalid: no title or context, unknown values, too many of them."""
    made = _applied(PersonalFilter(app.ids.next(), "", (), "warn", None), changes)
    async with app.db.transaction():
        count = await app.db.value("SELECT COUNT(*) AS value FROM filters WHERE account_id = ?", account_id)
        if count >= MAX_FILTERS:
            raise Invalid(f"Validation failed: You have {MAX_FILTERS} filters already")
        await app.db.execute(
            "INSERT INTO filters (id, account_id, title, context, action, expires_at, created_at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            made.id,
            account_id,
            made.title,
            msgspec.json.encode(made.context).decode(),
            made.action,
            made.expires_at,
            app.now(),
        )
        await _change_keywords(app, account_id, made, changes.keywords)
        return await _changed(app, account_id, made.id)


async def update(app: App, account_id: int, filter_id: int, changes: FilterChanges) -> PersonalFilter:
    """Change one of a person's filters; return it. Raises NotFound (the filter, a keyword of another) and Invalid."""
    async with app.db.transaction():
        before = await show(app, account_id, filter_id)
        new = _applied(before, changes)
        await app.db.execute(
            "UPDATE filters SET title = ?, context = ?, action = ?, expires_at = ? WHERE id = ?",
            new.title,
            msgspec.json.encode(new.context).decode(),
            new.action,
            new.expires_at,
            filter_id,
        )
        await _change_keywords(app, account_id, before, changes.keywords)
        return await _changed(app, account_id, filter_id)


async def delete(app: App, account_id: int, filter_id: int) -> None:
    """Delete one of a person's filters with all that is in it. Raises NotFound."""
    async with app.db.transaction():
        if not await app.db.execute("DELETE FROM filters WHERE id = ? AND account_id = ?", filter_id, account_id):
            raise NotFound
        _say(app, account_id)


def _applied(before: PersonalFilter, changes: FilterChanges) -> PersonalFilter:
    """Return the filter as it shall be (but for its keywords), or raise Invalid."""
    title = before.title if changes.title is None else changes.title.strip()
    context = before.context if changes.context is None else tuple(dict.fromkeys(changes.context))
    action = before.action if changes.action is None else changes.action
    if not title:
        raise Invalid("Validation failed: Title can't be blank")
    if len(title) > MAX_TITLE:
        raise Invalid(f"Validation failed: Title is too long (maximum is {MAX_TITLE} characters)")
    if not context:
        raise Invalid("Validation failed: Context can't be blank")
    if not set(context) <= set(CONTEXTS):
        raise Invalid("Validation failed: Context None or invalid context supplied")
    if action not in ACTIONS:
        raise Invalid("Validation failed: Filter action is not included in the list")
    expires_at = changes.expires_at if changes.sets_expiry else before.expires_at
    return PersonalFilter(before.id, title, context, action, expires_at)


def _say(app: App, account_id: int) -> None:
    """Let a change count, here and in the person's clients, once it is committed."""
    app.db.after_commit(lambda: forget(app, account_id))
    live.filters_changed(app, account_id)


async def _changed(app: App, account_id: int, filter_id: int) -> PersonalFilter:
    _say(app, account_id)
    return await show(app, account_id, filter_id)


async def _change_keywords(app: App, account_id: int, before: PersonalFilter, changes: Sequence[KeywordChange]) -> None:
    present = {word.id: word for word in before.keywords}
    for change in changes:
        if change.id is None:
            if not change.destroy:
                await _insert_keyword(app, account_id, before.id, change)
        elif change.id not in present:
            raise NotFound
        elif change.destroy:
            await app.db.execute("DELETE FROM filter_keywords WHERE id = ?", change.id)
        else:
            await _update_keyword(app, present[change.id], change)


def _checked(keyword: str) -> str:
    keyword = keyword.strip()
    if not folded(keyword):
        raise Invalid("Validation failed: Keyword can't be blank")
    if len(keyword) > MAX_KEYWORD:
        raise Invalid(f"Validation failed: Keyword is too long (maximum is {MAX_KEYWORD} characters)")
    return keyword


async def _insert_keyword(app: App, account_id: int, filter_id: int, change: KeywordChange) -> Keyword:
    made = Keyword(app.ids.next(), _checked(change.keyword or ""), change.whole_word is not False)
    count = await app.db.value(
        "SELECT COUNT(*) AS value FROM filter_keywords k JOIN filters f ON f.id = k.of_filter_id"
        " WHERE f.account_id = ?",
        account_id,
    )
    if count >= MAX_KEYWORDS:
        raise Invalid(f"Validation failed: You filter {MAX_KEYWORDS} keywords already")
    await app.db.execute(
        "INSERT INTO filter_keywords (id, of_filter_id, keyword, whole_word) VALUES (?, ?, ?, ?)",
        made.id,
        filter_id,
        made.keyword,
        made.whole_word,
    )
    return made


async def _update_keyword(app: App, before: Keyword, change: KeywordChange) -> Keyword:
    new = Keyword(
        before.id,
        before.keyword if change.keyword is None else _checked(change.keyword),
        before.whole_word if change.whole_word is None else change.whole_word,
    )
    await app.db.execute(
        "UPDATE filter_keywords SET keyword = ?, whole_word = ? WHERE id = ?", new.keyword, new.whole_word, new.id
    )
    return new


async def add_keyword(app: App, account_id: int, filter_id: int, keyword: str, *, whole_word: bool = True) -> Keyword:
    """Put a keyword into one of a person's filters. Raises NotFound and Invalid."""
    async with app.db.transaction():
        await show(app, account_id, filter_id)
        _say(app, account_id)
        return await _insert_keyword(app, account_id, filter_id, KeywordChange(keyword, whole_word))


async def keyword(app: App, account_id: int, keyword_id: int) -> tuple[PersonalFilter, Keyword]:
    """Return a keyword of a person, with the filter that it is in. Raises NotFound."""
    for one in await of(app, account_id):
        for word in one.keywords:
            if word.id == keyword_id:
                return one, word
    raise NotFound


async def change_keyword(
    app: App, account_id: int, keyword_id: int, text: str | None, *, whole_word: bool | None = None
) -> Keyword:
    """Change what is not None of a keyword; return it. Raises NotFound and Invalid."""
    async with app.db.transaction():
        _, before = await keyword(app, account_id, keyword_id)
        _say(app, account_id)
        return await _update_keyword(app, before, KeywordChange(text, whole_word))


async def delete_keyword(app: App, account_id: int, keyword_id: int) -> None:
    """Delete a keyword; its filter stays. Raises NotFound."""
    async with app.db.transaction():
        await keyword(app, account_id, keyword_id)
        _say(app, account_id)
        await app.db.execute("DELETE FROM filter_keywords WHERE id = ?", keyword_id)


async def add_post(app: App, account_id: int, filter_id: int, post_id: int) -> NamedPost:
    """Let a filter name a post (of a boost: the boosted one). Naming it again gives the present one.

    Raises NotFound (the filter, or a post that the person may not see) and Invalid (1,000 at most).
    """
    row: Row = await visibility.original(app, account_id, post_id)
    async with app.db.transaction():
        await show(app, account_id, filter_id)
        count = await app.db.value(
            "SELECT COUNT(*) AS value FROM filter_statuses s JOIN filters f ON f.id = s.of_filter_id"
            " WHERE f.account_id = ?",
            account_id,
        )
        if count >= MAX_POSTS:
            raise Invalid(f"Validation failed: You filter {MAX_POSTS} posts already")
        made = await app.db.returning(
            "INSERT INTO filter_statuses (id, of_filter_id, post_id) VALUES (?, ?, ?)"
            " ON CONFLICT (of_filter_id, post_id) DO UPDATE SET post_id = excluded.post_id RETURNING id, post_id",
            app.ids.next(),
            filter_id,
            row["id"],
        )
        _say(app, account_id)
        return NamedPost(made[0]["id"], made[0]["post_id"])


async def named_post(app: App, account_id: int, named_id: int) -> NamedPost:
    """Return a post that a filter of this person names. Raises NotFound."""
    for one in await of(app, account_id):
        for named in one.posts:
            if named.id == named_id:
                return named
    raise NotFound


async def delete_post(app: App, account_id: int, named_id: int) -> NamedPost:
    """Let a filter no longer name a post; return what it was. Raises NotFound."""
    async with app.db.transaction():
        gone = await named_post(app, account_id, named_id)
        await app.db.execute("DELETE FROM filter_statuses WHERE id = ?", named_id)
        _say(app, account_id)
        return gone
