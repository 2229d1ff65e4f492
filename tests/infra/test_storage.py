import os
import resource
from pathlib import Path

import pytest

from fedinote.infra.errors import NotFound, Unavailable, UnsupportedType
from fedinote.infra.storage import EXTENSIONS, LocalStorage


@pytest.fixture
def storage(tmp_path: Path) -> LocalStorage:
    return LocalStorage(tmp_path / "media")


def files(root: Path) -> list[Path]:
    return [path for path in root.rglob("*") if path.is_file() or path.is_symlink()]


async def test_a_file_is_stored_read_and_deleted(storage: LocalStorage, tmp_path: Path) -> None:
    key = await storage.put(b"data", "png")
    assert await storage.read(key) == b"data"
    with await storage.open(key) as file:
        assert file.read() == b"data"
    assert files(tmp_path) == [storage.path(key)]
    await storage.delete(key)
    await storage.delete(key)
    assert files(tmp_path) == []
    for reading in (storage.read(key), storage.open(key)):
        with pytest.raises(NotFound):
            await reading


async def test_keys_are_sharded_random_and_end_in_the_extension(storage: LocalStorage) -> None:
    keys = {await storage.put(b"same", "webp") for _ in range(20)}
    assert len(keys) == 20
    for key in keys:
        first, second, name = key.split("/")
        assert (len(first), len(second), len(name)) == (2, 2, 33)
        assert name.endswith(".webp")


@pytest.mark.parametrize("extension", ["html", "svg", "PNG", "", ".png", "../png", "png\x00", "php", "js", "exe"])
async def test_an_extension_that_is_not_listed_is_refused(
    storage: LocalStorage, tmp_path: Path, extension: str
) -> None:
    with pytest.raises(UnsupportedType):
        await storage.put(b"data", extension)
    assert files(tmp_path) == []


def test_no_listed_extension_is_one_that_browsers_run() -> None:
    assert not EXTENSIONS & {"html", "htm", "svg", "xml", "xhtml", "js", "mjs", "css", "pdf", "swf", "wasm"}


@pytest.mark.parametrize(
    "key",
    [
        "",
        ".",
        "/",
        "../../etc/passwd",
        "/etc/passwd",
        "ab/cd/../../../../etc/passwd",
        "ab/cd/" + "0" * 28 + ".png",
        "ab/cd/" + "0" * 28 + ".html",
        "ab/cd/" + "0" * 28 + ".png\n",
        "ab/cd/" + "0" * 28 + ".png\x00",
        "ab/cd",
        ".incoming/x",
        "AB/CD/" + "0" * 28 + ".png",
        "ab\\cd\\" + "0" * 28 + ".png",
    ],
)
async def test_a_key_that_we_did_not_make_is_not_found(storage: LocalStorage, tmp_path: Path, key: str) -> None:
    await storage.put(b"data", "png")
    with pytest.raises(NotFound):
        storage.path(key)
    with pytest.raises(NotFound):
        await storage.read(key)
    await storage.delete(key)
    assert len(files(tmp_path)) == 1


async def test_a_link_that_leads_outside_is_not_followed(storage: LocalStorage, tmp_path: Path) -> None:
    secret = tmp_path / "secret.png"
    secret.write_bytes(b"secret")
    key = await storage.put(b"data", "png")
    place = storage.path(key)
    place.unlink()
    place.symlink_to(secret)
    with pytest.raises(NotFound):
        await storage.read(key)
    place.unlink()
    (tmp_path / "outside").mkdir()
    place.parent.rename(tmp_path / "outside" / "shard")
    place.parent.symlink_to(tmp_path / "outside" / "shard")
    (tmp_path / "outside" / "shard" / place.name).write_bytes(b"secret")
    with pytest.raises(NotFound):
        storage.path(key)


async def test_a_root_that_is_itself_a_link_works(tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    (tmp_path / "media").symlink_to(tmp_path / "disk")
    storage = LocalStorage(tmp_path / "media")
    assert await storage.read(await storage.put(b"data", "png")) == b"data"


async def test_a_write_that_the_system_cuts_short_leaves_nothing(storage: LocalStorage, tmp_path: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, hard))
    try:
        with pytest.raises(Unavailable):
            await storage.put(b"x" * 100_000, "png")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert files(tmp_path) == []
    assert await storage.read(await storage.put(b"x" * 100_000, "png")) == b"x" * 100_000


@pytest.mark.parametrize("failing", [1, 2])
async def test_a_full_disk_is_unavailable_and_leaves_nothing(
    storage: LocalStorage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: int
) -> None:
    calls: list[int] = []

    def full(descriptor: int) -> None:
        calls.append(descriptor)
        if len(calls) == failing:  # first the file, then its folder
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(Unavailable) as caught:
        await storage.put(b"data", "png")
    assert str(tmp_path) not in caught.value.message
    assert files(tmp_path) == []


async def test_a_root_that_cannot_be_written_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(Unavailable):
        await LocalStorage(tmp_path / "file").put(b"data", "png")


async def test_leftovers_of_a_killed_process_are_swept_when_old(storage: LocalStorage, tmp_path: Path) -> None:
    assert await storage.sweep() == 0
    key = await storage.put(b"data", "png")
    old, fresh = (tmp_path / "media" / ".incoming" / name for name in ("old", "fresh"))
    for leftover in (old, fresh):
        leftover.write_bytes(b"half")
    os.utime(old, (1, 1))
    os.utime(storage.path(key), (1, 1))
    assert await storage.sweep() == 1
    assert set(files(tmp_path)) == {fresh, storage.path(key)}
