"""Which hashtags could be one topic: those that people put side by side in one post, as bilingual people do."""

import unicodedata
from dataclasses import dataclass
from datetime import timedelta

from fedinote.infra.app import App
from fedinote.infra.clock import to_ms
from fedinote.infra.db import Row

PERIOD = timedelta(days=90)
MAX_PAIRS = 500
_MOST_TAGS = 10  # a post with more is a list of tags, and says nothing of any two of them
_LEAST_PEOPLE = 2
_OTHER_WRITING = 2.0

_TOGETHER = f"""SELECT x.tag_id AS one, y.tag_id AS other, COUNT(*) AS together,
  COUNT(DISTINCT p.account_id) AS people
 FROM posts p JOIN post_tags x ON x.post_id = p.id JOIN post_tags y ON y.post_id = p.id AND y.tag_id > x.tag_id
 WHERE p.id >= ? AND p.visibility = 'public' AND COALESCE(p.reblog_of_id, 0) = 0
  AND (SELECT COUNT(*) FROM post_tags c WHERE c.post_id = p.id) <= {_MOST_TAGS}
  AND (SELECT a.silenced_at IS NULL AND a.suspended_at IS NULL FROM accounts a WHERE a.id = p.account_id)
 GROUP BY x.tag_id, y.tag_id HAVING COUNT(DISTINCT p.account_id) >= {_LEAST_PEOPLE}
 ORDER BY together DESC, one, other LIMIT {MAX_PAIRS}"""  # noqa: S608
_NAMES = """SELECT n.id, n.name, n.display, x.topic_id,
  (SELECT COUNT(*) FROM post_tags u JOIN posts p ON p.id = u.post_id
    WHERE u.tag_id = n.id AND u.post_id >= ? AND p.visibility = 'public') AS uses
 FROM tags n LEFT JOIN topic_tags x ON x.tag_id = n.id WHERE n.id IN_INTS(?) AND COALESCE(n.listable, TRUE)"""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Two hashtags (as written) of which so many posts by so many people have both.

    `score` is from 0: the share of posts with either that have both, twice that where they are written in different
    scripts, as words of two languages often are. `topic_id`: the topic that one of them belongs to already.
    """

    tags: tuple[str, str]
    posts: int
    people: int
    score: float
    other_writing: bool
    topic_id: int | None = None


async def suggestions(app: App, limit: int = 20) -> list[Suggestion]:
    """Return pairs of hashtags that stand together in public posts of three months and are not one topic, best first.

    Two people at least must have used both. Tags that moderators keep out of searches are left out.
    """
    first = to_ms(app.now() - PERIOD) << 16  # an id holds its time
    pairs = await app.db.rows(_TOGETHER, first)
    ids = sorted({row[side] for row in pairs for side in ("one", "other")})
    if not ids:
        return []
    known = {row["id"]: row for row in await app.db.rows(_NAMES, first, ids)}
    found = [one for row in pairs if (one := _suggestion(row, known)) is not None]
    return sorted(found, key=lambda one: (-one.score, one.tags))[:limit]


def _suggestion(pair: Row, known: dict[int, Row]) -> Suggestion | None:
    one, other = known.get(pair["one"]), known.get(pair["other"])
    if one is None or other is None:
        return None
    topics = {one["topic_id"], other["topic_id"]} - {None}
    if len(topics) == 2 or (topics and one["topic_id"] == other["topic_id"]):
        return None
    different = writing(one["name"]) != writing(other["name"])
    share = pair["together"] / max(1, one["uses"] + other["uses"] - pair["together"])
    return Suggestion(
        tags=(one["display"], other["display"]),
        posts=pair["together"],
        people=pair["people"],
        score=round(share * (_OTHER_WRITING if different else 1.0), 4),
        other_writing=different,
        topic_id=next(iter(topics), None),
    )


def writing(name: str) -> str:
    """Return the script of a hashtag's first letter, as Unicode names it ("LATIN", "CJK", "HANGUL")."""
    letter = next((sign for sign in name if sign.isalpha()), "")
    found = unicodedata.name(letter, "").partition(" ")[0] if letter else ""
    return "JAPANESE" if found in ("HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA") else found
