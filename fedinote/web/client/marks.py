"""What a page of posts needs besides the posts: what the viewer did with them, reactions, quotes, polls, emoji."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from fedinote.infra.app import App
from fedinote.infra.db import Query, Row
from fedinote.posts import answerable, quoted, reactions, visibility
from fedinote.posts.answerable import NOBODY, Answering
from fedinote.previews import cards as previews

_FACTS = f"""SELECT {answerable.STATE},
 p.id, p.account_id, p.reblog_of_id, p.conversation_id, p.in_reply_to_id, p.in_reply_to_account_id,
 p.in_reply_to_uri, p.emojis, p.is_quote, p.reactions_count, p.visibility, p.card_id, p.created_at, p.interaction_rules
 FROM posts p WHERE p.id IN (
  SELECT b.id FROM posts b WHERE b.id IN_INTS(?)
  UNION SELECT b.reblog_of_id FROM posts b WHERE b.id IN_INTS(?) AND b.reblog_of_id IS NOT NULL)
 AND """  # noqa: S608
_KEPT = (
    ("favourited", "favourites", "post_id"),
    ("boosted", "posts", "reblog_of_id"),
    ("bookmarked", "bookmarks", "post_id"),
    ("pinned", "pins", "post_id"),
    ("muted", "conversation_mutes", "conversation_id"),
)
_VOTED = "voted"
_FLAGS = " UNION ALL ".join(
    [
        *(
            f"SELECT '{kind}' AS kind, {column} AS id, 0 AS choice FROM {table}"  # noqa: S608
            f" WHERE account_id = ? AND {column} IN_INTS(?)"
            for kind, table, column in _KEPT
        ),
        f"SELECT '{_VOTED}' AS kind, q.post_id AS id, v.choice FROM poll_votes v JOIN polls q ON q.id = v.poll_id"  # noqa: S608
        " WHERE v.account_id = ? AND q.post_id IN_INTS(?)",
    ]
)
_POLLS = "SELECT id, post_id, multiple FROM polls WHERE post_id IN_INTS(?)"
_EMOJIS = "SELECT id, emojis FROM accounts WHERE id IN_INTS(?) AND emojis <> '[]'"


@dataclass(slots=True)
class Marks:
    """What was read, by id of post; account for `names`, card for `previews`, conversation for muted."""

    flags: dict[str, set[int]] = field(default_factory=dict)
    votes: dict[int, list[int]] = field(default_factory=dict)
    polls: dict[int, tuple[int, bool]] = field(default_factory=dict)
    reactions: dict[int, list[Row]] = field(default_factory=dict)
    quotes: dict[int, Row] = field(default_factory=dict)
    names: dict[int, str] = field(default_factory=dict)
    previews: dict[int, Row] = field(default_factory=dict)
    answering: Answering = NOBODY

    def has(self, kind: str, about: int | None) -> bool:
        """Tell whether the viewer did that with a post."""
        return about in self.flags.get(kind, ())


async def facts(app: App, ids: Sequence[int], viewer_id: int | None) -> dict[int, Row]:
    """Return the bare posts, and those that they boost, as far as the viewer may see them; one query."""
    where, params = visibility.condition("p", viewer_id)
    rows = await app.db.rows(_FACTS + where, list(ids), list(ids), *params)
    return {row["id"]: row for row in rows}


async def read(app: App, posts: Collection[Row], viewer_id: int | None) -> Marks:
    """Read what belongs to the posts of a page, in one hop to the database; two more where not all may answer."""
    shown = [row["id"] for row in posts if row["reblog_of_id"] is None]
    people = list(
        {row["account_id"] for row in posts} | {one for row in posts if (one := row["in_reply_to_account_id"])}
    )
    asked: list[Query] = [
        (_POLLS, (shown,)),
        (_EMOJIS, (people,)),
        reactions.of_posts([row["id"] for row in posts if row["reactions_count"]], viewer_id),
        quoted.of_posts([row["id"] for row in posts if row["is_quote"]]),
        previews.of_posts([row["card_id"] for row in posts if row["card_id"]]),
    ]
    if viewer_id is not None:
        asked.append(_flags(viewer_id, shown, [row["conversation_id"] for row in posts]))
    polls, names, reacted, quotes, linked, *flags = await app.db.many(*asked)
    found = Marks(
        polls={row["post_id"]: (row["id"], bool(row["multiple"])) for row in polls},
        quotes={row["post_id"]: row for row in quotes},
        names={row["id"]: row["emojis"] for row in names},
        previews={row["id"]: row for row in linked},
    )
    found.answering = await answerable.of_posts(app, viewer_id, posts)
    for row in reacted:
        found.reactions.setdefault(row["post_id"], []).append(row)
    for row in flags[0] if flags else ():
        if row["kind"] == _VOTED:
            found.votes.setdefault(row["id"], []).append(row["choice"])
        else:
            found.flags.setdefault(row["kind"], set()).add(row["id"])
    return found


def _flags(viewer_id: int, shown: list[int], conversations: list[int]) -> Query:
    params: list[object] = []
    for kind, _, _ in _KEPT:
        params += [viewer_id, conversations if kind == "muted" else shown]
    return _FLAGS, (*params, viewer_id, shown)
