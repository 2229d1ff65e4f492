"""Imports on one server: what they do, what they leave, and that being killed does not matter."""

from typing import Any

import pytest

from fedinote import worker
from fedinote.events import Blocked, FollowRequested
from fedinote.federation import resolve
from fedinote.federation.fetching import Budget
from fedinote.infra.app import App
from fedinote.infra.errors import Conflict, Invalid, NotFound
from fedinote.portability import exports, imports
from fedinote.posts import interactions
from fedinote.relations import blocks, domains, follows
from fedinote.timelines import lists
from tests.relations.people import change, person, post, recorded


async def imported(app: App, me: int, kind: str, text: str, **options: Any) -> Any:
    import_id = await imports.start(app, me, kind, text.encode(), **options)
    await worker.settle(app)
    return await imports.show(app, me, import_id)


async def had(app: App, me: int, kind: str) -> list[tuple[str, ...]]:
    return sorted(map(tuple, await exports.rows(app, me, kind)))


async def test_follows_come_with_their_wishes_and_who_is_unknown_is_named(app: App) -> None:
    me, bao = await person(app, "me"), await person(app, "bao")
    await person(app, "far", "two.example", locked=False)
    row = await imported(app, me, "follows", 'bao@localhost:8000,false,true,"ko, en"\nfar@two.example\nnobody\n')
    assert (row["total"], row["imported"], row["failed"], row["finished_at"] is None) == (3, 2, 1, False)
    (failure,) = await imports.failures(app, me, row["id"])
    assert (failure.cells[0], failure.error) == ("nobody", "There is no such account")
    follow = await follows.request(app, me, bao)
    assert (follow.accepted, follow.reblogs, follow.notify, follow.languages) == (True, False, True, ["ko", "en"])
    assert await had(app, me, "follows") == [("bao@localhost:8000", "false", "true", "ko, en")]  # far has to answer


async def test_to_import_again_does_nothing_twice(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    me = await person(app, "me")
    await person(app, "bao")
    await imported(app, me, "follows", "bao\n")
    events = recorded(app)
    row = await imported(app, me, "follows", "bao\n")
    assert (row["imported"], row["failed"]) == (1, 0)
    assert not [one for one in events.events if isinstance(one, FollowRequested)]


async def test_merging_keeps_what_is_there_and_overwriting_does_not(app: App) -> None:
    me = await person(app, "me")
    for name in ("a", "b", "c"):
        await person(app, name)
    await imported(app, me, "blocks", "a\nb\n")
    await imported(app, me, "blocks", "c\n")
    assert [row[0] for row in await had(app, me, "blocks")] == [f"{name}@localhost:8000" for name in "abc"]
    await imported(app, me, "blocks", "B@LOCALHOST:8000\nc\n", overwrite=True)
    assert [row[0] for row in await had(app, me, "blocks")] == [f"{name}@localhost:8000" for name in "bc"]


async def test_overwriting_follows_ends_others_but_not_requests_that_wait(app: App) -> None:
    me, a, b, shy = [await person(app, name) for name in ("me", "a", "b", "shy")]
    await change(app, shy, locked=True)
    for one in (a, b, shy):
        await follows.request(app, me, one)
    await imported(app, me, "follows", "b\n", overwrite=True)
    rows = await app.db.rows("SELECT target_id, accepted FROM follows WHERE follower_id = ? ORDER BY target_id", me)
    assert [(row["target_id"], bool(row["accepted"])) for row in rows] == [(b, True), (shy, False)]


async def test_mutes_keep_whether_notifications_are_hidden(app: App) -> None:
    me = await person(app, "me")
    await person(app, "a"), await person(app, "b")
    text = "Account address,Hide notifications\na,false\nb,true\n"
    await imported(app, me, "mutes", text)
    assert await had(app, me, "mutes") == [("a@localhost:8000", "false"), ("b@localhost:8000", "true")]
    await imported(app, me, "mutes", "b\n", overwrite=True)
    assert await had(app, me, "mutes") == [("b@localhost:8000", "true")]


async def test_lists_are_made_filled_and_overwritten_and_their_people_followed(app: App) -> None:
    me, a, b = [await person(app, name) for name in ("me", "a", "b")]
    old = await lists.create(app, me, "Old")
    row = await imported(app, me, "lists", "Tea,a\nTea,b\nWork,b\n")
    assert (row["imported"], row["failed"]) == (3, 0)
    assert {one.title for one in await lists.of(app, me)} == {"Old", "Tea", "Work"}
    await lists.add(app, me, old.id, [a])
    await imported(app, me, "lists", "Tea,b\nWork,b\n", overwrite=True)
    assert await had(app, me, "lists") == [("Tea", "b@localhost:8000"), ("Work", "b@localhost:8000")]
    assert {one.title for one in await lists.of(app, me)} == {"Tea", "Work"}
    assert (await follows.request(app, me, b)).accepted


async def test_a_list_waits_for_whoever_has_to_accept_the_follow(app: App) -> None:
    me, shy = await person(app, "me"), await person(app, "shy", locked=True)
    row = await imported(app, me, "lists", "Tea,shy\n")
    assert (row["imported"], row["failed"], row["finished_at"]) == (0, 0, None)
    await follows.accept(app, me, shy)
    app.clock.shift(61)
    await worker.settle(app)
    assert (await imports.show(app, me, row["id"]))["finished_at"] is not None
    assert await had(app, me, "lists") == [("Tea", "shy@localhost:8000")]


async def test_what_does_not_come_true_is_tried_three_times_and_then_told(app: App) -> None:
    me = await person(app, "me")
    await person(app, "shy", locked=True)
    row = await imported(app, me, "lists", "Tea,shy\n")
    for seconds, failed in ((61, 0), (601, 1)):
        app.clock.shift(seconds)
        await worker.settle(app)
        assert (await imports.show(app, me, row["id"]))["failed"] == failed
    (failure,) = await imports.failures(app, me, row["id"])
    assert failure.error == "The follow is not accepted yet"


async def test_bookmarks_are_only_of_posts_that_one_may_see(app: App) -> None:
    me, a = await person(app, "me"), await person(app, "a")
    seen = await post(app, a, "x", visibility="public")
    hidden = await post(app, a, "y", visibility="private")
    uris = [await app.db.value("SELECT uri AS value FROM posts WHERE id = ?", one) for one in (seen, hidden)]
    other = await post(app, a, "z", visibility="public")
    await interactions.bookmark(app, me, other)
    row = await imported(app, me, "bookmarks", "#uri\n" + "\n".join(uris), overwrite=True)
    assert (row["imported"], row["failed"]) == (1, 1)
    assert await had(app, me, "bookmarks") == [(uris[0],)]


async def test_domain_blocks_are_spelled_alike_and_our_own_domain_fails(app: App) -> None:
    me = await person(app, "me")
    await domains.block(app, me, "old.example")
    row = await imported(app, me, "domain_blocks", "BAD.example\nlocalhost:8000\nno domain\n", overwrite=True)
    assert (row["imported"], row["failed"]) == (1, 2)
    assert await had(app, me, "domain_blocks") == [("bad.example",)]


async def test_a_job_that_is_killed_goes_on_where_it_was_and_does_nothing_twice(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    me = await person(app, "me")
    for number in range(6):
        await person(app, f"p{number}")
    events = recorded(app)
    real, calls = blocks.block, []

    async def deadly(app: App, account_id: int, target_id: int) -> None:
        calls.append(target_id)
        await real(app, account_id, target_id)
        if len(calls) == 3:
            raise KeyboardInterrupt  # after the verb, before the commit

    monkeypatch.setattr(blocks, "block", deadly)
    import_id = await imports.start(app, me, "blocks", "".join(f"p{n}\n" for n in range(6)).encode())
    with pytest.raises(KeyboardInterrupt):
        await imports.work(app, import_id)
    half = await imports.show(app, me, import_id)
    assert (half["imported"], half["finished_at"]) == (2, None)
    await imports.work(app, import_id)
    whole = await imports.show(app, me, import_id)
    assert (whole["imported"], whole["failed"], whole["total"]) == (6, 0, 6)
    assert len(await had(app, me, "blocks")) == 6
    stored = await app.db.value("SELECT COUNT(*) AS value FROM blocks WHERE account_id = ?", me)
    assert (stored, len(calls)) == (6, 7)
    assert len({one.target_id for one in events.events if isinstance(one, Blocked)}) == 6


async def test_overwriting_that_is_killed_begins_again_before_any_row_is_done(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    me = await person(app, "me")
    for name in ("a", "b", "c"):
        await blocks.block(app, me, await person(app, name))
    real, calls = blocks.unblock, []

    async def deadly(app: App, account_id: int, target_id: int) -> bool:
        calls.append(target_id)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return await real(app, account_id, target_id)

    monkeypatch.setattr(blocks, "unblock", deadly)
    import_id = await imports.start(app, me, "blocks", b"c\n", overwrite=True)
    with pytest.raises(KeyboardInterrupt):
        await imports.work(app, import_id)
    assert (await imports.show(app, me, import_id))["imported"] == 0
    await imports.work(app, import_id)
    assert [row[0] for row in await had(app, me, "blocks")] == ["c@localhost:8000"]


async def test_a_long_import_hands_the_rest_to_the_next_job(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    me = await person(app, "me")
    await person(app, "a"), await person(app, "b")
    monkeypatch.setattr(imports, "PATIENCE", -1)
    import_id = await imports.start(app, me, "blocks", b"a\nb\n", overwrite=True)
    await imports.work(app, import_id)
    assert (await imports.show(app, me, import_id))["imported"] == 1
    await worker.settle(app)
    assert (await imports.show(app, me, import_id))["imported"] == 2


async def test_a_server_is_not_asked_again_and_again_about_made_up_names(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    me, _ = await person(app, "me"), await person(app, "a")
    asked: list[str] = []

    async def unknown(app: App, acct: str, budget: Budget) -> int:
        asked.append(acct)
        found = await app.db.value("SELECT id AS value FROM accounts WHERE username_key = ? AND domain = ''", acct)
        if found is None:
            raise NotFound
        return int(found)

    monkeypatch.setattr(resolve, "asked", unknown)
    names = "".join(f"n{number}@victim.example\n" for number in range(3 * imports.MAX_MISSES))
    row = await imported(app, me, "blocks", f"{names}a\n")
    assert len([one for one in asked if "victim" in one]) == imports.MAX_MISSES
    assert (row["imported"], row["failed"]) == (1, imports.MAX_MISSES)
    for seconds in (61, 601):
        app.clock.shift(seconds)
        await worker.settle(app)
    row = await imports.show(app, me, row["id"])
    assert (row["imported"], row["failed"], row["finished_at"] is None) == (1, 3 * imports.MAX_MISSES, False)
    assert len(asked) <= 3 * imports.MAX_MISSES + 1


async def test_one_import_of_a_kind_at_a_time_and_each_is_its_owners(app: App) -> None:
    me, other = await person(app, "me"), await person(app, "other")
    first = await imports.start(app, me, "blocks", b"other\n")
    with pytest.raises(Conflict):
        await imports.start(app, me, "blocks", b"other\n")
    await imports.start(app, me, "mutes", b"other\n")
    for attempt in (imports.show, imports.failures, imports.cancel):
        with pytest.raises(NotFound):
            await attempt(app, other, first)
    await imports.cancel(app, me, first)
    await worker.settle(app)
    assert await had(app, me, "blocks") == []
    with pytest.raises(Invalid):
        await imports.start(app, me, "passwords", b"x")


async def test_whoever_is_suspended_imports_nothing_and_old_imports_are_forgotten(app: App) -> None:
    me, _ = await person(app, "me"), await person(app, "a")
    await imports.start(app, me, "mutes", b"a\n")
    await change(app, me, suspended_at=app.now())
    await worker.settle(app)
    assert await had(app, me, "mutes") == []
    await change(app, me, suspended_at=None)
    await imported(app, me, "blocks", "a\nnobody\n")
    app.clock.shift(imports.KEPT.total_seconds() + 1)
    await imports.tidy(app)
    assert [row["kind"] for row in await imports.of(app, me)] == ["mutes"]
    assert await app.db.value("SELECT COUNT(*) AS value FROM import_rows WHERE error <> ''") == 0
