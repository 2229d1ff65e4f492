"""The glossary: what is found in which text, what engines are told, and how it is kept."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fedinote.auth.models import User
from fedinote.auth.viewer import Viewer
from fedinote.infra.app import App
from fedinote.infra.errors import Invalid, NotFound
from fedinote.posts import publishing
from fedinote.posts.drafts import Draft
from fedinote.translation import asking, consent, glossary, glossary_csv, translations
from fedinote.translation import glossary_keeping as keeping
from fedinote.translation.asking import Question
from fedinote.translation.engine import Location, Term
from fedinote.translation.glossary import Entry
from fedinote.translation.glossary_matching import fold, key_of, pattern
from fedinote.worker import settle
from tests.support.people import person
from tests.translation.recorders import engines

YYDS = Entry("yyds", "zh", ("zh", "en"), {"en": "the best", "zh-Hans": "永远的神"}, {"en": "the GOAT"})
CAP = Entry("no cap", "en", ("en", "zh"), {"en": "no lie", "zh": "不骗你"}, {"zh-Hans": "说真的"})
NAME = Entry("FediNote", "en", keep=True)


def found(text: str, *terms: str) -> list[str]:
    expression = pattern(map(key_of, terms))
    return expression.findall(fold(text)) if expression else []


@pytest.mark.parametrize(
    ("text", "terms", "there"),
    [
        ("这个yyds啊", ["yyds"], ["yyds"]),
        ("YYDS!", ["yyds"], ["yyds"]),
        ("no cap, really", ["no cap"], ["no cap"]),
        ("casino capital", ["no cap", "cap"], []),
        ("内卷化和内卷", ["内卷", "内卷化"], ["内卷化", "内卷"]),
        ("uncapped cap", ["cap"], ["cap"]),
        ("recap cap2 cap", ["cap"], ["cap"]),
        ("i人和wifi人", ["i人"], ["i人"]),
        ("c++ is not c+", ["c++"], ["c++"]),
        ("nothing", [], []),
    ],
)
def test_terms_are_found_as_whole_words_and_the_longest_first(text: str, terms: list[str], there: list[str]) -> None:
    assert found(text, *terms) == there


@given(st.lists(st.text("ab人 1", min_size=1, max_size=4), max_size=6), st.text("ab人 1", max_size=30))
def test_whatever_is_found_is_a_term_and_is_in_the_text(terms: list[str], text: str) -> None:
    keys = {key_of(term) for term in terms}
    for key in found(text, *terms):
        assert key in keys
        assert key in fold(text)


async def test_an_engine_is_told_of_the_terms_that_are_in_the_texts_and_no_others(app: App) -> None:
    for entry in (YYDS, CAP, NAME):
        await keeping.put(app, entry)
    version, told = await glossary.terms(app, "zh", "en", ["yyds on FediNote", "no cap"])
    assert told == [Term("yyds", "the GOAT", False), Term("FediNote", "FediNote", True)]
    assert version > 0
    assert await glossary.terms(app, "zh", "en", ["nothing"]) == (0, [])
    assert (await glossary.terms(app, "en", "zh-Hant", ["no cap"]))[1] == [], "the other script is another translation"
    assert (await glossary.terms(app, "ja", "en", ["yyds"]))[1] == [], "in Japanese it is something else"
    assert [one.term for one in (await glossary.terms(app, None, "zh-CN", ["no cap"]))[1]] == ["no cap"]


async def test_another_translation_of_a_term_is_another_version_and_another_answer(app: App) -> None:
    """A term that changes makes the kept translations of texts with it void, and no others."""
    recorder = engines(app, Location.LOCAL)[Location.LOCAL]
    entry = await keeping.put(app, YYDS)

    async def ask(text: str) -> None:
        question = Question((text,), "zh-Hans", "en", consent.EVERYWHERE)
        await asking.ask(app, question)

    for _ in range(2):
        await ask("yyds")
        await ask("你好")
    assert recorder.calls == 2
    before, _ = await glossary.terms(app, "zh", "en", ["yyds"])
    await keeping.put(app, replace(entry, translations={"en": "the best"}))
    after, _ = await glossary.terms(app, "zh", "en", ["yyds"])
    assert before != after
    await ask("yyds")
    await ask("你好")
    assert recorder.calls == 3


async def test_while_it_is_empty_nothing_is_searched_and_hardly_anything_asked(app: App) -> None:
    app.caches.pop(glossary.CACHE, None)
    before = app.db.statements
    for _ in range(100):
        assert await glossary.terms(app, "zh", "en", ["yyds"]) == (0, [])
    assert app.db.statements - before == 1
    assert (await glossary.current(app)).found is None


async def test_what_another_process_changes_is_seen_after_a_while(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    assert (await glossary.terms(app, "zh", "en", ["yyds"]))[1] == []
    monkeypatch.setattr(glossary, "forget", lambda _: None)
    made = await keeping.put(app, YYDS)
    assert (await glossary.terms(app, "zh", "en", ["yyds"]))[1] == []
    await _later(app, monkeypatch)
    assert (await glossary.terms(app, "zh", "en", ["yyds"]))[1] != []
    await keeping.put(app, replace(made, translations={"en": "the best"}))  # the number of entries stays
    await _later(app, monkeypatch)
    assert (await glossary.terms(app, "zh", "en", ["yyds"]))[1][0].translation == "the best"


async def _later(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = app.caches[glossary.CACHE]
    app.caches[glossary.CACHE] = (kept[0] - timedelta(minutes=1) // timedelta(milliseconds=1), kept[1])


@pytest.mark.parametrize(
    "entry",
    [
        Entry("", "zh", keep=True),
        Entry("…", "zh", keep=True),
        Entry("x" * 65, "en", keep=True),
        Entry("yyds", "q9", keep=True),
        Entry("yyds", "zh"),
        Entry("yyds", "zh", meanings={"en": "x" * 501}),
        Entry("yyds", "zh", meanings={"zz9": "x"}),
        Entry("yyds", "zh", ("zz9",), keep=True),
    ],
)
async def test_what_is_no_entry_is_refused(app: App, entry: Entry) -> None:
    with pytest.raises(Invalid):
        await keeping.put(app, entry)
    assert await keeping.everything(app) == []


async def test_a_term_is_there_once_for_each_language_it_belongs_to(app: App) -> None:
    first = await keeping.put(app, YYDS)
    second = await keeping.put(app, replace(YYDS, term="YYDS", meanings={"en": "greatest"}))
    assert (first.id, [one.term for one in await keeping.everything(app)]) == (second.id, ["YYDS"])
    other = await keeping.put(app, CAP)
    with pytest.raises(Invalid, match="taken"):
        await keeping.put(app, replace(YYDS, id=other.id))
    with pytest.raises(NotFound):
        await keeping.put(app, replace(YYDS, id=1))


async def test_all_entries_of_a_file_are_read_or_none(app: App) -> None:
    with pytest.raises(Invalid):
        await keeping.put_all(app, [YYDS, Entry("bad", "q9", keep=True)])
    assert await keeping.everything(app) == []


def test_what_is_written_as_csv_is_read_again() -> None:
    entries = [YYDS, CAP, NAME, Entry("=SUM(A1)", "en", meanings={"en": '+1, "quoted"\nand more'})]
    text = glossary_csv.written(entries)
    assert not any(cell.startswith("=") for line in text.splitlines() for cell in line.split(","))
    assert glossary_csv.read(text) == entries


@pytest.mark.parametrize(
    "text", ["", "word\nx", "term,origin\nx", "term,origin\nx,zh,more", "term,origin\n,zh", "x" * 3_000_000]
)
def test_what_is_no_glossary_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        glossary_csv.read(text)


async def test_the_starter_entries_are_sound_and_explained_in_both_languages(app: App) -> None:
    entries = glossary_csv.starter()
    assert len(entries) >= 60
    assert await keeping.put_all(app, entries) == len(entries) == len(await keeping.everything(app))
    for one in entries:
        assert one.keep or {"en", "zh-Hans"} <= one.meanings.keys(), one.term
    assert {"yyds", "u1s1", "xswl", "cpdd", "内卷", "躺平", "no cap"} <= {one.term for one in entries}
    assert await keeping.put_all(app, entries) == len(await keeping.everything(app)), "loading it twice adds nothing"


def row(content: str, **more: Any) -> Any:
    return {"id": 1, "edited_at": None, "language": "zh", "content": content, **more}


async def test_a_note_is_in_the_readers_language_and_not_about_words_of_their_own(app: App) -> None:
    for entry in (YYDS, CAP):
        await keeping.put(app, entry)
    known = await glossary.current(app)
    both = row("<p>yyds, no cap</p>")
    assert glossary.notes(known, both, "en-GB") == [
        {"term": "yyds", "meaning": "the best", "language": "en", "origin": "zh"}
    ]
    assert [(one["term"], one["meaning"]) for one in glossary.notes(known, both, "zh-TW")] == [("no cap", "不骗你")]
    assert [one["language"] for one in glossary.notes(known, both, "de")] == ["en", "en"]
    assert len(glossary.notes(known, both, None)) == 2


async def test_nothing_is_explained_in_names_tags_and_addresses_nor_in_another_language(app: App) -> None:
    await keeping.put(app, YYDS)
    known = await glossary.current(app)
    hidden = (
        '<p><a href="https://yyds.example/yyds">https://yyds.example/yyds</a> @yyds #yyds :yyds: <code>x</code></p>'
    )
    assert glossary.notes(known, row(hidden), "en") == []
    assert glossary.notes(known, row("<p>yyds</p>", id=2, language="pl"), "en") == []
    assert glossary.notes(known, row("<p>yyds</p>", id=3, language=None), "en") != []


async def test_an_edited_post_is_searched_anew(app: App) -> None:
    await keeping.put(app, YYDS)
    known = await glossary.current(app)
    assert glossary.notes(known, row("<p>tea</p>"), "en") == []
    assert glossary.notes(known, row("<p>yyds</p>", edited_at=5), "en") != []


async def test_hostile_terms_do_not_make_searching_slow() -> None:
    expression = pattern(["a" * length for length in range(1, 65)] + ["(a+)+$", "[", "\\"])
    assert expression is not None
    assert expression.search("b" * 100_000) is None
    assert expression.findall("a" * 20_000) == [], "no term is as long as this word"


async def test_finished_translations_of_posts_with_a_word_are_made_anew_when_its_entry_changes(app: App) -> None:
    engines(app, Location.LOCAL)
    author = await person(app, "alice")
    reader = await person(app, "bob")
    ids = [
        await publishing.publish(app, author.account_id, Draft(text=text, language="en"))
        for text in ("Hello, yyds", "Good morning")
    ]
    for post_id in ids:
        await translations.of_post(app, post_id, "es", _viewer(reader))
    assert set(await translations.finished(app, ids, "es")) == set(ids)
    entry = await keeping.put(app, YYDS)
    await settle(app)
    assert set(await translations.finished(app, ids, "es")) == {ids[1]}
    await translations.of_post(app, ids[0], "es", _viewer(reader))
    assert entry.id is not None
    await keeping.remove(app, entry.id)
    await settle(app)
    assert set(await translations.finished(app, ids, "es")) == {ids[1]}


def _viewer(user: User) -> Viewer:
    return Viewer(user.account_id, user.id, user.role, frozenset({"read"}), 1, 1, "en")
