"""Each kind of rule: what it catches, what it leaves alone, and which terms it refuses."""

import time
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from fedinote.infra.app import App
from fedinote.infra.clock import Clock
from fedinote.infra.errors import Invalid
from fedinote.moderation.servers import acquaintances
from fedinote.policy.base import Subject
from fedinote.policy.rules import book
from fedinote.policy.rules.kinds import Judged
from fedinote.relations import follows
from tests.relations.people import change, person


def judged(text: str, **values: Any) -> Judged:
    found: dict[str, Any] = {"kind": "post", "account_id": 1, "domain": "far.example", "text": f"<p>{text}</p>"}
    return Judged(Subject(**found | values), Clock().now())


@pytest.mark.parametrize(
    ("kind", "terms", "text", "why"),
    [
        ("words", {"words": ["casino"]}, "Visit my CASINO!", "the word “casino”"),
        ("words", {"words": ["casino"]}, "Visit my ｃаsіnо", "in disguise"),
        ("words", {"words": ["casino"]}, "casinos are another word", None),
        ("words", {"words": ["賭場"]}, "最好的赌场优惠", "in disguise"),
        ("words", {"words": ["free money"]}, "FREE   money here", "free money"),
        ("pattern", {"pattern": r"\+?86\d{11}"}, "call +8613812345678", "the pattern matches “+8613812345678”"),
        ("pattern", {"pattern": "buy now"}, "BUY NOW", "the pattern matches"),
        ("pattern", {"pattern": "viagra"}, "v i a g r a", "without its disguises"),
        ("pattern", {"pattern": "viagra"}, "a garden", None),
        ("links", {"hosts": ["spam.example"]}, '<a href="https://www.sub.spam.example/x">x</a>', "below spam.example"),
        ("links", {"hosts": ["spam.example"]}, '<a href="https://notspam.example/x">x</a>', None),
        ("links", {"most": 1}, '<a href="https://a.example">a</a> <a href="https://b.example">b</a>', "2 links"),
        ("links", {"most": 0}, '<a href="https://a.example/@x" class="u-url mention">@x</a>', None),
        ("languages", {"languages": ["zh"]}, "今天天气很好，我们去公园喝茶", "the language zh"),
        ("languages", {"languages": ["ja"], "only": True}, "今天天气很好，我们去公园喝茶", "the language zh"),
        ("languages", {"languages": ["zh"]}, "これは日本語です", None),
    ],
)
async def test_what_a_rule_catches(app: App, kind: str, terms: Mapping[str, Any], text: str, why: str | None) -> None:
    found = await book.matcher(kind, terms).match(app, judged(text))
    assert found is None if why is None else why in (found or "")


@pytest.mark.parametrize(
    ("kind", "terms"),
    [
        ("words", {}),
        ("words", {"words": ["", " "]}),
        ("words", {"words": ["x"] * 1_001}),
        ("pattern", {"pattern": "("}),
        ("pattern", {"pattern": r"(a)\1"}),
        ("pattern", {"pattern": "a*"}),
        ("pattern", {"pattern": ""}),
        ("links", {}),
        ("mentions", {"most": "many"}),
        ("newcomers", {"days": 0}),
        ("newcomers", {"days": 3, "doing": "singing"}),
        ("newcomers", {"days": 10**12}),
        ("newcomers", {"days": float("nan")}),
        ("repeats", {"times": 0}),
        ("repeats", {"times": 2**63 - 1}),
        ("repeats", {"times": 2, "minutes": 10**20}),
        ("repeats", {"times": 2, "minutes": float("inf")}),
        ("languages", {"languages": ["not a tag"]}),
        ("wishes", {}),
    ],
)
def test_terms_that_make_no_sense_are_refused(kind: str, terms: Mapping[str, Any]) -> None:
    with pytest.raises(Invalid, match="Validation failed"):
        book.matcher(kind, terms)


async def test_mentions_are_counted(app: App) -> None:
    rule = book.matcher("mentions", {"most": 3})
    assert await rule.match(app, judged("hi", mentions=3)) is None
    assert await rule.match(app, judged("hi", mentions=4)) == "4 mentions, more than 3"


async def test_newcomers_are_those_whom_nobody_here_follows(app: App) -> None:
    new, known = await person(app, "new", "far.example"), await person(app, "known", "far.example")
    reader = await person(app, "reader")
    await follows.request(app, reader, known)
    await follows.accept(app, reader, known)
    rule = book.matcher("newcomers", {"days": 7, "doing": "links"})
    link = '<a href="https://a.example">a</a>'
    assert await rule.match(app, judged(link, account_id=new))
    assert await rule.match(app, judged("no link", account_id=new)) is None
    assert await rule.match(app, judged(link, account_id=known)) is None


async def test_an_account_elsewhere_that_says_it_is_old_is_a_newcomer_all_the_same(app: App) -> None:
    claimed, later = await person(app, "new", "far.example"), app.now() + timedelta(days=8)
    await change(app, claimed, created_at=app.now() - timedelta(days=3000))
    rule = book.matcher("newcomers", {"days": 7, "doing": "anything"})
    assert await rule.match(app, judged("hello", account_id=claimed))
    assert await rule.match(app, Judged(judged("hello", account_id=claimed).subject, later)) is None


async def test_a_server_that_is_known_is_believed_how_old_its_accounts_are(app: App) -> None:
    old, new = await person(app, "old", "far.example"), await person(app, "new", "far.example")
    await change(app, old, created_at=app.now() - timedelta(days=30))
    await acquaintances.approve(app, "far.example", by=None, why="known for years")
    rule = book.matcher("newcomers", {"days": 7, "doing": "anything"})
    assert await rule.match(app, judged("hello", account_id=old)) is None
    assert await rule.match(app, judged("hello", account_id=new))


async def test_members_are_newcomers_by_when_they_signed_up(app: App) -> None:
    old, new = await person(app, "old"), await person(app, "new")
    await change(app, old, created_at=app.now() - timedelta(days=30))
    rule = book.matcher("newcomers", {"days": 7, "doing": "anything"})
    assert await rule.match(app, judged("hello", account_id=old)) is None
    assert await rule.match(app, judged("hello", account_id=new))


async def test_the_same_words_again_and_again(app: App) -> None:
    rule = book.matcher("repeats", {"times": 2, "minutes": 10})
    text = "Great offers for everybody @{n} number {n}"
    found = [await rule.match(app, judged(text.format(n=n), account_id=n, uri=f"https://x/{n}")) for n in range(4)]
    assert found[:2] == [None, None]
    assert found[2] is not None
    assert found[3] is not None
    assert await rule.match(app, judged("good morning", account_id=9, uri="https://x/9")) is None


async def test_the_same_post_offered_again_is_no_repetition(app: App) -> None:
    rule = book.matcher("repeats", {"times": 1})
    for _ in range(5):
        assert await rule.match(app, judged("a long enough text for once", uri="https://x/1")) is None


async def test_no_expression_takes_more_time_than_its_text(app: App) -> None:
    started = time.process_time()
    for pattern in (r"(a+)+$", r"(a|aa)+$", r"(.*a){20}$", r"([a-z]+)*\d"):
        rule = book.matcher("pattern", {"pattern": pattern})
        await rule.match(app, judged("a" * 90_000 + "!"))
    assert time.process_time() - started < 10  # a backtracking engine would not end
