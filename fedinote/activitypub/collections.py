"""Collections and their pages: outboxes, followers, replies, featured posts (ActivityPub 5)."""

from dataclasses import dataclass
from typing import Any

from fedinote.activitypub.shapes import count, first, items, plain, reference, types, web_uri
from fedinote.infra.errors import Malformed

COLLECTION_TYPES = frozenset({"Collection", "OrderedCollection", "CollectionPage", "OrderedCollectionPage"})


@dataclass(frozen=True, slots=True)
class Collection:
    """A collection or one page of it.

    `items` are the ids in order (any string: forums list local numbers), `embedded` the items that came whole: they
    are to be believed only on their own origin. When the first page is inline, its items and `next` stand here too.
    `total` is None when not told; followers may be counted but hidden.
    """

    id: str | None
    type: str
    total: int | None = None
    first: str | None = None
    next: str | None = None
    prev: str | None = None
    part_of: str | None = None
    items: tuple[str, ...] = ()
    embedded: tuple[dict[str, Any], ...] = ()

    @property
    def is_page(self) -> bool:
        """Whether this is one page rather than the whole."""
        return self.type.endswith("Page")


def is_collection(document: dict[str, Any]) -> bool:
    """Whether one of the document's types is that of a collection or a page."""
    return not COLLECTION_TYPES.isdisjoint(types(document))


def parse_collection(document: dict[str, Any]) -> Collection:
    """The collection in a document; raises `Malformed` when it is none. At most 1000 items are read."""
    document = plain(document)
    kind = next((name for name in types(document) if name in COLLECTION_TYPES), None)
    if kind is None:
        raise Malformed(reason="not a collection")
    page = first(document.get("first"))
    inline = page if isinstance(page, dict) else {}
    entries = _entries(document) or _entries(inline)
    return Collection(
        id=web_uri(document.get("id")),
        type=kind,
        total=count(document.get("totalItems")),
        first=web_uri(page),
        next=web_uri(document.get("next")) or web_uri(inline.get("next")),
        prev=web_uri(document.get("prev")),
        part_of=web_uri(document.get("partOf")),
        items=tuple(dict.fromkeys(uri for entry in entries if (uri := reference(entry)))),
        embedded=tuple(entry for entry in entries if isinstance(entry, dict) and types(entry)),
    )


def _entries(document: dict[str, Any]) -> list[Any]:
    return items(document.get("orderedItems")) or items(document.get("items"))
