"""Posts that are translated because a rule wants to read them: whose, where, and what it costs."""

from typing import Any

import pytest

from fedinote.infra.app import App
from fedinote.moderation.automatic import foreign, rules
from fedinote.moderation.automatic.rules import Wanted
from fedinote.posts import publishing
from fedinote.posts.drafts import Draft, NewPost
from fedinote.relations import follows
from fedinote.timelines.window import Window
from fedinote.translation import translations
from fedinote.translation.engine import Location
from fedinote.worker import settle
from tests.relations.people import change, person
from tests.support.people import configure
from tests.translation.fluent import SAID, Fluent, fluent


@pytest.fixture
def engine(app: App) -> Fluent:
    return fluent(app, Location.THIRD_PARTY)


@pytest.fixture
async def far(app: App) -> int:
    return await person(app, "far", "far.example")


async def on(app: App, whose: str = "strangers", **more: Any) -> int:
    terms = {"words": ["weather"], "translate": "en", "translate_for": whose}
    made = await rules.create(app, Wanted("words", terms, "hold", "No weather", **more), by=None)
    await rules.switch(app, made["id"], "on", by=None)
    return int(made["id"])


async def arrives(app: App, author: int, *, text: str = SAID, number: int = 1, **values: Any) -> int:
    new = NewPost(
        author_id=author, content=f"<p>{text}</p>", created_at=app.now(), uri=f"https://far.example/{number}",
        **{"visibility": "public", "language": "zh", **values},
    )  # fmt: skip
    post_id = await publishing.store(app, new)
    assert post_id is not None  # nobody waits for an engine
    return post_id


async def shown(app: App, post_id: int) -> str:
    return str(await app.db.value("SELECT visibility AS value FROM posts WHERE id = ?", post_id))


async def caught(app: App, rule_id: int) -> int:
    return len(await rules.hits(app, rule_id, Window(10).sql))


async def test_a_strangers_post_is_read_in_the_language_of_a_rule(app: App, engine: Fluent, far: int) -> None:
    rule_id = await on(app)
    post_id = await arrives(app, far)
    assert await shown(app, post_id) == "public"
    await settle(app)
    assert (await shown(app, post_id), await caught(app, rule_id)) == ("held", 1)
    rows = await app.db.rows("SELECT purpose, visibility FROM translation_ledger")
    assert [(row["purpose"], row["visibility"]) for row in rows] == [("moderation", "public")]


async def test_posts_of_people_whom_somebody_follows_are_translated_only_for_rules_about_all(
    app: App, engine: Fluent, far: int
) -> None:
    alice = await person(app, "alice")
    await follows.request(app, alice, far)
    await follows.accept(app, alice, far)
    await on(app)
    first = await arrives(app, far)
    await settle(app)
    assert (await shown(app, first), engine.sent) == ("public", [])
    await on(app, "all", spares="followed")
    await arrives(app, far, number=2)
    await settle(app)
    assert engine.sent == []
    await on(app, "all")
    second = await arrives(app, far, number=3)
    await settle(app)
    assert await shown(app, second) == "held"


@pytest.mark.parametrize("visibility", ["private", "direct", "local"])
async def test_no_private_post_is_translated_for_a_rule(app: App, far: int, visibility: str) -> None:
    engine = fluent(app)  # on this machine: it might have private posts, if a reader asked
    await on(app, "all")
    post_id = await arrives(app, far, visibility=visibility)
    await settle(app)
    await foreign.read(app, post_id)  # nor if a job should be there nevertheless
    assert engine.sent == []
    assert await app.db.rows("SELECT 1 AS value FROM post_translations") == []


async def test_words_that_their_author_withholds_go_to_no_engine(app: App, engine: Fluent, far: int) -> None:
    await on(app, "all")
    await arrives(app, far, machine_translation="none")
    await arrives(app, far, number=2, machine_translation="no_third_party")
    await change(app, far, machine_translation="none")
    await arrives(app, far, number=3)
    await settle(app)
    assert engine.sent == []


async def test_without_budget_a_post_is_judged_by_its_own_words(app: App, engine: Fluent, far: int) -> None:
    configure(app, "translation", daily_characters=1)
    rule_id = await on(app, "all")
    post_id = await arrives(app, far)
    await settle(app)
    assert (await shown(app, post_id), engine.sent) == ("public", [])
    terms = {"words": ["今天"], "translate": "en"}
    own = await rules.create(app, Wanted("words", terms, "reject", "Not today"), by=None)
    await rules.switch(app, own["id"], "on", by=None)
    new = NewPost(author_id=far, content=f"<p>{SAID}</p>", visibility="public", created_at=app.now(), uri="https://f/9")
    assert await publishing.store(app, new) is None
    assert (await caught(app, rule_id), await caught(app, own["id"])) == (0, 1)


async def test_a_post_in_the_language_of_the_rule_costs_no_engine(app: App, engine: Fluent, far: int) -> None:
    await on(app, "all")
    await arrives(app, far, text="Good morning to all of you, what a day this is", language="en")
    await settle(app)
    assert engine.sent == []


async def test_a_post_in_a_language_that_a_rule_is_not_about_is_left_alone(app: App, engine: Fluent, far: int) -> None:
    await on(app, "all", origin="local")
    await arrives(app, far)
    await settle(app)
    assert engine.sent == []


async def test_nothing_is_queued_without_such_a_rule(app: App, engine: Fluent, far: int) -> None:
    alice = await person(app, "alice")
    plain = await rules.create(app, Wanted("words", {"words": ["a"], "translations": True}, "hold", "No a"), by=None)
    await rules.switch(app, plain["id"], "on", by=None)
    await publishing.publish(app, alice, Draft(SAID, language="zh"))
    assert await app.db.rows("SELECT 1 AS value FROM jobs WHERE kind = ?", foreign.JOB) == []


async def test_an_engine_that_is_down_is_tried_again_later(app: App, engine: Fluent, far: int) -> None:
    await on(app, "all")
    engine.down = True
    post_id = await arrives(app, far)
    await settle(app)
    assert (await translations.finished(app, [post_id], "en"))[post_id]["state"] == "failed"
    waiting = await app.db.rows("SELECT run_at FROM jobs WHERE kind = ?", foreign.JOB)
    assert len(waiting) == 1
