"""Floods of mentions, refused phrases, and accounts whose media is always sensitive."""

import time
from typing import Any

import pytest

from fedinote.infra.app import App
from fedinote.policy import pipeline
from fedinote.policy.base import Subject
from fedinote.policy.content import folded
from fedinote.relations import follows
from tests.relations.people import change, person
from tests.support.people import configure


def flood(account_id: int, mentions: int = 21, **values: Any) -> Subject:
    domain = values.pop("domain", "far.example")
    return Subject(kind="post", account_id=account_id, domain=domain, mentions=mentions, **values)


async def test_a_flood_of_mentions_by_a_stranger_is_rejected(app: App) -> None:
    loud = await person(app, "loud", "far.example")
    verdict = await pipeline.check(app, flood(loud))
    assert (verdict.outcome, verdict.policy) == ("reject", "mentions")
    assert "20" in verdict.reason
    assert (await pipeline.check(app, flood(loud, 20))).outcome == "accept"


async def test_somebody_whom_a_person_here_follows_may_mention_many(app: App) -> None:
    loud, alice = await person(app, "loud", "far.example"), await person(app, "alice")
    far = await person(app, "far", "other.example")
    await follows.request(app, far, loud)
    await follows.accept(app, far, loud)
    assert (await pipeline.check(app, flood(loud))).rejected, "a follower elsewhere does not count"
    await follows.request(app, alice, loud)
    assert (await pipeline.check(app, flood(loud))).rejected, "a request that waits does not count"
    await follows.accept(app, alice, loud)
    assert (await pipeline.check(app, flood(loud))).outcome == "accept"


async def test_people_of_this_server_may_mention_many(app: App) -> None:
    alice = await person(app, "alice")
    assert (await pipeline.check(app, flood(alice, 100, domain=""))).outcome == "accept"


async def test_a_limited_flood_is_kept_and_mentions_nobody(app: App) -> None:
    configure(app, "moderation", mention_flood="limit", max_mentions=3)
    loud = await person(app, "loud", "far.example")
    verdict = await pipeline.check(app, flood(loud, 4))
    assert (verdict.outcome, verdict.changes) == ("change", {"mentions": ()})


async def test_no_limit_of_mentions_is_no_limit(app: App) -> None:
    configure(app, "moderation", max_mentions=0)
    assert (await pipeline.check(app, flood(await person(app, "loud", "far.example"), 1000))).outcome == "accept"


@pytest.mark.parametrize(
    ("text", "spoiler"),
    [
        ("<p>Buy cheap pills now</p>", ""),
        ("<p>CHEAP\u00a0Pills</p>", ""),
        ("<p>ｃｈｅａｐ ｐｉｌｌｓ</p>", ""),
        ("<p>ch<b>ea</b>p pi<span>lls</span></p>", ""),
        ("<p>cheap<br>pills</p>", ""),
        ("<p>ch&#101;ap pills</p>", ""),
        ("<p>nothing</p>", "Cheap pills"),
        ("<p>安い薬です</p>", ""),
    ],
)
@pytest.mark.parametrize("domain", ["", "far.example"])
async def test_a_refused_phrase_is_found_however_it_is_written_and_by_whomever(
    app: App, text: str, spoiler: str, domain: str
) -> None:
    configure(app, "moderation", refused_phrases=["Cheap  Pills", "安い薬"])
    subject = Subject("post", await person(app, "loud", domain), domain, text=text, spoiler_text=spoiler)
    verdict = await pipeline.check(app, subject)
    assert (verdict.outcome, verdict.policy) == ("reject", "phrases")
    assert "pills" not in verdict.reason.lower(), "the reason has nothing of the text"


@pytest.mark.parametrize("text", ["<p>cheap and good pills</p>", "", "<a href='https://cheap%20pills'>x</a>"])
async def test_other_texts_pass(app: App, text: str) -> None:
    configure(app, "moderation", refused_phrases=["cheap pills", " "])
    subject = Subject("post", await person(app, "kind", "far.example"), "far.example", text=text)
    assert (await pipeline.check(app, subject)).outcome == "accept"


async def test_hostile_texts_cost_no_more_than_their_length(app: App) -> None:
    configure(app, "moderation", refused_phrases=["a" * 50 + "b", "<p" * 20, "ab" * 30 + "c"])
    started = time.process_time()
    for unit in ("a", "<p", "ab", "&", "<", "\u0301", "ﷺ"):
        text = unit * (100_000 // len(unit))
        await pipeline.check(app, Subject("post", 1, "far.example", text=text, spoiler_text=text))
    assert time.process_time() - started < 20


def test_folding_forgets_case_width_and_gaps() -> None:
    assert folded(" Ａ\n b\tＣ ") == "a b c"


async def test_media_of_a_marked_account_is_sensitive(app: App) -> None:
    bold = await person(app, "bold", "far.example")
    await change(app, bold, sensitized_at=app.now())
    post = Subject("post", bold, "far.example", has_media=True)
    assert (await pipeline.check(app, post)).changes == {"sensitive": True}
    assert (await pipeline.check(app, Subject("post", bold, "far.example"))).outcome == "accept"
    other = Subject("post", await person(app, "shy"), "", has_media=True)
    assert (await pipeline.check(app, other)).outcome == "accept"
