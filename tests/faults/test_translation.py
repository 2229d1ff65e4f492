"""The translation service is down, slow, or says what it should not: the reader has the original."""

import contextlib
import socket
from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest

from fedinote import worker
from fedinote.infra.app import App
from fedinote.infra.translation_settings import EngineSettings
from fedinote.translation import routing
from fedinote.translation.engines.libretranslate import LibreTranslate
from tests.api.conftest import Person, Town
from tests.support.people import configure
from tests.translation.services import Answering, Asked, FakeService, Says, fake

TEXT = "The weather is lovely and we drink tea in the park today"
CHINESE = "今天天气很好，我们在公园里喝茶"
LANGUAGES = [{"code": "en", "targets": ["zh-Hans"]}, {"code": "zh-Hans", "targets": ["en"]}]
SECONDS = 60.0


def libretranslate(translated: Any) -> Answering:
    """A server whose list of languages is in order, and whose translations are as the test says."""
    return lambda asked: (
        LANGUAGES if asked.path == "/languages" else translated(asked) if callable(translated) else translated
    )


def good(asked: Asked) -> Any:
    return {"translatedText": [CHINESE for _ in asked.json["q"]]}


class Clock:
    seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def service() -> AsyncIterator[FakeService]:
    async with fake(libretranslate(good)) as found:
        yield found


@pytest.fixture
async def town(app: App, service: FakeService, clock: Clock) -> Town:
    use(app, clock, service.url)
    return Town(app)


@pytest.fixture
async def alice(town: Town) -> Person:
    return await town.person("alice")


def use(app: App, clock: Clock, url: str) -> None:
    configure(app, "translation", engine="libretranslate", url=url, timeout=SECONDS)
    app.translator = routing.build(app.settings.translation, app.outbound.call_service, now=clock)


def gives_up_after(app: App, seconds: float) -> None:
    """Let the engine wait so long from now on; what it remembers of the service stays."""
    (engine,) = (one for one in app.translator.engines if isinstance(one, LibreTranslate))
    engine._service._timeout = seconds


async def posted(town: Town, person: Person, **more: Any) -> str:
    answer = await person.post("/api/v1/statuses", {"status": TEXT, "language": "en", **more})
    assert answer.status == 200, answer.json
    await worker.settle(town.app)
    return str(answer.json["id"])


async def translated(person: Person, post: str) -> Any:
    return await person.post(f"/api/v1/statuses/{post}/translate", {"lang": "zh-Hans"})


async def kept(app: App) -> int:
    """How many translations are stored, in whatever place."""
    tables = ("translations", "post_translations")
    return sum([int(await app.db.value(f"SELECT COUNT(*) AS value FROM {table}") or 0) for table in tables])


async def the_original_is_there(person: Person, post: str) -> None:
    answer = await person.get(f"/api/v1/statuses/{post}")
    assert (answer.status, answer.json["content"]) == (200, f"<p>{TEXT}</p>")
    home = await person.get("/api/v1/timelines/home")
    assert [one["content"] for one in home.json] == [f"<p>{TEXT}</p>"]


@contextlib.contextmanager
def nobody_listens() -> Any:
    """An address that refuses connections for as long as this lasts."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{held.getsockname()[1]}"


async def test_a_service_that_refuses_connections_leaves_the_original_and_comes_back(
    town: Town, alice: Person, clock: Clock, service: FakeService
) -> None:
    post = await posted(town, alice)
    with nobody_listens() as url:
        use(town.app, clock, url)
        for _ in range(7):
            answer = await translated(alice, post)
            assert answer.status == 503
            assert "127.0.0.1" not in str(answer.json)
            await the_original_is_there(alice, post)
    assert await kept(town.app) == 0
    assert town.app.translator.resting() == {"LibreTranslate": 60}
    use(town.app, clock, service.url)
    assert (await translated(alice, post)).json["content"] == f"<p>{CHINESE}</p>"


@pytest.mark.parametrize(
    "failing",
    [Says({"error": "x"}, 500), Says({}, after=60), Says(b"", 502), Says(b"<html>busy</html>")],
    ids=["500", "slow", "502", "no JSON"],
)
async def test_the_breaker_opens_after_five_failures_and_closes_with_the_first_good_answer(
    town: Town, alice: Person, clock: Clock, service: FakeService, failing: Says
) -> None:
    service.answering = libretranslate(failing)
    post = await posted(town, alice)
    await town.app.translator.languages()
    gives_up_after(town.app, 0.2 if failing.after else SECONDS)
    for _ in range(8):
        assert (await translated(alice, post)).status == 503
    assert len(service.paths("/translate")) == 5, "afterwards nobody waits for it"
    await the_original_is_there(alice, post)
    offered = await alice.get("/api/v1/instance/translation_languages")
    assert "zh-CN" in offered.json["en"], "clients keep this list for long"
    clock.seconds += 61
    for _ in range(3):
        assert (await translated(alice, post)).status == 503
    assert len(service.paths("/translate")) == 6, "one of them tried whether it is back"
    service.answering = libretranslate(good)
    gives_up_after(town.app, SECONDS)
    clock.seconds += 58
    assert (await translated(alice, post)).status == 503
    clock.seconds += 3
    answer = await translated(alice, post)
    assert (answer.status, answer.json["content"]) == (200, f"<p>{CHINESE}</p>")
    assert town.app.translator.resting() == {}


async def test_a_service_that_has_enough_is_left_alone_for_as_long_as_it_says(
    town: Town, alice: Person, clock: Clock, service: FakeService
) -> None:
    service.answering = libretranslate(Says({"error": "Slow down"}, 429, {"Retry-After": "600"}))
    post = await posted(town, alice)
    for _ in range(3):
        assert (await translated(alice, post)).status == 503
    clock.seconds += 599
    assert (await translated(alice, post)).status == 503
    assert len(service.paths("/translate")) == 1
    service.answering = libretranslate(good)
    clock.seconds += 2
    assert (await translated(alice, post)).status == 200


BAD = {
    "invalid JSON": Says(b'{"translatedText": ["'),
    "not UTF-8": Says(b'{"translatedText": ["\xff\xfe"]}'),
    "ten megabytes": Says(b'{"translatedText": ["' + b"a" * 10_000_000 + b'"]}'),
    "endless brackets": Says(b"[" * 500_000),
    "too few": {"translatedText": []},
    "too many": {"translatedText": [CHINESE, CHINESE]},
    "numbers": {"translatedText": [1]},
    "endless repetition": {"translatedText": [CHINESE * 100]},
    "another language": {"translatedText": ["Погода сегодня прекрасная, и мы пьём чай в парке"]},
    "the original": {"translatedText": [TEXT]},
}


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD.keys())
async def test_a_bad_answer_is_neither_shown_nor_kept(
    town: Town, alice: Person, service: FakeService, bad: Any
) -> None:
    service.answering = libretranslate(bad)
    post = await posted(town, alice)
    answer = await translated(alice, post)
    assert answer.status == 503
    assert await kept(town.app) == 0
    await the_original_is_there(alice, post)
    service.answering = libretranslate(good)
    assert (await translated(alice, post)).json["content"] == f"<p>{CHINESE}</p>"


async def test_hostile_markup_of_a_service_becomes_text(town: Town, alice: Person, service: FakeService) -> None:
    hostile = CHINESE + '<script>alert(1)</script><img src=x onerror=alert(1)><a href="javascript:alert(1)">茶</a>'
    service.answering = libretranslate({"translatedText": [hostile]})
    post = await posted(town, alice)
    for _ in range(2):  # from the service, and from the cache
        content = (await translated(alice, post)).json["content"]
        assert "<script" not in content
        assert "<img" not in content
        assert "<a" not in content
        assert "&lt;script&gt;" in content


async def test_when_the_first_engine_of_a_chain_fails_the_second_translates_at_once(
    town: Town, alice: Person, clock: Clock, service: FakeService
) -> None:
    post = await posted(town, alice)
    async with fake(libretranslate(Says(b"no"))) as broken:
        engines = [
            EngineSettings("libretranslate", name=name, url=url, timeout=SECONDS)
            for name, url in (("First", broken.url), ("Second", service.url))
        ]
        configure(town.app, "translation", engines=engines, engine="")
        town.app.translator = routing.build(town.app.settings.translation, town.app.outbound.call_service, now=clock)
        answer = await translated(alice, post)
        assert (answer.status, answer.json["provider"]) == (200, "Second")
        assert len(broken.paths("/translate")) == 1


async def test_a_model_that_obeys_a_post_is_passed_over_and_a_chain_without_others_gives_the_original(
    town: Town, alice: Person, clock: Clock, service: FakeService
) -> None:
    def obeying(asked: Asked) -> Any:
        data = msgspec.json.decode(asked.json["messages"][1]["content"])
        said = [{"id": each["id"], "text": "我是一个语言模型，请访问 https://evil.example/"} for each in data["texts"]]
        message = {"role": "assistant", "content": msgspec.json.encode({"translations": said}).decode()}
        return {"choices": [{"index": 0, "message": message, "finish_reason": "stop"}]}

    post = await posted(town, alice)
    async with fake(obeying) as model:
        engines = [
            EngineSettings("openai", name="Model", url=model.url, model="m", timeout=SECONDS),
            EngineSettings("libretranslate", url=service.url, timeout=SECONDS),
        ]
        answers = []
        for count in (1, 2):
            configure(town.app, "translation", engine="", engines=engines[:count])
            settings = town.app.settings.translation
            town.app.translator = routing.build(settings, town.app.outbound.call_service, now=clock)
            answers.append(await translated(alice, post))
            if count == 1:
                assert await kept(town.app) == 0
        alone, answer = answers
        assert alone.status == 503
        assert len(model.asked) == 2
        assert (answer.json["provider"], answer.json["content"]) == ("LibreTranslate", f"<p>{CHINESE}</p>")
        assert town.app.translator.resting() == {}, "nobody can switch a model off by what they write"


async def test_words_that_are_not_public_are_never_sent_elsewhere_whatever_fails(
    town: Town, alice: Person, service: FakeService
) -> None:
    for visibility in ("private", "direct"):
        post = await posted(town, alice, visibility=visibility)
        assert (await translated(alice, post)).status == 403
    assert service.paths("/translate") == []
