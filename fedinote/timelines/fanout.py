"""What gets into people's home timelines: entries are written when something is posted, and read by `queries.home`.

Who gets a post is Mastodon's rule: the author, accepted followers, and for public posts those who follow one of its
tags, or a topic with one of them; all only as far as they live here. Direct posts are in nobody's home: they are
conversations.
"""

from fedinote.events import Boosted, FollowAccepted, FollowRejected, PostPublished, Unfollowed, Unmuted
from fedinote.infra.app import App
from fedinote.timelines import live
from fedinote.translation import ahead

KEPT = 800
"""How many entries each home keeps; `SLACK` more may gather before they are trimmed."""
SLACK = 100
FILL = 20
"""How many posts of somebody newly followed are put into home."""

# A boost is left out where the post, or another boost of it, is among the newest forty entries (Mastodon's number).
_SEEN = """EXISTS (SELECT 1 FROM (SELECT st.post_id FROM home_entries st WHERE st.account_id = {reader}
  ORDER BY st.post_id DESC LIMIT 40) se JOIN posts sp ON sp.id = se.post_id
  WHERE sp.id = {original} OR sp.reblog_of_id = {original})"""

# What a follow lets through. `{p}`: the post or boost, `{author}`/`{spoken}` author and language of what is read,
# `{reader}`: the follower. A language with a region matches the bare language as well.
_THROUGH = """({p}.reblog_of_id IS NULL OR (f.reblogs AND {author} <> {reader}))
 AND (f.languages IS NULL OR f.languages = '[]' OR {spoken} IS NULL OR f.languages LIKE '%"' || {spoken} || '"%'
  OR (SUBSTR({spoken}, 3, 1) = '-' AND f.languages LIKE '%"' || SUBSTR({spoken}, 1, 2) || '"%'))
 AND (({p}.in_reply_to_account_id IS NULL AND {p}.in_reply_to_uri IS NULL)
  OR {p}.in_reply_to_account_id IN ({p}.account_id, {reader})
  OR EXISTS (SELECT 1 FROM follows fr WHERE fr.follower_id = {reader}
   AND fr.target_id = {p}.in_reply_to_account_id AND fr.accepted))"""

_EXCLUSIVE = """EXISTS (SELECT 1 FROM list_members lm JOIN lists l ON l.id = lm.of_list_id
  WHERE lm.account_id = {p}.account_id AND l.account_id = {reader} AND l.exclusive)"""

# Accounts are asked one by one, by scalar subqueries: as a join both databases may begin with all accounts there are.
# `it` is the post, `about` all whom it comes from or names: readers who block or mute one of them do not get it.
_DELIVER = f"""
WITH it AS (
  SELECT p.id, p.account_id, p.visibility, p.reblog_of_id, p.in_reply_to_account_id, p.in_reply_to_uri,
    COALESCE(o.account_id, p.account_id) AS author_id, COALESCE(o.language, p.language) AS language
  FROM posts p LEFT JOIN posts o ON o.id = p.reblog_of_id WHERE p.id = ? AND p.visibility <> 'direct'),
about AS (
  SELECT account_id FROM it UNION SELECT author_id FROM it UNION
  SELECT m.account_id FROM it JOIN post_mentions m ON m.post_id = COALESCE(it.reblog_of_id, it.id)),
readers AS (
  SELECT f.follower_id AS id FROM it CROSS JOIN follows f
  WHERE f.target_id = it.account_id AND f.accepted AND (SELECT a.domain = '' FROM accounts a WHERE a.id = f.follower_id)
    AND {_THROUGH.format(p="it", author="it.author_id", spoken="it.language", reader="f.follower_id")}
  UNION
  SELECT ft.account_id FROM it CROSS JOIN post_tags t CROSS JOIN followed_tags ft
  WHERE t.post_id = it.id AND ft.tag_id = t.tag_id AND it.visibility = 'public' AND it.reblog_of_id IS NULL
    AND (SELECT a.silenced_at IS NULL FROM accounts a WHERE a.id = it.account_id)
  UNION
  SELECT fo.account_id FROM it CROSS JOIN post_tags t CROSS JOIN topic_tags tt CROSS JOIN followed_topics fo
  WHERE t.post_id = it.id AND tt.tag_id = t.tag_id AND fo.topic_id = tt.topic_id AND it.visibility = 'public'
    AND it.reblog_of_id IS NULL AND (SELECT a.silenced_at IS NULL FROM accounts a WHERE a.id = it.account_id))
INSERT INTO home_entries (account_id, post_id, author_id)
SELECT r.id, it.id, it.account_id FROM it JOIN readers r ON r.id <> it.account_id
WHERE NOT EXISTS (SELECT 1 FROM blocks b WHERE b.account_id = r.id AND b.target_id IN (SELECT account_id FROM about))
  AND NOT EXISTS (SELECT 1 FROM mutes mu WHERE mu.account_id = r.id AND mu.target_id IN (SELECT account_id FROM about)
    AND (mu.expires_at IS NULL OR mu.expires_at > ?))
  AND NOT EXISTS (SELECT 1 FROM blocks b WHERE b.target_id = r.id AND b.account_id IN (it.account_id, it.author_id))
  AND NOT {_EXCLUSIVE.format(p="it", reader="r.id")}
  AND (it.reblog_of_id IS NULL OR NOT {_SEEN.format(reader="r.id", original="it.reblog_of_id")})
UNION ALL
SELECT a.id, it.id, it.account_id FROM it JOIN accounts a ON a.id = it.account_id
WHERE a.domain = '' AND (it.reblog_of_id IS NULL OR NOT {_SEEN.format(reader="a.id", original="it.reblog_of_id")})
ON CONFLICT DO NOTHING RETURNING account_id
"""  # noqa: S608


async def on_post_published(app: App, event: PostPublished) -> None:
    """Put a new post into the homes where it belongs, and tell those who watch. Old posts arrive silently."""
    if event.fresh and event.visibility != "direct":
        await _deliver(app, event.post_id, event.post_id, event.author_id)


async def on_boosted(app: App, event: Boosted) -> None:
    """Put a boost into the homes where it belongs, and tell those who watch. Old boosts arrive silently."""
    if event.fresh:
        await _deliver(app, event.boost_id, event.post_id, event.author_id)


async def _deliver(app: App, post_id: int, original_id: int, author_id: int) -> None:
    rows = await app.db.returning(_DELIVER, post_id, app.now())
    readers = [row["account_id"] for row in rows]
    live.at_home(app, readers, post_id)
    await ahead.reached(app, original_id, author_id, readers)


# The newest posts are chosen before the rules are asked: few, and by an index.
_FILL = f"""
INSERT INTO home_entries (account_id, post_id, author_id)
SELECT f.follower_id, p.id, p.account_id
FROM follows f JOIN accounts a ON a.id = f.follower_id AND a.domain = ''
  JOIN posts p ON p.id IN (SELECT n.id FROM posts n WHERE n.account_id = ? AND n.visibility <> 'direct'
    ORDER BY n.id DESC LIMIT ?)
  LEFT JOIN posts o ON o.id = p.reblog_of_id
WHERE f.follower_id = ? AND f.target_id = ? AND f.accepted
  AND {_THROUGH.format(p="p", author="o.account_id", spoken="COALESCE(o.language, p.language)", reader="f.follower_id")}
  AND NOT {_EXCLUSIVE.format(p="p", reader="f.follower_id")}
ON CONFLICT DO NOTHING
"""  # noqa: S608


async def on_follow_accepted(app: App, event: FollowAccepted) -> None:
    """Fill the home of a follower who lives here with the newest posts of whom it follows now."""
    await fill(app, event.follower_id, event.target_id)


async def on_unmuted(app: App, event: Unmuted) -> None:
    """Put the newest posts of somebody who was muted back into the home of a follower: it got none meanwhile."""
    await fill(app, event.account_id, event.target_id)


async def fill(app: App, follower_id: int, target_id: int) -> None:
    """Put the newest posts of an account into the home of a follower who lives here, at their places in time."""
    await app.db.execute(_FILL, target_id, FILL, follower_id, target_id)


async def on_unfollowed(app: App, event: Unfollowed | FollowRejected) -> None:
    """Take the posts and boosts of somebody no longer followed out of home."""
    await app.db.execute(
        "DELETE FROM home_entries WHERE account_id = ? AND author_id = ?", event.follower_id, event.target_id
    )


async def trim(app: App) -> int:
    """Cut every home down to its newest 800 entries; the number removed. For a periodic job."""
    long = await app.db.rows(
        "SELECT account_id FROM home_entries GROUP BY account_id HAVING COUNT(*) > ?", KEPT + SLACK
    )
    removed = 0
    for row in long:
        removed += await app.db.execute(
            "DELETE FROM home_entries WHERE account_id = ? AND post_id < (SELECT post_id FROM home_entries"
            " WHERE account_id = ? ORDER BY post_id DESC LIMIT 1 OFFSET ?)",
            row["account_id"],
            row["account_id"],
            KEPT - 1,
        )
    return removed
