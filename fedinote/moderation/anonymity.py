"""What keeps the public account from naming anybody: words without handles and addresses, months that are not too few.

A single decision of a month can be matched with what everybody saw that month (an account that was gone). So decisions
of a kind that are fewer than FEW in their month tell only their year.
"""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import TypeVar

from fedinote.infra.app import App

FEW = 3
"""As many decisions of one kind, about people here or about people elsewhere, must share a month for it to be told."""
MOST_DAYS = 90
"""A server may keep decisions to itself for so long, and no longer."""
_T = TypeVar("_T")
_NAMING = re.compile(
    r"https?://\S+"
    r"|(?:(?<![\w.+-])[\w.+-]+)?@[\w.-]+(?:@[\w.-]+)?"  # handles, addresses; each run of letters is read once
    r"|\b\d{1,3}(?:\.\d{1,3}){3}\b|\b[0-9a-fA-F]{1,4}(?::[0-9a-fA-F]{0,4}){2,7}"  # IPv4, IPv6
    r"|\+?\d(?:[ ()/-]?\d){6,}"  # ids, telephone numbers
)


def scrubbed(text: str) -> str:
    """Take handles, addresses, links and long numbers out of what moderators wrote for everybody to read."""
    return _NAMING.sub("…", text)


def told_before(app: App, now: datetime) -> datetime:
    """Return the moment before which decisions are told one by one, as the settings say, within MOST_DAYS."""
    return now - timedelta(days=min(max(app.settings.moderation.public_after_days, 0), MOST_DAYS))


def coarse(
    decided: Sequence[_T], month: Callable[[_T], str], kind: Callable[[_T], object], yearly: Callable[[_T, str], _T]
) -> list[_T]:
    """Return the decisions; of those that are FEW in their month `yearly(one, "2026")` stands in place of each."""
    together = Counter((month(one), kind(one)) for one in decided)
    return [
        one if together[month(one), kind(one)] >= FEW else yearly(one, month(one).partition("-")[0]) for one in decided
    ]
