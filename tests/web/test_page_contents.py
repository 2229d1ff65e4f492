"""What the public pages hold: their parts, translations, and the page of the demonstration."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import pytest
from bs4 import BeautifulSoup

from fedinote.auth import users
from fedinote.auth.models import User
from fedinote.infra.app import App
from fedinote.infra.errors import Unavailable
from fedinote.infra.settings import DEMO_VARIABLES
from fedinote.moderation.servers import domains
from fedinote.moderation.servers.domains import Terms
from fedinote.posts import interactions
from fedinote.relations import blocks
from fedinote.text.language import detection
from fedinote.translation.engines.phrasebook import Phrasebook
from fedinote.translation.routing import Router
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
            for words in page.select(".words, .tile-title")
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
    assert "No public notes" in (await stranger.get("/tags/nothing")).text
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
    await stranger.get(f"/@alice/{root}")  # the first fills what is kept
    costs = []
    for _ in range(2):
        cost = []
        for path in ("/@alice", f"/@alice/{root}", "/tags/tea"):
            asked = 0
            app.caches.pop("explore.pools", None)
            app.caches.pop("about.numbers", None)
            assert (await stranger.get(path)).status == 200
            cost.append(asked)
        costs.append(cost)
        for _ in range(6):
            await write(app, alice, "#tea", in_reply_to_id=root)
    assert costs[0] == costs[1]


async def test_about_tells_the_rules_and_where_translation_happens(app: App, stranger: Browser) -> None:
    assert "does not translate" in (await stranger.get("/about")).text
    app.translator = Router([Phrasebook()])
    configure(app, "instance", rules=["No <b>shouting</b>"], languages=["zh-Hant"], contact_email="a@b.example")
    app.caches.pop("pages")
    app.caches.pop("house-rules", None)
    text = (await stranger.get("/about", accept_language="en")).text
    assert "No &lt;b&gt;shouting" in text
    assert "same machine" in text
    assert "phrase book" in text
    assert "繁體中文" in text
    assert "mailto:a@b.example" in text


async def test_strangers_sign_in_before_they_translate(app: App, alice: User, stranger: Browser) -> None:
    app.translator = Router([Phrasebook()])
    post_id = await write(app, alice, "你好世界", language="zh")
    answer = await stranger.get(f"/@alice/{post_id}/translation?to=en")
    assert answer.status == 303
    form = (await stranger.get(answer.location)).forms[0]
    assert form.hidden["next"] == f"/@alice/{post_id}/translation?to=en"


async def test_a_reader_gets_original_and_translation_side_by_side(app: App, alice: User) -> None:
    app.translator = Router([Phrasebook()])
    post_id = await write(app, alice, "你好世界", language="zh")
    bob = await signed_in(app, await person(app, "bob"))
    page = soup(await bob.get(f"/@alice/{post_id}/translation"))
    assert [words.get_text().strip() for words in page.select(".words")] == ["你好世界", "Hello world"]
    assert [words["lang"] for words in page.select(".words")] == ["zh", "en"]
    assert "phrase book" in page.get_text()


class Scripts(Phrasebook):
    """An engine that turns one Chinese script into the other, besides what the phrase book knows."""

    async def languages(self) -> Mapping[str, frozenset[str]]:
        chinese = {"zh-Hans", "zh-Hant"}
        return {tag: frozenset(chinese | {"en"}) - {tag} for tag in (*sorted(chinese), "en")}


@pytest.fixture(params=["with the model of languages", "without it"])
def _model(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "without it":
        monkeypatch.setattr(detection, "_model", lambda: None)


@pytest.mark.usefixtures("_model")
@pytest.mark.parametrize(
    ("text", "tag", "locale", "accepts", "target"),
    [
        ("Hello world!", "en", "en", "en", "zh-Hans"),
        ("Hello world!", "en", "en", "en-GB, zh-TW;q=0.5", "zh-Hant"),
        ("Hello world!", "zh", "en", "en", "zh-Hans"),  # the tag is wrong
        ("我喜欢茶，也喜欢书", "zh", "zh", "zh-CN, zh-TW", "en"),
        ("我喜欢茶，也喜欢书", "zh", "zh-Hant", "", "en"),
    ],
)
async def test_a_post_is_never_translated_into_its_own_language_by_itself(
    app: App, text: str, tag: str, locale: str, accepts: str, target: str
) -> None:
    app.translator = Router([Scripts()])
    user = await person(app, "bob")
    await users.set_defaults(app, user.id, locale=locale)
    post_id = await write(app, user, text, language=tag)
    page = soup(await (await signed_in(app, user)).get(f"/@bob/{post_id}/translation", accept_language=accepts))
    assert page.select(".words")[1]["lang"] == target
    assert page.find("a", href=f"/@bob/{post_id}") is not None


@pytest.mark.parametrize(
    ("wanted", "status", "said"),
    [
        ("?to=en", 422, "This post is in English already"),
        ("?to=en-GB", 422, "This post is in English already"),
        ("?to=fr", 422, "cannot be translated into the other"),
        ("?to=nonsense!", 422, "not a valid BCP 47 tag"),
    ],
)
async def test_where_nothing_is_translated_the_page_says_so_and_offers_what_there_is(
    app: App, alice: User, wanted: str, status: int, said: str
) -> None:
    app.translator = Router([Phrasebook()])
    post_id = await write(app, alice, "Hello world!", language="en")
    answer = await (await signed_in(app, alice)).get(f"/@alice/{post_id}/translation{wanted}")
    assert answer.status == status
    page = BeautifulSoup(answer.text, "html5lib")
    assert said in page.get_text()
    assert [words.get_text().strip() for words in page.select(".words")] == ["Hello world!"]
    links = {str(a["href"]) for a in page.select("main a")}
    asking = f"/posts/{post_id}/translation?to="
    assert {f"/@alice/{post_id}", f"{asking}zh-Hans", f"{asking}zh-Hant"} <= links


async def test_where_no_other_language_is_offered_the_page_is_still_there(app: App, alice: User) -> None:
    class Nothing(Phrasebook):
        async def languages(self) -> Mapping[str, frozenset[str]]:
            return {"en": frozenset()}

    app.translator = Router([Nothing()])
    post_id = await write(app, alice, "Hello world!", language="en")
    page = soup(await (await signed_in(app, alice)).get(f"/@alice/{post_id}/translation"))
    assert "no other language" in page.get_text()
    assert page.find("a", href=f"/@alice/{post_id}") is not None


async def test_an_engine_that_is_down_leaves_the_post_on_the_page(app: App, alice: User) -> None:
    class Down(Phrasebook):
        async def languages(self) -> Mapping[str, frozenset[str]]:
            raise Unavailable

    app.translator = Router([Down()])
    post_id = await write(app, alice, "Hello world!", language="en")
    answer = await (await signed_in(app, alice)).get(f"/@alice/{post_id}/translation")
    assert answer.status == 503
    assert "Hello world!" in answer.text
    assert "not available at the moment" in answer.text


async def test_strangers_are_told_that_translating_needs_signing_in(app: App, alice: User, stranger: Browser) -> None:
    app.translator = Router([Phrasebook()])
    post_id = await write(app, alice, "Hello world!", language="en")
    for path in ("/@alice", f"/@alice/{post_id}"):
        page = soup(await stranger.get(path, accept_language="zh-CN"))
        (link,) = page.select("a.ask")
        assert "（需登录）" in link.get_text()
        assert link["href"] == f"/@alice/{post_id}/translation?to=zh-Hans"
        assert soup(await stranger.get(path, accept_language="en")).select("a.ask") == []


async def test_what_is_not_public_is_not_translated_on_a_page(app: App, alice: User) -> None:
    app.translator = Router([Phrasebook()])
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
    told = (await stranger.get("/demo")).text
    assert "alice follows nobody on another server" in told
    assert 'http-equiv="refresh"' in told
    app.translator = Router([Phrasebook()])
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
    assert "Sign in as alice" in page.get_text()
    assert "apps have to sign in again" in page.get_text()
    assert "They do not follow each other now" in page.get_text()
    own = soup(await (await signed_in(app, alice)).get("/demo")).get_text()
    assert "Sign in as" not in own
    assert "You are signed in as alice" in own


async def test_the_demonstration_tells_who_is_blocked_instead_of_waiting(
    app: App, alice: User, stranger: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(DEMO_VARIABLES[0], "alice")
    world = World(app)
    eve = await world.person("eve@far.example")
    await world.follow(alice.account_id, eve)
    await write(app, alice, "Hello world!", language="en")
    told = (await stranger.get("/demo")).text
    assert "alice follows @eve@far.example." in told
    assert "No post from another server is here." in told
    await domains.block(app, "far.example", Terms(), by=None)
    told = (await stranger.get("/demo")).text
    assert "This server has blocked far.example" in told
    assert 'http-equiv="refresh"' not in told


async def test_somebody_whom_the_person_of_the_demonstration_blocked_is_named(
    app: App, alice: User, stranger: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(DEMO_VARIABLES[0], "alice")
    eve = await World(app).person("eve@far.example")
    await blocks.block(app, alice.account_id, eve)
    assert "alice has blocked @eve@far.example." in (await stranger.get("/demo")).text
