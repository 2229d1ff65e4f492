"""The LibreTranslate engine and everything that can go wrong with a server, played by a fake caller."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec
import pytest

from fedinote.infra.errors import Invalid, Refused, Unavailable, Unreachable
from fedinote.translation.engine import Engine, Location
from fedinote.translation.engines.libretranslate import LibreTranslate, with_ending
from fedinote.translation.engines.service import ANSWER_LIMIT

LANGUAGES = [
    {"code": "en", "name": "English", "targets": ["en", "zh-Hans", "zh-Hant", "de"]},
    {"code": "zh-Hans", "name": "Chinese", "targets": ["en", "zh-Hans"]},
    {"code": "zh-Hant", "name": "Chinese (traditional)", "targets": ["en", "zh-Hant"]},
    {"code": "de", "name": "German", "targets": ["en"]},
]


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Request:
    method: str
    path: str
    json: Any
    headers: Mapping[str, str] | None
    limit: int
    timeout: float


Handler = Callable[[Request], Any]


def echo(request: Request) -> Any:
    if request.path == "/languages":
        return LANGUAGES
    answer: dict[str, Any] = {"translatedText": [text.upper() for text in request.json["q"]]}
    if request.json["source"] == "auto":
        answer["detectedLanguage"] = [{"confidence": 90.0, "language": "zh-Hans"}] * len(request.json["q"])
    return answer


@dataclass
class World:
    """A server that answers as `handler` says, and a clock."""

    handler: Handler = echo
    seconds: float = 50.0
    requests: list[Request] = field(default_factory=list)

    async def call(
        self,
        method: str,
        url: str,
        *,
        json: object = None,
        headers: Mapping[str, str] | None = None,
        limit: int,
        timeout: float,  # noqa: ASYNC109
    ) -> Reply:
        request = Request(method, url.removeprefix("http://translate.example"), json, headers, limit, timeout)
        self.requests.append(request)
        answer = self.handler(request)
        if isinstance(answer, Reply):
            return answer
        if isinstance(answer, float):
            await asyncio.sleep(answer)
            return Reply(200, b"{}")
        if isinstance(answer, Exception):
            raise answer
        return Reply(200, answer if isinstance(answer, bytes) else msgspec.json.encode(answer))

    def engine(self, **options: Any) -> LibreTranslate:
        return LibreTranslate(self.call, "http://translate.example/", now=lambda: self.seconds, **options)

    def translations(self) -> list[Request]:
        return [request for request in self.requests if request.path == "/translate"]


def answering(answer: Any) -> Handler:
    return lambda request: LANGUAGES if request.path == "/languages" else answer


async def test_texts_come_back_in_order_from_one_request():
    world = World()
    engine: Engine = world.engine()
    translated = await engine.translate(["b", "a"], source="en", target="de")
    assert translated.texts == ("B", "A")
    assert translated.detected is None
    assert [request.json["q"] for request in world.translations()] == [["b", "a"]]


async def test_only_texts_languages_and_the_key_are_sent():
    world = World()
    await world.engine(api_key="k").translate(["a"], source="en", target="de")
    (request,) = world.translations()
    assert request.json == {"q": ["a"], "source": "en", "target": "de", "format": "text", "api_key": "k"}
    assert not request.headers
    assert (request.limit, request.timeout) == (ANSWER_LIMIT, 5.0)


async def test_without_a_key_none_is_sent():
    world = World()
    await world.engine().translate(["a"], source="en", target="de")
    assert "api_key" not in world.translations()[0].json


def test_a_server_counts_as_somebody_elses_unless_told_otherwise():
    assert World().engine().location is Location.THIRD_PARTY
    assert World().engine(location=Location.LOCAL).location is Location.LOCAL


@pytest.mark.parametrize(
    ("source", "target", "sent"),
    [
        ("en-GB", "zh-TW", ("en", "zh-Hant")),
        ("en", "zh-CN", ("en", "zh-Hans")),
        ("en", "zh", ("en", "zh-Hans")),
        ("en", "yue", ("en", "zh-Hant")),
        ("zh-HK", "en-US", ("zh-Hant", "en")),
        ("zh", "en", ("zh-Hans", "en")),
        (None, "zh-TW", ("auto", "zh-Hant")),
    ],
)
async def test_languages_are_matched_to_the_codes_of_the_server(source: str | None, target: str, sent: tuple[str, str]):
    world = World()
    await world.engine().translate(["a"], source=source, target=target)
    (request,) = world.translations()
    assert (request.json["source"], request.json["target"]) == sent


async def test_an_old_server_is_asked_by_its_own_codes():
    old = [
        {"code": "en", "targets": ["zh", "zt"]},
        {"code": "zh", "targets": ["en"]},
        {"code": "zt", "targets": ["en"]},
    ]
    world = World(lambda request: old if request.path == "/languages" else echo(request))
    engine = world.engine()
    await engine.translate(["a"], source="zh-TW", target="en")
    await engine.translate(["a"], source="en", target="zh-CN")
    assert [(sent.json["source"], sent.json["target"]) for sent in world.translations()] == [("zt", "en"), ("en", "zh")]
    assert await engine.languages() == {
        "en": frozenset({"zh-Hans", "zh-Hant"}),
        "zh-Hans": frozenset({"en"}),
        "zh-Hant": frozenset({"en"}),
    }


@pytest.mark.parametrize(
    ("source", "target"), [("fr", "en"), ("en", "fr"), ("de", "zh"), (None, "fr"), ("en", "en-GB")]
)
async def test_a_pair_that_the_server_does_not_have_is_invalid(source: str | None, target: str):
    world = World()
    with pytest.raises(Invalid):
        await world.engine().translate(["a"], source=source, target=target)
    assert world.translations() == []


async def test_the_recognised_language_is_told():
    world = World()
    assert (await world.engine().translate(["a"], source=None, target="en")).detected == "zh-Hans"
    assert (await world.engine().translate(["a"], source="zh", target="en")).detected is None


async def test_an_unsure_or_strange_recognition_is_not_told():
    answers: list[Any] = [{"confidence": 0.0, "language": "en"}, {"confidence": 99, "language": "<b>"}, None, []]
    for detected in answers:
        world = World(answering({"translatedText": ["A"], "detectedLanguage": detected}))
        assert (await world.engine().translate(["a"], source=None, target="en")).detected is None


async def test_languages_are_asked_again_after_five_minutes():
    world = World()
    engine = world.engine()
    assert (await engine.languages())["en"] == frozenset({"zh-Hans", "zh-Hant", "de"})
    world.seconds += 299
    await engine.languages()
    assert len(world.requests) == 1
    world.seconds += 2
    await engine.languages()
    assert len(world.requests) == 2


async def test_the_last_list_of_languages_stands_while_the_server_is_away():
    world = World()
    engine = world.engine()
    before = await engine.languages()
    world.handler = lambda request: Unreachable()
    world.seconds += 301
    assert await engine.languages() == before
    assert await engine.languages() == before
    assert len(world.requests) == 2, "not asked at every look"


BAD_ANSWERS = {
    "refused": Unreachable(),
    "too long": Refused(),
    "timeout": TimeoutError(),
    "status 500": Reply(500, b'{"error":"x"}'),
    "status 429": Reply(429, b'{"error":"Slow down"}'),
    "status 403": Reply(403, b'{"error":"Invalid API key"}'),
    "redirect": Reply(302, b""),
    "ten megabytes": Reply(200, b'{"translatedText":["' + b"a" * 10_000_000 + b'"]}'),
    "no json": b"<html>hello</html>",
    "no utf-8": b'{"translatedText":["\xff"]}',
    "lone surrogate": b'{"translatedText":["\\ud800"]}',
    "deep json": b'{"x":' + b"[" * 200_000,
    "a list": [],
    "an error with status 200": {"error": "no"},
    "one string": {"translatedText": "A"},
    "numbers": {"translatedText": [1]},
    "null": {"translatedText": [None]},
    "too few": {"translatedText": []},
    "too many": {"translatedText": ["A", "B"]},
}


@pytest.mark.parametrize("answer", BAD_ANSWERS.values(), ids=BAD_ANSWERS.keys())
async def test_a_bad_answer_is_unavailable(answer: Any):
    world = World(answering(answer))
    with pytest.raises(Unavailable):
        await world.engine().translate(["a"], source="en", target="de")
    assert len(world.translations()) == 1


@pytest.mark.parametrize(
    "answer", [b"no", [{"targets": []}], {"a": 1}, [{"code": 1}], Reply(500, b"[]"), Unreachable()]
)
async def test_a_bad_list_of_languages_is_unavailable(answer: Any):
    with pytest.raises(Unavailable):
        await World(lambda request: answer).engine().languages()


async def test_strange_codes_in_the_list_are_left_out():
    listed = [{"code": "en", "targets": ["de", "<b>", "xx-nonsense-", "fr"]}, {"code": "../", "targets": ["en"]}]
    listed.append({"code": "de", "targets": []})
    engine = World(lambda request: listed).engine()
    assert await engine.languages() == {"en": frozenset({"de"}), "de": frozenset()}


async def test_a_slow_server_is_given_up():
    world = World(answering(30.0))
    with pytest.raises(Unavailable):
        await world.engine(timeout=0.02).translate(["a"], source="en", target="de")


async def test_a_refused_question_is_invalid_and_no_failure_of_the_server():
    world = World(answering(Reply(400, b'{"error":"too long"}')))
    for _ in range(6):
        with pytest.raises(Invalid) as caught:
            await world.engine().translate(["a"], source="en", target="de")
        assert "too long" not in caught.value.message, "what the server says goes to the log only"
    assert len(world.translations()) == 6


async def test_an_unavailable_server_tells_strangers_nothing_of_itself():
    world = World(lambda request: Unreachable(reason="http://10.0.0.7:5000 refused"))
    with pytest.raises(Unavailable) as caught:
        await world.engine().languages()
    assert "10.0.0.7" not in caught.value.message


@pytest.mark.parametrize(
    ("source", "translated", "target", "ending"),
    [
        ("天气很好。", "The weather is good。", "en", "The weather is good."),
        ("你好！", "Hello", "en", "Hello!"),
        ("你好吗？", "How are you.", "en", "How are you."),
        ("Hello!", "你好！!", "zh-Hans", "你好！"),
        ("I like tea.", "我喜欢茶.", "zh-Hant", "我喜欢茶。"),
        ("I like tea.", "お茶が好きです.", "ja", "お茶が好きです。"),
        ("well...", "好...", "zh", "好..."),
        ("really?!", "真的?!", "zh", "真的?!"),
        ("tea", "茶", "zh", "茶"),
        ("tea.", "", "zh", ""),
    ],
)
def test_the_closing_sign_is_that_of_the_source_in_the_width_of_the_target(
    source: str, translated: str, target: str, ending: str
):
    assert with_ending(source, translated, target=target) == ending
