"""What the staff tells everybody, as clients see it and put it away."""

from datetime import timedelta

import pytest

from fedinote.infra.app import App
from fedinote.infra.errors import Invalid, NotFound
from fedinote.moderation.house import announcements
from fedinote.moderation.house.announcements import Span
from tests.api.client import Client
from tests.api.conftest import Person, Town
from tests.api.test_statuses import write
from tests.moderation.staff import log

PATH = "/api/v1/announcements"
ALWAYS = Span()


async def test_an_announcement_is_a_text_with_links_like_a_post(app: App, alice: Person) -> None:
    post = await write(alice, "look")
    made = await announcements.create(app, f"<b>@alice</b> wrote {post['url']} about #Tea", ALWAYS)
    (shown,) = (await alice.get(PATH)).json
    assert shown["id"] == str(made.id)
    assert shown["content"].startswith("<p>&lt;b&gt;<span")
    assert [one["id"] for one in shown["mentions"]] == [alice.id]
    assert shown["statuses"] == [{"id": post["id"], "url": post["url"]}]
    assert shown["tags"] == [{"name": "tea", "url": "http://localhost:8000/tags/tea"}]
    assert (shown["read"], shown["starts_at"], shown["ends_at"], shown["all_day"]) == (False, None, None, False)
    assert (shown["emojis"], shown["reactions"]) == ([], [])
    assert shown["published_at"] == shown["updated_at"]


async def test_private_posts_are_not_among_the_linked(app: App, alice: Person) -> None:
    post = await write(alice, "look", visibility="private")
    await announcements.create(app, post["url"], ALWAYS)
    assert (await alice.get(PATH)).json[0]["statuses"] == []


async def test_one_person_puts_it_away_and_others_still_see_it(app: App, alice: Person, bob: Person) -> None:
    made = await announcements.create(app, "hello", ALWAYS)
    for _ in range(2):
        assert (await alice.post(f"{PATH}/{made.id}/dismiss")).json == {}
    assert (await alice.get(PATH)).json == []
    assert [one["read"] for one in (await alice.get(f"{PATH}?with_dismissed=true")).json] == [True]
    assert [one["read"] for one in (await bob.get(PATH)).json] == [False]
    assert (await alice.post(f"{PATH}/99/dismiss")).status == 404


async def test_it_is_shown_until_its_end_and_by_when_it_begins(app: App, alice: Person) -> None:
    hour = timedelta(hours=1)
    later = await announcements.create(app, "later", Span(app.now() + hour, app.now() + 2 * hour))
    now = await announcements.create(app, "now", Span(ends_at=app.now() + hour))
    assert (await alice.get(PATH)).ids == [str(now.id), str(later.id)]
    app.clock.shift(3601)
    assert (await alice.get(PATH)).ids == [str(later.id)]
    assert (await alice.post(f"{PATH}/{now.id}/dismiss")).status == 404
    assert [announcements.is_over(app, one) for one in await announcements.everything(app)] == [False, True]


async def test_what_is_no_announcement_is_refused(app: App) -> None:
    past, future = app.now() - timedelta(minutes=1), app.now() + timedelta(minutes=1)
    for text, span in (
        (" ", ALWAYS),
        ("x" * (announcements.MAX_TEXT + 1), ALWAYS),
        ("x", Span(ends_at=past)),
        ("x", Span(starts_at=future, ends_at=future)),
        ("x", Span(all_day=True)),
    ):
        with pytest.raises(Invalid):
            await announcements.create(app, text, span)
    assert await announcements.everything(app) == []


async def test_taking_back_ends_it_for_all_and_both_are_audited(app: App, alice: Person) -> None:
    made = await announcements.create(app, "hello", ALWAYS)
    await alice.post(f"{PATH}/{made.id}/dismiss")
    await announcements.delete(app, made.id)
    with pytest.raises(NotFound):
        await announcements.delete(app, made.id)
    assert (await alice.get(f"{PATH}?with_dismissed=1")).json == []
    assert await log(app) == [("announcement.create", str(made.id)), ("announcement.delete", str(made.id))]


async def test_only_people_with_a_token_are_told(town: Town, stranger: Client) -> None:
    assert (await stranger.get(PATH)).status == 401
    reader = await town.person("reader", scopes="read")
    assert (await reader.post(f"{PATH}/1/dismiss")).status == 403
