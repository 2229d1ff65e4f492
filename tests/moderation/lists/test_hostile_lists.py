"""Lists are written by others, who may be careless, taken over, or ill-meaning: what one of them can do, and cannot."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from fedinote.infra.app import App
from fedinote.infra.errors import Malformed, NotFound
from fedinote.moderation.lists import advice, entries, sources
from fedinote.moderation.lists.advice import Advice
from fedinote.moderation.lists.sources import Wanted
from fedinote.moderation.servers import acquaintances, allows, domain_imports, domains
from tests.moderation.staff import staff
from tests.relations.people import person
from tests.support.fakefedi import FakeHost, faking

HEAD = "#domain,#severity\n"


@pytest.fixture
async def host() -> AsyncIterator[FakeHost]:
    async with faking() as fedi:
        yield await fedi.host()


def _csv(host: FakeHost, *names: str, path: str = "/list.csv") -> str:
    body = HEAD + "".join(f"{name},suspend\n" for name in names)
    return host.serve(host.base + path, body.encode(), content_type="text/csv")


def _json(host: FakeHost, path: str, **fields: Any) -> str:
    return host.serve(host.base + path, json.dumps(fields).encode())


def _item(number: int, domain: str = "bad.example", **more: Any) -> dict[str, Any]:
    entity = {"type": "Domain", "value": domain}
    usual = {"id": f"c/{number}", "type": "Recommendation", "entity": entity, "recommendedPolicy": "drop"}
    return {**usual, **more}


def _dataset(host: FakeHost, *items: dict[str, Any]) -> str:
    ends = {"snapshot": f"{host.base}/snapshot", "changes": f"{host.base}/changes"}
    _json(host, "/snapshot", items=list(items), changes=ends["changes"])
    return _json(host, "/set", endpoints=ends)


async def _automatic(app: App, url: str, kind: str = "csv") -> int:
    return await sources.add(app, Wanted(kind, url, url, ceiling="suspend", automatic=True), by=None)


async def _blocked(app: App) -> set[str]:
    return {one.domain for one in await domains.everything(app)}


async def _drafts(app: App) -> set[str]:
    return {row["domain"] for row in await app.db.rows("SELECT domain FROM list_entries WHERE state = 'draft'")}


@pytest.mark.parametrize("name", ["com", "*.org", "COM.", "xn--fiqs8s", "中国"])
async def test_a_list_cannot_shut_out_all_servers_of_a_top_level_domain(app: App, host: FakeHost, name: str) -> None:
    source = await _automatic(app, _csv(host, name, "bad.example"))
    await sources.refresh(app, source)
    assert await _blocked(app) == {"bad.example"}
    assert name.partition(",")[0] in (await sources.get(app, source))["problem"]
    found = advice.read_changes([_item(1, name), _item(2)])
    assert ([one.domain for one in found.advice], found.skipped) == (["bad.example"], 1)
    lines = advice.read_lines(f"{HEAD}{name},suspend\n".encode())
    assert [bool(one.problem) for one in lines] == [True]


async def test_a_file_cannot_either_but_a_moderator_can_by_hand(app: App) -> None:
    admin = await staff(app, "admin")
    handed_in = await domain_imports.begin(
        app, "block", "a.csv", f"{HEAD}com,suspend\nbad.example,suspend".encode(), by=admin
    )
    assert [one.domain for one in await domain_imports.page(app, handed_in, ("new",))] == ["bad.example"]
    await domains.block(app, "zip", domains.Terms(), by=admin)
    assert await _blocked(app) == {"zip"}


async def test_of_servers_that_people_here_let_in_and_of_relays_a_moderator_decides(app: App, host: FakeHost) -> None:
    admin = await staff(app, "admin")
    await person(app, "far", "friend.example")
    await acquaintances.approve(app, "friend.example", by=admin)
    await allows.allow(app, "listed.example", by=admin)
    await app.db.execute(
        "INSERT INTO relays (id, kind, state, inbox_url, actor_uri, followers_url, follow_uri, created_at)"
        " VALUES (1, 'mastodon', 'accepted', 'https://relay.other.example/inbox', '', '', 'f', ?)",
        app.now(),
    )
    named = ("friend.example", "listed.example", "other.example", "bad.example")
    source = await _automatic(app, _csv(host, *named))
    await sources.refresh(app, source)
    await sources.refresh(app, source)
    assert await _blocked(app) == {"bad.example"}
    assert await _drafts(app) == {"friend.example", "listed.example", "other.example"}
    entry = await app.db.value("SELECT id AS value FROM list_entries WHERE domain = 'friend.example'")
    await entries.apply(app, int(entry), by=admin)
    assert await _blocked(app) == {"bad.example", "friend.example"}


async def test_who_was_let_in_by_a_list_alone_can_be_shut_out_by_one(app: App, host: FakeHost) -> None:
    await acquaintances.vouch(app, "bad.example", 7)
    await sources.refresh(app, await _automatic(app, _csv(host, "bad.example")))
    assert await _blocked(app) == {"bad.example"}


@pytest.mark.parametrize(
    "odd",
    [
        {"labels": ["http://[", "http://[::1"]},
        {"labels": [{"name": 5}, None, 7, ["http://["]]},
        {"id": "y" * 3000},
        {"id": "a\x00b", "comment": "a\x00b"},
        {"recommendedFilters": [{"a": [1]}] * 9},
        {"entity": {"type": "Domain", "value": "http://["}, "recommendedPolicy": 5},
    ],
)
async def test_nothing_that_a_list_says_keeps_the_other_lists_from_being_read(
    app: App, host: FakeHost, odd: dict[str, Any]
) -> None:
    await _automatic(app, _dataset(host, {**_item(1, "odd.example"), **odd}, _item(2)), "fires")
    await _automatic(app, _csv(host, "worse.example"))
    await sources.refresh_due(app)
    assert {"bad.example", "worse.example"} <= await _blocked(app)


def test_an_id_that_is_too_long_to_be_kept_is_none() -> None:
    found = advice.read_changes([_item(1, id="y" * 3000), {"type": "Tombstone", "id": "y" * 3000}, _item(2)])
    assert [one.key for one in found.advice] == ["", "", "c/2"]


async def test_a_list_that_stumbles_in_an_unknown_way_is_named_and_the_next_one_is_read(
    app: App, host: FakeHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = await _automatic(app, _dataset(host), "fires")
    await _automatic(app, _csv(host, "worse.example"))

    def stumble(items: Any) -> Any:
        raise ValueError(items)

    monkeypatch.setattr(advice, "read_changes", stumble)
    await sources.refresh_due(app)
    assert await _blocked(app) == {"worse.example"}
    assert (await sources.get(app, first))["problem"]
    assert (await sources.get(app, first))["read_at"] is not None


async def test_changes_without_end_are_read_no_further_than_a_list_may_be_long(
    app: App, host: FakeHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(advice, "MAX_ROWS", 4)
    source = await _automatic(app, _dataset(host, _item(0)), "fires")
    await sources.refresh(app, source)
    for number in range(1, 9):
        where = "/changes" if number == 1 else f"/changes?{number}"
        items = [_item(10 * number + at, f"n{number}{at}.example") for at in range(2)]
        _json(host, where, orderedItems=items, next=f"{host.base}/changes?{number + 1}")
    assert (await sources.refresh(app, source))["taken"] == 4
    assert (await sources.get(app, source))["cursor"] == f"{host.base}/changes?3"
    assert (await sources.refresh(app, source))["taken"] == 4
    assert (await sources.get(app, source))["cursor"] == f"{host.base}/changes?5"


async def test_a_slow_data_set_is_left_after_a_minute_and_gone_on_with_later(
    app: App, host: FakeHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = await _automatic(app, _dataset(host), "fires")
    await sources.refresh(app, source)
    monkeypatch.setattr(sources, "PATIENCE", -1.0)
    _json(host, "/changes", orderedItems=[_item(1)], next=f"{host.base}/changes?2")
    _json(host, "/changes?2", orderedItems=[_item(2, "two.example")])
    assert (await sources.refresh(app, source))["taken"] == 1
    assert (await sources.refresh(app, source))["taken"] == 1


async def test_an_address_that_is_too_long_to_be_kept_is_none(app: App, host: FakeHost) -> None:
    source = await _automatic(app, _dataset(host), "fires")
    _json(host, "/snapshot", items=[], changes=f"{host.base}/{'c' * 3000}")
    with pytest.raises(Malformed):
        await sources.refresh(app, source)


async def test_others_write_while_a_long_list_is_taken_up(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(entries, "PIECE", 3)
    source = await sources.get(app, await _automatic(app, "https://lists.example/a.csv"))
    written, at_work = list[int](), True

    async def others() -> None:
        while at_work:
            await app.db.execute("UPDATE users SET role = role WHERE id = 1")
            written.append(int(await app.db.value("SELECT COUNT(*) AS value FROM domain_blocks")))

    someone = asyncio.create_task(others())
    await entries.take(app, source, [Advice(f"bad{number}.example", "suspend") for number in range(30)])
    assert any(0 < count < 30 for count in written), written
    await entries.gone(app, source, set())
    at_work = False
    await someone
    assert await _blocked(app) == set()


async def test_a_list_that_is_removed_while_it_is_taken_up_leaves_nothing_behind(app: App) -> None:
    source_id = await _automatic(app, "https://lists.example/a.csv")
    source = await sources.get(app, source_id)
    await sources.remove(app, source_id, by=None)
    with pytest.raises(NotFound):
        await entries.take(app, source, [Advice("bad.example", "suspend")])
    assert await _blocked(app) == set()
