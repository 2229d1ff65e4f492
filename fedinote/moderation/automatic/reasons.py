"""What a statement of reasons says where a rule decided: the rule, what it caught, and how to have a person look.

It is written in English, like the reasons themselves; `web.desk.whys` says the same in the languages of the interface.
"""

from fedinote.infra.app import App
from fedinote.infra.clock import iso
from fedinote.infra.db import Row
from fedinote.moderation.cases.statements import APPEALABLE
from fedinote.posts import holding

LANGUAGE = "en"
HELD = "Nobody sees the post until a moderator of this server has looked at it."
LIMITED = "The post is not in public timelines any more."
DROPPED = "The post that was written at {when} was not published."
RENEWED = "The new version of the post that was written at {when} was not published."
UNSEEN = "Nobody of the moderators looked at the post for thirty days."
AUTOMATED = (
    "No person decided this, but a program, by a rule of the moderators of this server."
    " You can appeal within {days} days at {address}"
)
_MORE = {"hold": HELD, "limit": LIMITED}


def of_rule(app: App, facts: str, more: str = "") -> str:
    """Return what is said where a rule decided: its title with the why (`facts`), what that means, how to appeal."""
    address = app.url("/settings/decisions")
    return "\n".join(filter(None, (facts, more, AUTOMATED.format(days=APPEALABLE.days, address=address))))


def unpublished(row: Row) -> str:
    """Return what became of a held post (its row) that nobody has seen; when it was written tells which that is."""
    written = holding.post_of(row)
    when = iso(written.edited_at or written.created_at)[:16].replace("T", " ") + " UTC"
    return (DROPPED if row["post_id"] is None else RENEWED).format(when=when)


def meant(action: str) -> str:
    """Return what an action of a rule means for the post, "" where its name says so."""
    return _MORE.get(action, "")
