"""Translating before anybody looks, and when somebody does: who is asked for, how often, and what a failure costs."""

from datetime import timedelta

import pytest

from fedinote.infra.app import App
from fedinote.infra.errors import TryAgain
from fedinote.posts import publishing, revising
from fedinote.posts.drafts import Draft
from fedinote.relations import follows
from fedinote.translation import ahead, preferences, translations
from fedinote.translation.engine import Location
from fedinote.translation.preferences import Mode, Preferences, Rule
from fedinote.translation.translations import FAILED, KNOWN, NOTHING, REFUSED, Made
from fedinote.translation.views import READY
from fedinote.worker import settle
from tests.support import accounts
from tests.translation.fluent import SAID, fluent
from tests.translation.recorders import engines

ENGLISH = Preferences(Mode.REPLACE, "en")


async def kept(app: App, post_id: int, target: str = "en") -> str | None:
    row = (await translations.finished(app, [post_id], target)).get(post_id)
    return None if row is None else row["state"]


async def reader(app: App, name: str, own: Preferences = ENGLISH) -> int:
    account = await accounts.local(app, name)
    await preferences.store(app, account.id, own)
    return account.id


async def test_a_post_is_translated_for_followers_and_for_those_it_is_addressed_to(app: App) -> None:
    engine = fluent(app)
    alice = await accounts.local(app, "alice")
    follower = await reader(app, "bob", Preferences(Mode.APPEND, "es"))
    await reader(app, "carol")
    await follows.request(app, follower, alice.id)
    home = await publishing.publish(app, alice.id, Draft(SAID, language="zh"))
    direct = await publishing.publish(app, alice.id, Draft(f"@carol {SAID}", language="zh", visibility="direct"))
    await settle(app)
    assert [await kept(app, home, tag) for tag in ("es", "en")] == [READY, None]
    assert [await kept(app, direct, tag) for tag in ("es", "en")] == [None, READY]
    assert engine.calls == 2


async def test_nothing_is_queued_for_who_never_wants_this_author(app: App) -> None:
    alice = await accounts.local(app, "alice")
    bob = await reader(app, "bob")
    await follows.request(app, bob, alice.id)
    await preferences.except_account(app, bob, alice.id, Rule.NEVER)
    await publishing.publish(app, alice.id, Draft(SAID, language="zh"))
    assert await app.db.rows("SELECT id FROM jobs WHERE kind = ?", ahead.JOB) == []


async def test_a_language_that_all_readers_understand_costs_no_engine(app: App) -> None:
    engine = fluent(app)
    alice = await accounts.local(app, "alice")
    bob = await reader(app, "bob", Preferences(Mode.REPLACE, "en", ("zh",)))
    await follows.request(app, bob, alice.id)
    post_id = await publishing.publish(app, alice.id, Draft(SAID, language="zh"))
    await settle(app)
    assert await kept(app, post_id) == KNOWN
    assert engine.sent == []


async def test_a_wrong_tag_does_not_hide_a_post_from_its_translation(app: App) -> None:
    fluent(app)
    alice = await accounts.local(app, "alice")
    bob = await reader(app, "bob")
    await follows.request(app, bob, alice.id)
    post_id = await publishing.publish(app, alice.id, Draft(SAID, language="en"))
    await settle(app)
    row = (await translations.finished(app, [post_id], "en"))[post_id]
    assert (row["state"], row["source"]) == (READY, "zh-Hans")


async def test_an_engine_that_does_not_answer_is_tried_a_few_times_and_then_left_to_the_next_look(app: App) -> None:
    engine = fluent(app)
    engine.down = True
    alice, _ = await accounts.local(app, "alice"), await reader(app, "bob")
    post_id = await publishing.publish(app, alice.id, Draft(SAID, language="zh"))
    for _ in range(ahead.MAX_TRIES - 1):
        with pytest.raises(TryAgain):
            await ahead.translate_post(app, post_id, "en")
    await ahead.translate_post(app, post_id, "en")
    row = (await translations.finished(app, [post_id], "en"))[post_id]
    assert (row["state"], row["tries"]) == (FAILED, ahead.MAX_TRIES)
    post = await app.db.row("SELECT * FROM posts WHERE id = ?", post_id)
    assert post is not None
    assert not ahead.missing(app, ENGLISH, post, row)
    app.clock.shift(timedelta(minutes=11).total_seconds())
    assert ahead.missing(app, ENGLISH, post, row)


async def test_what_no_engine_may_have_is_not_asked_for_again_for_hours(app: App) -> None:
    engine = engines(app, Location.THIRD_PARTY)[Location.THIRD_PARTY]
    alice, _ = await accounts.local(app, "alice"), await reader(app, "bob")
    post_id = await publishing.publish(app, alice.id, Draft(SAID, language="zh", visibility="private"))
    await ahead.translate_post(app, post_id, "en")
    row = (await translations.finished(app, [post_id], "en"))[post_id]
    post = await app.db.row("SELECT * FROM posts WHERE id = ?", post_id)
    assert post is not None
    assert (row["state"], engine.sent, ahead.missing(app, ENGLISH, post, row)) == (REFUSED, [], False)
    app.clock.shift(timedelta(hours=7).total_seconds())
    assert ahead.missing(app, ENGLISH, post, row)


async def test_a_post_without_words_is_noted_as_that(app: App) -> None:
    engine = fluent(app)
    alice, _ = await accounts.local(app, "alice"), await reader(app, "bob")
    post_id = await publishing.publish(app, alice.id, Draft("🙂 https://one.example/"))
    await ahead.translate_post(app, post_id, "en")
    assert (await kept(app, post_id), engine.sent) == (NOTHING, [])


async def test_looking_again_and_again_queues_one_job_a_minute(app: App) -> None:
    alice, bob = await accounts.local(app, "alice"), await reader(app, "bob")
    post_id = await publishing.publish(app, alice.id, Draft(SAID, language="zh"))
    for _ in range(3):
        await ahead.want(app, [post_id], ENGLISH, bob)
        await app.db.execute("UPDATE jobs SET key = NULL")  # as when a worker has it
    assert len(await app.db.rows("SELECT id FROM jobs WHERE kind = ?", ahead.JOB)) == 1
    app.clock.shift(61)
    await ahead.want(app, [post_id], ENGLISH, bob)
    assert len(await app.db.rows("SELECT id FROM jobs WHERE kind = ?", ahead.JOB)) == 2
    assert ahead.waited(app, post_id, "en") == {bob}
    assert ahead.waited(app, post_id, "en") == frozenset()


async def test_a_translation_of_a_former_version_is_not_kept(app: App) -> None:
    alice, _ = await accounts.local(app, "alice"), await reader(app, "bob")
    post_id = await publishing.publish(app, alice.id, Draft(SAID, language="zh"))
    former = await app.db.row("SELECT * FROM posts WHERE id = ?", post_id)
    assert former is not None
    app.clock.shift(1)
    await revising.edit(app, alice.id, post_id, Draft("明天下雨", language="zh"))
    with pytest.raises(Exception, match="not found"):
        await translations.keep(app, former, "en", Made(READY, "zh", "<p>late</p>", kind="machine"))
    assert await kept(app, post_id) is None


async def test_what_only_says_why_there_is_no_translation_is_forgotten_after_a_month(app: App) -> None:
    alice = await accounts.local(app, "alice")
    posts = [await publishing.publish(app, alice.id, Draft(SAID, language="zh")) for _ in range(2)]
    for post_id, state in zip(posts, (READY, REFUSED), strict=True):
        row = await app.db.row("SELECT * FROM posts WHERE id = ?", post_id)
        assert row is not None
        await translations.keep(app, row, "en", Made(state, "zh", "<p>x</p>", kind="author"))
    assert await ahead.tidy(app) == 0
    app.clock.shift(timedelta(days=31).total_seconds())
    assert await ahead.tidy(app) == 1
    assert [await kept(app, one) for one in posts] == [READY, None]
