"""Lists of hashes as files: what is read, what is refused with its line, and that a set goes out as it came in."""

import pytest

from fedinote.infra.app import App
from fedinote.infra.errors import Invalid
from fedinote.moderation.pictures import entries, exchange, library
from fedinote.moderation.pictures.entries import Entry
from fedinote.policy.pictures import sets

ONE, TWO = "1" * 64, "2" * 64


async def made(app: App, name: str = "spam") -> int:
    return int((await library.create(app, library.Wanted(name), by=None))["id"])


async def text(app: App, set_id: int) -> str:
    return "".join([piece async for piece in exchange.written(app, set_id)])


def test_columns_are_found_by_their_names() -> None:
    found = exchange.read(f"\ufeffLabel,HASH,other\n a b ,{ONE.upper()},x\n,{TWO}\n\n".encode(), source="friends")
    assert found == [Entry("pdq", ONE, "a b", "friends"), Entry("pdq", TWO, "", "friends")]


def test_a_plain_list_of_hashes_is_read_too() -> None:
    assert exchange.read(f"{ONE}\n{TWO}".encode()) == [Entry("pdq", ONE), Entry("pdq", TWO)]
    assert exchange.read(b"") == []


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"\xff\xfe", "UTF-8"),
        (b"hash\n12", "line 2"),
        (b"kind,hash\nmd5," + b"1" * 64, "line 2"),
        (b"kind,hash\npdq", "line 2"),
        (b'"' + b"x" * 200_000, "CSV"),
    ],
)
def test_what_is_no_list_is_refused_with_where_it_went_wrong(data: bytes, said: str) -> None:
    with pytest.raises(Invalid, match=said):
        exchange.read(data)


def test_a_list_beyond_all_measure_is_refused_unread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exchange, "MAX_PICTURES", 3)
    with pytest.raises(Invalid, match="at most 3"):
        exchange.read(f"{ONE}\n".encode() * 4)
    monkeypatch.setattr(exchange, "MAX_BYTES", 10)
    with pytest.raises(Invalid, match="larger"):
        exchange.read(ONE.encode())


async def test_a_set_goes_out_as_it_came_in(app: App) -> None:
    spam = await made(app)
    new = [Entry("pdq", ONE, "=1+1", "friends", "spam, often"), Entry("sha256", TWO, "ein “Bild”", "", "")]
    assert await entries.add(app, spam, new, by=None) == 2
    written = await text(app, spam)
    assert "'=1+1" in written  # no formula where a spreadsheet opens it
    assert exchange.read(written.encode()) == new
    other = await made(app, "other")
    await entries.add(app, other, exchange.read(written.encode()), by=None)
    assert await text(app, other) == written


async def test_what_is_in_a_set_already_is_no_addition(app: App) -> None:
    spam = await made(app)
    assert await entries.add(app, spam, [Entry("pdq", ONE), Entry("pdq", ONE)], by=None) == 1
    assert await entries.add(app, spam, [Entry("pdq", ONE), Entry("sha256", ONE)], by=None) == 1


async def test_a_list_with_one_mistake_adds_nothing(app: App) -> None:
    spam = await made(app)
    with pytest.raises(Invalid):
        await entries.add(app, spam, [*(Entry("pdq", f"{n:064x}") for n in range(600)), Entry("pdq", "x")], by=None)
    assert (await library.get(app, spam))["pictures"] == 0


async def test_a_long_list_is_there_whole_and_is_known_at_once(app: App) -> None:
    spam = await made(app)
    new = [Entry("pdq", f"{(n * 7919 + 1) << 100:064x}") for n in range(2_345)]
    assert await entries.add(app, spam, new, by=None) == 2_345
    assert len(await sets.index(app, "spam")) == 2_345
    assert len((await text(app, spam)).splitlines()) == 2_346


async def test_a_set_has_an_end(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(entries, "MAX_PICTURES", 3)
    spam = await made(app)
    with pytest.raises(Invalid, match="at most 3"):
        await entries.add(app, spam, [Entry("pdq", f"{n:064x}") for n in range(4)], by=None)
