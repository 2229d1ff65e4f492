"""A post in several languages: the parameter `translations` of writing and editing, and what readers are told of it.

No part of Mastodon's API: see docs/client-api.md.
"""

from collections.abc import Mapping
from typing import Any

from fedinote.api.params import Params
from fedinote.infra.app import App
from fedinote.infra.db import Row
from fedinote.infra.errors import Invalid
from fedinote.posts import languages
from fedinote.posts.drafts import Draft
from fedinote.posts.languages import Frame, VersionDraft
from fedinote.text import language


def named(params: Params) -> dict[str, VersionDraft]:
    """Read `translations[<tag>][status|spoiler_text|poll_options|media_descriptions|machine|reviewed]`.

    By canonical tag, blank versions included: they take a version off in an edit. Raises Invalid.
    """
    stated = params.mapping("translations")
    found = {}
    for tag in stated:
        canonical = language.canonical(tag)
        if canonical is None or canonical in found:
            raise Invalid(f"Validation failed: Translations: {tag[:35]} is there twice, or not a valid BCP 47 tag")
        found[canonical] = _version(stated.mapping(tag))
    return found


def _version(params: Params) -> VersionDraft:
    described = params.mapping("media_descriptions")
    return VersionDraft(
        text=params.text("status", ""),
        spoiler_text=params.text("spoiler_text", ""),
        poll_options=tuple(params.list("poll_options")),
        descriptions={media_id: described.text(media_id, "") for media_id in described},
        machine=params.text("machine", "").strip(),
        reviewed=params.flag("reviewed"),
    )


async def of_edit(app: App, row: Row, draft: Draft, params: Params) -> dict[str, VersionDraft]:
    """Return the versions of an edited post: those named here, and of the others what still fits it.

    A version that is not named is older than the post from now on, unless the post's own words stay as they were.
    """
    kept = await languages.kept(app, row)
    if not kept and "translations" not in params:
        return {}
    same = (draft.text, draft.spoiler_text.strip()) == (row["source"], row["spoiler_text"])
    options = draft.poll.options if draft.poll else ()
    frame = Frame(draft.language, options, draft.media_ids, app.now())
    return {**languages.fitting(kept, frame, renewed=same), **named(params)}


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

    `machine` is null where nobody knows; `provider` is the program's name where it is known.
    """
    if row["translations"] is None:
        return []
    version = row["edited_at"] or row["created_at"]
    return [
        {
            "language": tag,
            "machine": made["machine"],
            "reviewed": made["reviewed"],
            "provider": made["engine"] or None,
            "outdated": languages.outdated(made, version),
        }
        for tag, made in languages.decoded(row["translations"]).items()
    ]
