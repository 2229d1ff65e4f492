"""What a statement of reasons says where a rule decided: the rule, what it caught, and how to have a person look.

It is written in English, like the reasons themselves; `web.desk.whys` says the same in the languages of the interface.
"""

from fedinote.infra.app import App
from fedinote.moderation.cases.statements import APPEALABLE, Basis

LANGUAGE = "en"
HELD = "Nobody sees the post until a moderator of this server has looked at it."
LIMITED = "The post is not in public timelines any more."
UNSEEN = "Nobody of the moderators looked at the post for thirty days."
AUTOMATED = (
    "No person decided this, but a program, by a rule of the moderators of this server."
    " You can appeal within {days} days at {address}"
)
_MORE = {"hold": HELD, "limit": LIMITED}


def of_rule(app: App, title: str, why: str, action: str) -> str:
    """Return what is said of a rule's action: its title with the why, what that means, and how to appeal."""
    return "\n".join(filter(None, (f"{title}: {why}", _MORE.get(action, ""), appeal(app))))


def appeal(app: App) -> str:
    """Return the line that says that no person decided, and where an appeal is made."""
    return AUTOMATED.format(days=APPEALABLE.days, address=app.url("/settings/decisions"))


def basis(rule_id: int | None) -> Basis:
    """Return what a decision rests on whose words are from here."""
    return Basis(rule_id=rule_id, language=LANGUAGE)
