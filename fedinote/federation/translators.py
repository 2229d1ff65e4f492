"""Who made the language versions of another server's post: its claim (FEP-22cd), with what kind of actor each is."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class _Known:
    """A translator as far as it is known here: the type and name of the actor, and whom readers are shown."""

    kind: str
    name: str
    person: Mapping[str, str]


async def made(
    app: App, post: vocab.Post, tags: Iterable[str], author: Row, budget: Budget
) -> dict[str, dict[str, Any]] | None:
    """Return what is kept of each language version (see `posts.languages.Versions`); None without any.

    A credit is shown where the post's server speaks of its own people, and gives nobody a right. Where a translator's
    kind cannot be learned, whether a machine translated is not known.
    """
    credits_ = {language.canonical(version.language): version for version in post.versions}
    known = await _known(app, post, author, budget) if credits_ else {}
    return {tag: _made(credits_.get(tag), known, author["uri"]) for tag in tags} or None


def _made(version: Version | None, known: Mapping[str, _Known], author_uri: str) -> dict[str, Any]:
    if version is None:
        return {"machine": False, "reviewed": False, "engine": "", "translators": [], "source_updated": None}
    found = [known.get(uri, _NOBODY) for uri in version.translators]
    machine, reviewed = judged([one.kind for one in found])
    engine = version.name or next((one.name for one in found if one.kind in MACHINES), "")
    others = [uri for uri in version.translators if uri != author_uri and known.get(uri, _NOBODY).kind not in MACHINES]
    # A server may say of its own people that they translated; of others it could say anything.
    people = [dict(known[uri].person) for uri in others if uri in known and same_origin(uri, author_uri)]
    return {
        "machine": machine,
        "reviewed": reviewed,
        "engine": engine if machine else "",
        "translators": list(version.translators),
        "source_updated": to_ms(version.source_updated) if version.source_updated else None,
        **({"people": people, "unnamed": len(people) < len(others)} if others else {}),
    }


_NOBODY = _Known("", "", {})


async def _known(app: App, post: vocab.Post, author: Row, budget: Budget) -> dict[str, _Known]:
    """Return the translators by id: what is known here first, then what the post's server says."""
    wanted = list(dict.fromkeys(uri for version in post.versions for uri in version.translators))
    rows = await app.db.rows(
        "SELECT id, uri, url, username, domain, actor_type, display_name FROM accounts WHERE uri IN_TEXTS(?)", wanted
    )
    found = {row["uri"]: _translator(row) for row in rows}
    unknown = [uri for uri in wanted if uri not in found and same_origin(uri, author["uri"])]
    for uri in unknown[:UNKNOWN_TRANSLATORS]:
        try:
            found[uri] = _translator(await actors.exactly(app, uri, budget))
        except FediNoteError:
            continue
    return found


def _translator(row: Row) -> _Known:
    acct = f"{row['username']}@{row['domain']}" if row["domain"] else row["username"]
    person = {"id": str(row["id"]), "acct": acct, "url": row["url"] or row["uri"], "uri": row["uri"]}
    return _Known(row["actor_type"], row["display_name"], person)
