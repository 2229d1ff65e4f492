"""What the server holds before it is measured: people, follows, posts, replies, boosts, likes, tags, a thread.

Written by the domain's own verbs, in this process and before the server starts: the same rows as through the API, in
a fraction of the time. The same plan gives the same content.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from bench.plan import LOCAL_ACCOUNTS, Plan
from bench.remotes import Actor
from fedinote.activitypub import vocab
from fedinote.auth import clients, registrations, scopes, tokens
from fedinote.bootstrap import running
from fedinote.federation import actors
from fedinote.federation.fetching import Budget
from fedinote.infra.app import App
from fedinote.infra.settings import Settings
from fedinote.posts import interactions, publishing
from fedinote.posts.drafts import Draft, NewPost
from fedinote.relations import follows
from fedinote.translation import translations
from fedinote.translation.translations import Made
from fedinote.translation.views import READY

SEED = 20
PASSWORD = "a bench in the shade"  # noqa: S105  of nobody real
SEARCHED = "weathervane"  # in three of ten posts
LANGUAGE = "de"  # of the translations
_NEWEST = "SELECT * FROM posts WHERE reblog_of_id IS NULL ORDER BY id DESC LIMIT 600"
_BATCH = 50
_TEXT = (
    "about after again along apple around autumn baker bench between boat branch bread bridge bright candle cellar "
    "cherry city clear cloud coast copper corner cotton cloth dinner early evening engine family field flour garden "
    "glass green ground harbour hill hour island kettle kitchen ladder lamp letter light little market meadow milk "
    "minute morning mountain music night north ocean orange paper path pencil people picture plate pocket quiet rain "
    "river road roof salt season shadow silver simple sister small snow song spring station stone street summer sun "
    "table thread time tomorrow tower train travel tree valley village violet wall water weather week window winter"
)


@dataclass(slots=True)
class Seeded:
    """What the measurements need to know. The first person is the reader, who follows all others.

    There is a token more than accounts: of somebody (number `LOCAL_ACCOUNTS`) who writes nothing and follows nobody.
    """

    account_ids: list[int] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    thread_id: int = 0


class Seeder:
    """Fills one instance."""

    def __init__(self, app: App, plan: Plan) -> None:
        self.app = app
        self.plan = plan
        self.random = random.Random(SEED)
        self.words = _TEXT.split()
        self.seeded = Seeded()
        self.remote_ids: list[int] = []
        self.posts: list[int] = []

    async def fill(self, authors: Sequence[Actor]) -> Seeded:
        """Write everything. The fake servers must be there: their actors' handles are confirmed."""
        await self._people()
        await self._remote_people(authors)
        for start in range(0, self.plan.posts, _BATCH):
            async with self.app.db.transaction():
                for number in range(start, min(start + _BATCH, self.plan.posts)):
                    await self._post(number, authors)
        async with self.app.db.transaction():
            await self._thread()
            await self._notifications()
            await self._translations()
            # What the seeding would tell other servers is not part of any measurement.
            await self.app.db.execute("DELETE FROM deliveries")
            await self.app.db.execute("DELETE FROM jobs")
        return self.seeded

    async def _people(self) -> None:
        client = await clients.command_line(self.app)
        for number in range(LOCAL_ACCOUNTS):
            name = f"local{number}"
            user = await registrations.create_user(self.app, name, f"{name}@mail.example", PASSWORD)
            wanted = scopes.parse("read write follow")
            token = await tokens.issue(self.app, app_id=client.id, user_id=user.id, scopes=wanted)
            self.seeded.account_ids.append(user.account_id)
            self.seeded.tokens.append(token.text)
            self.seeded.names.append(name)
        user = await registrations.create_user(self.app, "abroad", "abroad@mail.example", PASSWORD)
        wanted = scopes.parse("read write follow")
        token = await tokens.issue(self.app, app_id=client.id, user_id=user.id, scopes=wanted)
        self.seeded.tokens.append(token.text)
        for follower in self.seeded.account_ids:
            for target in self.seeded.account_ids:
                if follower != target:
                    await follows.request(self.app, follower, target)

    async def _remote_people(self, authors: Sequence[Actor]) -> None:
        """Store the remote authors; the reader follows all of them, others some."""
        for actor in authors:
            row = await actors.store(self.app, vocab.parse_actor(actor.document()), Budget())
            self.remote_ids.append(row["id"])
            for number, account_id in enumerate(self.seeded.account_ids):
                if number == 0 or self.random.random() < 0.3:
                    await follows.request(self.app, account_id, row["id"])
                    await follows.accept(self.app, account_id, row["id"])

    def _text(self) -> str:
        words = self.random.choices(self.words, k=self.random.randint(6, 40))
        if self.random.random() < 0.3:
            words.insert(3, SEARCHED)
        if self.random.random() < 0.3:
            words.append("#" + self.random.choice(self.words))
        return " ".join(words)

    async def _post(self, number: int, authors: Sequence[Actor]) -> None:
        if self.random.random() < 0.15:
            await self._remote_post(number, authors)
        else:
            await self._local_post()
        for share, act in (
            (0.2, interactions.boost),
            (0.6, interactions.favourite),
            (0.05, interactions.bookmark),
        ):
            if self.random.random() < share:
                await act(self.app, self._somebody(), self.random.choice(self.posts[-300:]))

    def _somebody(self) -> int:
        return self.random.choice(self.seeded.account_ids)

    async def _local_post(self) -> None:
        text = self._text()
        if self.random.random() < 0.1:
            text = f"@{self.random.choice(self.seeded.names)} {text}"
        draft = Draft(
            text=text,
            spoiler_text=self.random.choice(self.words) if self.random.random() < 0.05 else "",
            visibility=self.random.choice(("public", "public", "unlisted")),
            language="en",
            in_reply_to_id=self.random.choice(self.posts[-200:]) if self.posts and self.random.random() < 0.4 else None,
        )
        self.posts.append(await publishing.publish(self.app, self._somebody(), draft))

    async def _remote_post(self, number: int, authors: Sequence[Actor]) -> None:
        chosen = self.random.randrange(len(authors))
        uri = f"{authors[chosen].uri}/statuses/seeded{number}"
        new = NewPost(
            author_id=self.remote_ids[chosen],
            visibility="public",
            content=f"<p>{self._text()}</p>",
            created_at=datetime.now(UTC),
            uri=uri,
            url=uri,
            language="en",
        )
        post_id = await publishing.store(self.app, new)
        assert post_id is not None
        self.posts.append(post_id)

    async def _thread(self) -> None:
        """Write a thread: half of it a chain, half answers to its root."""
        people = self.seeded.account_ids[1:]
        root = tip = await publishing.publish(self.app, people[0], Draft(text="The root of a long thread"))
        for number in range(self.plan.thread):
            chain = number < self.plan.thread // 2
            draft = Draft(text=f"{self._text()} {number}", in_reply_to_id=tip if chain else root)
            post_id = await publishing.publish(self.app, people[number % len(people)], draft)
            tip = post_id if chain else tip
        self.seeded.thread_id = root

    async def _notifications(self) -> None:
        """Let the others mention the reader, like and boost what the reader wrote."""
        reader, *others = self.seeded.account_ids
        own = [
            await publishing.publish(self.app, reader, Draft(text=f"{self._text()} {number}")) for number in range(10)
        ]
        for number in range(self.plan.notifications):
            somebody, post_id = others[number % len(others)], own[number // 3 % len(own)]
            match number % 3:
                case 0:
                    text = f"@{self.seeded.names[0]} {self._text()}"
                    await publishing.publish(self.app, somebody, Draft(text=text))
                case 1:
                    await interactions.favourite(self.app, somebody, post_id)
                case _:
                    await interactions.boost(self.app, somebody, post_id)

    async def _translations(self) -> None:
        """Keep translations of the newest posts as an engine's would be kept, as long as the posts themselves."""
        for row in await self.app.db.rows(_NEWEST):
            made = Made(
                READY, "en", row["content"], row["spoiler_text"], engine="Bench", location="local", kind="machine"
            )
            await translations.keep(self.app, row, LANGUAGE, made)


async def seed(settings: Settings, plan: Plan, authors: Sequence[Actor]) -> Seeded:
    """Make the database of an instance and fill it; nothing of it runs afterwards."""
    async with running(settings, migrate=True) as app:
        found = await Seeder(app, plan).fill(authors)
        if app.db.dialect == "postgresql":
            await app.db.execute("ANALYZE")  # as its own housekeeping does within a minute
    return found
