"""Posts as lines of a timeline, for one reader: who boosted them, what the reader did with them, what they filter.

A fixed number of queries whatever a page holds. What may be shown is decided by `posts.visibility`, by the reader's
own filters, and for quotes by `posts.quoted`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from markupsafe import Markup

from fedinote.auth.viewer import Viewer
from fedinote.infra.app import App
from fedinote.infra.clock import from_ms
from fedinote.infra.db import Row
from fedinote.media import remote
from fedinote.posts import quoted
from fedinote.posts.answerable import Limit
from fedinote.text.quotes import without_fallback
from fedinote.text.urls import host_of, safe_url
from fedinote.timelines import filters
from fedinote.web import cards
from fedinote.web.cards import Card, Person
from fedinote.web.client import emojis, marks
from fedinote.web.client.marks import Marks

HIDING = ("home", "public", "account")
"""Where a filter that hides leaves posts out altogether; elsewhere it warns."""
_MOST_REACTIONS = 24


@dataclass(frozen=True, slots=True)
class Reaction:
    """An emoji with which people reacted. `picture` is a path of ours, "" for Unicode and for what lies elsewhere."""

    name: str
    count: int
    mine: bool
    picture: str

    @property
    def said(self) -> str:
        """How it is written: as it is, or between colons for a custom one."""
        return self.name if not self.name[:1].isalnum() else f":{self.name.partition('@')[0]}:"


@dataclass(frozen=True, slots=True)
class Preview:
    """What a page that the post links to says of itself. `picture` is a path of ours, "" for none."""

    url: str
    title: str
    text: str
    site: str
    language: str
    picture: str
    description: str


@dataclass(frozen=True, slots=True)
class Quote:
    """What a post quotes. `state` is "accepted" where `item` is shown; otherwise it says why nothing is."""

    state: str
    item: "Item | None"


@dataclass(frozen=True, slots=True)
class Item:
    """One line of a timeline. `id` is that of the post, or of the boost; pages go by it.

    `name`, `warning` are ready for a page, with pictures for emoji. `answered` is whom the post answers, None when it
    answers nobody or its own author (`thread`), or somebody who is not known. `filtered`: titles of the filters that
    warn. Without a reader nothing is marked. `limit`: who may answer, None for all; `answer_state` is "pending" or
    "rejected" for an answer of the reader's to which the author of the other post did not agree (yet).
    """

    id: int
    card: Card
    name: Markup
    warning: Markup
    when: datetime
    booster: Person | None = None
    booster_name: str = ""
    answered: Person | None = None
    answered_name: str = ""
    thread: bool = False
    mine: bool = False
    favourited: bool = False
    boosted: bool = False
    bookmarked: bool = False
    pinned: bool = False
    muted: bool = False
    reactions: tuple[Reaction, ...] = ()
    quote: Quote | None = None
    preview: Preview | None = None
    poll_id: int = 0
    multiple: bool = False
    voted: bool = False
    votes: tuple[int, ...] = ()
    filtered: tuple[str, ...] = ()
    blurred: bool = False
    member: bool = False
    limit: Limit | None = None
    answer_state: str = ""

    @property
    def link(self) -> str:
        """Where the whole post is: for members always here, for others where it was written."""
        if self.card.local or not self.member:
            return self.card.link
        return f"/{self.card.person.handle}/{self.card.id}"

    @property
    def profile(self) -> str:
        """Where its author's profile is: for members always here."""
        return profile_of(self.card.person, member=self.member)

    @property
    def boostable(self) -> bool:
        """Whether the reader could boost it, as far as its visibility goes."""
        return self.card.visibility in ("public", "unlisted") or (self.mine and self.card.visibility == "private")

    @property
    def answerable(self) -> bool:
        """Whether the reader may answer it, perhaps with its author's consent."""
        return self.limit is None or self.limit.decision != "denied"

    @property
    def open(self) -> bool:
        """Whether anybody may see it."""
        return self.card.visibility in ("public", "unlisted")


def profile_of(person: Person, *, member: bool) -> str:
    """Return the address of a profile: for members that of this server, for others the person's own."""
    return f"/{person.handle}" if member and person.domain else person.link


async def items(app: App, ids: Sequence[int], viewer: Viewer | None, *, context: str = "public") -> list[Item]:
    """Return posts and boosts in the order of the ids, as far as the reader may and wants to see them.

    `context` (home, notifications, public, thread, account) says which of the reader's filters apply.
    """
    if not ids:
        return []
    viewer_id = None if viewer is None else viewer.account_id
    posts = await marks.facts(app, ids, viewer_id)
    wanted = [one for one in ids if one in posts and (posts[one]["reblog_of_id"] or one) in posts]
    if not wanted:
        return []
    page = await _page(app, posts, viewer_id)
    shown = await _filtered(app, viewer_id, context, page.cards)
    found = (_item(page, posts[one], shown) for one in wanted)
    hides = context in HIDING
    return [one for one in found if one is not None and not (hides and filters.hidden(shown.get(one.card.id, ())))]


@dataclass(slots=True)
class _Page:
    """What was read for a page, by id."""

    app: App
    viewer_id: int | None
    posts: Mapping[int, Row]
    marks: Marks
    cards: dict[int, Card]
    people: dict[int, Person]
    quotes: dict[int, tuple[str, int]]
    inner: Mapping[int, "Item"]

    def name(self, person: Person) -> Markup:
        """Return a name with pictures for its emoji."""
        return emojis.in_text(person.name, emojis.pictures(self.app, self.marks.names.get(person.id)))


async def _page(app: App, posts: Mapping[int, Row], viewer_id: int | None, *, quotes: bool = True) -> _Page:
    rows = list(posts.values())
    read = await marks.read(app, rows, viewer_id)
    shown = [row["id"] for row in rows if row["reblog_of_id"] is None]
    others = {row["account_id"] for row in rows if row["reblog_of_id"] is not None}
    others |= {row["in_reply_to_account_id"] for row in rows if row["in_reply_to_account_id"]}
    found = {one.id: one for one in await cards.cards(app, shown, viewer_id)}
    people = {one.id: one for one in await cards.people(app, list(others))} if others else {}
    states: dict[int, tuple[str, int]] = {}
    inner: dict[int, Item] = {}
    if quotes and read.quotes:
        states, inner = await _quotes(app, read, viewer_id)
    return _Page(app, viewer_id, posts, read, found, people, states, inner)


async def _quotes(app: App, read: Marks, viewer_id: int | None) -> tuple[dict[int, tuple[str, int]], dict[int, Item]]:
    """Return what each quoting post shows (state, quoted id), and the quoted posts; these without quotes of theirs."""
    agreed = [row["quoted_id"] for row in read.quotes.values() if row["state"] == "accepted" and row["author_id"]]
    posts = await marks.facts(app, agreed, viewer_id) if agreed else {}
    page = await _page(app, posts, viewer_id, quotes=False) if posts else None
    visible = set(page.cards) if page else set()
    authors = [row["author_id"] for row in read.quotes.values() if row["quoted_id"] in visible]
    away = await quoted.unwanted(app, viewer_id, authors)
    states: dict[int, tuple[str, int]] = {}
    for post_id, row in read.quotes.items():
        state = quoted.state_of(row, visible, away)
        if state == "accepted" or not row["legacy"]:
            states[post_id] = (state, row["quoted_id"] or 0)
    inner = {one: item for one in visible if page and (item := _item(page, posts[one], {})) is not None}
    return states, inner


async def _filtered(
    app: App, viewer_id: int | None, context: str, found: Mapping[int, Card]
) -> dict[int, list[filters.FilterResult]]:
    """Return the reader's filters that match here, by post; what media and polls say counts too."""
    rows = [
        {"id": one.id, "account_id": one.person.id, "content": one.content, "spoiler_text": one.warning}
        for one in found.values()
    ]
    extra = {
        one.id: [file.description for file in one.media]
        + [option.title for option in (one.poll.options if one.poll else ())]
        for one in found.values()
        if one.media or one.poll
    }
    matches = await filters.results(app, viewer_id, context, rows, extra=extra)
    applied = {post_id: [one for one in results if one.applies] for post_id, results in matches.items()}
    return {post_id: results for post_id, results in applied.items() if results}


def _item(page: _Page, row: Row, shown: Mapping[int, list[filters.FilterResult]]) -> Item | None:
    post = page.posts[row["reblog_of_id"]] if row["reblog_of_id"] is not None else row
    card = page.cards.get(post["id"])
    if card is None:
        return None
    booster = page.people.get(row["account_id"]) if row["reblog_of_id"] is not None else None
    if row["reblog_of_id"] is not None and booster is None:
        return None
    results = shown.get(card.id, [])
    quote = page.quotes.get(card.id)
    pictures = emojis.pictures(page.app, post["emojis"])
    plain = without_fallback(card.content) if quote is not None and quote[0] == "accepted" else card.content
    answered = _answered(page, post)
    return Item(
        id=row["id"],
        card=replace(card, content=emojis.in_html(plain, pictures)),
        name=page.name(card.person),
        warning=emojis.in_text(card.warning, pictures),
        when=from_ms(row["created_at"]),
        booster=booster,
        booster_name=page.name(booster) if booster else "",
        answered=answered,
        answered_name=page.name(answered) if answered else "",
        thread=post["in_reply_to_account_id"] == post["account_id"],
        quote=None if quote is None else Quote(quote[0], page.inner.get(quote[1]) if quote[0] == "accepted" else None),
        filtered=tuple(dict.fromkeys(one.filter.title for one in results if one.filter.action != "blur")),
        blurred=any(one.filter.action == "blur" for one in results),
        **_marked(page, post),
    )


def _answered(page: _Page, post: Row) -> Person | None:
    """Return whom a post answers; None for nobody, for its own author, and for somebody who is not known."""
    if post["in_reply_to_account_id"] == post["account_id"]:
        return None
    return page.people.get(post["in_reply_to_account_id"])


def _marked(page: _Page, post: Row) -> dict[str, Any]:
    read, post_id = page.marks, post["id"]
    poll_id, multiple = read.polls.get(post_id, (0, False))
    votes, mine = tuple(sorted(read.votes.get(post_id, ()))), post["account_id"] == page.viewer_id
    return {
        "mine": mine,
        "member": page.viewer_id is not None,
        "favourited": read.has("favourited", post_id),
        "boosted": read.has("boosted", post_id),
        "bookmarked": read.has("bookmarked", post_id),
        "pinned": read.has("pinned", post_id),
        "preview": _preview(page.app, read.previews.get(post["card_id"] or 0)),
        "muted": read.has("muted", post["conversation_id"]),
        "reactions": tuple(_reaction(page.app, row) for row in read.reactions.get(post_id, ())[:_MOST_REACTIONS]),
        "poll_id": poll_id,
        "multiple": multiple,
        "voted": bool(votes) or mine,
        "votes": votes,
        "limit": read.answering.limits.get(post_id),
        "answer_state": read.answering.states.get(post_id, ""),
    }


def _reaction(app: App, row: Row) -> Reaction:
    picture = emojis.path_of(app, row["static_url"] or row["url"])
    return Reaction(row["name"], row["count"], bool(row["mine"]), picture)


def _preview(app: App, row: Row | None) -> Preview | None:
    """Return the card of a link, if there is one whose address may stand in a page."""
    url = None if row is None else safe_url(row["url"])
    if row is None or not url or not row["title"]:
        return None
    picture = remote.address(app, "card", row["id"], row["image"], small=True)
    site = row["provider_name"] or row["host"] or host_of(url) or ""
    return Preview(
        url, row["title"], row["description"], site, row["language"] or "", picture, row["image_description"]
    )
