"""The stage of the leak tests: two authors, posts of every visibility by each, and everybody who might look at them.

A post's MARKER stands in its text, its former text, its warning, its poll and its description of a file. What a
viewer could once see is kept as if it were still theirs (home entries, notifications, conversations, lists, likes and
bookmarks of everybody for everything), so that only the question at reading can hold it back.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from fedinote.accounts.models import Account
from fedinote.auth import sessions
from fedinote.infra.app import App
from fedinote.moderation.cases import reports
from fedinote.moderation.house import topics
from fedinote.posts import boards, interactions, publishing, revising
from fedinote.posts.drafts import Draft, Mention, NewMedia, NewPoll, NewPost, PollDraft
from fedinote.relations import blocks, follows
from fedinote.timelines import lists
from fedinote.translation.engine import Kind, Location, Term, Translated
from fedinote.translation.routing import Router
from tests.api.client import Client
from tests.api.conftest import Person, Town
from tests.support import accounts
from tests.support.browser import Browser
from tests.support.fakefedi import FakeActor, FakeFedi

VISIBILITIES = ("public", "unlisted", "private", "direct", "local")
OPEN = ("public", "unlisted")
NOT_BOOSTED = ("direct", "local")
TAG = "leaktest"
FAR = "far.example"
EVERY_SCOPE = "read write follow push admin:read admin:write"


def visibilities_of(author: str) -> tuple[str, ...]:
    """What posts of an author there are: posts for one server alone do not come from another."""
    return VISIBILITIES if author == "alice" else VISIBILITIES[:-1]


@dataclass(frozen=True, slots=True)
class Post:
    """One post with a MARKER. `boost_id` is the boost of it that its author made (0: there can be none)."""

    id: int
    poll_id: int
    uri: str
    author: str
    visibility: str
    marker: str
    boost_id: int = 0

    @property
    def local(self) -> bool:
        return self.author == "alice"

    @property
    def open(self) -> bool:
        return self.visibility in OPEN

    @property
    def federated(self) -> bool:
        return self.visibility != "local"


@dataclass(frozen=True, slots=True)
class Viewer:
    """Somebody who looks: with a token and a browser, or (anonymous) without."""

    name: str
    client: Client
    browser: Browser
    account_id: int | None = None
    list_id: int = 0

    @property
    def somebody(self) -> bool:
        """Tell whether a person is behind the token."""
        return self.account_id is not None

    def sees(self, post: Post) -> bool:
        """Tell by the rule of the specification, written down a second time, whether the post is for this viewer."""
        if self.name == "blocked":
            return False
        if post.visibility == "local":
            return self.somebody
        if post.open or self.name == "mentioned":
            return True
        if self.name == "author":
            return post.local
        return self.name == "follower" and post.visibility == "private"


@dataclass(slots=True)
class Recorder:
    """A translator at somebody else's place, which keeps what it is sent."""

    name: str = "Recorder"
    location: Location = Location.THIRD_PARTY
    kind: Kind = Kind.MACHINE
    texts: list[str] = field(default_factory=list)

    async def translate(
        self, texts: Sequence[str], *, source: str | None, target: str, terms: Sequence[Term] = ()
    ) -> Translated:
        self.texts += texts
        return Translated(tuple(f"译文写着：{text}。这些中文字说的是同样的意思。" for text in texts), source or "en")

    async def languages(self) -> dict[str, frozenset[str]]:
        return {"en": frozenset({"zh"}), "zh": frozenset({"en"})}


class Stage:
    """Everything of a matrix; `play` builds it."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.town = Town(app)
        self.people: dict[str, Person] = {}
        self.authors: dict[str, int] = {}
        self.viewers: list[Viewer] = []
        self.posts: list[Post] = []
        self.roots: dict[str, int] = {}
        self.answers: dict[int, int] = {}
        self.signers: dict[str, FakeActor] = {}
        self.notices: list[tuple[int, int, int]] = []
        self.reports: list[tuple[int, int]] = []
        self.exhibits: dict[int, frozenset[int]] = {}
        self.requests: list[tuple[int, int, int]] = []
        self.topic_id = 0
        self.board_id = 0
        self.recorder = Recorder()

    async def play(self) -> "Stage":
        self.app.translator = Router([self.recorder])
        await self._people()
        for author in self.authors:
            self.roots[author] = await self.write(author, "public", "root")
            for visibility in visibilities_of(author):
                await self._post(author, visibility)
        await self._kept()
        await blocks.block(self.app, self.authors["alice"], self.people["blocked"].account_id)
        await blocks.block(self.app, self.authors["rhea"], self.people["blocked"].account_id, uri=f"https://{FAR}/b/1")
        await self._left_over()
        await self._pinned_up()
        await self._numbers()
        self.topic_id = (await topics.create(self.app, None, TAG, [TAG])).id
        return self

    def viewer(self, name: str) -> Viewer:
        return next(one for one in self.viewers if one.name == name)

    # -- people -------------------------------------------------------------------------------------------------

    async def _people(self) -> None:
        self.people["warden"] = await self.town.person("warden", role="moderator", scopes=EVERY_SCOPE)
        for name in ("alice", "other", "blocked", "follower", "former", "mentioned", "pending"):
            self.people[name] = await self.town.person(name)
        rhea = await accounts.remote(self.app, "rhea", FAR)
        self.authors = {"alice": self.people["alice"].account_id, "rhea": rhea.id}
        await self.app.db.execute(
            "UPDATE accounts SET locked = TRUE, indexable = TRUE WHERE id IN_INTS(?)", list(self.authors.values())
        )
        for author in self.authors.values():
            for name in ("follower", "former", "blocked", "pending"):
                await follows.request(self.app, self.people[name].account_id, author)
                if name != "pending":
                    await follows.accept(self.app, self.people[name].account_id, author)
        await self._viewers()
        await self._signers()

    async def _viewers(self) -> None:
        app_token = await self.town.token(None, "read write follow push")
        nobody = Browser(self.town.asgi, host=self.app.settings.host)
        self.viewers = [
            Viewer("anonymous", self.town.stranger, nobody),
            Viewer("app", Client(self.town.asgi, app_token), nobody),
        ]
        for name, person in self.people.items():
            browser = Browser(self.town.asgi, host=self.app.settings.host)
            browser.cookies["session"] = await sessions.start(self.app, person.user_id)
            found = await lists.create(self.app, person.account_id, "list")
            label = {"alice": "author", "warden": "moderator"}.get(name, name)
            self.viewers.append(Viewer(label, person, browser, person.account_id, found.id))

    async def _signers(self) -> None:
        fedi = FakeFedi()
        for number, (name, host) in enumerate(
            {"fan": "fans.example", "stranger": "strange.example", "foe": "foes.example"}.items(), start=1
        ):
            actor = fedi.named(host, "https").actor(name, key=number)
            account = await accounts.remote(self.app, name, host)
            await self.app.db.execute(
                "INSERT INTO account_keys (account_id, key_id, public_pem, created_at) VALUES (?, ?, ?, ?)",
                account.id,
                actor.key_id,
                actor.document["publicKey"]["publicKeyPem"],
                self.app.now(),
            )
            await self.app.db.execute("UPDATE accounts SET fetched_at = ? WHERE id = ?", self.app.now(), account.id)
            await self._relate(name, account)
            self.signers[name] = actor

    async def _relate(self, name: str, account: Account) -> None:
        alice = self.authors["alice"]
        if name == "fan":
            await follows.request(self.app, account.id, alice, uri=f"{account.uri}#follow")
            await follows.accept(self.app, account.id, alice)
        if name == "foe":
            await blocks.block(self.app, alice, account.id)

    # -- posts --------------------------------------------------------------------------------------------------

    async def write(self, author: str, visibility: str, marker: str, parent: int | None = None) -> int:
        """Publish a post with a marker everywhere, by either door, and give it a second version."""
        names = ("mentioned", "blocked")
        text = f"{marker} says something to {' '.join(f'@{name}' for name in names)} #{TAG} in English words"
        poll = PollDraft((f"{marker} yes", "no"), 3600)
        if author == "alice":
            draft = Draft(text, f"{marker} cw", visibility=visibility, in_reply_to_id=parent, poll=poll, language="en")
            post_id = await publishing.publish(self.app, self.authors[author], draft)
            await revising.edit(self.app, self.authors[author], post_id, _second(draft))
            return post_id
        return await self._arrive(visibility, text, marker, parent)

    async def _arrive(self, visibility: str, text: str, marker: str, parent: int | None) -> int:
        now, number = self.app.now(), self.app.ids.next()
        mentions = tuple(
            Mention(self.people[name].account_id, name, name, f"{self.app.settings.base}/@{name}")
            for name in ("mentioned", "blocked")
        )
        new = NewPost(
            author_id=self.authors["rhea"],
            visibility=visibility,
            content=f"<p>{text}</p>",
            created_at=now,
            uri=f"https://{FAR}/notes/{number}",
            spoiler_text=f"{marker} cw",
            language="en",
            in_reply_to_id=parent,
            in_reply_to_account_id=self.authors["rhea"] if parent else None,
            conversation_id=parent,
            mentions=mentions,
            tags=((TAG, TAG),),
            media=(NewMedia("image", f"https://{FAR}/picture.png", "image/png", description=f"{marker} picture"),),
            poll=NewPoll((f"{marker} yes", "no"), (0, 0), multiple=False, hide_totals=False, expires_at=None),
        )
        post_id = await publishing.store(self.app, new)
        assert post_id is not None
        return post_id

    async def _post(self, author: str, visibility: str) -> None:
        app, account_id = self.app, self.authors[author]
        marker = f"zq{'local' if author == 'alice' else 'remote'}{visibility}"
        post_id = await self.write(author, visibility, marker, self.roots[author])
        boost_id = 0
        if visibility not in NOT_BOOSTED:
            uri = None if author == "alice" else f"https://{FAR}/boosts/{post_id}"
            boost_id = await interactions.boost(app, account_id, post_id, uri=uri)
            await interactions.pin(app, account_id, post_id)
        row = await app.db.row(
            "SELECT p.uri, q.id FROM posts p JOIN polls q ON q.post_id = p.id WHERE p.id = ?", post_id
        )
        assert row is not None
        self.posts.append(Post(post_id, row["id"], row["uri"], author, visibility, marker, boost_id))
        who = "mentioned" if visibility == "direct" else "follower"
        answer = Draft("an answer for all to read", visibility="public", in_reply_to_id=post_id)
        self.answers[post_id] = await publishing.publish(app, self.people[who].account_id, answer)

    # -- what is left of what one could see ------------------------------------------------------------------------

    async def _kept(self) -> None:
        """Let followers like and keep what they see, and report it; then one of them goes."""
        for name in ("follower", "former", "blocked", "mentioned"):
            for post in self.posts:
                if post.visibility != "direct" or name in ("mentioned", "blocked"):
                    await interactions.favourite(self.app, self.people[name].account_id, post.id)
                    await interactions.bookmark(self.app, self.people[name].account_id, post.id)
        for author in self.authors.values():
            ids = [post.id for post in self.posts]
            await reports.file(self.app, self.people["mentioned"].account_id, author, post_ids=ids)
            await follows.undo(self.app, self.people["former"].account_id, author)

    async def _left_over(self) -> None:
        for viewer in self.viewers:
            if viewer.account_id is None:
                continue
            for author in self.authors.values():
                await self._row("list_members", of_list_id=viewer.list_id, account_id=author)
            for post in self.posts:
                await self._left_of(viewer.account_id, post)

    async def _pinned_up(self) -> None:
        """Put all posts on a follower's board, as if each had been public when it was put there."""
        owner = self.people["follower"].account_id
        self.board_id = await boards.create(self.app, owner, boards.Wishes(title="all of them"))
        for at, post in enumerate(self.posts):
            item = {"post_id": post.id, "position": at, "created_at": self.app.now()}
            await self._row("board_items", board_id=self.board_id, **item)

    async def _left_of(self, viewer_id: int, post: Post) -> None:
        author = self.authors[post.author]
        for one in filter(None, (post.id, post.boost_id)):
            await self._row("home_entries", account_id=viewer_id, post_id=one, author_id=author, id=None)
        notice: dict[str, Any] = {"from_account_id": author, "post_id": post.id, "created_at": self.app.now()}
        await self._row("notifications", account_id=viewer_id, kind="status", subject=str(post.id), **notice)
        if post.visibility == "direct":
            kept: dict[str, Any] = {"participants": f"[{author}]", "last_post_id": post.id, "unread": True}
            await self._row("conversations", account_id=viewer_id, conversation_id=post.id, **kept)

    async def _numbers(self) -> None:
        notices, filed, waiting = await self.app.db.many(
            ("SELECT id, account_id, post_id FROM notifications WHERE kind = 'status'", ()),
            ("SELECT id, target_id, post_ids FROM reports", ()),
            ("SELECT id, account_id, from_account_id FROM notification_requests", ()),
        )
        self.requests = [(row["id"], row["account_id"], row["from_account_id"]) for row in waiting]
        self.notices = [(row["id"], row["account_id"], row["post_id"]) for row in notices]
        self.reports = [(row["id"], row["target_id"]) for row in filed]
        self.exhibits = {row["id"]: frozenset(json.loads(row["post_ids"])) for row in filed}

    async def _row(self, table: str, **values: Any) -> None:
        """Insert a row if there is none like it. An `id` of None is the database's to give."""
        values = {"id": self.app.ids.next()} | values
        values = {name: value for name, value in values.items() if name != "id" or value is not None}
        marks = ", ".join("?" * len(values))
        await self.app.db.execute(
            f"INSERT INTO {table} ({', '.join(values)}) VALUES ({marks}) ON CONFLICT DO NOTHING", *values.values()
        )


def _second(draft: Draft) -> Draft:
    """The new version of a draft."""
    return Draft(
        text=f"{draft.text} now",
        spoiler_text=draft.spoiler_text,
        visibility=draft.visibility,
        poll=draft.poll,
        language=draft.language,
    )
