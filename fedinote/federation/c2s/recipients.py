"""To whom a client addresses what its person does, and what that means here (ActivityPub, section 6.2)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from fedinote.activitypub import audience, vocab
from fedinote.activitypub.shapes import references
from fedinote.federation import actors, fetching
from fedinote.federation.fetching import Budget
from fedinote.infra.app import App
from fedinote.infra.db import Row
from fedinote.infra.errors import FediNoteError, Invalid
from fedinote.posts.drafts import Mention, mention

MAX_RECIPIENTS = 100
UNKNOWN = 10  # how many recipients whom nobody here knows are looked up for one activity


@dataclass(frozen=True, slots=True)
class Recipients:
    """The five properties that address something, each id once."""

    to: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    bto: tuple[str, ...] = ()
    bcc: tuple[str, ...] = ()
    audience: tuple[str, ...] = ()

    @property
    def shown(self) -> tuple[str, ...]:
        """Those that everybody who sees the object sees too."""
        return (*self.to, *self.cc, *self.audience)

    @property
    def everybody(self) -> tuple[str, ...]:
        """All of them, each once."""
        return tuple(dict.fromkeys((*self.shown, *self.bto, *self.bcc)))


def recipients(*documents: Mapping[str, Any]) -> Recipients:
    """Return the recipients of an activity and its object together: each is copied to the other.

    Raises Invalid when there are more than a hundred.
    """
    names = ("to", "cc", "bto", "bcc", "audience")
    found = Recipients(*(tuple(dict.fromkeys(u for d in documents for u in references(d.get(n)))) for n in names))
    if len(found.everybody) > MAX_RECIPIENTS:
        raise Invalid(f"An activity can be addressed to at most {MAX_RECIPIENTS} recipients")
    return found


def visibility_of(found: Recipients, followers_url: str) -> audience.Visibility:
    """Return our visibility of such addressing; what fits none of ours becomes the narrower one.

    Public in `to` or `audience` is public, in `cc` unlisted; the author's followers in any of these is private;
    anything else is for the people named alone. Public and followers in `bto` or `bcc` are passed over: they could not
    be kept secret. Other collections name nobody.
    """
    return audience.visibility((*found.to, *found.audience), found.cc, followers_url)


async def people(app: App, found: Recipients, tagged: Iterable[str], visibility: str) -> tuple[Mention, ...]:
    """Find the people among the recipients, fetching some of those who are unknown here; others are left out.

    Who is in `to` or has a Mention tag counts as named, who is in `bto` or `bcc` alone as blind. A tag by itself makes
    somebody a recipient only of what everybody may see.
    """
    named = {*found.to, *tagged}
    openly = (*found.shown, *(tagged if visibility in ("public", "unlisted") else ()))
    rows = await _accounts(app, dict.fromkeys((*openly, *found.bto, *found.bcc)))
    mentions: dict[int, Mention] = {}
    for uri, row in rows.items():
        blind = uri not in openly
        made = mention(row, silent=uri not in named, blind=blind)
        earlier = mentions.get(row["id"])
        if earlier is None or (earlier.silent and not made.silent) or (earlier.blind and not made.blind):
            mentions[row["id"]] = made
    return tuple(mentions.values())


async def _accounts(app: App, uris: Iterable[str]) -> dict[str, Row]:
    """Return the accounts of ids or profile addresses, in their order; what is no account is left out."""
    asked = [uri for uri in uris if not audience.is_public(uri) and vocab.web_uri(uri)][:MAX_RECIPIENTS]
    if not asked:
        return {}
    rows = await app.db.rows(
        "SELECT id, username, domain, url, uri, suspended_at, deleted_at FROM accounts"
        " WHERE uri IN_TEXTS(?) OR url IN_TEXTS(?)",
        asked,
        asked,
    )
    known = {row["url"]: row for row in rows if row["url"]} | {row["uri"]: row for row in rows}
    unknown = [uri for uri in asked if uri not in known and not fetching.is_ours(app, uri)]
    budget = Budget(2 * UNKNOWN)
    for uri in unknown[:UNKNOWN]:
        try:
            known[uri] = await actors.resolve(app, uri, budget)
        except FediNoteError:
            continue
    gone = ("suspended_at", "deleted_at")
    return {uri: known[uri] for uri in asked if uri in known and all(known[uri][name] is None for name in gone)}
