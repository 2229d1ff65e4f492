"""What happens to accounts, and between them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AccountWishChanged:
    """Somebody, here or elsewhere, changed which machines may translate their words."""

    account_id: int


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
class Unmuted:
    """`account` sees `target` again: it said so, or the mute was for a time that is over. Nobody is told."""

    account_id: int
    target_id: int


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
class AccountDeleted:
    """An account is gone for good, here or elsewhere. Its row stays; what it made is still there, and goes in a job."""

    account_id: int
    local: bool
    uri: str


@dataclass(frozen=True, slots=True)
class AccountMoved:
    """An account moved to another one (`target_id`), which names it as an alias of its own."""

    account_id: int
    target_id: int
    local: bool


@dataclass(frozen=True, slots=True)
class Loss:
    """An accepted follow that ended: `account_id` lost `other_id`, as a "follower" or as somebody they followed.

    `side` is "follower" or "following"; of the latter the choices of the follow are kept (None: all languages).
    """

    account_id: int
    other_id: int
    side: str
    reblogs: bool = True
    notify: bool = False
    languages: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class RelationshipsSevered:
    """Follows of people here ended all at once. `kind`: domain_block, user_domain_block, account_suspension.

    `target_name` is the domain or handle that the decision was about; what each person here lost is in `losses`.
    """

    kind: str
    target_name: str
    losses: tuple[Loss, ...]


@dataclass(frozen=True, slots=True)
class FollowsSevered:
    """Follows and requests ended because the server at one side of them is blocked from now on.

    Each is (follower, followed account, id of the Follow activity).
    """

    follows: tuple[tuple[int, int, str], ...]
