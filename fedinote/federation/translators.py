"""Who made the language versions of another server's post: its claim (FEP-22cd), with what kind of actor each is."""

from collections.abc import Iterable
from typing import Any

from fedinote.activitypub import vocab
from fedinote.activitypub.quirks import same_origin
from fedinote.activitypub.versions import MACHINES, Version, judged
from fedinote.federation import actors
from fedinote.federation.fetching import Budget
from fedinote.infra.app import App
from fedinote.infra.clock import to_ms
from fedinote.infra.db import Row
from fedinote.infra.errors import FediNoteError
from fedinote.text import language

UNKNOWN_TRANSLATORS = 2  # of the post's own server, that are fetched for one post


async def made(
    app: App, post: vocab.Post, tags: Iterable[str], author: Row, budget: Budget
) -> dict[str, dict[str, Any]] | None:
    """Return what is kept of each language version (see `posts.languages.Versions`); None without any.

    A credit is shown, and gives nobody a right. Where a translator's kind cannot be learned, whether a machine
    translated is not known.
    """
    credits_ = {language.canonical(version.language): version for version in post.versions}
    kinds = await _kinds(app, post, author, budget) if credits_ else {}
    return {tag: _made(credits_.get(tag), kinds) for tag in tags} or None


def _made(version: Version | None, kinds: dict[str, tuple[str, str]]) -> dict[str, Any]:
    if version is None:
        return {"machine": False, "reviewed": False, "engine": "", "translators": [], "source_updated": None}
    known = [kinds.get(uri, ("", "")) for uri in version.translators]
    machine, reviewed = judged([kind for kind, _ in known])
    engine = version.name or next((name for kind, name in known if kind in MACHINES), "")
    return {
        "machine": machine,
        "reviewed": reviewed,
        "engine": engine if machine else "",
        "translators": list(version.translators),
        "source_updated": to_ms(version.source_updated) if version.source_updated else None,
    }


async def _kinds(app: App, post: vocab.Post, author: Row, budget: Budget) -> dict[str, tuple[str, str]]:
    """Return (type, name) of the translators by id: what is known here first, then what the post's server says."""
    wanted = list(dict.fromkeys(uri for version in post.versions for uri in version.translators))
    rows = await app.db.rows("SELECT uri, actor_type, display_name FROM accounts WHERE uri IN_TEXTS(?)", wanted)
    found = {row["uri"]: (row["actor_type"], row["display_name"]) for row in rows}
    unknown = [uri for uri in wanted if uri not in found and same_origin(uri, author["uri"])]
    for uri in unknown[:UNKNOWN_TRANSLATORS]:
        try:
            row = await actors.exactly(app, uri, budget)
        except FediNoteError:
            continue
        found[uri] = (row["actor_type"], row["display_name"])
    return found
