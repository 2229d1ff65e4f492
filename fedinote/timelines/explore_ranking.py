"""How Explore ranks: one formula, and the constants that docs/ranking.md gives. A test holds page and code equal.

Points come from people who liked something, from languages that it crossed, and from the interests that it shares;
rank is the logarithm of the points plus the age, so that twice the points stand for one half-life. How many answers a
post has never counts: a quarrel has many.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass

HALF_LIFE = 48
"""Hours in which a post loses half of what it has."""
BASE = 1.0
"""Points that each post begins with."""
POPULAR = 1.0
"""For each doubling of the people who liked, boosted or reacted."""
TRANSLATED = 1.0
"""For each doubling of the languages in which somebody read it in translation."""
ANSWERED = 1.0
"""For each doubling of the people who answered in another language."""
BILINGUAL = 1.0
"""For a post that its author wrote in several languages."""
TOPIC = 1.0
"""For a post with a hashtag of one of the topics that are kept here."""
DESCRIBED = 0.5
"""For a post with a picture, film or sound that has a description."""
FOLLOWED = 2.0
"""For a post with a hashtag or a topic that the member who looks follows."""
AUTHOR = 1.5
"""Half-lives by which each further post of one author stands lower."""
QUARREL = 3
"""When more people answer than this for each who likes (and one), answers in other languages do not count."""
MAX_TAGS = 10
"""A post with more hashtags is a list of hashtags: they say nothing of what it is about."""

_STEP = 1000
_HOUR = 3_600_000


@dataclass(frozen=True, slots=True)
class Signals:
    """What is known of a post. `people` liked it, `answering` answered, `abroad` of these in another language.

    `translated`: into how many languages a machine put it for a reader.
    """

    people: int = 0
    answering: int = 0
    abroad: int = 0
    translated: int = 0
    bilingual: bool = False
    described: bool = False
    topical: bool = False


@dataclass(frozen=True, slots=True)
class Switches:
    """Which parts of the formula the operator lets count."""

    popular: bool = True
    crossing: bool = True


@dataclass(frozen=True, slots=True)
class Entry:
    """A post that may be shown: `created` in epoch ms, `tags` by their ids, `language` without script or region."""

    id: int
    author: int
    created: int
    points: float
    tags: frozenset[int] = frozenset()
    language: str = ""


@dataclass(frozen=True, slots=True)
class Ranked:
    """A post with its place: `rank` in thousandths of a half-life, larger is higher; equal ranks go by the id."""

    rank: int
    id: int


def points(signals: Signals, switches: Switches) -> float:
    """Return the points of a post for everybody, whatever its age."""
    found = BASE + TOPIC * signals.topical + DESCRIBED * signals.described
    if switches.popular:
        found += POPULAR * _doublings(signals.people)
    if switches.crossing:
        found += TRANSLATED * _doublings(signals.translated) + BILINGUAL * signals.bilingual
        if signals.answering <= QUARREL * (signals.people + 1):
            found += ANSWERED * _doublings(signals.abroad)
    return found


def ranked(entries: Iterable[Entry], followed: frozenset[int] = frozenset()) -> list[Ranked]:
    """Put posts in order for a reader, who follows these tags: the highest first, one author not over and over."""
    first = [(_rank(one, followed), one) for one in entries]
    first.sort(key=lambda pair: (-pair[0], -pair[1].id))
    seen: dict[int, int] = {}
    found = []
    for rank, one in first:
        before = seen.get(one.author, 0)
        seen[one.author] = before + 1
        found.append(Ranked(rank - round(AUTHOR * _STEP * before), one.id))
    found.sort(key=lambda one: (-one.rank, -one.id))
    return found


def _rank(entry: Entry, followed: frozenset[int]) -> int:
    own = FOLLOWED if followed and not followed.isdisjoint(entry.tags) else 0.0
    return round((math.log2(entry.points + own) + entry.created / (HALF_LIFE * _HOUR)) * _STEP)


def _doublings(number: int) -> float:
    return math.log2(1 + number)
