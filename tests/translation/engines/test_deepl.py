"""DeepL, played by a local server that behaves as DeepL's documentation says."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from fedinote.infra.errors import Invalid, Resting, Unavailable
from fedinote.infra.outbound import Outbound
from fedinote.translation.engine import Engine, Location, Term
from fedinote.translation.engines.deepl import FREE, PAID, DeepL
from fedinote.translation.engines.service import KEY_REST, LIMIT_REST, QUOTA_REST
from tests.translation.services import Asked, FakeService, Says, fake

KEY = "279a2e9d-83b3-c416-7e2d-f721593e42a0"
SOURCES = ("DE", "EN", "JA", "NB", "PT", "ZH")
TARGETS = ("DE", "EN-GB", "EN-US", "ES", "ES-419", "JA", "NB", "PT-BR", "PT-PT", "ZH", "ZH-HANS", "ZH-HANT")


class DeepLServer:
    """What the documentation promises, with glossaries."""

    def __init__(self) -> None:
        self.glossaries: dict[str, dict[str, Any]] = {}
        self.made = 0

    def __call__(self, asked: Asked) -> Any:
        if asked.headers.get("authorization") != f"DeepL-Auth-Key {KEY}":
            return Says({"message": "Authorization failure"}, 403)
        path, _, query = asked.path.partition("?")
        if path == "/v2/languages":
            codes = TARGETS if query == "type=target" else SOURCES
            return [{"language": code, "name": code.title(), "supports_formality": False} for code in codes]
        if path.startswith("/v2/glossaries"):
            return self._glossaries(asked)
        return self._translate(asked.json)

    def _translate(self, body: dict[str, Any]) -> Any:
        if len(body["text"]) > 50:
            return Says({"message": "Bad request. Reason: Too many texts."}, 400)
        if body["target_lang"] not in TARGETS:
            return Says({"message": "Value for 'target_lang' not supported."}, 400)
        if body.get("source_lang", "EN") not in SOURCES:
            return Says({"message": "Value for 'source_lang' not supported."}, 400)
        if body.get("glossary_id", "") not in {"", *self.glossaries}:
            return Says({"message": "Glossary not found"}, 404)
        return {
            "translations": [
                {"detected_source_language": body.get("source_lang", "ZH"), "text": f"{text} in {body['target_lang']}"}
                for text in body["text"]
            ]
        }

    def _glossaries(self, asked: Asked) -> Any:
        if asked.method == "GET":
            return {"glossaries": list(self.glossaries.values())}
        if asked.method == "DELETE":
            del self.glossaries[asked.path.rpartition("/")[2]]
            return Says(b"", 204)
        number = f"00000000-0000-0000-0000-{self.made:012}"
        self.made += 1
        if asked.json["source_lang"] == asked.json["target_lang"] or not asked.json["entries"]:
            return Says({"message": "Bad request", "detail": "Unsupported language pair"}, 400)
        self.glossaries[number] = {
            "glossary_id": number,
            "ready": True,
            "name": asked.json["name"],
            "source_lang": asked.json["source_lang"].lower(),
            "target_lang": asked.json["target_lang"].lower(),
            "creation_time": "2031-05-24T14:16:18.329Z",
            "entry_count": asked.json["entries"].count("\n") + 1,
        }
        return Says(self.glossaries[number], 201)


@pytest.fixture
async def server() -> AsyncIterator[FakeService]:
    async with fake(DeepLServer()) as service:
        yield service


@pytest.fixture
async def outbound() -> AsyncIterator[Outbound]:
    client = Outbound(user_agent="FediNote tests")
    yield client
    await client.close()


@pytest.fixture
def deepl(server: FakeService, outbound: Outbound) -> DeepL:
    return DeepL(outbound.call_service, KEY, url=server.url, timeout=60.0)


def translations(server: FakeService) -> list[dict[str, Any]]:
    return [asked.json for asked in server.paths("/v2/translate")]


async def test_the_key_goes_into_the_header_and_only_words_and_languages_into_the_body(
    server: FakeService, deepl: DeepL
) -> None:
    engine: Engine = deepl
    answer = await engine.translate(["Hello"], source="en-GB", target="de")
    assert (answer.texts, answer.detected) == (("Hello in DE",), None)
    (asked,) = server.paths("/v2/translate")
    assert (asked.method, asked.path) == ("POST", "/v2/translate")
    assert asked.json == {"text": ["Hello"], "target_lang": "DE", "source_lang": "EN", "preserve_formatting": True}
    assert not any(KEY in one.path for one in server.asked)
    assert engine.location is Location.THIRD_PARTY


@pytest.mark.parametrize(
    ("source", "target", "codes"),
    [
        ("en", "zh", ("EN", "ZH")),
        ("en", "zh-CN", ("EN", "ZH-HANS")),
        ("en-US", "zh-TW", ("EN", "ZH-HANT")),
        ("en", "zh-Hant-HK", ("EN", "ZH-HANT")),
        ("zh-TW", "en", ("ZH", "EN-US")),
        ("zh-Hans", "en-GB", ("ZH", "EN-GB")),
        ("ja", "pt", ("JA", "PT-BR")),
        ("pt-BR", "no", ("PT", "NB")),
        ("de", "es-419", ("DE", "ES-419")),
    ],
)
async def test_tags_become_the_codes_of_deepl(
    server: FakeService, deepl: DeepL, source: str, target: str, codes: tuple[str, str]
) -> None:
    await deepl.translate(["x"], source=source, target=target)
    (body,) = translations(server)
    assert (body["source_lang"], body["target_lang"]) == codes


async def test_what_it_lists_is_every_source_to_every_other_language(server: FakeService, deepl: DeepL) -> None:
    listed = await deepl.languages()
    assert listed["zh"] == {"de", "en-GB", "en-US", "es", "es-419", "ja", "nb", "pt-BR", "pt-PT"}
    assert "zh-Hant" in listed["en"]
    await deepl.languages()
    assert len(server.paths("/v2/languages")) == 2, "sources and targets, once"


async def test_without_a_source_the_recognised_language_is_told(server: FakeService, deepl: DeepL) -> None:
    assert (await deepl.translate(["你好"], source=None, target="de")).detected == "zh"
    assert "source_lang" not in translations(server)[0]


async def test_all_runs_of_a_post_are_context_for_each(server: FakeService, deepl: DeepL) -> None:
    await deepl.translate(["The bank", "of the river"], source="en", target="de")
    assert translations(server)[0]["context"] == "The bank\nof the river"


@pytest.mark.parametrize(("source", "target"), [("fr", "en"), ("en", "fr"), ("zh-TW", "zh-CN"), ("pt-BR", "pt-PT")])
async def test_a_pair_that_deepl_does_not_have_is_not_asked(
    server: FakeService, deepl: DeepL, source: str, target: str
) -> None:
    with pytest.raises(Invalid):
        await deepl.translate(["x"], source=source, target=target)
    assert translations(server) == []


def test_a_key_of_the_free_plan_belongs_to_its_own_host(outbound: Outbound) -> None:
    assert DeepL(outbound.call_service, "abc:fx")._service._url == FREE
    assert DeepL(outbound.call_service, "abc")._service._url == PAID


async def test_a_glossary_is_made_once_and_found_again_by_another_process(
    server: FakeService, deepl: DeepL, outbound: Outbound
) -> None:
    terms = [Term("yyds", "the greatest of all time"), Term("FediNote", "", keep=True)]
    for engine in (deepl, deepl, DeepL(outbound.call_service, KEY, url=server.url)):
        await engine.translate(["你是yyds"], source="zh-Hans", target="en", terms=terms)
    made = [asked.json for asked in server.paths("/v2/glossaries") if asked.method == "POST"]
    assert len(made) == 1
    assert (made[0]["source_lang"], made[0]["target_lang"], made[0]["entries_format"]) == ("ZH", "EN", "tsv")
    assert made[0]["entries"] == "FediNote\tFediNote\nyyds\tthe greatest of all time"
    assert len({body["glossary_id"] for body in translations(server)}) == 1


async def test_old_glossaries_of_ours_make_room_and_others_stay(
    server: FakeService, deepl: DeepL, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fedinote.translation.engines.deepl_glossaries.KEPT", 2)
    glossaries = server.answering.glossaries  # type: ignore[attr-defined]
    glossaries["theirs"] = {"glossary_id": "theirs", "name": "Contracts", "ready": True}
    for word in ("a", "b", "c"):
        await deepl.translate([word], source="en", target="de", terms=[Term(word, word * 2)])
    assert "theirs" in glossaries
    assert len(glossaries) == 3


async def test_terms_that_deepl_takes_no_glossary_for_are_left_out(server: FakeService, deepl: DeepL) -> None:
    play = server.answering
    server.answering = lambda asked: (
        Says({"message": "Unsupported language pair"}, 400)
        if asked.method == "POST" and "gloss" in asked.path
        else play(asked)
    )
    answer = await deepl.translate(["x"], source="en", target="de", terms=[Term("x", "y")])
    assert answer.texts == ("x in DE",)
    assert "glossary_id" not in translations(server)[0]
    await deepl.translate(["x"], source="en", target="de", terms=[Term("a\tb", "c"), Term("d", "e\nf"), Term("g", " ")])
    assert len([one for one in server.paths("/v2/glossaries") if one.method == "POST"]) == 1, "no entry was usable"


@pytest.mark.parametrize(
    ("answer", "error", "seconds"),
    [
        (Says({"message": "Authorization failure"}, 403), Resting, KEY_REST),
        (Says({"message": "Quota exceeded"}, 456), Resting, QUOTA_REST),
        (Says({"message": "Too many requests"}, 429), Resting, LIMIT_REST),
        (Says({"message": "Too many requests"}, 429, {"Retry-After": "7"}), Resting, 7),
        (Says({"message": "Too many requests"}, 529), Resting, LIMIT_REST),
        (Says({"message": "Service unavailable"}, 503, {"Retry-After": "120"}), Resting, 120),
        (Says({"message": "Bad request"}, 400), Invalid, None),
        (Says({"message": "Request entity too large"}, 413), Invalid, None),
        (Says({"message": "Internal error"}, 500), Unavailable, None),
        (Says(b"<html>Bad gateway</html>", 504), Unavailable, None),
        (Says(b'{"translations": [{"text": "Hal', 200), Unavailable, None),
        (Says({"message": "surprise"}), Unavailable, None),
        (Says({"translations": []}), Unavailable, None),
        (Says({"translations": [{"text": "a"}]}), Unavailable, None),
        (Says({"translations": [{"text": "a"}, {"text": None}]}), Unavailable, None),
        (Says({"translations": [{"text": "a"}, {"text": "b"}, {"text": "c"}]}), Unavailable, None),
    ],
)
async def test_what_goes_wrong_is_told_apart(
    server: FakeService, deepl: DeepL, answer: Says, error: type[Exception], seconds: float | None
) -> None:
    play = server.answering
    server.answering = lambda asked: answer if asked.path == "/v2/translate" else play(asked)
    with pytest.raises(error) as caught:
        await deepl.translate(["one", "two"], source="en", target="de")
    assert type(caught.value) is error
    assert getattr(caught.value, "seconds", None) == seconds
    assert KEY not in str(caught.value)


async def test_a_wrong_key_is_refused_by_the_server(server: FakeService, outbound: Outbound) -> None:
    with pytest.raises(Resting):
        await DeepL(outbound.call_service, "wrong", url=server.url).languages()
