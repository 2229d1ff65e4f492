"""Subscriptions to lists: what arrives is a draft with a ceiling, retractions are followed, nothing else is undone."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from fedinote.infra.app import App
from fedinote.infra.errors import Conflict, FediNoteError, Forbidden, Invalid, Malformed, NotFound
from fedinote.moderation.lists import entries, sources
from fedinote.moderation.lists.advice import Advice
from fedinote.moderation.lists.sources import Wanted
from fedinote.moderation.moderator import Moderator
from fedinote.moderation.servers import acquaintances, domains
from fedinote.moderation.servers.domains import Terms
from fedinote.policy import acquaintance
from tests.moderation.staff import log, staff
from tests.support.fakefedi import FakeHost, faking
from tests.support.people import configure

HEAD = "#domain,#severity,#reject_media,#reject_reports,#public_comment,#obfuscate\n"


@pytest.fixture
async def host() -> AsyncIterator[FakeHost]:
    async with faking() as fedi:
        yield await fedi.host()


@pytest.fixture
async def admin(app: App) -> Moderator:
    return await staff(app, "admin")


def _csv(host: FakeHost, *rows: str) -> str:
    body = (HEAD + "".join(f"{row}\n" for row in rows)).encode()
    return host.serve(f"{host.base}/list.csv", body, content_type="text/csv")


async def _subscribed(app: App, url: str, kind: str = "csv", **more: Any) -> int:
    return await sources.add(app, Wanted(kind, url, "The list", **more), by=None)


async def _states(app: App) -> dict[str, str]:
    return {row["domain"]: row["state"] for row in await app.db.rows("SELECT domain, state FROM list_entries")}


async def _blocks(app: App) -> dict[str, str]:
    return {one.domain: one.severity for one in await domains.everything(app)}


async def _entry(app: App, domain: str) -> int:
    return int(await app.db.value("SELECT id AS value FROM list_entries WHERE domain = ?", domain))


async def test_what_a_list_says_arrives_as_drafts_and_blocks_nobody(app: App, host: FakeHost) -> None:
    source = await _subscribed(
        app, _csv(host, "bad.example,suspend,false,false,spam,false", f"{app.settings.host},suspend,,,,")
    )
    done = await sources.refresh(app, source)
    assert done == {"taken": 1, "applied": 0, "retracted": 0}
    assert await _states(app) == {"bad.example": "draft"}
    assert await _blocks(app) == {}


async def test_a_moderator_puts_one_into_force_no_more_severe_than_the_ceiling(
    app: App, host: FakeHost, admin: Moderator
) -> None:
    source = await _subscribed(app, _csv(host, "bad.example,suspend,true,false,spam,false"), ceiling="silence")
    await sources.refresh(app, source)
    await entries.apply(app, await _entry(app, "bad.example"), by=admin)
    await entries.apply(app, await _entry(app, "bad.example"), by=admin)
    found = await domains.find(app, "bad.example")
    assert found is not None
    assert (found.severity, found.reject_media, found.public_comment) == ("silence", True, "spam")
    assert found.private_comment == "The list: spam"
    assert [action for action, _ in await log(app)].count("domain.block") == 1
    with pytest.raises(Forbidden):
        await entries.apply(app, await _entry(app, "bad.example"), by=Moderator(1, 1, "moderator"))


async def test_an_automatic_source_acts_by_itself_and_follows_what_it_takes_back(app: App, host: FakeHost) -> None:
    url = _csv(host, "bad.example,suspend,,,spam,", "loud.example,silence,,,,")
    source = await _subscribed(app, url, ceiling="suspend", automatic=True)
    assert (await sources.refresh(app, source))["applied"] == 2
    assert (await sources.refresh(app, source))["applied"] == 0
    assert await _blocks(app) == {"bad.example": "suspend", "loud.example": "silence"}
    _csv(host, "loud.example,silence,,,,")
    assert (await sources.refresh(app, source))["retracted"] == 1
    assert await _blocks(app) == {"loud.example": "silence"}
    assert (await _states(app))["bad.example"] == "retracted"
    with pytest.raises(Conflict):
        await entries.apply(app, await _entry(app, "bad.example"), by=None)
    _csv(host, "loud.example,silence,,,,", "bad.example,silence,,,,")
    await sources.refresh(app, source)
    assert (await _blocks(app))["bad.example"] == "silence"


async def test_a_block_that_a_person_changed_stays_when_the_list_takes_it_back(
    app: App, host: FakeHost, admin: Moderator
) -> None:
    source = await _subscribed(app, _csv(host, "bad.example,silence,,,,", "x.example,noop,,,,"), automatic=True)
    await sources.refresh(app, source)
    await domains.block(app, "bad.example", Terms(severity="suspend", public_comment="ours"), by=admin)
    _csv(host, "x.example,noop,,,,")
    await sources.refresh(app, source)
    assert (await _blocks(app))["bad.example"] == "suspend"


async def test_a_block_that_was_there_before_is_neither_weakened_nor_lifted(
    app: App, host: FakeHost, admin: Moderator
) -> None:
    await domains.block(app, "bad.example", Terms(severity="suspend"), by=admin)
    source = await _subscribed(app, _csv(host, "bad.example,silence,,,,"), automatic=True)
    await sources.refresh(app, source)
    await sources.remove(app, source, by=admin)
    assert await _blocks(app) == {"bad.example": "suspend"}


async def test_a_domain_on_two_lists_stays_blocked_until_both_take_it_back(app: App, host: FakeHost) -> None:
    first = await _subscribed(app, _csv(host, "bad.example,silence,,,,"), automatic=True)
    other = host.serve(f"{host.base}/other.csv", (HEAD + "bad.example,silence,,,,\n").encode())
    second = await _subscribed(app, other, automatic=True)
    await sources.refresh(app, first)
    await sources.refresh(app, second)
    await sources.remove(app, first, by=None)
    assert await _blocks(app) == {"bad.example": "silence"}


async def test_what_was_refused_stays_refused(app: App, host: FakeHost, admin: Moderator) -> None:
    source = await _subscribed(app, _csv(host, "bad.example,suspend,,,,"), automatic=True)
    await sources.refresh(app, source)
    await entries.refuse(app, await _entry(app, "bad.example"), by=admin)
    assert await _blocks(app) == {}
    await sources.refresh(app, source)
    assert await _blocks(app) == {}
    assert await _states(app) == {"bad.example": "refused"}


async def test_advice_ends_when_its_list_falls_silent(app: App, host: FakeHost) -> None:
    source = await _subscribed(app, _csv(host, "bad.example,silence,,,,"), automatic=True, days=30)
    await sources.refresh(app, source)
    app.clock.shift(timedelta(days=29).total_seconds())
    assert await entries.expire(app) == 0
    await sources.refresh(app, source)
    app.clock.shift(timedelta(days=2).total_seconds())
    assert await entries.expire(app) == 0
    app.clock.shift(timedelta(days=29).total_seconds())
    assert await entries.expire(app) == 1
    assert await _blocks(app) == {}


async def test_a_list_that_fails_or_is_empty_changes_nothing_and_says_so(app: App, host: FakeHost) -> None:
    source = await _subscribed(app, _csv(host, "bad.example,silence,,,,"), automatic=True)
    await sources.refresh(app, source)
    for broken in ({"status": 500}, {"body": HEAD.encode()}, {"body": b"\xff\xfe"}):
        host.serve(f"{host.base}/list.csv", **broken)
        with pytest.raises(FediNoteError):
            await sources.refresh(app, source)
        assert (await sources.get(app, source))["problem"]
    assert await _blocks(app) == {"bad.example": "silence"}


async def test_a_source_is_checked_before_it_is_kept(app: App, admin: Moderator) -> None:
    good = Wanted("csv", "https://lists.example/a.csv", "A")
    for wrong in (
        Wanted("xml", good.url, "A"), Wanted("csv", "file:///etc/passwd", "A"), Wanted("csv", good.url, " "),
        Wanted("csv", good.url, "A", ceiling="kill"), Wanted("csv", good.url, "A", days=0),
    ):  # fmt: skip
        with pytest.raises(Invalid):
            await sources.add(app, wrong, by=admin)
    source = await sources.add(app, good, by=admin)
    with pytest.raises(Invalid):
        await sources.add(app, good, by=admin)
    await sources.change(app, source, Wanted("csv", good.url, "B", ceiling="suspend", automatic=True), by=admin)
    (found,) = await sources.listing(app)
    assert (found["title"], found["ceiling"], bool(found["automatic"])) == ("B", "suspend", True)
    with pytest.raises(NotFound):
        await sources.remove(app, 1, by=admin)


# FIRES


def _change(number: int, domain: str, kind: str = "Recommendation", policy: str = "drop") -> dict[str, Any]:
    entity = {"type": "Domain", "value": domain}
    return {"id": f"c/{number}", "type": kind, "entity": entity, "labels": [], "recommended_policy": policy}


def _dataset(host: FakeHost, *items: dict[str, Any]) -> str:
    where = f"{host.base}/datasets/1"
    ends = {"snapshot": f"{where}/snapshot", "changes": f"{where}/changes"}
    host.serve(where, json.dumps({"type": "Dataset", "endpoints": ends}).encode())
    _page(host, "/datasets/1/snapshot", items=list(items), changes=f"{where}/changes?since=0")
    return where


def _page(host: FakeHost, path: str, **fields: Any) -> None:
    host.serve(host.base + path, json.dumps({"type": "OrderedCollectionPage", **fields}).encode())


async def test_a_data_set_is_read_whole_once_and_then_by_its_changes(app: App, host: FakeHost) -> None:
    where = _dataset(host, _change(2, "loud.example", policy="filter"), _change(1, "bad.example"))
    source = await _subscribed(app, where, "fires", ceiling="suspend", automatic=True, days=60)
    assert await sources.refresh(app, source) == {"taken": 2, "applied": 2, "retracted": 0}
    assert await _blocks(app) == {"bad.example": "suspend", "loud.example": "silence"}
    _page(host, "/datasets/1/changes?since=0", orderedItems=[_change(3, "bad.example", "Retraction")],
          next=f"{where}/changes?since=3", last=f"{where}/changes?since=4")  # fmt: skip
    _page(host, "/datasets/1/changes?since=3", orderedItems=[_change(4, "new.example", "Advisory")],
          last=f"{where}/changes?since=4")  # fmt: skip
    _page(host, "/datasets/1/changes?since=4", orderedItems=[], last=f"{where}/changes?since=4")
    assert await sources.refresh(app, source) == {"taken": 1, "applied": 0, "retracted": 1}
    assert await _blocks(app) == {"loud.example": "silence"}
    assert await _states(app) == {"bad.example": "retracted", "loud.example": "applied", "new.example": "draft"}
    assert await sources.refresh(app, source) == {"taken": 0, "applied": 0, "retracted": 0}
    snapshots = [seen for seen in host.requests if seen.path.endswith("/snapshot")]
    assert len(snapshots) == 1


async def test_a_tombstone_takes_back_what_it_names_by_its_id(app: App, host: FakeHost) -> None:
    where = _dataset(host, _change(1, "bad.example"))
    source = await _subscribed(app, where, "fires", automatic=True)
    await sources.refresh(app, source)
    _page(host, "/datasets/1/changes?since=0", orderedItems=[{"id": "c/1", "type": "Tombstone"}])
    await sources.refresh(app, source)
    assert await _blocks(app) == {}


@pytest.mark.parametrize("leads", ["http://127.0.0.9:1/x", "file:///etc/passwd", "/relative"])
async def test_a_data_set_cannot_lead_elsewhere(app: App, host: FakeHost, leads: str) -> None:
    where = _dataset(host)
    host.serve(where, json.dumps({"endpoints": {"snapshot": leads}}).encode())
    source = await _subscribed(app, where, "fires")
    with pytest.raises(Malformed):
        await sources.refresh(app, source)


async def test_changes_that_go_round_in_circles_end(app: App, host: FakeHost) -> None:
    where = _dataset(host, _change(1, "bad.example"))
    source = await _subscribed(app, where, "fires")
    await sources.refresh(app, source)
    _page(host, "/datasets/1/changes?since=0", orderedItems=[], next=f"{where}/changes?since=0")
    assert (await sources.refresh(app, source))["taken"] == 0


async def test_a_server_that_a_list_accepts_is_no_stranger(app: App, host: FakeHost) -> None:
    configure(app, "federation", first_contact="careful")
    assert not await acquaintance.is_known(app, "good.example")
    where = _dataset(host, _change(1, "good.example", policy="accept"))
    source = await _subscribed(app, where, "fires", automatic=True)
    assert (await sources.refresh(app, source))["applied"] == 1
    assert await acquaintance.is_known(app, "good.example")
    assert await _blocks(app) == {}


async def test_a_server_that_a_list_no_longer_accepts_is_a_stranger_again_and_a_retraction_counts_once(
    app: App, host: FakeHost
) -> None:
    configure(app, "federation", first_contact="careful")
    where = _dataset(host, _change(1, "good.example", policy="accept"))
    source = await _subscribed(app, where, "fires", automatic=True)
    await sources.refresh(app, source)
    taken_back = _change(2, "good.example", "Retraction")
    _page(host, "/datasets/1/changes?since=0", orderedItems=[taken_back, taken_back], next=f"{where}/changes?since=2")
    _page(host, "/datasets/1/changes?since=2", orderedItems=[])
    assert (await sources.refresh(app, source))["retracted"] == 1
    assert await _states(app) == {"good.example": "retracted"}
    assert not await acquaintance.is_known(app, "good.example")


async def test_trust_belongs_to_the_list_and_not_to_its_title(app: App) -> None:
    configure(app, "federation", first_contact="careful")
    first = await _subscribed(app, "https://one.example/list", "fires", automatic=True)
    second = await _subscribed(app, "https://two.example/list", "fires", automatic=True)
    said = [Advice("good.example", "noop", accepted=True)]
    for one in (first, second):
        await entries.take(app, await sources.get(app, one), said)
    assert [(one.domain, one.how, one.why) for one in await acquaintances.trusted(app)] == [
        ("good.example", "list", "The list")
    ]
    await sources.change(app, first, Wanted("fires", "https://one.example/list", "New name", automatic=True), by=None)
    assert [one.why for one in await acquaintances.trusted(app)] == ["New name"]
    await sources.remove(app, first, by=None)
    assert [one.why for one in await acquaintances.trusted(app)] == ["The list"]
    await sources.remove(app, second, by=None)
    assert not await acquaintance.is_known(app, "good.example")


async def test_a_list_that_changes_its_mind_does_not_vouch_any_more(app: App) -> None:
    configure(app, "federation", first_contact="careful")
    number = await _subscribed(app, "https://one.example/list", "fires", automatic=True)
    await entries.take(app, await sources.get(app, number), [Advice("odd.example", "noop", accepted=True)])
    assert await acquaintance.is_known(app, "odd.example")
    await entries.take(app, await sources.get(app, number), [Advice("odd.example", "silence")])
    assert await _blocks(app) == {"odd.example": "silence"}
    assert not await acquaintance.is_known(app, "odd.example")


async def test_a_moderator_lets_a_server_in_that_a_list_accepts_and_blocks_nothing(
    app: App, host: FakeHost, admin: Moderator
) -> None:
    configure(app, "federation", first_contact="careful")
    source = await _subscribed(app, _dataset(host, _change(1, "good.example", policy="accept")), "fires")
    await sources.refresh(app, source)
    assert not await acquaintance.is_known(app, "good.example")
    entry = await _entry(app, "good.example")
    await entries.apply(app, entry, by=admin)
    assert await _states(app) == {"good.example": "applied"}
    assert await _blocks(app) == {}
    assert await acquaintance.is_known(app, "good.example")
    await entries.refuse(app, entry, by=admin)
    assert not await acquaintance.is_known(app, "good.example")
