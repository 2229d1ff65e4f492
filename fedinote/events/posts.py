"""What happens to posts and what hangs on them."""

from dataclasses import dataclass


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
class Pinned:
    """An author put a post on the profile, or took it off (`pinned` False)."""

    post_id: int
    account_id: int
    local: bool
    pinned: bool


@dataclass(frozen=True, slots=True)
class PostImported:
    """An author here brought an old post along. Nobody is told of it."""

    post_id: int
    author_id: int
    visibility: str


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
