"""Who may answer a post of ours: everybody who sees it, its author's followers, or nobody but those it names.

It is a rule like those of posts elsewhere (`posts.permissions`), and is said to other servers as GoToSocial's
`canReply`. Here it is kept to, whichever door an answer comes through; a server that does not know such rules shows
answers to its own people all the same. Whom a post names, and its author, may always answer.
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from fedinote.events import QuotePolicyChanged
from fedinote.infra.app import App
from fedinote.infra.errors import Invalid, NotFound
from fedinote.posts import approvals

SETTINGS: Mapping[str, int] = {"public": approvals.PUBLIC, "followers": approvals.FOLLOWERS, "nobody": 0}


def rules(setting: str) -> dict[str, Any] | None:
    """Return the rules of a post with this setting, None where all may answer. `Invalid` for no setting."""
    if setting not in SETTINGS:
        raise Invalid(f"Validation failed: Reply approval policy must be one of {', '.join(SETTINGS)}")
    if setting == "public":
        return None
    return {"reply": {"policy": SETTINGS[setting], "automatic": [], "manual": [], "ours": True}}


def setting_of(stored: str | None) -> str:
    """Return the setting that made the stored rules of a post of ours."""
    policy = policy_of(stored)
    return next((name for name, bits in SETTINGS.items() if bits == policy), "nobody")


def policy_of(stored: str | None) -> int:
    """Return who may answer a post of ours, as the bits of `posts.approvals`."""
    rule = msgspec.json.decode(stored).get("reply") if stored else None
    return approvals.PUBLIC if rule is None else int(rule["policy"])


async def set_policy(app: App, author_id: int, post_id: int, setting: str) -> None:
    """Say who may answer a post of one's own from now on; answers that there are stay. Emits QuotePolicyChanged.

    `Invalid` for no setting; `NotFound` for others' posts.
    """
    wanted = rules(setting)
    async with app.db.transaction():
        row = await app.db.row(
            "SELECT visibility, interaction_rules FROM posts"
            " WHERE id = ? AND account_id = ? AND local = TRUE AND reblog_of_id IS NULL",
            post_id,
            author_id,
        )
        if row is None:
            raise NotFound
        if setting_of(row["interaction_rules"]) != setting:
            await app.db.execute("UPDATE posts SET interaction_rules = ? WHERE id = ?", _stored(wanted), post_id)
            await app.emit(QuotePolicyChanged(post_id, author_id, row["visibility"]))


def _stored(found: Mapping[str, Any] | None) -> str | None:
    return None if found is None else msgspec.json.encode(found).decode()
