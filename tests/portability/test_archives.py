"""Archives: what is in them, who gets them, and that being killed does not matter."""

import json
import os
import tarfile
import tracemalloc
from typing import Any

import pytest

from fedinote import worker
from fedinote.accounts import deletion
from fedinote.infra.app import App
from fedinote.infra.errors import Conflict, NotFound, TooMany
from fedinote.media import uploads
from fedinote.portability import archives, packing
from fedinote.posts import boards, interactions, publishing
from fedinote.posts.boards import Wishes
from fedinote.posts.drafts import Draft, PollDraft
from fedinote.posts.languages import VersionDraft
from tests.api.conftest import picture
from tests.support.people import person

DAY = 86_400


async def members(app: App, account_id: int) -> dict[str, bytes]:
    """Return the files of an account's archive."""
    with tarfile.open(await archives.file(app, account_id)) as found:
        return {one.name: found.extractfile(one).read() for one in found}  # type: ignore[union-attr]


async def made(app: App, account_id: int) -> dict[str, Any]:
    """Make an archive and return its files, the JSON ones decoded."""
    await archives.request(app, account_id)
    await worker.settle(app)
    return {
        name: json.loads(data) if name.endswith(".json") else data
        for name, data in (await members(app, account_id)).items()
    }


async def test_everything_that_somebody_wrote_is_in_it_also_what_is_private(app: App) -> None:
    ada, bea = (await person(app, "ada")).account_id, (await person(app, "bea")).account_id
    for visibility in ("public", "unlisted", "private", "direct", "local"):
        await publishing.publish(app, ada, Draft(f"{visibility} @bea #tea", visibility=visibility))
    theirs = await publishing.publish(app, bea, Draft("of somebody else"))
    await interactions.boost(app, ada, theirs)
    found = await made(app, ada)
    outbox = found["outbox.json"]
    assert (outbox["type"], outbox["totalItems"], len(outbox["orderedItems"])) == ("OrderedCollection", 6, 6)
    kinds = [one["type"] for one in outbox["orderedItems"]]
    assert kinds == ["Create"] * 5 + ["Announce"]
    words = [one["object"]["source"]["content"].split()[0] for one in outbox["orderedItems"][:5]]
    assert words == ["public", "unlisted", "private", "direct", "local"]
    assert [one["object"].get("localOnly", False) for one in outbox["orderedItems"][:5]] == [False] * 4 + [True]
    assert all("@context" not in one for one in outbox["orderedItems"])
    assert "of somebody else" not in json.dumps(outbox)


async def test_it_has_mastodons_files_under_mastodons_names(app: App) -> None:
    ada, bea = (await person(app, "ada")).account_id, (await person(app, "bea")).account_id
    theirs = await publishing.publish(app, bea, Draft("of somebody else"))
    await interactions.favourite(app, ada, theirs)
    await interactions.bookmark(app, ada, theirs)
    uri = await app.db.value("SELECT uri AS value FROM posts WHERE id = ?", theirs)
    found = await made(app, ada)
    actor = found["actor.json"]
    assert (actor["outbox"], actor["likes"], actor["bookmarks"]) == ("outbox.json", "likes.json", "bookmarks.json")
    assert found["likes.json"]["orderedItems"] == found["bookmarks.json"]["orderedItems"] == [uri]
    assert found["bookmarks.csv"].decode() == f"{uri}\n"
    assert found["following_accounts.csv"].startswith(b"Account address")
    assert found["outbox.json"]["orderedItems"] == []
    assert {"blocked_accounts.csv", "muted_accounts.csv", "lists.csv", "blocked_domains.csv"} <= found.keys()


async def test_files_are_in_it_where_the_posts_say(app: App) -> None:
    ada = (await person(app, "ada")).account_id
    media = await uploads.upload(app, ada, picture(), description="a square")
    await publishing.publish(app, ada, Draft("look", media_ids=(media.id,)))
    found = await made(app, ada)
    (file,) = found["outbox.json"]["orderedItems"][0]["object"]["attachment"]
    assert file["url"].startswith("/media_attachments/files/")
    assert file["name"] == "a square"
    assert found[file["url"].removeprefix("/")] == await app.storage.read(media.key)


async def test_translations_and_boards_are_in_it(app: App) -> None:
    ada = (await person(app, "ada")).account_id
    texts = {"zh-Hans": VersionDraft(text="茶")}
    post = await publishing.publish(app, ada, Draft("tea", language="en", translations=texts))
    board = await boards.create(app, ada, Wishes(title="Cups", description="of mine", language="en"))
    await boards.add(app, ada, board, post)
    await boards.update(app, ada, board, Wishes(cover_post_id=post))
    found = await made(app, ada)
    note = found["outbox.json"]["orderedItems"][0]["object"]
    assert note["contentMap"] == {"en": "<p>tea</p>", "zh-Hans": "<p>茶</p>"}
    (one,) = found["fedinote.json"]["boards"]
    assert (one["title"], one["posts"], one["cover"]) == ("Cups", [note["id"]], note["id"])


async def test_one_is_made_at_a_time_and_once_a_day(app: App) -> None:
    ada = (await person(app, "ada")).account_id
    await archives.request(app, ada)
    with pytest.raises(Conflict):
        await archives.request(app, ada)
    with pytest.raises(NotFound):
        await archives.file(app, ada)  # it is not ready
    await worker.settle(app)
    first = await archives.file(app, ada)
    with pytest.raises(TooMany):
        await archives.request(app, ada)
    app.clock.shift(DAY + 1)
    await archives.request(app, ada)
    assert not first.exists()


async def test_it_lies_outside_of_what_is_served_and_is_readable_for_the_server_alone(app: App) -> None:
    ada, bea = (await person(app, "ada")).account_id, (await person(app, "bea")).account_id
    await made(app, ada)
    place = await archives.file(app, ada)
    assert place.is_relative_to(app.settings.data_path)
    assert not place.is_relative_to(app.settings.data_path / "media")
    assert (place.stat().st_mode & 0o777, place.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    with pytest.raises(NotFound):
        await archives.file(app, bea)


async def test_after_a_week_it_is_gone_and_so_is_what_belongs_to_nobody(app: App) -> None:
    ada = (await person(app, "ada")).account_id
    await made(app, ada)
    place = await archives.file(app, ada)
    app.clock.shift(7 * DAY + 1)
    with pytest.raises(NotFound):
        await archives.file(app, ada)
    os.utime(place, (0, 0))
    await archives.tidy(app)
    assert not place.exists()


async def test_it_goes_with_the_account(app: App) -> None:
    ada = (await person(app, "ada")).account_id
    await made(app, ada)
    place = await archives.file(app, ada)
    await deletion.delete(app, ada)
    await worker.settle(app)
    os.utime(place, (0, 0))
    await archives.tidy(app)
    assert not place.exists()
    assert await app.db.value("SELECT COUNT(*) AS value FROM archives") == 0


async def test_a_job_that_is_killed_in_the_middle_of_writing_goes_on_where_it_was(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = (await person(app, "ada")).account_id
    for number in range(7):
        media = await uploads.upload(app, ada, picture(size=64 + number))
        await publishing.publish(app, ada, Draft(f"number {number}", media_ids=(media.id,)))
    monkeypatch.setattr(archives, "POSTS", 2)
    monkeypatch.setattr(archives, "FILES", 2)
    archive_id = await archives.request(app, ada)
    appended, extended, deaths = packing.append, packing.extend, [3, 1, 2, 1]

    def dying(what: Any) -> Any:
        def write(*args: Any) -> int:
            length: int = what(*args)
            if deaths:
                deaths[0] -= 1
                if deaths[0] == 0:
                    deaths.pop(0)
                    raise KeyboardInterrupt  # what was written is on the disk, and nobody knows of it
            return length

        return write

    monkeypatch.setattr(packing, "append", dying(appended))
    monkeypatch.setattr(packing, "extend", dying(extended))
    while (row := await archives.current(app, ada)) and row["stage"] != "ready":
        try:
            await archives.make(app, archive_id)
        except KeyboardInterrupt:
            continue
    assert not deaths
    found = await members(app, ada)
    outbox = json.loads(found["outbox.json"])
    assert [one["object"]["source"]["content"] for one in outbox["orderedItems"]] == [f"number {n}" for n in range(7)]
    assert sum(name.startswith("media_attachments/") for name in found) == 7
    assert not list(archives.folder(app).glob("*.posts"))


async def test_without_room_it_says_so(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    ada = (await person(app, "ada")).account_id
    monkeypatch.setattr(archives, "RESERVE", 1 << 60)
    await archives.request(app, ada)
    await worker.settle(app)
    row = await archives.current(app, ada)
    assert row is not None
    assert (row["stage"], row["error"]) == ("failed", archives.NO_ROOM)
    await archives.request(app, ada)  # and another try is not held against anybody


async def test_memory_does_not_grow_with_a_file(app: App, tmp_path: Any) -> None:
    big = tmp_path / "big"
    with big.open("wb") as file:
        file.truncate(64 * 1024 * 1024)
    tracemalloc.start()
    packing.append(tmp_path / "x.tar.gz", 0, [packing.Entry("big", [big], app.now())])
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 8 * 1024 * 1024
    with tarfile.open(tmp_path / "x.tar.gz") as found:
        assert found.getmember("big").size == 64 * 1024 * 1024


async def test_a_poll_is_in_it(app: App) -> None:
    ada = (await person(app, "ada")).account_id
    await publishing.publish(app, ada, Draft("which?", poll=PollDraft(("green", "black"), 3600)))
    note = (await made(app, ada))["outbox.json"]["orderedItems"][0]["object"]
    assert (note["type"], [one["name"] for one in note["oneOf"]]) == ("Question", ["green", "black"])
