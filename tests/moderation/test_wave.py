"""A wave of spam from many new servers: held back, explained afterwards, and undone at once where it was wrong."""

import random
from datetime import timedelta

from fedinote.infra.app import App
from fedinote.moderation.automatic import rules, undoing
from fedinote.moderation.automatic.rules import Wanted
from fedinote.moderation.servers import acquaintances
from fedinote.posts import holding, publishing
from fedinote.posts.drafts import NewPost
from fedinote.relations import follows
from fedinote.timelines import queries
from fedinote.timelines.window import Window
from tests.relations.people import change, person

SERVERS, SPAM, GOOD = 40, 400, 60
_SALES = "great cheap offers shopping winner prize online today friend money lucky click visit bonus"
_TALK = "tea coffee garden walk rain sun cat book train music bread river winter letter window lamp"


def spam(number: int, dice: random.Random) -> str:
    """One text in four varies; all of them want to sell the same thing."""
    words = dice.sample(_SALES.split(), 6) if number % 4 == 0 else _SALES.split()[:6]
    return f'<p>@you {" ".join(words)} {number} <a href="https://shop{number % 7}.example/{number}">here</a></p>'


def post(author_id: int, uri: str, content: str, app: App) -> NewPost:
    return NewPost(author_id=author_id, visibility="public", content=content, created_at=app.now(), uri=uri)


async def test_a_wave_is_held_while_good_posts_pass_and_one_release_undoes_it(app: App) -> None:
    dice = random.Random(7)
    alice = await person(app, "alice")
    friend = await person(app, "friend", "good.example")
    await follows.request(app, alice, friend)
    await follows.accept(app, alice, friend)
    old = await person(app, "old", "good.example")
    await change(app, old, created_at=app.now() - timedelta(days=400))
    await acquaintances.approve(app, "good.example", by=None, why="known for years")
    spammers = [await person(app, f"s{n}", f"wave{n % SERVERS}.example") for n in range(2 * SERVERS)]
    for wanted in (
        Wanted("newcomers", {"days": 7, "doing": "links"}, "hold", "Links of newcomers", origin="remote"),
        Wanted("repeats", {"times": 3, "minutes": 60}, "hold", "The same again", origin="remote"),
    ):
        made = await rules.create(app, wanted, by=None)
        await rules.switch(app, made["id"], "on", by=None)
    ours: set[int | None] = set()
    for number in range(SPAM):
        author = spammers[number % len(spammers)]
        assert await publishing.store(app, post(author, f"https://w/{number}", spam(number, dice), app)) is None
        if number % (SPAM // GOOD) == 0:
            talk = " ".join(dice.sample(_TALK.split(), 6))
            text = f'<p>{talk} <a href="https://tea.example/{number}">leaves</a></p>'
            who = friend if number % 2 else old
            ours.add(await publishing.store(app, post(who, f"https://good.example/{number}", text, app)))
    assert None not in ours  # every good post was there at once
    shown = await queries.public(app, None, Window(40))
    assert set(shown.ids) <= ours
    waiting = await holding.waiting(app, Window(2 * SPAM).sql)
    assert len(waiting) == SPAM
    assert all("Links of newcomers" in one["reason"] or "The same again" in one["reason"] for one in waiting)
    taken_back = [await undoing.undo(app, rule["id"], by=None) for rule in await rules.listing(app)]
    assert sum(one.released for one in taken_back) == SPAM
    assert sum(one.failed for one in taken_back) == 0
    assert await holding.waiting(app, Window(2 * SPAM).sql) == []
    assert {rule["state"] for rule in await rules.listing(app)} == {"off"}
