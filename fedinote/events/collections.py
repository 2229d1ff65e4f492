"""Collections of people, and boards of posts."""

from dataclasses import dataclass


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
