"""First contact: strangers can be followed and bring little, until they are approved, listed, or known for a while."""

from datetime import timedelta
from typing import Any

import pytest

from fedinote.auth.models import User
from fedinote.infra.app import App
from fedinote.infra.errors import Forbidden, Invalid, NotFound
from fedinote.moderation import actions
from fedinote.moderation.moderator import Moderator
from fedinote.moderation.servers import acquaintances
from fedinote.policy import acquaintance
from fedinote.posts import publishing
from fedinote.posts.drafts import Mention, NewPost
from fedinote.relations import follows
from tests.moderation.staff import log, staff, user
from tests.relations.people import person, post
from tests.support.people import configure

FAR = "far.example"


@pytest.fixture(autouse=True)
def careful(app: App) -> None:
    configure(app, "federation", first_contact="careful", first_contact_days=14)


async def _arrives(app: App, author: int, name: str = "1", **fields) -> int | None:
    new = {"author_id": author, "visibility": "public", "content": "<p>hi</p>", "created_at": app.now()}
    return await publishing.store(app, NewPost(**{**new, "uri": f"https://{FAR}/{name}", **fields}))


def _mention(of: User, name: str) -> Mention:
    return Mention(of.account_id, name, name, f"https://here.example/@{name}")


async def _visibility(app: App, post_id: int | None) -> str:
    return str(await app.db.value("SELECT visibility AS value FROM posts WHERE id = ?", post_id))


async def _held(app: App) -> int:
    return int(await app.db.value("SELECT COUNT(*) AS value FROM held_posts"))


async def test_a_strangers_post_stays_out_of_public_timelines(app: App) -> None:
    far = await person(app, "far", FAR)
    assert await _visibility(app, await _arrives(app, far)) == "unlisted"
    assert await _visibility(app, await _arrives(app, far, "2", visibility="private")) == "private"


async def test_a_strangers_answer_waits_unless_somebody_here_follows_them(app: App) -> None:
    alice, far = await user(app, "alice"), await person(app, "far", FAR)
    mine = await post(app, alice.account_id, "Hello")
    assert await _arrives(app, far, in_reply_to_id=mine) is None
    assert await _held(app) == 1
    await follows.request(app, alice.account_id, far)
    await follows.accept(app, alice.account_id, far)
    assert await _arrives(app, far, "2", in_reply_to_id=mine) is not None


async def test_an_answer_to_somebody_who_does_not_follow_waits_whoever_else_does(app: App) -> None:
    alice, ben, far = await user(app, "alice"), await user(app, "ben"), await person(app, "far", FAR)
    mine = await post(app, alice.account_id, "Hello")
    await follows.request(app, ben.account_id, far)
    await follows.accept(app, ben.account_id, far)
    answering: dict[str, Any] = {"in_reply_to_id": mine, "in_reply_to_account_id": alice.account_id}
    assert await _arrives(app, far, **answering) is None
    assert await _arrives(app, far, "2", mentions=(_mention(alice, "alice"),)) is None
    assert await _arrives(app, far, "3", mentions=(_mention(ben, "ben"),)) is not None
    assert await _arrives(app, far, "4") is not None


async def test_approving_a_server_releases_what_waited_and_lets_the_rest_in(app: App) -> None:
    by, alice, far = await staff(app, "admin"), await user(app, "alice"), await person(app, "far", FAR)
    mine = await post(app, alice.account_id, "Hello")
    await _arrives(app, far, in_reply_to_id=mine)
    (found,) = await acquaintances.strangers(app)
    assert (found.domain, found.people, found.waiting, found.kept) == (FAR, 1, 1, False)
    assert await acquaintances.approve(app, "FAR.example", by=by) == 1
    assert await _held(app) == 0
    assert await acquaintances.strangers(app) == []
    assert await _visibility(app, await _arrives(app, far, "2")) == "public"
    assert ("server.approve", FAR) in await log(app)


async def test_a_server_that_behaves_is_known_after_a_while(app: App) -> None:
    far = await person(app, "far", FAR)
    app.clock.shift(timedelta(days=15).total_seconds())
    assert await _visibility(app, await _arrives(app, far)) == "public"


async def test_one_that_was_acted_against_is_not(app: App) -> None:
    by, far, other = await staff(app, "admin"), await person(app, "far", FAR), await person(app, "bad", FAR)
    app.clock.shift(timedelta(days=5).total_seconds())
    await actions.silence(app, by, other, reason="spam")
    app.clock.shift(timedelta(days=10).total_seconds())
    assert await _visibility(app, await _arrives(app, far)) == "unlisted"
    await actions.unsilence(app, by, other)
    acquaintance.forget(app)
    assert await _visibility(app, await _arrives(app, far, "2")) == "public"


async def test_a_server_can_be_kept_apart_for_good(app: App) -> None:
    by, far = await staff(app, "admin"), await person(app, "far", FAR)
    await acquaintances.keep_apart(app, FAR, by=by, why="we shall see")
    app.clock.shift(timedelta(days=400).total_seconds())
    assert await _visibility(app, await _arrives(app, far)) == "unlisted"
    (found,) = await acquaintances.strangers(app)
    assert found.kept


async def test_only_admins_decide_and_only_about_servers_that_were_seen(app: App) -> None:
    by = await staff(app, "admin")
    with pytest.raises(NotFound):
        await acquaintances.approve(app, "nowhere.example", by=by)
    with pytest.raises(Invalid):
        await acquaintances.approve(app, "no domain", by=by)
    with pytest.raises(Forbidden):
        await acquaintances.approve(app, FAR, by=Moderator(1, 1, "moderator"))


async def test_where_first_contact_is_open_nothing_is_asked(app: App) -> None:
    configure(app, "federation", first_contact="open")
    far = await person(app, "far", FAR)
    assert await _visibility(app, await _arrives(app, far)) == "public"
    assert await acquaintances.strangers(app) == []
