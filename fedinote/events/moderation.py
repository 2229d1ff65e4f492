"""What moderators, rules and the house say."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class ReportFiled:
    """Somebody reported an account."""

    report_id: int


@dataclass(frozen=True, slots=True)
class PolicyApplied:
    """A policy did something (`outcome`: note, change, hold, reject). It carries a reason, never a text.

    `kind` is what was judged (post, report); `uri` is "" for what was not published yet.
    """

    policy: str
    outcome: str
    reason: str
    kind: str
    account_id: int
    uri: str


@dataclass(frozen=True, slots=True)
class PostMarked:
    """Rules of the moderators changed a post as it came: `former` are the fields as its author wrote them.

    `catches` are (rule, action); `version` is when that version was written.
    """

    post_id: int
    version: datetime
    catches: tuple[tuple[int, str], ...]
    former: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class RuleCaught:
    """A rule of the moderators caught a post (`uri` is "" before it is published); `action` is what it does then."""

    rule_id: int
    action: str
    why: str
    account_id: int
    uri: str


@dataclass(frozen=True, slots=True)
class PictureKnown:
    """It is known since now what a file of a post that is there already looks like."""

    media_id: int
    post_id: int


@dataclass(frozen=True, slots=True)
class AnnouncementPublished:
    """The staff tells everybody something."""

    announcement_id: int


@dataclass(frozen=True, slots=True)
class AnnouncementRemoved:
    """An announcement was taken back, or its time is over."""

    announcement_id: int


@dataclass(frozen=True, slots=True)
class AnnouncementReacted:
    """Somebody reacted to an announcement, or took that back. `emoji_id` is the emoji's with this announcement."""

    announcement_id: int
    emoji_id: int


@dataclass(frozen=True, slots=True)
class AccountWarned:
    """The staff decided something about a local account, and says so to it.

    `action` is Mastodon's (none, disable, sensitive, silence, suspend, delete_statuses, mark_statuses_as_sensitive)
    or ours: hold_statuses, unlist_statuses.
    `text` is what the moderator wrote; `post_ids` are the posts concerned; `statement_id` is the statement of reasons.
    """

    statement_id: int
    account_id: int
    action: str
    text: str = ""
    post_ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class ReportAnswered:
    """A moderator wrote to whoever made a report."""

    report_id: int
    account_id: int


@dataclass(frozen=True, slots=True)
class AppealMade:
    """A member asks to decide again about a statement, or adds to their appeal."""

    appeal_id: int
    statement_id: int
    account_id: int


@dataclass(frozen=True, slots=True)
class AppealAnswered:
    """The staff wrote in an appeal, or decided it (`state` is "lifted" or "upheld" then, else "open")."""

    appeal_id: int
    statement_id: int
    account_id: int
    state: str
