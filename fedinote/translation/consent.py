"""Where somebody's words may be translated: their visibility, and what their author wishes, against engines' locations.

|                                     | any                           | no_third_party      | none |
|-------------------------------------|-------------------------------|---------------------|------|
| public, unlisted; an open profile   | local, network, third party   | local, network      | –    |
| everything else; a locked profile   | local                         | local               | –    |

What is not known to be public is not: a visibility that is new here is treated as followers only.
"""

from fedinote.accounts.wishes import MachineTranslation, strictest
from fedinote.infra.app import App
from fedinote.infra.db import Row
from fedinote.infra.errors import NotFound, TooLarge
from fedinote.translation.engine import Location
from fedinote.translation.segments import segment_html

Clearance = frozenset[Location]
"""The locations whose engines may be given a text; empty when no engine may."""

PUBLIC = frozenset({"public", "unlisted"})
EVERYWHERE: Clearance = frozenset(Location)
OWN: Clearance = frozenset({Location.LOCAL, Location.NETWORK})
HERE: Clearance = frozenset({Location.LOCAL})
NOWHERE: Clearance = frozenset()

_NO = ' translate="no"'


def for_post(row: Row, author_wish: str) -> Clearance:
    """Return where a post may be translated. `row`: visibility, content and machine_translation of the post itself
    (of a boost: of the boosted one); `author_wish` is `accounts.machine_translation` of its author.

    The post's content warning, poll options and descriptions share its clearance. `translate="no"` around all of
    the content is a wish of its own; around a part of it, that part is cut out when the text is (`segments`).
    """
    if closed(row["content"]):
        return NOWHERE
    return _where(strictest((row["machine_translation"], author_wish)), public=row["visibility"] in PUBLIC)


def for_profile(row: Row) -> Clearance:
    """Return where a bio, a name and profile fields may be translated. `row`: locked, note and machine_translation."""
    if closed(row["note"]):
        return NOWHERE
    return _where(strictest((row["machine_translation"],)), public=not row["locked"])


async def of_post(app: App, row: Row) -> Clearance:
    """Return where a post may be translated, with its author's wish of this moment. NotFound: there is no author."""
    wish = await app.db.value(
        "SELECT machine_translation AS value FROM accounts WHERE id = ? AND deleted_at IS NULL", row["account_id"]
    )
    if wish is None:
        raise NotFound
    return for_post(row, wish)


def for_query(public: bool = False) -> Clearance:
    """Return where the words of somebody who searches may be translated: here, and elsewhere only if they said so."""
    return EVERYWHERE if public else HERE


def private(clearance: Clearance) -> bool:
    """Tell whether words with this clearance are not for everybody: nothing is kept of them, not even a plain hash.

    All that is public may at least go to the engines of the same people.
    """
    return Location.NETWORK not in clearance


def closed(content: str) -> bool:
    """Tell whether `translate="no"` encloses all words of an HTML content that went through the sanitiser.

    Names of people and tags carry it too, and are no words: a picture below nothing but a mention is not closed.
    """
    if _NO not in content:
        return False
    try:
        return not segment_html(content).runs and bool(segment_html(content.replace(_NO, "")).runs)
    except TooLarge:
        return True


def marked(content: str) -> bool:
    """Tell whether there are words in an HTML content that `translate="no"` keeps from engines (names do not count)."""
    try:
        return _NO in content and segment_html(content).runs != segment_html(content.replace(_NO, "")).runs
    except TooLarge:
        return True


def most(wish: MachineTranslation) -> Clearance:
    """Return where words may be translated at most, if they are public, by what their author wishes."""
    match wish:
        case MachineTranslation.ANY:
            return EVERYWHERE
        case MachineTranslation.NO_THIRD_PARTY:
            return OWN
        case MachineTranslation.NONE:
            return NOWHERE


def _where(wish: MachineTranslation, *, public: bool) -> Clearance:
    return most(wish) if public else most(wish) & HERE
