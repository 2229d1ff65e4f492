"""A post in several languages: the parameter `translations` of writing and editing, and what readers are told of it.

No part of Mastodon's API: see docs/client-api.md.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from fedinote.api.params import Params
from fedinote.auth.viewer import Viewer
from fedinote.infra.app import App
from fedinote.infra.db import Row
from fedinote.infra.errors import Invalid
from fedinote.posts import dividers, languages
from fedinote.posts.drafts import Draft
from fedinote.posts.languages import Frame, VersionDraft
from fedinote.text import language

_KEYS = frozenset({"status", "spoiler_text", "poll_options", "media_descriptions", "machine", "reviewed"})


def named(params: Params) -> dict[str, VersionDraft]:
    """Read `translations[<tag>][status|spoiler_text|poll_options|media_descriptions|machine|reviewed]`.

    By canonical tag, blank versions included: they take a version off in an edit. Raises Invalid, for a key that is
    none of these too: nobody should find the words of a post gone because the app calls them "text".
    """
    stated = params.mapping("translations")
    found = {}
    for tag in stated:
        canonical = language.canonical(tag)
        if canonical is None or canonical in found:
            raise Invalid(f"Validation failed: Translations: {tag[:35]} is there twice, or not a valid BCP 47 tag")
        parts = stated.mapping(tag)
        unknown = sorted(set(parts) - _KEYS)
        if unknown:
            raise Invalid(f"Validation failed: Translations: {canonical} cannot have {unknown[0][:35]!r}")
        found[canonical] = version(parts)
    return found


def version(params: Params) -> VersionDraft:
    """Read one version: `status`, `spoiler_text`, `poll_options`, `media_descriptions`, `machine`, `reviewed`."""
    described = params.mapping("media_descriptions")
    return VersionDraft(
        text=params.text("status", ""),
        spoiler_text=params.text("spoiler_text", ""),
        poll_options=tuple(params.list("poll_options")),
        descriptions={media_id: described.text(media_id, "") for media_id in described},
        machine=params.text("machine", "").strip(),
        reviewed=params.flag("reviewed"),
    )


async def of_edit(app: App, me: Viewer, row: Row, draft: Draft, params: Params) -> Draft:
    """Return the draft of an edit with the versions that it has: those named or typed here, and what still fits it.

    A version that is neither is older than the post from now on, unless the post's own words stay as they were; one
    that was typed with the text and is not in it any more goes.
    """
    kept = await languages.kept(app, row)
    given = named(params)
    if "status" in params and (any(one.divider for one in kept.values()) or dividers.possible(draft.text)):
        draft, kept = await _retyped(app, me, replace(draft, translations=given), kept)
        given = dict(draft.translations)
    if not kept and not given:
        return draft
    same = (draft.text, draft.spoiler_text.strip()) == (row["source"], row["spoiler_text"])
    options = draft.poll.options if draft.poll else ()
    frame = Frame(draft.language, options, draft.media_ids, app.now())
    fitting = languages.fitting(kept, frame, renewed=same)
    return replace(draft, translations={**fitting, **given})


async def _retyped(
    app: App, me: Viewer, draft: Draft, kept: Mapping[str, VersionDraft]
) -> tuple[Draft, dict[str, VersionDraft]]:
    """Return an edit's draft with the languages of its text apart, and of the versions there are, which are left.

    What is known of a version besides its text (warning, options, descriptions, who made it) stays with it.
    """
    if not await _divides(app, me):
        return draft, dict(kept)
    found = dividers.divided(draft)
    typed = {tag: one for tag, one in found.translations.items() if one.divider}
    more = {
        tag: _with_kept(one, kept[tag]) for tag, one in typed.items() if tag in kept and tag not in draft.translations
    }
    left = {tag: one for tag, one in kept.items() if not one.divider and tag not in typed}
    return replace(found, translations={**found.translations, **more}), left


def _with_kept(typed: VersionDraft, before: VersionDraft) -> VersionDraft:
    same = typed.text.strip() == before.text.strip()
    return replace(
        before,
        text=typed.text,
        html="",
        divider=typed.divider,
        lead=typed.lead,
        as_of=None,
        machine=before.machine if same else "",
        reviewed=before.reviewed and same,
        adopted=before.adopted and same,
        people=before.people if same else (),
    )


async def _divides(app: App, me: Viewer) -> bool:
    return bool(await app.db.value("SELECT language_divider AS value FROM users WHERE id = ?", me.user_id))


async def typed(app: App, me: Viewer, row: Row, kept: Mapping[str, VersionDraft]) -> str:
    """Return the text of a post as its author typed it, with the lines that part its languages where they are used."""
    text: str = row["source"]
    if any(one.divider for one in kept.values()) and await _divides(app, me):
        return dividers.whole(text, kept)
    return text


def sources(versions: Mapping[str, VersionDraft]) -> dict[str, Any]:
    """Return what the author typed in each language, as `translations` takes it back."""
    return {
        tag: {
            "status": one.text,
            "spoiler_text": one.spoiler_text,
            "poll_options": list(one.poll_options),
            "media_descriptions": dict(one.descriptions),
            "machine": one.machine or None,
            "reviewed": one.reviewed,
        }
        for tag, one in versions.items()
    }


def listing(row: Row) -> list[dict[str, Any]]:
    """Tell in which other languages a post (its row) is there: who translated, and whether it is behind the post.

    `machine` is null where nobody knows; `provider` is the program's name where it is known. `translators` are people
    other than the author, as far as they are known here.
    """
    if row["translations"] is None:
        return []
    present = row["edited_at"] or row["created_at"]
    return [
        {
            "language": tag,
            "machine": made["machine"],
            "reviewed": made["reviewed"],
            "provider": made["engine"] or None,
            "outdated": languages.outdated(made, present),
            "translators": [{"acct": one["acct"], "url": one["url"]} for one in made.get("people", ())],
        }
        for tag, made in languages.decoded(row["translations"]).items()
    ]
