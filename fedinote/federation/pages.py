"""Reading other servers' collections: page after page, within limits, and believing no more than their origin may say.

(ActivityStreams 2.0, Vocabulary 2.4; ActivityPub 5.)
"""

from dataclasses import dataclass, field
from typing import Any

from fedinote.activitypub import vocab
from fedinote.activitypub.quirks import same_origin
from fedinote.federation import fetching
from fedinote.federation.fetching import Budget
from fedinote.infra.app import App
from fedinote.infra.errors import FediNoteError, Malformed, Refused

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of one collection is read."""

    items: int = 200
    pages: int = 10


@dataclass(frozen=True, slots=True)
class Item:
    """An entry: its id, and the document where it stood whole in a collection of its own origin; else None."""

    id: str
    document: Document | None = None


@dataclass(slots=True)
class Gathered:
    """The entries in their order, each once, and the number that the collection tells (None: it tells none)."""

    total: int | None = None
    items: dict[str, Item] = field(default_factory=dict)


async def gather(app: App, source: object, *, stood_in: str, budget: Budget, limits: Limits | None = None) -> Gathered:
    """Read a collection: `source` is its id or the collection itself, as it stands in the document `stood_in`.

    Pages are followed on one origin only, each once, up to the limits; what cannot be fetched ends the reading.
    Entries that stand whole in it are kept as documents only where their ids are of that origin too: everything else
    has to be fetched from its own. Raises like `fetching.page` when the collection itself cannot be had.
    """
    limits = limits or Limits()
    collection, place = await _opened(app, source, stood_in, budget)
    found = Gathered(collection.total)
    seen = {place}
    _keep(found, collection, place, limits)
    for _ in range(limits.pages):
        following = _following(collection)
        if following is None or following in seen or len(found.items) >= limits.items:
            break
        if not same_origin(following, place):
            break
        seen.add(following)
        try:
            collection, place = await _page(app, following, budget)
        except FediNoteError:
            break
        found.total = found.total if found.total is not None else collection.total
        _keep(found, collection, place, limits)
    return found


async def _opened(app: App, source: object, stood_in: str, budget: Budget) -> tuple[vocab.Collection, str]:
    """Return the collection and the URL that vouches for it."""
    if isinstance(source, dict) and vocab.is_collection(source):
        inline = vocab.parse_collection(source)
        if inline.id is not None and not same_origin(inline.id, stood_in):
            raise Refused(reason="a collection inside a document of another origin")
        if inline.items or _following(inline) or inline.id is None:
            return inline, stood_in
    url = vocab.web_uri(source)
    if url is None:
        raise Malformed(reason="neither a collection nor the id of one")
    return await _page(app, url, budget)


async def _page(app: App, url: str, budget: Budget) -> tuple[vocab.Collection, str]:
    document, place = await fetching.page(app, url, budget)
    return vocab.parse_collection(document), place


def _following(collection: vocab.Collection) -> str | None:
    """Return the page to read next: the next one, or the first one of a collection that lists nothing itself."""
    if collection.next is not None:
        return collection.next
    return collection.first if not collection.items and not collection.is_page else None


def _keep(found: Gathered, collection: vocab.Collection, place: str, limits: Limits) -> None:
    """Take the entries of a page, up to the limit."""
    whole = {uri: entry for entry in collection.embedded if (uri := vocab.web_uri(entry.get("id")))}
    for uri in collection.items:
        if len(found.items) >= limits.items:
            return
        if vocab.web_uri(uri) is not None:
            document = whole.get(uri) if same_origin(uri, place) else None
            found.items.setdefault(uri, Item(uri, document))
