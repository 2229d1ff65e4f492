"""Sets as processes remember them: what joins and what leaves is seen, and little is read again."""

from datetime import timedelta
from typing import Any

import pytest

from fedinote.infra.app import App
from fedinote.infra.errors import Invalid
from fedinote.moderation.pictures import entries, library
from fedinote.moderation.pictures.entries import Entry
from fedinote.policy.pictures import hashes, sets

ONE, TWO = f"{1:064x}", f"{(1 << 200) - 1:064x}"


@pytest.fixture
async def spam(app: App) -> int:
    return int((await library.create(app, library.Wanted("spam"), by=None))["id"])


async def has(app: App, digits: str, name: str = "spam") -> bool:
    return await (await sets.index(app, name)).nearest([int(digits, 16)], 0) is not None


async def later(app: App) -> None:
    """As in a process that was not told: it looks once it is due."""
    for one in app.caches[sets.CACHE].values():
        one.checked_ms -= sets.KEEP_MS


async def test_what_joins_a_set_is_known_at_once_in_this_process(app: App, spam: int) -> None:
    assert not await has(app, ONE)
    await entries.add(app, spam, [Entry("pdq", ONE)], by=None)
    assert await has(app, ONE)
    await entries.add(app, spam, [Entry("pdq", TWO), Entry("sha256", ONE)], by=None)
    assert await has(app, TWO)
    assert (await sets.index(app, "spam")).same([ONE]) is not None


async def test_another_process_sees_changes_once_it_looks(app: App, spam: int) -> None:
    await entries.add(app, spam, [Entry("pdq", ONE)], by=None)
    assert await has(app, ONE)
    await app.db.execute("DELETE FROM known_pictures")
    await app.db.execute("UPDATE picture_sets SET version = version + 1, removals = removals + 1")
    assert await has(app, ONE)
    await later(app)
    assert not await has(app, ONE)


async def test_what_another_process_wrote_late_is_read_too(app: App, spam: int) -> None:
    early = app.ids.next()
    await entries.add(app, spam, [Entry("pdq", ONE)], by=None)
    assert await has(app, ONE)
    await app.db.execute(
        "INSERT INTO known_pictures (id, set_id, kind, hash, label, source, reason, created_at)"
        " VALUES (?, ?, 'pdq', ?, '', '', '', ?)",
        *(early, spam, TWO, app.now() - timedelta(minutes=1)),
    )
    await app.db.execute("UPDATE picture_sets SET version = version + 1")
    await later(app)
    assert await has(app, TWO)
    assert await has(app, ONE)


async def test_what_leaves_a_set_is_known_no_more_and_the_rest_stays(app: App, spam: int) -> None:
    await entries.add(app, spam, [Entry("pdq", ONE), Entry("pdq", TWO)], by=None)
    assert await has(app, ONE)
    gone = await app.db.row("SELECT id FROM known_pictures WHERE hash = ?", ONE)
    assert gone is not None
    assert await entries.remove(app, spam, [gone["id"]], by=None) == 1
    assert not await has(app, ONE)
    assert await has(app, TWO)
    await library.remove(app, spam, by=None)
    assert not await has(app, TWO)


async def test_no_query_is_made_while_nothing_can_have_changed(app: App, spam: int) -> None:
    await has(app, ONE)
    before = app.db.statements
    for _ in range(5):
        await has(app, ONE)
    assert app.db.statements == before


@pytest.mark.parametrize(
    ("kind", "text"), [("pdq", "12"), ("md5", ONE), ("pdq", "g" * 64), ("sha256", ""), ("pdq", ONE + "\n0")]
)
def test_what_is_no_hash_is_refused(kind: str, text: str) -> None:
    with pytest.raises(Invalid):
        hashes.checked(kind, text)


def test_hashes_are_read_as_people_write_them() -> None:
    assert hashes.checked(" SHA-256 ", f"  {ONE.upper()} ") == ("sha256", ONE)


def test_what_a_file_is_known_by_is_read_from_its_row() -> None:
    row: dict[str, Any] = {"received": "a", "kept": "", "look": ONE, "turned": TWO * 7, "quality": 80}
    found = hashes.known(row)
    assert found.digests == ("a",)
    assert found.looks == (1, *[int(TWO, 16)] * 7)
    assert hashes.known({**row, "look": "", "turned": ""}).looks == ()
