"""All that can happen, in the past tense. `wiring.py` says what follows each.

Events carry ids and the few facts that reactions need to decide whether they care.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PostPublished:
    """A post (not a boost) is there, by somebody here or elsewhere. `mentioned_ids` are accounts it is addressed to."""

    post_id: int
    author_id: int
    local: bool
    visibility: str
    in_reply_to_id: int | None
    in_reply_to_account_id: int | None
    mentioned_ids: tuple[int, ...]
    fresh: bool


@dataclass(frozen=True, slots=True)
class PostEdited:
    """A post has a new version. `added_ids` are accounts that it newly mentions."""

    post_id: int
    author_id: int
    local: bool
    visibility: str
    added_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class PostDeleted:
    """A post or boost was removed. The row is still there while the reactions run."""

    post_id: int
    author_id: int
    local: bool
    uri: str
    visibility: str
    reblog_of_id: int | None


@dataclass(frozen=True, slots=True)
class Boosted:
    """An account boosted a post; `boost_id` is the boost's own id."""

    boost_id: int
    post_id: int
    account_id: int
    author_id: int
    local: bool
    visibility: str
    fresh: bool


@dataclass(frozen=True, slots=True)
class Favourited:
    """An account liked a post."""

    post_id: int
    account_id: int
    author_id: int
    local: bool
    uri: str


@dataclass(frozen=True, slots=True)
class Unfavourited:
    """An account took its like back."""

    post_id: int
    account_id: int
    author_id: int
    local: bool
    uri: str


@dataclass(frozen=True, slots=True)
class Pinned:
    """An author put a post on the profile, or took it off (`pinned` False)."""

    post_id: int
    account_id: int
    local: bool
    pinned: bool


@dataclass(frozen=True, slots=True)
class PollVoted:
    """An account voted; `choices` are indexes into the options."""

    poll_id: int
    post_id: int
    account_id: int
    author_id: int
    local: bool
    choices: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class PollClosed:
    """A poll came to its end."""

    poll_id: int
    post_id: int
    author_id: int


@dataclass(frozen=True, slots=True)
class FollowRequested:
    """`follower` asked to follow `target`, and waits."""

    follow_id: int
    follower_id: int
    target_id: int
    uri: str


@dataclass(frozen=True, slots=True)
class FollowAccepted:
    """`follower` now follows `target`."""

    follow_id: int
    follower_id: int
    target_id: int
    uri: str


@dataclass(frozen=True, slots=True)
class FollowRejected:
    """`target` refused a request or ended a follow of `follower`."""

    follower_id: int
    target_id: int
    uri: str


@dataclass(frozen=True, slots=True)
class Unfollowed:
    """`follower` no longer follows `target` (or took the request back)."""

    follower_id: int
    target_id: int
    uri: str


@dataclass(frozen=True, slots=True)
class Blocked:
    """`account` blocks `target`; follows both ways are gone."""

    account_id: int
    target_id: int
    uri: str


@dataclass(frozen=True, slots=True)
class Unblocked:
    """`account` no longer blocks `target`."""

    account_id: int
    target_id: int
    uri: str


@dataclass(frozen=True, slots=True)
class ProfileUpdated:
    """A profile changed."""

    account_id: int
    local: bool


@dataclass(frozen=True, slots=True)
class AccountJoined:
    """A local account was made."""

    account_id: int


@dataclass(frozen=True, slots=True)
class AccountSuspended:
    """An account was suspended by a moderator (or restored: `suspended` False)."""

    account_id: int
    local: bool
    suspended: bool


@dataclass(frozen=True, slots=True)
class ReportFiled:
    """Somebody reported an account."""

    report_id: int


@dataclass(frozen=True, slots=True)
class PolicyApplied:
    """A policy rejected or changed something (`outcome`: reject, change). It carries a reason, never a text.

    `kind` is what was judged (post, report); `uri` is "" for what was not published yet.
    """

    policy: str
    outcome: str
    reason: str
    kind: str
    account_id: int
    uri: str


@dataclass(frozen=True, slots=True)
class AnnouncementPublished:
    """The staff tells everybody something."""

    announcement_id: int


@dataclass(frozen=True, slots=True)
class AnnouncementRemoved:
    """An announcement was taken back, or its time is over."""

    announcement_id: int
