"""What the public pages hold: their parts, translations, and the page of the demonstration."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from fedinote.auth.models import User
from fedinote.infra.app import App
from fedinote.infra.settings import DEMO_VARIABLES
from fedinote.posts import interactions
from fedinote.translation.engines.phrasebook import Phrasebook
from tests.support.browser import Browser
from tests.support.people import configure, person
from tests.timelines.world import World
from tests.web.reading import signed_in, soup, write


async def test_older_posts_are_on_the_next_page(app: App, alice: User, stranger: Browser) -> None:
    for count in range(23):
        await write(app, alice, f"post-{count:02} #tea")
    for start in ("/@alice", "/tags/tea"):
        first = soup(await stranger.get(start))
        following = first.find("a", rel="next")
        assert following is not None
        second = soup(await stranger.get(str(following["href"])))
        texts = [
            words.get_text()[:7]
            for page in (first, second)
            for words in page.select(".words")
            if "post-" in words.get_text()
        ]
        assert texts == [f"post-{count:02}" for count in reversed(range(23))]
        assert second.find("a", rel="next") is None


@pytest.mark.parametrize("path", ["/@alice?max_id=x", f"/tags/tea?max_id={1 << 63}"])
async def test_a_page_below_no_id_is_404(app: App, alice: User, stranger: Browser, path: str) -> None:
    assert (await stranger.get(path)).status == 404


async def test_pinned_posts_come_first_and_once(app: App, alice: User, stranger: Browser) -> None:
    pinned = await write(app, alice, "PINNED")
    await write(app, alice, "NEWER")
    await interactions.pin(app, alice.account_id, pinned)
    texts = [words.get_text().strip() for words in soup(await stranger.get("/@alice")).select("article .words")]
    assert texts == ["PINNED", "NEWER"]


async def test_a_tag_nobody_used_is_an_empty_page_and_what_is_no_tag_none(app: App, stranger: Browser) -> None:
    assert "No public posts" in (await stranger.get("/tags/nothing")).text
    assert (await stranger.get("/tags/a%20b")).status == 404
    assert (await stranger.get("/tags/<script>")).status == 404


async def test_pages_ask_the_database_as_often_for_many_posts_as_for_one(
    app: App, alice: User, stranger: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = 0
    original: Callable[..., Awaitable[Any]] = app.db.many

    async def counted(*queries: Any) -> Any:
        nonlocal asked
        asked += len(queries)
        return await original(*queries)

    monkeypatch.setattr(type(app.db), "many", lambda _, *queries: counted(*queries))
    root = await write(app, alice, "#tea")
    await write(app, alice, "#tea", in_reply_to_id=root)
    costs = []
    for _ in range(2):
        cost = []
        for path in ("/", "/@alice", f"/@alice/{root}", "/tags/tea"):
            asked = 0
            assert (await stranger.get(path)).status == 200
            cost.append(asked)
        costs.append(cost)
        for _ in range(6):
            await write(app, alice, "#tea", in_reply_to_id=root)
    assert costs[0] == costs[1]


async def test_about_tells_the_rules_and_where_translation_happens(app: App, stranger: Browser) -> None:
    assert "does not translate" in (await stranger.get("/about")).text
    app.translator = Phrasebook()
    configure(app, "instance", rules=["No <b>shouting</b>"], languages=["zh-Hant"], contact_email="a@b.example")
    app.caches.pop("pages")
    text = (await stranger.get("/about")).text
    assert "No &lt;b&gt;shouting" in text
    assert "same machine" in text
    assert "phrase book" in text
    assert "繁體中文" in text
    assert "mailto:a@b.example" in text


async def test_strangers_sign_in_before_they_translate(app: App, alice: User, stranger: Browser) -> None:
    app.translator = Phrasebook()
    post_id = await write(app, alice, "你好世界", language="zh")
    answer = await stranger.get(f"/@alice/{post_id}/translation?to=en")
    assert answer.status == 303
    form = (await stranger.get(answer.location)).forms[0]
    assert form.hidden["next"] == f"/@alice/{post_id}/translation?to=en"


async def test_a_reader_gets_original_and_translation_side_by_side(app: App, alice: User) -> None:
    app.translator = Phrasebook()
    post_id = await write(app, alice, "你好世界", language="zh")
    bob = await signed_in(app, await person(app, "bob"))
    page = soup(await bob.get(f"/@alice/{post_id}/translation"))
    assert [words.get_text().strip() for words in page.select(".words")] == ["你好世界", "Hello world"]
    assert [words["lang"] for words in page.select(".words")] == ["zh", "en"]
    assert "phrase book" in page.get_text()


async def test_what_is_not_public_is_not_translated_on_a_page(app: App, alice: User) -> None:
    app.translator = Phrasebook()
    post_id = await write(app, alice, "你好世界", language="zh", visibility="private")
    answer = await (await signed_in(app, alice)).get(f"/@alice/{post_id}/translation")
    assert answer.status == 404
    assert "你好" not in answer.text


async def test_a_demonstration_page_exists_only_where_the_environment_says_so(
    app: App, alice: User, stranger: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(DEMO_VARIABLES[0], raising=False)
    assert (await stranger.get("/demo")).status == 404
    monkeypatch.setenv(DEMO_VARIABLES[0], "alice")
    monkeypatch.setenv(DEMO_VARIABLES[1], "REMARK")
    assert "getting to know each other" in (await stranger.get("/demo")).text
    app.translator = Phrasebook()
    world = World(app)
    eve = await world.person("eve@far.example")
    await world.follow(alice.account_id, eve)
    await world.arrives(eve, content="<p>你好世界</p>", language="zh")
    await write(app, alice, "Hello world!", language="en")
    page = soup(await stranger.get("/demo"))
    assert [words.get_text().strip() for words in page.select(".words")] == [
        "你好世界",
        "Hello world",
        "Hello world!",
        "你好世界！",
    ]
    assert "REMARK" in page.get_text()
