"""Reading and writing posts. https://docs.joinmastodon.org/methods/statuses/"""

from typing import Any

from fedinote.api import async_refreshes, language_versions, quotes
from fedinote.api.entities import accounts as account_entities
from fedinote.api.entities import statuses as entities
from fedinote.api.entities.scheduled_statuses import scheduled_statuses
from fedinote.api.paging import Page, paging
from fedinote.api.params import Params, is_id
from fedinote.api.routing import Answer, Call, route
from fedinote.federation import resolve
from fedinote.federation import threads as completing
from fedinote.infra.db import Row
from fedinote.infra.errors import Invalid, NotFound
from fedinote.media import uploads
from fedinote.posts import (
    answering,
    covers,
    dividers,
    fans,
    languages,
    publishing,
    revising,
    scheduling,
    threads,
    wishes,
)
from fedinote.posts import quotes as post_quotes
from fedinote.posts.drafts import Draft, PollDraft
from fedinote.translation import translations

MANY = 100
_READ = ("read:statuses",)
_WRITE = ("write:statuses",)
_OWN = "SELECT * FROM posts WHERE id = ? AND account_id = ? AND visibility <> 'held'"


async def create(call: Call) -> Any:
    """POST /api/v1/statuses: publish, or plan to (`scheduled_at`). The same Idempotency-Key gives the first again."""
    key = call.request.headers.get("idempotency-key", "").strip() or None
    draft = await _draft(call)
    await resolve.mentions(call.app, draft.words)
    due = call.params.moment("scheduled_at")
    if due is not None:
        planned = await scheduling.schedule(call.app, call.me.account_id, draft, due, idempotency_key=key)
        return (await scheduled_statuses(call.app, [planned]))[0]
    post_id = await publishing.publish(call.app, call.me.account_id, draft, idempotency_key=key)
    return await entities.status(call.app, post_id, call.viewer)


async def _draft(call: Call) -> Draft:
    """Return what the client wants to say, with the author's own defaults where it does not say."""
    params = call.params
    own = await call.app.db.row(
        "SELECT u.default_visibility, u.default_sensitive, u.default_language, u.default_quote_policy,"
        " u.default_reply_policy, u.language_divider, o.name, o.website FROM users u"
        " LEFT JOIN oauth_apps o ON o.id = ? WHERE u.id = ?",
        call.me.app_id,
        call.me.user_id,
    )
    assert own is not None
    draft = Draft(
        text=params.text("status", ""),
        spoiler_text=params.text("spoiler_text", ""),
        sensitive=params.flag("sensitive", bool(own["default_sensitive"])),
        visibility=_visibility(params) or own["default_visibility"],
        language=params.text("language") or own["default_language"],
        in_reply_to_id=_parent(params),
        media_ids=_media_ids(params),
        covers=_covers(params),
        poll=_poll(params),
        application=None if own["name"] is None else {"name": own["name"], "website": own["website"]},
        quoted_id=quotes.wanted(params),
        quote_policy=params.text("quote_approval_policy") or own["default_quote_policy"],
        reply_policy=params.text("reply_approval_policy") or own["default_reply_policy"],
        translations=language_versions.named(params),
        machine_translation=params.text("machine_translation") or "any",
    )
    return dividers.divided(draft) if own["language_divider"] else draft


def _visibility(params: Params) -> str:
    """Return what was asked for, "" for nothing. Forks of Mastodon say `local_only`, Akkoma the visibility "local"."""
    asked = params.text("visibility", "")
    if not params.flag("local_only"):
        return asked
    if asked == "direct":
        raise Invalid("Validation failed: A post to mentioned people cannot be for this server alone")
    return "local"


def _media_ids(params: Params, name: str = "media_ids") -> tuple[int, ...]:
    """Return the ids of the attachments. What cannot be one is not left out: the post would lack a picture."""
    texts = [text for text in params.list(name) if text]
    if not all(is_id(text) for text in texts):
        raise Invalid(f"Validation failed: Media {', '.join(texts)[:200]} not found")
    return tuple(params.ids(name))


def _covers(params: Params) -> tuple[int, ...] | None:
    """Return which attachments servers get first that keep four; None where nothing is said of it."""
    return _media_ids(params, "cover_media_ids") if "cover_media_ids" in params else None


def _parent(params: Params) -> int | None:
    if not params.text("in_reply_to_id"):
        return None
    found = params.ids("in_reply_to_id")
    if not found:
        raise NotFound
    return found[0]


def _poll(params: Params) -> PollDraft | None:
    poll = params.mapping("poll")
    options = poll.list("options")
    if not options:
        return None
    return PollDraft(
        options=tuple(options),
        expires_in=poll.number("expires_in", 86_400),
        multiple=poll.flag("multiple"),
        hide_totals=poll.flag("hide_totals"),
    )


async def show(call: Call) -> Any:
    """GET /api/v1/statuses/:id."""
    return await entities.status(call.app, call.id(), call.viewer)


async def show_many(call: Call) -> Any:
    """GET /api/v1/statuses?id[]=: those that the viewer may see, in the order asked."""
    ids = call.params.ids("id")[:MANY]
    return await entities.statuses(call.app, ids, call.viewer, context="thread")


async def context(call: Call) -> Any:
    """GET /api/v1/statuses/:id/context: what it answers and what answers it.

    While the rest of it is fetched from other servers, the header `Mastodon-Async-Refresh` says so.
    """
    ancestors, descendants = await threads.context(call.app, call.viewer_id, call.id())
    found = await entities.statuses(call.app, [*ancestors, *descendants], call.viewer, context="thread")
    above = {str(one) for one in ancestors}
    body = {
        "ancestors": [one for one in found if one["id"] in above],
        "descendants": [one for one in found if one["id"] not in above],
    }
    refresh = await completing.opened(call.app, call.id(), stranger=call.viewer is None)
    return body if refresh is None else Answer(body, headers=(async_refreshes.header(refresh),))


async def source(call: Call) -> Any:
    """GET /api/v1/statuses/:id/source: what the author typed."""
    row = await _own(call)
    kept = await languages.kept(call.app, row)
    versions = language_versions.sources(kept)
    return {
        "id": str(row["id"]),
        "text": await language_versions.typed(call.app, call.me, row, kept),
        "spoiler_text": row["spoiler_text"],
        "language": row["language"],
        "translations": versions,
        "machine_translation": row["machine_translation"],
        "reply_approval_policy": answering.setting_of(row["interaction_rules"]),
        "cover_media_ids": [str(one) for one in await covers.of_post(call.app, row["id"])],
    }


async def _own(call: Call) -> Row:
    row = await call.app.db.row(_OWN, call.id(), call.me.account_id)
    if row is None:
        raise NotFound
    return row


async def history(call: Call) -> Any:
    """GET /api/v1/statuses/:id/history: all versions, the first one first."""
    return await entities.edits(call.app, call.id(), call.viewer)


async def edit(call: Call) -> Any:
    """PUT /api/v1/statuses/:id: a new version. What is left out of text, warning and language stays as it was.

    So are the attachments, whose descriptions (and a sound's title and artist) `media_attributes` changes, and the
    languages that `translations` does not name; a poll that is not named again goes.
    """
    app, params, me = call.app, call.params, call.me.account_id
    row = await _own(call)
    draft = Draft(
        text=params.text("status", row["source"]),
        spoiler_text=params.text("spoiler_text", row["spoiler_text"]),
        sensitive=params.flag("sensitive", bool(row["sensitive"])),
        visibility=row["visibility"],
        language=params.text("language") or row["language"],
        media_ids=_media_ids(params) if "media_ids" in params else await _attached(call, row["id"]),
        covers=_covers(params),
        poll=_poll(params),
    )
    draft = await language_versions.of_edit(app, call.me, row, draft, params)
    described = params.records("media_attributes")
    await resolve.mentions(app, draft.words)
    async with app.db.transaction():
        for one in described:
            await _describe(call, row["id"], one)
        await revising.edit(app, me, row["id"], draft)
        if setting := params.text("quote_approval_policy"):
            await post_quotes.set_policy(app, me, row["id"], setting)
        if setting := params.text("reply_approval_policy"):
            await answering.set_policy(app, me, row["id"], setting)
        if wish := params.text("machine_translation"):
            await wishes.change(app, me, row["id"], wish)
    return await entities.status(app, row["id"], call.viewer)


async def _attached(call: Call, post_id: int) -> tuple[int, ...]:
    rows = await call.app.db.rows("SELECT id FROM media WHERE post_id = ? ORDER BY position", post_id)
    return tuple(row["id"] for row in rows)


async def _describe(call: Call, post_id: int, wanted: Params) -> None:
    """Change the words of one attachment: of the post, or an upload that is about to join it."""
    me = call.me.account_id
    changes = {name: wanted.text(name) for name in ("description", "focus", "title", "artist") if name in wanted}
    for media_id in wanted.ids("id"):
        there = await call.app.db.row("SELECT post_id FROM media WHERE id = ? AND account_id = ?", media_id, me)
        if there is None or there["post_id"] not in (None, post_id):
            raise NotFound
        await uploads.describe(call.app, me, media_id, changes, post_id=there["post_id"])


async def delete(call: Call) -> Any:
    """DELETE /api/v1/statuses/:id: answers the post with its source as `text`, so that it can be written again."""
    row = await _own(call)
    value = await entities.status(call.app, row["id"], call.viewer)
    text = await language_versions.typed(call.app, call.me, row, await languages.kept(call.app, row))
    await publishing.delete(call.app, row["id"])
    value.pop("content")
    return {**value, "text": text}


async def translate(call: Call) -> Any:
    """POST /api/v1/statuses/:id/translate: into `lang`, or the language of the reader's interface."""
    target = call.params.text("lang", max=35) or call.me.locale
    return await translations.of_post(call.app, call.id(), target, call.me, turning=True)


async def favourited_by(call: Call) -> Any:
    """GET /api/v1/statuses/:id/favourited_by: newest first, by a hidden id."""
    return await _people(call, "favourites")


async def reblogged_by(call: Call) -> Any:
    """GET /api/v1/statuses/:id/reblogged_by: newest first, by the boost's id."""
    return await _people(call, "posts")


async def _people(call: Call, table: fans.Table) -> Page:
    asked = paging(call, 40, 80)
    found = asked.arrange(await fans.page(call.app, call.viewer_id, call.id(), table, asked.sql))
    people = await account_entities.accounts(call.app, [account for _, account in found], call.viewer)
    return Page(people, [key for key, _ in found])


ROUTES = (
    route("POST", "/api/v1/statuses", create, auth="user", scopes=_WRITE, limit="statuses"),
    route("GET", "/api/v1/statuses", show_many, auth="optional-user", scopes=_READ),
    route("GET", "/api/v1/statuses/{id}", show, auth="optional-user", scopes=_READ),
    route("PUT", "/api/v1/statuses/{id}", edit, auth="user", scopes=_WRITE, limit="statuses"),
    route("PATCH", "/api/v1/statuses/{id}", edit, auth="user", scopes=_WRITE, limit="statuses"),
    route("DELETE", "/api/v1/statuses/{id}", delete, auth="user", scopes=_WRITE, limit="deletes"),
    route("GET", "/api/v1/statuses/{id}/context", context, auth="optional-user", scopes=_READ),
    route("GET", "/api/v1/statuses/{id}/history", history, auth="optional-user", scopes=_READ),
    route("GET", "/api/v1/statuses/{id}/source", source, auth="user", scopes=_READ),
    route("POST", "/api/v1/statuses/{id}/translate", translate, auth="user", scopes=_READ),
    route("GET", "/api/v1/statuses/{id}/favourited_by", favourited_by, auth="optional-user", scopes=_READ),
    route("GET", "/api/v1/statuses/{id}/reblogged_by", reblogged_by, auth="optional-user", scopes=_READ),
)
