"""What people do with posts of others."""

from dataclasses import dataclass


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
