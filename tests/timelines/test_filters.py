"""Filters: what matches, where it counts, and that a change counts at once."""

from collections.abc import Sequence
from typing import Any

import msgspec
import pytest

from fedinote.infra.app import App
from fedinote.infra.errors import Invalid, NotFound
from fedinote.timelines import filter_rules, filters, live
from fedinote.timelines.filter_rules import FilterChanges, KeywordChange
from fedinote.timelines.filters import PersonalFilter
from tests.relations.people import person, post

ME, AUTHOR = 1, 2


def _row(content: str, spoiler: str = "", *, account_id: int = AUTHOR) -> dict[str, Any]:
    return {"id": 7, "account_id": account_id, "content": content, "spoiler_text": spoiler}


async def _filter(app: App, owner: int, *words: str, whole: bool = True, **changes: Any) -> PersonalFilter:
    keywords = [KeywordChange(word, whole) for word in words]
    wanted = {"title": "quiet", "context": ["home"], **changes}
    return await filter_rules.create(app, owner, FilterChanges(keywords=keywords, **wanted))


async def _found(app: App, owner: int, content: str, context: str = "home", **options: Any) -> Sequence[str]:
    found = await filters.results(app, owner, context, [_row(content)], **options)
    return [word for match in found.get(7, ()) for word in match.keyword_matches]


@pytest.mark.parametrize(
    ("keyword", "content", "whole", "matches"),
    [
        ("spoiler", "<p>A Spoiler!</p>", True, True),
        ("spoil", "<p>a spoiler</p>", True, False),
        ("spoil", "<p>a spoiler</p>", False, True),
        ("oil", "<p>soil, spoil and then oil</p>", True, True),
        ("two words", "<p>two<br>words</p>", True, True),
        ("#tag", '<p><a href="https://x.example">#<span>Tag</span></a></p>', True, True),
        ("#tag", "<p>#tagged</p>", True, False),
        ("a&b", "<p>A&amp;B</p>", True, True),
        ("p", "<p>nothing</p>", True, False),
        ("x_y", "<p>x_y_z</p>", True, False),
        ("straße", "<p>STRASSE</p>", True, True),
        ("cafe", "<p>Café</p>", True, True),
        ("ＡＩ", "<p>ai</p>", True, True),
        ("foobar", "<p>foo\u200bbar</p>", True, True),
        ("猫", "<p>猫が好きです</p>", True, True),
        ("ネコ", "<p>うちのﾈｺです</p>", True, True),
        ("AI", "<p>生成AIの話</p>", True, True),
        ("AI", "<p>MAIの話</p>", True, False),
        ("選舉", "<p>明天是选举日</p>", True, True),
        ("고양이", "<p>고양이가 좋아요</p>", True, True),
        ("แมว", "<p>ฉันชอบแมวมาก</p>", True, True),
        ("выбор", "<p>выборы</p>", True, False),
        ("हिन्द", "<p>हिन्दी</p>", True, False),
        ("🍄", "<p>look:🍄🍄</p>", True, True),
    ],
)
async def test_keywords_match_as_their_script_is_written(
    app: App, keyword: str, content: str, whole: bool, matches: bool
) -> None:
    me = await person(app, "me")
    await _filter(app, me, keyword, whole=whole)
    assert await _found(app, me, content) == ([keyword] if matches else [])


async def test_the_warning_and_other_texts_are_looked_at_too(app: App) -> None:
    me = await person(app, "me")
    await _filter(app, me, "secret")
    assert 7 in await filters.results(app, me, "home", [_row("<p>open</p>", "the secret")])
    assert await _found(app, me, "<p>open</p>", extra={7: ["a picture", "of a Secret"]}) == ["secret"]
    assert await _found(app, me, "<p>open</p>", extra={8: ["secret"]}) == []


async def test_ones_own_posts_and_other_peoples_filters_do_not_count(app: App) -> None:
    me, other = await person(app, "me"), await person(app, "other")
    await _filter(app, me, "word")
    assert await filters.results(app, me, "home", [_row("word", account_id=me)]) == {}
    assert await _found(app, other, "word") == []
    assert await filters.results(app, None, "home", [_row("word")]) == {}


async def test_a_filter_hides_only_in_its_context_but_is_told_everywhere(app: App) -> None:
    me = await person(app, "me")
    await _filter(app, me, "word", action="hide", context=["home", "thread"])
    for context, hides in (("home", True), ("thread", True), ("public", False)):
        found = (await filters.results(app, me, context, [_row("word")]))[7]
        assert (filters.hidden(found), found[0].applies) == (hides, hides)
    assert not filters.hidden([])


@pytest.mark.parametrize("action", ["warn", "blur"])
async def test_only_the_action_hide_hides(app: App, action: str) -> None:
    me = await person(app, "me")
    await _filter(app, me, "word", action=action)
    found = (await filters.results(app, me, "home", [_row("word")]))[7]
    assert not filters.hidden(found)
    assert found[0].filter.action == action


async def test_an_expired_filter_does_nothing_but_stays(app: App) -> None:
    me = await person(app, "me")
    soon = app.clock.now()
    made = await _filter(app, me, "word", expires_at=soon, sets_expiry=True)
    assert made.expires_at == soon
    app.clock.shift(-60)
    assert await _found(app, me, "word") == ["word"]
    app.clock.shift(120)
    assert await _found(app, me, "word") == []
    assert [one.id for one in await filters.of(app, me)] == [made.id]


async def test_every_change_counts_at_once(app: App) -> None:
    me = await person(app, "me")
    assert await _found(app, me, "one two three four") == []
    made = await _filter(app, me, "one")
    assert await _found(app, me, "one two three four") == ["one"]
    two = await filter_rules.add_keyword(app, me, made.id, "two")
    assert await _found(app, me, "one two three four") == ["one", "two"]
    await filter_rules.change_keyword(app, me, two.id, "three")
    assert await _found(app, me, "one two three four") == ["one", "three"]
    await filter_rules.delete_keyword(app, me, two.id)
    assert await _found(app, me, "one two three four") == ["one"]
    changes = [KeywordChange("four"), KeywordChange(id=made.keywords[0].id, destroy=True)]
    await filter_rules.update(app, me, made.id, FilterChanges(keywords=changes))
    assert await _found(app, me, "one two three four") == ["four"]
    await filter_rules.delete(app, me, made.id)
    assert await _found(app, me, "one two three four") == []


async def test_filters_are_read_once_for_many_pages_in_one_process(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    me = await person(app, "me")
    monkeypatch.setattr(app.bus, "relay", None)
    await _filter(app, me, "word")
    await _found(app, me, "word")
    before = app.db.statements
    assert await _found(app, me, "word") == ["word"]
    assert app.db.statements == before + 1  # what the posts say in other languages
    monkeypatch.setattr(app.bus, "relay", lambda channel, message: None)  # other processes may write now
    await app.db.execute("UPDATE filter_keywords SET keyword = 'other'")
    assert await _found(app, me, "word") == []


async def test_a_change_that_is_rolled_back_leaves_the_filters_as_they_were(app: App) -> None:
    me = await person(app, "me")
    made = await _filter(app, me, "word")

    async def fail() -> None:
        async with app.db.transaction():
            await filter_rules.add_keyword(app, me, made.id, "other")
            assert await _found(app, me, "other") == ["other"]
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fail()
    assert await _found(app, me, "other") == []


async def test_a_change_is_told_to_the_persons_clients(app: App) -> None:
    me, other = await person(app, "me"), await person(app, "other")
    with app.bus.subscribe([live.user(me), live.user(other)]) as stream:
        await _filter(app, me, "word")
        channel, message = await anext(stream)
    assert (channel, msgspec.json.decode(message)) == (live.user(me), ["filters_changed", 0])


async def test_a_filter_names_single_posts(app: App) -> None:
    me, author = await person(app, "me"), await person(app, "author")
    made = await _filter(app, me)
    post_id = await post(app, author, "<p>fine</p>")
    boost = await post(app, author, "", reblog_of_id=post_id)
    named = await filter_rules.add_post(app, me, made.id, boost)
    assert named == await filter_rules.add_post(app, me, made.id, post_id)
    row = {**_row("<p>fine</p>"), "id": post_id}
    found = await filters.results(app, me, "home", [row])
    assert (found[post_id][0].keyword_matches, found[post_id][0].status_matches) == ((), (post_id,))
    await filter_rules.delete_post(app, me, named.id)
    assert await filters.results(app, me, "home", [row]) == {}
    private = await post(app, author, "<p>private</p>", visibility="private")
    with pytest.raises(NotFound):
        await filter_rules.add_post(app, me, made.id, private)


async def test_other_peoples_filters_are_not_found(app: App) -> None:
    me, other = await person(app, "me"), await person(app, "other")
    made = await _filter(app, me, "word")
    word = made.keywords[0].id
    for call in (
        filter_rules.show(app, other, made.id),
        filter_rules.update(app, other, made.id, FilterChanges(title="mine")),
        filter_rules.delete(app, other, made.id),
        filter_rules.add_keyword(app, other, made.id, "x"),
        filter_rules.change_keyword(app, other, word, "x"),
        filter_rules.delete_keyword(app, other, word),
        filter_rules.update(app, me, made.id, FilterChanges(keywords=[KeywordChange("x", id=12)])),
    ):
        with pytest.raises(NotFound):
            await call
    assert await filter_rules.show(app, me, made.id) == made


@pytest.mark.parametrize(
    "changes",
    [
        FilterChanges(title=" ", context=["home"]),
        FilterChanges(title="x"),
        FilterChanges(title="x", context=[]),
        FilterChanges(title="x", context=["home", "elsewhere"]),
        FilterChanges(title="x", context=["home"], action="explode"),
        FilterChanges(title="x" * 257, context=["home"]),
        FilterChanges(title="x", context=["home"], keywords=[KeywordChange(" ")]),
        FilterChanges(title="x", context=["home"], keywords=[KeywordChange("\u200b")]),
        FilterChanges(title="x", context=["home"], keywords=[KeywordChange("x" * 513)]),
    ],
)
async def test_what_is_no_filter_is_refused_and_leaves_nothing(app: App, changes: FilterChanges) -> None:
    me = await person(app, "me")
    with pytest.raises(Invalid):
        await filter_rules.create(app, me, changes)
    assert await filters.of(app, me) == []


async def test_a_hostile_text_takes_no_longer_than_its_length(app: App) -> None:
    me = await person(app, "me")
    await _filter(app, me, *("a" * size for size in (50, 200, 512)))
    text = "b" + "a" * 100_000
    assert await _found(app, me, text) == []
    assert len(filters.folded(text[: filters.MAX_TEXT])) == filters.MAX_TEXT
