"""Who may see an object: ActivityPub addressing to and from the four visibilities.

ActivityPub knows no visibility, only recipients. The mapping is the one that all servers of the fediverse share:
the public collection in `to` is public, in `cc` unlisted; else the author's followers are private; else direct.
"""

from collections.abc import Collection, Iterable
from typing import Literal

Visibility = Literal["public", "unlisted", "private", "direct"]

PUBLIC = "https://www.w3.org/ns/activitystreams#Public"
# ActivityPub 5.6 allows the compacted forms; the http form is seen in old Announces.
PUBLIC_FORMS = frozenset({PUBLIC, "as:Public", "Public", "http://www.w3.org/ns/activitystreams#Public"})

_WIDEST_FIRST: tuple[Visibility, ...] = ("public", "unlisted", "private", "direct")


def is_public(uri: str) -> bool:
    """Whether the URI names the public collection, in any of its spellings."""
    return uri in PUBLIC_FORMS


def visibility(to: Collection[str], cc: Collection[str], followers_url: str | None) -> Visibility:
    """The visibility of an object with these recipients, by an author with this followers collection.

    Only the author's own collection, by its exact id, makes an object private: another URI that merely ends in
    `/followers` is a recipient like any other (None: the author publishes none, so nothing is private).
    """
    if any(uri in PUBLIC_FORMS for uri in to):
        return "public"
    if any(uri in PUBLIC_FORMS for uri in cc):
        return "unlisted"
    if followers_url and (followers_url in to or followers_url in cc):
        return "private"
    return "direct"


def narrower(a: Visibility, b: Visibility) -> Visibility:
    """The one that fewer people may see; for an activity and its object that differ."""
    return max(a, b, key=_WIDEST_FIRST.index)


def addressing(
    level: Visibility, followers_url: str, mentioned: Iterable[str]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(to, cc) of an outgoing object. Mentioned people go to `cc`, or to `to` when the object is direct."""
    people = tuple(dict.fromkeys(mentioned))
    match level:
        case "public":
            return (PUBLIC,), (followers_url, *people)
        case "unlisted":
            return (followers_url,), (PUBLIC, *people)
        case "private":
            return (followers_url,), people
        case "direct":
            return people, ()
