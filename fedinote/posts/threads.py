"""What a post answers, and what answers it, as far as the viewer may see, and wants to."""

from collections import defaultdict

from fedinote.infra.app import App
from fedinote.posts import visibility

ANCESTORS = 100
DESCENDANTS = 1000
DEPTH = 100
ANONYMOUS_ANCESTORS = 40
ANONYMOUS_DESCENDANTS = 60
ANONYMOUS_DEPTH = 20

_UP = """
WITH RECURSIVE up(id, parent, depth) AS (
  SELECT id, in_reply_to_id, 0 FROM posts WHERE id = ?
  UNION ALL
  SELECT p.id, p.in_reply_to_id, up.depth + 1 FROM posts p JOIN up ON p.id = up.parent WHERE up.depth < ?)
SELECT u.id, u.depth FROM up u JOIN posts p ON p.id = u.id WHERE u.depth > 0 AND {visible} ORDER BY u.depth DESC
"""

_DOWN = """
WITH RECURSIVE down(id, parent, depth) AS (
  SELECT id, in_reply_to_id, 1 FROM posts WHERE in_reply_to_id = ?
  UNION ALL
  SELECT p.id, p.in_reply_to_id, down.depth + 1 FROM posts p JOIN down ON p.in_reply_to_id = down.id
  WHERE down.depth < ?)
SELECT d.id, d.parent FROM (SELECT id, parent FROM down LIMIT ?) d JOIN posts p ON p.id = d.id
WHERE {visible} ORDER BY d.id
"""

_UNLIMITED = "(SELECT sa.silenced_at IS NULL FROM accounts sa WHERE sa.id = p.account_id)"
_OR_FOLLOWED = f"""({_UNLIMITED} OR p.account_id = ? OR EXISTS (
  SELECT 1 FROM follows sf WHERE sf.follower_id = ? AND sf.target_id = p.account_id AND sf.accepted))"""  # noqa: S608


async def context(app: App, viewer_id: int | None, post_id: int) -> tuple[list[int], list[int]]:
    """Return the ids of the ancestors (oldest first) and of the descendants (each followed by its own answers).

    Bounded: 100 up and 1,000 down to depth 100 for members, 40 and 60 to depth 20 for others. What people say whom
    moderators limited is there for those who follow them. Raises NotFound.
    """
    row = await visibility.original(app, viewer_id, post_id)
    seen, seen_params = visibility.condition("p", viewer_id)
    wanted, wanted_params = visibility.wanted(app, "p", viewer_id)
    signed_in = viewer_id is not None
    visible = f"{seen} AND {wanted} AND {_OR_FOLLOWED if signed_in else _UNLIMITED}"
    params = [*seen_params, *wanted_params, *([viewer_id, viewer_id] if signed_in else [])]
    up, down = await app.db.many(
        (_UP.format(visible=visible), (row["id"], ANCESTORS if signed_in else ANONYMOUS_ANCESTORS, *params)),
        (
            _DOWN.format(visible=visible),
            (
                row["id"],
                DEPTH if signed_in else ANONYMOUS_DEPTH,
                DESCENDANTS if signed_in else ANONYMOUS_DESCENDANTS,
                *params,
            ),
        ),
    )
    ancestors = list(dict.fromkeys(r["id"] for r in up if r["id"] != row["id"]))
    return ancestors, _in_order(row["id"], [(r["id"], r["parent"]) for r in down])


def _in_order(root: int, pairs: list[tuple[int, int]]) -> list[int]:
    """Put answers below what they answer; those whose parent is hidden come at the end, oldest first."""
    children: dict[int, list[int]] = defaultdict(list)
    for post_id, parent in pairs:
        children[parent].append(post_id)
    ordered: dict[int, None] = {}
    stack = list(reversed(children.get(root, [])))
    while stack:
        post_id = stack.pop()
        if post_id in ordered or post_id == root:
            continue
        ordered[post_id] = None
        stack.extend(reversed(children.get(post_id, [])))
    for post_id, _ in pairs:
        if post_id != root:
            ordered.setdefault(post_id, None)
    return list(ordered)
