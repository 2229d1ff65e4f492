"""Help while somebody writes: people, tags and emoji to choose from, the language, a preview, a machine's draft."""

from dataclasses import replace
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fedinote.infra.app import App
from fedinote.infra.errors import Invalid
from fedinote.media import emojis
from fedinote.posts import drafts
from fedinote.search import hashtags, people
from fedinote.text import language
from fedinote.text.language_names import own_name
from fedinote.translation import drafting
from fedinote.translation.drafting import Unsent
from fedinote.web import browser, cards
from fedinote.web.browser import Visit
from fedinote.web.compose.fields import Filled
from fedinote.web.compose.files import answer
from fedinote.web.pages import page, query, upload

MOST = 8
_MAX_QUERY = 100
_MAX_CHECKED = 20_000


async def suggest(request: Request) -> Response:
    """GET /compose/suggest?q=: what `@al`, `#te` or `:ca` could become; at most eight, as JSON."""
    here = await browser.member(request)
    text = query(request).get("q", "")[:_MAX_QUERY].replace("\x00", "").strip()
    sign, name = text[:1], text[1:]
    found: list[dict[str, Any]] = []
    if not name:
        return answer(found)
    match sign:
        case "@":
            found = await _people(here, name)
        case "#" | "＃":
            found = await _tags(here, name)
        case ":":
            found = await _emoji(here.app, name)
    return answer(found)


async def _people(here: Visit, name: str) -> list[dict[str, Any]]:
    ids = await people.named(here.app, here.member.account_id, name)
    found = await cards.people(here.app, ids[:MOST])
    return [
        {
            "insert": f"@{one.username}@{one.domain}" if one.domain else f"@{one.username}",
            "name": one.name,
            "about": one.handle,
            "picture": one.picture,
        }
        for one in found
    ]


async def _tags(here: Visit, name: str) -> list[dict[str, Any]]:
    ids = (await hashtags.named(here.app, here.member.account_id, name))[:MOST]
    rows = await here.app.db.rows("SELECT id, display FROM tags WHERE id IN_INTS(?)", ids)
    shown = {row["id"]: row["display"] for row in rows}
    return [{"insert": f"#{shown[one]}", "name": f"#{shown[one]}"} for one in ids if one in shown]


async def _emoji(app: App, name: str) -> list[dict[str, Any]]:
    wanted = name.lower()
    rows = [row for row in await emojis.listing(app) if wanted in row["shortcode"].lower()]
    rows.sort(key=lambda row: (not row["shortcode"].lower().startswith(wanted), row["shortcode"]))
    return [
        {"insert": f":{row['shortcode']}:", "name": f":{row['shortcode']}:", "picture": row["url"]}
        for row in rows[:MOST]
    ]


async def recognise(request: Request) -> Response:
    """POST /compose/language: in which language a `text` seems to be: {"tag", "name"}, both "" when nobody can tell."""
    here = await browser.member(request)
    sent = await upload(request)
    browser.check_form(request, here, sent.fields)
    tag = language.detect(sent.fields.get("text", "")[:_MAX_CHECKED]) or ""
    return answer({"tag": tag, "name": own_name(tag) if tag else ""})


async def rendered(app: App, filled: Filled) -> dict[str, str]:
    """Return the words as readers will see them: safe HTML by language, the own one under ""."""
    draft = filled.draft()
    most = app.settings.posts.max_characters
    if len(draft.words) > 4 * most:
        raise Invalid(f"Validation failed: Text character limit of {most} exceeded")
    mentions = await drafts.mentioned(app, draft.words)
    others = {tag: drafts.to_html(app, one.text, mentions) for tag, one in draft.translations.items()}
    return {"": drafts.to_html(app, draft.text, mentions), **others}


async def preview(request: Request) -> Response:
    """POST /compose/preview: the words of the form as HTML, by language."""
    here = await browser.member(request)
    sent = await upload(request)
    browser.check_form(request, here, sent.fields)
    return answer(await rendered(here.app, Filled.read(sent.lists)))


async def drafted(here: Visit, filled: Filled) -> Filled:
    """Return the form with a machine's draft in the second language, marked as what it is. Errors as `drafting.sketch`.

    A machine's mark stays with the words whatever the form says, unless somebody edits them.
    """
    tag = filled.first("other")
    draft = filled.draft()
    if not draft.words.strip():
        raise Invalid("Validation failed: Text can't be blank")
    unsent = Unsent(
        text=draft.text,
        spoiler_text=draft.spoiler_text,
        options=draft.poll.options if draft.poll else (),
        descriptions={str(one.id): one.alt for one in filled.files if one.alt.strip()},
        language=language.canonical(draft.language) if draft.language else language.detect(draft.text),
        visibility=draft.visibility,
        machine_translation=draft.machine_translation,
    )
    made = (await drafting.sketch(here.app, here.member.account_id, unsent, tag)).version
    said = {
        "language": [unsent.language or ""],
        "other_text": [made.text],
        "other_warning": [made.spoiler_text],
        "other_option": list(made.poll_options),
        **{f"other_alt_{key}": [text] for key, text in made.descriptions.items()},
        "machine": [made.machine],
        "read": [],
    }
    new = replace(filled, lists={**filled.lists, **said})
    return replace(new, lists={**new.lists, "machine_was": [new.drafted]})


async def translate(request: Request) -> Response:
    """POST /compose/translate: the fields of the second language as a machine drafts them, for our script."""
    here = await browser.member(request)
    sent = await upload(request)
    browser.check_form(request, here, sent.fields)
    filled = await drafted(here, Filled.read(sent.lists))
    names = ("other_text", "other_warning", "machine", "machine_was", "language")
    return answer(
        {
            **{name: filled.first(name) for name in names},
            "other_option": list(filled.lists["other_option"]),
            "alts": {str(one.id): one.other_alt for one in filled.files},
        }
    )


ROUTES = (
    Route("/compose/suggest", page(suggest), methods=["GET"]),
    Route("/compose/language", page(recognise), methods=["POST"]),
    Route("/compose/preview", page(preview), methods=["POST"]),
    Route("/compose/translate", page(translate), methods=["POST"]),
)
