"""All that can happen, in the past tense. `wiring.py` says what follows each.

Events carry ids and the few facts that reactions need to decide whether they care.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class PostPublished:
    """A post (not a boost) is there, by somebody here or elsewhere. `mentioned_ids` are accounts it is addressed to.

    `links`: by its markup it may link to something else than people and hashtags.
    """

    post_id: int
    author_id: int
    local: bool
    visibility: str
    in_reply_to_id: int | None
    in_reply_to_account_id: int | None
    mentioned_ids: tuple[int, ...]
    fresh: bool
    links: bool = True


@dataclass(frozen=True, slots=True)
class PostEdited:
    """A post has a new version. `added_ids` are accounts that it newly mentions."""

    post_id: int
    author_id: int
    local: bool
    visibility: str
    added_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class VersionsChanged:
    """A translation was attached to a post or taken off it, or is credited to others; its own words stay."""

    post_id: int
    author_id: int
    local: bool
    visibility: str


@dataclass(frozen=True, slots=True)
class TranslationSuggested:
    """Somebody suggests a translation of a post to its author, who lives here."""

    suggestion_id: int
    post_id: int
    account_id: int
    author_id: int


@dataclass(frozen=True, slots=True)
class SuggestionEnded:
    """Somebody took a suggested translation back, or replaced it by another one."""

    suggestion_id: int
    account_id: int
    author_id: int


@dataclass(frozen=True, slots=True)
class AnswerRefused:
    """The author (`author_id`) of a post did not agree to an answer by somebody here, who alone sees it from now on."""

    post_id: int
    account_id: int
    author_id: int


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
class Reacted:
    """An account reacted to a post with an emoji. `url` is the picture of a custom one, else ""."""

    post_id: int
    account_id: int
    author_id: int
    local: bool
    uri: str
    name: str
    url: str


@dataclass(frozen=True, slots=True)
class Unreacted:
    """An account took a reaction back. `url` is the picture of a custom emoji, else ""."""

    post_id: int
    account_id: int
    author_id: int
    local: bool
    uri: str
    name: str
    url: str


@dataclass(frozen=True, slots=True)
class QuoteMade:
    """A post (`post_id`, by `account_id`) quotes another one; `quoted_…` are None while that is not known here.

    `local`: the quoting post is ours. `state`: accepted, pending or rejected.
    """

    post_id: int
    account_id: int
    quoted_id: int | None
    quoted_account_id: int | None
    local: bool
    state: str
    fresh: bool


@dataclass(frozen=True, slots=True)
class QuoteChanged:
    """A quote was agreed to, refused or taken back: its state was `was` and is `state`."""

    post_id: int
    account_id: int
    quoted_id: int | None
    quoted_account_id: int | None
    local: bool
    was: str
    state: str
    fresh: bool


@dataclass(frozen=True, slots=True)
class QuotePolicyChanged:
    """A local author said anew who may quote or answer a post."""

    post_id: int
    author_id: int
    visibility: str


@dataclass(frozen=True, slots=True)
class PostWishChanged:
    """An author, here or elsewhere, changed which machines may translate a post. It is no new version of it."""

    post_id: int


@dataclass(frozen=True, slots=True)
class AccountWishChanged:
    """Somebody, here or elsewhere, changed which machines may translate their words."""

    account_id: int


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
class CollectionChanged:
    """An account made (`change` "made"), changed ("changed") or is about to delete ("removed") a collection."""

    collection_id: int
    account_id: int
    local: bool
    change: str


@dataclass(frozen=True, slots=True)
class MemberAsked:
    """The owner of a collection of ours asks an account elsewhere whether it may be in it."""

    item_id: int


@dataclass(frozen=True, slots=True)
class MemberChanged:
    """An account is in a collection from now on, or (`listed` False) is about to be taken out of it.

    `by_member`: it withdrew itself.
    """

    item_id: int
    listed: bool
    by_member: bool = False


@dataclass(frozen=True, slots=True)
class BoardChanged:
    """Somebody here made (`change` "made"), changed ("changed") or is about to delete ("removed") a board."""

    board_id: int
    account_id: int
    change: str


@dataclass(frozen=True, slots=True)
class BoardItemChanged:
    """A post is on a board of somebody here (`account_id`) from now on, or (`listed` False) not any more."""

    board_id: int
    account_id: int
    post_id: int
    author_id: int
    listed: bool


@dataclass(frozen=True, slots=True)
class PostImported:
    """An author here brought an old post along. Nobody is told of it."""

    post_id: int
    author_id: int
    visibility: str


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
class PreviewAttached:
    """A post has a preview card since now; or another one than before."""

    post_id: int
    author_id: int


@dataclass(frozen=True, slots=True)
class CreatorNamed:
    """The page of a preview card names an account as its author; whether that account agrees is not known yet."""

    card_id: int


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


@dataclass(frozen=True, slots=True)
class PostWithdrawn:
    """A post is out of sight: until a moderator has looked at it, or for all but its author.

    It is still visible while the reactions run.
    """

    post_id: int
    author_id: int
    visibility: str


@dataclass(frozen=True, slots=True)
class PostTranslated:
    """A post is there in another language (`target`, a canonical tag) for those who read it in that one."""

    post_id: int
    author_id: int
    target: str
