"""The translate verb: the right engine and cache, and nothing private to anybody."""

from collections.abc import Mapping, Sequence

import pytest

from fedinote.auth.viewer import Viewer
from fedinote.infra.app import App
from fedinote.infra.errors import Forbidden, Invalid, NotFound, Unavailable
from fedinote.posts import publishing, revising
from fedinote.posts.drafts import Draft, PollDraft
from fedinote.translation import translations
from fedinote.translation.engine import Kind, Location, Term, Translated
from fedinote.translation.engines.phrasebook import Phrasebook
from fedinote.translation.routing import Router
from tests.support import accounts


class Recorder:
    """An engine that writes down what it was sent, and answers in capitals."""

    name = "Recorder"
    kind = Kind.MACHINE

    def __init__(self, location: Location = Location.THIRD_PARTY) -> None:
        self.location = location
        self.sent: list[str] = []
        self.down = False
        self.prefix = ""

    async def translate(
        self, texts: Sequence[str], *, source: str | None, target: str, terms: Sequence[Term] = ()
    ) -> Translated:
        if self.down:
            raise Unavailable
        self.sent += texts
        return Translated(tuple(self.prefix + text.upper() for text in texts), source or "en")

    async def languages(self) -> Mapping[str, frozenset[str]]:
        return {"zh": frozenset({"en"}), "en": frozenset({"zh"})}


def _viewer(account_id: int) -> Viewer:
    return Viewer(account_id, 1, "member", frozenset({"read"}), 1, 1, "zh-CN")


async def test_a_post_is_translated_with_its_warning_and_poll_once(app: App) -> None:
    engine = Recorder()
    app.translator = Router([engine])
    alice = await accounts.local(app, "alice")
    draft = Draft("good morning", spoiler_text="food", poll=PollDraft(("tea", "milk"), 600), language="en")
    post_id = await publishing.publish(app, alice.id, draft)
    found = await translations.of_post(app, post_id, "zh", _viewer(alice.id))
    assert found["content"] == "<p>GOOD MORNING</p>"
    assert found["spoiler_text"] == "FOOD"
    assert [o["title"] for o in found["poll"]["options"]] == ["TEA", "MILK"]
    assert found["provider"] == "Recorder"
    assert found["detected_source_language"] == "en"
    sent = list(engine.sent)
    assert await translations.of_post(app, post_id, "zh", _viewer(alice.id)) == found
    assert engine.sent == sent


@pytest.mark.parametrize("visibility", ["private", "direct"])
async def test_a_private_post_never_leaves_the_machine(app: App, visibility: str) -> None:
    engine = Recorder(Location.NETWORK)
    app.translator = Router([engine])
    alice = await accounts.local(app, "alice")
    post_id = await publishing.publish(app, alice.id, Draft("MARKER secret", visibility=visibility, language="en"))
    with pytest.raises(Forbidden):
        await translations.of_post(app, post_id, "zh", _viewer(alice.id))
    assert engine.sent == []
    app.translator = Router([Recorder(Location.LOCAL)])
    found = await translations.of_post(app, post_id, "zh", _viewer(alice.id))
    assert "SECRET" in found["content"]


async def test_what_the_viewer_cannot_see_is_not_found_and_not_sent(app: App) -> None:
    engine = Recorder(Location.LOCAL)
    app.translator = Router([engine])
    alice, bob = await accounts.local(app, "alice"), await accounts.local(app, "bob")
    post_id = await publishing.publish(app, alice.id, Draft("secret", visibility="direct", language="en"))
    with pytest.raises(NotFound):
        await translations.of_post(app, post_id, "zh", _viewer(bob.id))
    assert engine.sent == []


async def test_nothing_is_kept_of_an_answer_that_failed(app: App) -> None:
    engine = Recorder()
    app.translator = Router([engine])
    alice = await accounts.local(app, "alice")
    post_id = await publishing.publish(app, alice.id, Draft("hello", language="en"))
    engine.down = True
    with pytest.raises(Unavailable):
        await translations.of_post(app, post_id, "zh", _viewer(alice.id))
    assert await app.db.rows("SELECT key FROM translations") == []


async def test_an_edited_post_is_translated_anew(app: App) -> None:
    app.translator = Router([Recorder()])
    alice = await accounts.local(app, "alice")
    post_id = await publishing.publish(app, alice.id, Draft("old", language="en"))
    await translations.of_post(app, post_id, "zh", _viewer(alice.id))
    await revising.edit(app, alice.id, post_id, Draft("new", language="en"))
    assert "NEW" in (await translations.of_post(app, post_id, "zh", _viewer(alice.id)))["content"]


async def test_a_hostile_answer_is_only_text(app: App) -> None:
    engine = Recorder()
    app.translator = Router([engine])
    engine.prefix = "<script>alert(1)</script>"
    alice = await accounts.local(app, "alice")
    post_id = await publishing.publish(app, alice.id, Draft("hello", language="en"))
    assert "<script" not in (await translations.of_post(app, post_id, "zh", _viewer(alice.id)))["content"].lower()


async def test_a_target_that_is_no_language_is_refused(app: App) -> None:
    app.translator = Router([Recorder()])
    alice = await accounts.local(app, "alice")
    post_id = await publishing.publish(app, alice.id, Draft("hello", language="en"))
    with pytest.raises(Invalid):
        await translations.of_post(app, post_id, "not a language!", _viewer(alice.id))


@pytest.mark.parametrize("tag", ["zh", "zh-CN", "zh-TW", "zh-HK", "zh-Hans", "zh-Hant", "yue"])
async def test_every_chinese_tag_finds_a_target_by_exact_key(app: App, tag: str) -> None:
    app.translator = Router([Recorder()])
    table = await translations.languages(app)
    assert "en" in table[tag]
    assert (tag in table["en"]) is (tag != "yue"), "what is written in Mandarin is no Cantonese"


async def test_without_an_engine_there_is_nothing(app: App) -> None:
    app.translator = None
    alice = await accounts.local(app, "alice")
    post_id = await publishing.publish(app, alice.id, Draft("hello"))
    assert await translations.languages(app) == {}
    with pytest.raises(NotFound):
        await translations.of_post(app, post_id, "zh", _viewer(alice.id))


@pytest.mark.parametrize(
    ("text", "stated", "source"),
    [
        ("Hello world! I like tea", "zh", None),
        ("Hello world! I like tea", "ja", None),
        ("Hello world! I like tea", "en-GB", "en-GB"),
        ("Hello world! I like tea", None, None),
        ("我喜歡貓和書", "en", "zh-Hant"),
        ("我喜歡貓和書", "zh-TW", "zh-TW"),
        ("🙂", "zh", "zh"),
    ],
)
def test_without_the_model_the_tag_counts_unless_the_script_says_that_it_cannot_be(
    monkeypatch: pytest.MonkeyPatch, text: str, stated: str | None, source: str | None
) -> None:
    monkeypatch.setattr("fedinote.text.language.detection._model", lambda: None)
    assert translations.source_of(text, stated) == source


async def test_an_english_post_with_a_chinese_tag_is_translated_by_the_phrase_book(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fedinote.text.language.detection._model", lambda: None)
    app.translator = Router([Phrasebook()])
    alice = await accounts.local(app, "alice")
    post_id = await publishing.publish(app, alice.id, Draft("Hello world! I like tea", language="zh"))
    found = await translations.of_post(app, post_id, "zh", _viewer(alice.id))
    assert "你好世界" in found["content"]
    assert found["detected_source_language"] == "en"
    with pytest.raises(Invalid, match="in this language already"):
        await translations.of_post(app, post_id, "en", _viewer(alice.id))
