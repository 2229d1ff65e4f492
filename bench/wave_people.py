"""Who is there when a wave of spam comes: members, people elsewhere whom they know, and those who sell."""

import itertools
import random
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from bench.remotes import Actor, Remotes
from fedinote.activitypub import vocab
from fedinote.auth import clients, registrations, scopes, tokens
from fedinote.bootstrap import running
from fedinote.federation import actors
from fedinote.federation.fetching import Budget
from fedinote.infra.app import App
from fedinote.infra.settings import Settings
from fedinote.moderation.automatic import rules
from fedinote.moderation.automatic.rules import Wanted
from fedinote.moderation.servers import acquaintances
from fedinote.relations import follows

SEED = 7
PASSWORD = "a bench in the waves"  # noqa: S105  of nobody real
_SALES = "great cheap offers shopping winner prize online today friend money lucky click visit bonus deal"
_TALK = "tea coffee garden walk rain sun cat book train music bread river winter letter window lamp boat"
RULES = (
    Wanted("newcomers", {"days": 7, "doing": "links"}, "hold", "Links of newcomers", origin="remote"),
    Wanted("repeats", {"times": 3, "minutes": 60}, "hold", "The same again", origin="remote", spares="followed"),
    Wanted("words", {"words": ["bonus deal", "casino"]}, "hold", "Sales", origin="remote", spares="followed"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class WavePlan:
    """Numbers of a wave. `connections` are those that each server of it keeps open."""

    posts: int = 5000
    servers: int = 200
    accounts: int = 400
    connections: int = 1
    members: int = 30
    friends: int = 10
    strangers: int = 10
    good_servers: int = 5
    good_per_second: float = 5.0
    honest: int = 20


FULL = WavePlan()
SMOKE = WavePlan(posts=60, servers=6, accounts=12, members=8, friends=3, strangers=3, good_servers=2, honest=4)


@dataclass(frozen=True, slots=True)
class Sending:
    """One prepared delivery: where it comes from (`host`), the id of its post, what kind of sender, the bytes."""

    host: str
    uri: str
    kind: str
    request: bytes


@dataclass(slots=True)
class People:
    """Everybody. `friends` are followed by all members; `known` live on the same servers, followed by nobody.

    `honest` say something harmless for the first time, from servers that nobody here knows.
    """

    members: list[str] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    friends: list[Actor] = field(default_factory=list)
    known: list[Actor] = field(default_factory=list)
    spammers: list[Actor] = field(default_factory=list)
    honest: list[Actor] = field(default_factory=list)
    rules: list[int] = field(default_factory=list)


def populate(remotes: Remotes, plan: WavePlan) -> People:
    """Make all actors elsewhere: the good servers have the first addresses, the wave's the last."""
    good, new = remotes.addresses[: plan.good_servers], remotes.addresses[plan.good_servers :]
    wave, calm = new[: plan.servers], new[plan.servers :]
    return People(
        members=[f"member{number}" for number in range(plan.members)],
        friends=[remotes.actor(good[n % len(good)], f"friend{n}") for n in range(plan.friends)],
        known=[remotes.actor(good[n % len(good)], f"known{n}") for n in range(plan.strangers)],
        spammers=[remotes.actor(wave[n % len(wave)], f"seller{n}") for n in range(plan.accounts)],
        honest=[remotes.actor(calm[n % len(calm)], f"visitor{n}") for n in range(plan.honest)],
    )


async def settle_in(settings: Settings, people: People) -> None:
    """Make the database of the instance, with its members, whom they know, and the rules that are on."""
    async with running(settings, migrate=True) as app:
        accounts = [await _member(app, name, people) for name in people.members]
        for one, other in itertools.permutations(accounts, 2):
            await follows.request(app, one, other)
        for actor in [*people.friends, *people.known]:
            await _neighbour(app, actor, accounts if actor in people.friends else [])
        for host in sorted({actor.host for actor in people.friends}):
            await acquaintances.approve(app, host, by=None, why="known for years")
        for wanted in RULES:
            made = await rules.create(app, wanted, by=None)
            people.rules.append(int(made["id"]))
            await rules.switch(app, made["id"], "on", by=None)
        await app.db.execute("DELETE FROM deliveries")
        await app.db.execute("DELETE FROM jobs")
        if app.db.dialect == "postgresql":
            await app.db.execute("ANALYZE")


async def _neighbour(app: App, actor: Actor, followers: Sequence[int]) -> None:
    row = await actors.store(app, vocab.parse_actor(actor.document()), Budget())
    for one in followers:
        await follows.request(app, one, row["id"])
        await follows.accept(app, one, row["id"])


async def _member(app: App, name: str, people: People) -> int:
    client = await clients.command_line(app)
    user = await registrations.create_user(app, name, f"{name}@mail.example", PASSWORD)
    wanted = scopes.parse("read write follow")
    people.tokens.append((await tokens.issue(app, app_id=client.id, user_id=user.id, scopes=wanted)).text)
    return user.account_id


class Writer:
    """Signs what everybody elsewhere sends."""

    def __init__(self, authority: str, people: People) -> None:
        self.base = f"http://{authority}"
        self.people = people
        self.dice = random.Random(SEED)

    def wave(self, plan: WavePlan) -> dict[str, list[Sending]]:
        """Return the deliveries of the wave by server. One text in four varies; all of them want to sell something."""
        found: dict[str, list[Sending]] = {}
        for number in range(plan.posts):
            actor = self.people.spammers[number % len(self.people.spammers)]
            words = self.dice.sample(_SALES.split(), 6) if number % 4 == 0 else _SALES.split()[:6]
            link = f'<a href="https://shop{number % 7}.example/{number}">here</a>'
            sending = self._mention(actor, f"spam{number}", f"{' '.join(words)} {number} {link}", number, "spam")
            found.setdefault(actor.host, []).append(sending)
        return found

    def good(self, number: int) -> Sending:
        """Return one delivery by somebody known: friends post, with links; others of their servers mention people."""
        text = f"{self._talk()} {number}"
        if number % 2:
            actor = self.dice.choice(self.people.known)
            return self._mention(actor, f"good{number}", text, number, "known server")
        actor = self.dice.choice(self.people.friends)
        link = f' <a href="https://tea.example/{number}">leaves</a>'
        return self._sending(actor, actor.note(f"good{number}", text + link), "followed")

    def honest(self, number: int) -> Sending:
        """Return the first words of somebody from a server that nobody knows."""
        actor = self.people.honest[number % len(self.people.honest)]
        return self._mention(actor, f"first{number}", f"Good day, {self._talk()}?", number, "first words")

    def _talk(self) -> str:
        return " ".join(self.dice.sample(_TALK.split(), 6))

    def _mention(self, actor: Actor, name: str, text: str, number: int, kind: str) -> Sending:
        member = self.people.members[number % len(self.people.members)]
        uri = f"{self.base}/users/{member}"
        note = actor.note(
            name, f'<span class="h-card"><a href="{uri}" class="u-url mention">@{member}</a></span> {text}'
        )
        note |= {"cc": [uri, *note["cc"]], "tag": [{"type": "Mention", "href": uri, "name": f"@{member}"}]}
        return self._sending(actor, note, kind)

    def _sending(self, actor: Actor, note: dict[str, Any], kind: str) -> Sending:
        request = actor.posting(f"{self.base}/inbox", actor.create(note))
        # Behind a proxy, as servers are: each server comes from an address of its own.
        came_from = f"\r\nX-Forwarded-For: {actor.host.partition(':')[0].replace('127.', '198.', 1)}\r\n\r\n".encode()
        return Sending(actor.host, note["id"], kind, request.replace(b"\r\n\r\n", came_from, 1))


def status(people: People, number: int) -> tuple[str, dict[str, Any]]:
    """Return the token and the content of a post that a member writes."""
    words = " ".join(random.Random(number).sample(_TALK.split(), 6))
    return people.tokens[number % len(people.tokens)], {"status": f"{words} {number} {secrets.token_hex(4)}"}


def spread(found: dict[str, list[Sending]], connections: int) -> Iterator[Sequence[Sending]]:
    """Deal what each server sends out to its connections."""
    for sendings in found.values():
        for number in range(connections):
            if part := sendings[number::connections]:
                yield part
