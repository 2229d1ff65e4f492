"""Old posts from an archive: where they are put, what is left out, and what an archive cannot do."""

import contextlib
import gzip
import io
import json
import os
import struct
import tarfile
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from fedinote import worker
from fedinote.events import PostPublished
from fedinote.infra.app import App
from fedinote.infra.errors import Conflict, Invalid, NotFound, TooLarge
from fedinote.portability import archive_imports, archive_reading, archives, imports, unpacking
from fedinote.posts import board_reading, boards, publishing, visibility
from fedinote.posts.boards import Wishes
from fedinote.posts.drafts import Draft
from fedinote.timelines import queries
from fedinote.timelines.window import Window
from tests.api.conftest import picture
from tests.relations.people import recorded
from tests.support.people import person

OLD = "https://old.example/users/ada"
PUBLIC = "https://www.w3.org/ns/activitystreams#Public"
ACTOR = {"id": OLD, "type": "Person", "preferredUsername": "ada", "followers": f"{OLD}/followers"}


def note(number: int, text: str = "hello", *, to: Any = (PUBLIC,), cc: Any = (), **more: Any) -> dict[str, Any]:
    """A Create as Mastodon writes it into an outbox.json."""
    uri = f"{OLD}/statuses/{number}"
    document = {
        "id": uri,
        "type": "Note",
        "attributedTo": OLD,
        "published": f"2021-03-{number % 28 + 1:02}T10:00:00Z",
        "url": f"https://old.example/@ada/{number}",
        "content": text if text.startswith("<") else f"<p>{text}</p>",
        "to": list(to),
        "cc": list(cc),
        "inReplyTo": None,
        "attachment": [],
        "tag": [],
        **more,
    }
    return {
        "id": f"{uri}/activity",
        "type": "Create",
        "actor": OLD,
        "published": document["published"],
        "object": document,
    }


def files(*activities: Any, **more: Any) -> dict[str, bytes]:
    outbox = {"id": "outbox.json", "type": "OrderedCollection", "orderedItems": list(activities)}
    return {"actor.json": json.dumps(ACTOR).encode(), "outbox.json": json.dumps(outbox).encode(), **more}


def zipped(members: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


def tarred(members: Mapping[str, bytes], form: int = tarfile.PAX_FORMAT) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz", format=form) as archive:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


async def handed_in(app: App, me: int, data: bytes, **options: Any) -> Any:
    place = archive_imports.incoming(app)
    place.write_bytes(data)
    import_id = await archive_imports.start(app, me, place, **options)
    assert not place.exists()
    await worker.settle(app)
    return await imports.show(app, me, import_id)


async def posts(app: App, me: int) -> list[Any]:
    return await app.db.rows("SELECT * FROM posts WHERE account_id = ? ORDER BY id", me)


async def ada(app: App) -> int:
    return (await person(app, "ada")).account_id


# -- what comes ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("packed", [zipped, tarred, lambda m: tarred(m, tarfile.GNU_FORMAT)], ids=["zip", "pax", "gnu"])
async def test_old_posts_come_with_their_dates_and_nobody_is_told(
    app: App, packed: Callable[[Mapping[str, bytes]], bytes]
) -> None:
    me, fan = await ada(app), (await person(app, "fan")).account_id
    from fedinote.relations import follows

    await follows.request(app, fan, me)
    events = recorded(app)
    row = await handed_in(app, me, packed(files(note(1, "first"), note(2, "second"))))
    assert (row["total"], row["imported"], row["failed"], row["error"]) == (2, 2, 0, "")
    assert row["finished_at"] is not None
    found = await posts(app, me)
    assert [one["content"] for one in found] == ["<p>first</p>", "<p>second</p>"]
    assert [one["visibility"] for one in found] == ["unlisted"] * 2
    assert found[0]["uri"].startswith("http://localhost:8000/users/ada/statuses/")
    assert found[0]["local"]
    assert found[0]["created_at"] == 1614679200000  # 2 March 2021, 10:00
    assert not [one for one in events.events if isinstance(one, PostPublished)]
    for table in ("home_entries", "notifications", "deliveries", "outgoing_activities"):
        where = " WHERE kind <> 'follow'" if table == "notifications" else ""
        assert await app.db.value(f"SELECT COUNT(*) AS value FROM {table}{where}") == 0, table
    for viewer in (fan, None):
        timeline = await queries.public(app, viewer, Window(20), origin="anywhere", only_media=False)
        assert list(timeline.ids) == []
    assert await visibility.visible(app, None, [one["id"] for one in found]) == {one["id"] for one in found}
    count = await app.db.row("SELECT statuses_count, last_status_at FROM accounts WHERE id = ?", me)
    assert count is not None
    assert count["statuses_count"] == 2


async def test_an_old_post_does_not_make_the_last_one_look_old(app: App) -> None:
    me = await ada(app)
    await publishing.publish(app, me, Draft("today"))
    before = await app.db.value("SELECT last_status_at AS value FROM accounts WHERE id = ?", me)
    await handed_in(app, me, zipped(files(note(1))))
    assert await app.db.value("SELECT last_status_at AS value FROM accounts WHERE id = ?", me) == before


async def test_nothing_becomes_wider_than_it_was(app: App) -> None:
    me, bea = await ada(app), (await person(app, "bea")).account_id
    followers = f"{OLD}/followers"
    outbox = [
        note(1),
        note(2, to=[followers], cc=[PUBLIC]),
        note(3, to=[followers]),
        note(4, to=["https://old.example/users/bea"]),
        note(5, to=[]),
        note(6, localOnly=True),
    ]
    await handed_in(app, me, zipped(files(*outbox)))
    found = await posts(app, me)
    assert [one["visibility"] for one in found] == ["unlisted"] * 2 + ["direct"] * 4
    open_ones = {one["id"] for one in found[:2]}
    for viewer in (None, bea):
        assert await visibility.visible(app, viewer, [one["id"] for one in found]) == open_ones
    kept = await app.db.rows("SELECT original_visibility FROM imported_posts ORDER BY post_id")
    assert [one["original_visibility"] for one in kept] == [
        "public",
        "unlisted",
        "private",
        "direct",
        "direct",
        "local",
    ]


async def test_what_was_private_is_skipped_where_that_is_chosen(app: App) -> None:
    me = await ada(app)
    row = await handed_in(app, me, zipped(files(note(1), note(2, to=[f"{OLD}/followers"]))), private="skip")
    assert (row["imported"], archive_imports.skipped(row)) == (1, {"private": 1})


async def test_to_import_again_changes_nothing(app: App) -> None:
    me = await ada(app)
    await handed_in(app, me, zipped(files(note(1), note(2))))
    before = await posts(app, me)
    row = await handed_in(app, me, tarred(files(note(2), note(1), note(1))))
    assert (row["imported"], row["failed"], archive_imports.skipped(row)) == (0, 0, {"here": 3})
    assert [one["id"] for one in await posts(app, me)] == [one["id"] for one in before]


async def test_answers_to_own_posts_find_them_whatever_the_order(app: App) -> None:
    me = await ada(app)
    answer = note(2, inReplyTo=f"{OLD}/statuses/1")
    later = note(3, inReplyTo=f"{OLD}/statuses/2")
    elsewhere = note(4, inReplyTo="https://other.example/1")
    await handed_in(app, me, zipped(files(later, answer, note(1), elsewhere)))
    one, two, three, four = await posts(app, me)
    assert (two["in_reply_to_id"], three["in_reply_to_id"]) == (one["id"], two["id"])
    assert one["conversation_id"] == two["conversation_id"] == three["conversation_id"] == one["id"]
    assert (one["replies_count"], two["replies_count"]) == (1, 1)
    assert (four["in_reply_to_id"], four["in_reply_to_uri"]) == (None, "https://other.example/1")


async def test_an_archive_draws_nobody_elses_answers_to_a_post(app: App) -> None:
    me, bea = await ada(app), (await person(app, "bea")).account_id
    other = await publishing.publish(app, bea, Draft("an answer to something far away"))
    await app.db.execute("UPDATE posts SET in_reply_to_uri = ? WHERE id = ?", f"{OLD}/statuses/1", other)
    await handed_in(app, me, zipped(files(note(1))))
    assert await app.db.value("SELECT in_reply_to_id AS value FROM posts WHERE id = ?", other) is None


async def test_mentions_are_words_and_hashtags_are_ours(app: App) -> None:
    me = await ada(app)
    bea = await person(app, "bea")
    text = (
        '<p><a href="https://old.example/@bea" class="u-url mention">@<span>bea</span></a> see'
        ' <a href="https://old.example/tags/tea" class="mention hashtag" rel="tag">#<span>Tea</span></a>'
        ' <a href="https://web.example/x">a page</a></p>'
    )
    tags = [
        {"type": "Mention", "href": "https://old.example/@bea", "name": "@bea@old.example"},
        {"type": "Mention", "href": "http://localhost:8000/users/bea", "name": "@bea"},
        {"type": "Hashtag", "href": "https://old.example/tags/tea", "name": "#Tea"},
    ]
    await handed_in(app, me, zipped(files(note(1, text, tag=tags))))
    (found,) = await posts(app, me)
    assert "@bea@old.example see" in found["content"]
    assert "old.example/@bea" not in found["content"]
    assert 'href="http://localhost:8000/tags/tea"' in found["content"]
    assert 'href="https://web.example/x"' in found["content"]
    assert found["mentions"] in ("[]", [])
    assert json.loads(found["tags"]) == [{"name": "tea"}]
    assert await app.db.value("SELECT COUNT(*) AS value FROM post_mentions") == 0
    assert await app.db.value("SELECT COUNT(*) AS value FROM notifications WHERE account_id = ?", bea.account_id) == 0


async def test_pictures_go_through_the_pipeline_and_keep_their_words(app: App) -> None:
    me = await ada(app)
    inside = "media_attachments/files/001/original/a.png"
    attachment = [
        {
            "type": "Document",
            "mediaType": "image/png",
            "url": f"/{inside}",
            "name": "a square",
            "focalPoint": [0.5, -0.5],
        },
        {"type": "Document", "mediaType": "image/png", "url": "/media_attachments/files/002/original/lost.png"},
        {"type": "Document", "mediaType": "image/png", "url": "/media_attachments/files/003/original/bad.png"},
    ]
    more = {inside: picture(), "media_attachments/files/003/original/bad.png": b"<script>alert(1)</script>"}
    row = await handed_in(app, me, zipped(files(note(1, attachment=attachment), **more)))
    assert (row["imported"], archive_imports.skipped(row)) == (1, {"files": 2})
    (file,) = await app.db.rows("SELECT * FROM media WHERE account_id = ?", me)
    assert (file["description"], file["kind"], file["state"]) == ("a square", "image", "ready")
    assert json.loads(file["meta"])["focus"] == {"x": 0.5, "y": -0.5}
    assert file["blurhash"]
    assert (await app.storage.read(file["key"]))[:4] == b"\x89PNG"


async def test_polls_are_over_and_nobody_is_told(app: App) -> None:
    me = await ada(app)
    question = note(1, "which?", endTime="2021-04-01T00:00:00Z", votersCount=3)
    question["object"] |= {
        "type": "Question",
        "oneOf": [
            {"type": "Note", "name": name, "replies": {"type": "Collection", "totalItems": votes}}
            for name, votes in (("green", 2), ("black", 1))
        ],
    }
    await handed_in(app, me, zipped(files(question)))
    (poll,) = await app.db.rows("SELECT * FROM polls")
    assert [one["votes"] for one in json.loads(poll["options"])] == [2, 1]
    assert poll["expires_at"] < app.now().timestamp() * 1000
    assert await app.db.value("SELECT COUNT(*) AS value FROM jobs") == 0


async def test_versions_in_other_languages_and_boards_come_along(app: App) -> None:
    me = await ada(app)
    bilingual = note(1, "tea", contentMap={"en": "<p>tea</p>", "zh-Hans": "<p>茶</p>"})
    ids = [f"{OLD}/statuses/2", f"{OLD}/statuses/1", "https://gone.example/1"]
    cups = {"title": "Cups", "description": "of mine", "language": "en", "cover": ids[1], "posts": ids}
    ours = {"boards": [cups, {"title": 3}]}
    data = zipped(files(bilingual, note(2), **{"fedinote.json": json.dumps(ours).encode()}))
    await handed_in(app, me, data)
    one, two = await posts(app, me)
    assert (one["language"], json.loads(one["content_map"])) == ("en", {"zh-Hans": "<p>茶</p>"})
    (board,) = await board_reading.of(app, me, None)
    assert (board["title"], board["language"], board["cover_post_id"]) == ("Cups", "en", one["id"])
    items = await board_reading.items(app, board["id"], None, limit=9)
    assert [item.post_id for item in items] == [two["id"], one["id"]]
    await handed_in(app, me, data)
    assert len(await board_reading.of(app, me, None)) == 1


async def test_the_address_it_comes_from_is_shown_for_an_account_of_ones_own_only(app: App) -> None:
    me = await ada(app)
    await handed_in(app, me, zipped(files(note(1))))
    await app.db.execute("UPDATE accounts SET also_known_as = ? WHERE id = ?", json.dumps([OLD]), me)
    await handed_in(app, me, zipped(files(note(2))))
    assert [one["imported_from"] for one in await posts(app, me)] == ["", "https://old.example/@ada/2"]
    kept = await app.db.rows("SELECT original_uri FROM imported_posts ORDER BY post_id")
    assert [one["original_uri"] for one in kept] == [f"{OLD}/statuses/1", f"{OLD}/statuses/2"]


async def test_an_own_archive_of_this_server_brings_back_only_what_is_not_here(app: App) -> None:
    me = await ada(app)
    kept, deleted = [await publishing.publish(app, me, Draft(text)) for text in ("kept", "deleted")]
    board = await boards.create(app, me, Wishes(title="Cups"))
    await boards.add(app, me, board, kept)
    await archives.request(app, me)
    await worker.settle(app)
    data = (await archives.file(app, me)).read_bytes()
    await publishing.delete(app, deleted)
    row = await handed_in(app, me, data)
    assert (row["imported"], archive_imports.skipped(row)) == (1, {"here": 1})
    assert sorted(one["source"] for one in await posts(app, me)) == ["deleted", "kept"]
    assert len(await board_reading.of(app, me, None)) == 1


# -- what is left out ---------------------------------------------------------------------------------------------


async def test_what_is_no_own_post_is_left_out_and_said(app: App) -> None:
    me = await ada(app)
    foreign = note(3)
    foreign["object"]["attributedTo"] = "https://old.example/users/eve"
    vote = note(4)
    vote["object"] |= {"name": "green", "content": None, "inReplyTo": "https://other.example/1"}
    others: list[object] = [
        {"type": "Announce", "actor": OLD, "object": "https://other.example/1"},
        {"type": "Like", "actor": OLD},
        "just a text",
        None,
        7,
        [],
        {"type": "Create", "object": "https://old.example/1"},
        {"type": "Create", "object": {"type": "Video", "id": "x"}},
        vote,
    ]
    row = await handed_in(app, me, zipped(files(note(1), foreign, *others)))
    assert (row["imported"], row["failed"]) == (1, 1)
    assert archive_imports.skipped(row) == {"boosts": 1, "others": 8}
    (failure,) = await imports.failures(app, me, row["id"])
    assert failure.cells == [f"{OLD}/statuses/3"]
    assert failure.error == "The post is by somebody else than the owner of the archive"


@pytest.mark.parametrize(
    "broken",
    [
        {"published": None},
        {"published": 7},
        {"id": None},
        {"id": 5},
        {"id": "javascript:alert(1)"},
        {"content": {"a": []}},
        {"to": 8},
        {"tag": "x"},
        {"attachment": {"url": []}},
        {"contentMap": [1]},
        {"inReplyTo": {"id": {"id": 4}}},
        {"summary": [[]]},
    ],
    ids=str,
)
async def test_wrong_types_are_a_failure_of_one_post_at_most(app: App, broken: dict[str, Any]) -> None:
    me = await ada(app)
    bad = note(2)
    bad["object"] |= broken
    row = await handed_in(app, me, zipped(files(note(1), bad)))
    assert row["finished_at"] is not None
    assert row["imported"] + row["failed"] == 2
    assert row["imported"] >= 1


async def test_html_of_an_archive_is_made_safe(app: App) -> None:
    me = await ada(app)
    evil = '<p onclick="x()">a<script>alert(1)</script><img src=x onerror=y><a href="javascript:z">b</a></p>'
    await handed_in(app, me, zipped(files(note(1, evil, summary="<b>w</b>", contentMap={"de": evil}))))
    (found,) = await posts(app, me)
    for word in ("script", "onclick", "onerror", "javascript"):
        assert word not in found["content"] + str(found["content_map"])


# -- hostile archives ---------------------------------------------------------------------------------------------


async def error_of(app: App, data: bytes) -> str:
    me = await ada(app)
    row = await handed_in(app, me, data)
    assert row["finished_at"] is not None
    assert row["imported"] == 0
    assert await posts(app, me) == []
    assert not [one for one in archives.folder(app).rglob("*") if one.is_file()]
    return str(row["error"])


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"hello",
        b"PK\x03\x04",
        b"PK\x05\x06",
        b"\x1f\x8b\x08\x00garbage",
        gzip.compress(b"x" * 4000),
        os.urandom(9000),
    ],
    ids=["nothing", "text", "half", "end", "gzip", "no tar", "noise"],
)
async def test_what_is_no_archive_is_said_to_be_none(app: App, data: bytes) -> None:
    assert await error_of(app, data) in (unpacking.BROKEN, archive_reading.NO_POSTS)


@pytest.mark.parametrize("packed", [zipped, tarred])
async def test_a_cut_off_archive_is_an_error(app: App, packed: Callable[[Mapping[str, bytes]], bytes]) -> None:
    data = packed(files(note(1), **{"media_attachments/a.png": os.urandom(50_000)}))
    assert await error_of(app, data[: len(data) // 2]) == unpacking.BROKEN


@pytest.mark.parametrize(
    ("outbox", "actor", "error"),
    [
        (b"{", None, archive_reading.NO_POSTS),
        (b"[]", None, archive_reading.NO_POSTS),
        (b'{"orderedItems": 5}', None, archive_reading.NO_POSTS),
        (b"[" * 100_000, None, archive_reading.NO_POSTS),
        (b'{"orderedItems": [' + b'{"a":' * 100_000 + b"]}", None, archive_reading.NO_POSTS),
        (b"\xff\xfe\x00", None, archive_reading.NO_POSTS),
        (None, b"{}", "The file actor.json of the archive describes no account"),
        (None, b"[", archive_reading.NO_ACTOR),
        (None, b'{"id": "file:///etc/passwd"}', "The file actor.json of the archive describes no account"),
    ],
)
async def test_wrong_json_is_an_error(app: App, outbox: bytes | None, actor: bytes | None, error: str) -> None:
    members = files(note(1))
    members |= {"outbox.json": outbox} if outbox is not None else {}
    members |= {"actor.json": actor} if actor is not None else {}
    assert await error_of(app, zipped(members)) == error


async def test_without_its_two_documents_it_is_no_archive(app: App) -> None:
    assert await error_of(app, zipped({"readme.txt": b"hello"})) == archive_reading.NO_POSTS
    row = await handed_in(app, (await person(app, "bea")).account_id, zipped({"outbox.json": b"{}"}))
    assert row["error"] == archive_reading.NO_ACTOR


@pytest.mark.parametrize("packed", [zipped, tarred])
async def test_a_bomb_is_an_error_and_leaves_nothing(
    app: App, monkeypatch: pytest.MonkeyPatch, packed: Callable[[Mapping[str, bytes]], bytes]
) -> None:
    monkeypatch.setattr(unpacking, "FREE", 1_000_000)
    assert await error_of(app, packed(files(note(1), **{"bomb.png": bytes(60_000_000)}))) == unpacking.BOMB


@pytest.mark.parametrize("packed", [zipped, tarred])
async def test_a_million_entries_are_an_error(
    app: App, monkeypatch: pytest.MonkeyPatch, packed: Callable[[Mapping[str, bytes]], bytes]
) -> None:
    monkeypatch.setattr(unpacking, "MAX_ENTRIES", 500)
    assert await error_of(app, packed({f"{number}": b"" for number in range(501)})) == unpacking.TOO_MANY


async def test_a_directory_of_a_million_entries_is_not_even_read(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    data = zipped({f"{number:0100}": b"" for number in range(2000)})
    monkeypatch.setattr(unpacking, "_MAX_DIRECTORY", 100_000)
    monkeypatch.setattr(zipfile, "ZipFile", None)
    assert await error_of(app, data) == unpacking.TOO_MANY


async def test_names_lead_nowhere(app: App, tmp_path: Path) -> None:
    me = await ada(app)
    before = set(app.settings.data_path.rglob("*"))
    evil = {
        name: picture() for name in ("../../evil.png", "/etc/evil.png", "C:\\evil.png", "media_attachments/../../e.png")
    }
    row = await handed_in(app, me, zipped(files(note(1), **evil)))
    assert row["imported"] == 1
    left = set(app.settings.data_path.rglob("*")) - before
    assert not [one for one in left if "evil" in one.name or one.name == "e.png"]
    assert not list(tmp_path.rglob("*evil*"))


async def test_links_and_devices_in_a_tar_are_passed_over(app: App) -> None:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE):
            info = tarfile.TarInfo("outbox.json")
            info.type, info.linkname = kind, "/etc/passwd"
            archive.addfile(info)
        for name, data in files(note(1)).items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    row = await handed_in(app, await ada(app), out.getvalue())
    assert (row["imported"], row["error"]) == (1, "")


async def test_a_long_name_that_says_to_be_huge_is_not_read(app: App) -> None:
    info = tarfile.TarInfo("x")
    info.type, info.size = b"L", 2 << 30
    assert await error_of(app, gzip.compress(info.tobuf(tarfile.GNU_FORMAT) + bytes(100_000))) == unpacking.BROKEN


async def test_a_locked_zip_says_so(app: App) -> None:
    data = bytearray(zipped(files(note(1))))
    at = data.find(b"PK\x01\x02")
    struct.pack_into("<H", data, at + 8, 1)
    assert await error_of(app, bytes(data)) == unpacking.ENCRYPTED


async def test_a_folder_around_everything_is_no_hindrance(app: App) -> None:
    members = {f"archive-2024/{name}": data for name, data in files(note(1)).items()}
    row = await handed_in(app, await ada(app), zipped(members | {"__MACOSX/archive-2024/outbox.json": b"x"}))
    assert (row["imported"], row["error"]) == (1, "")


# -- whose it is --------------------------------------------------------------------------------------------------


async def test_one_at_a_time_and_no_larger_than_allowed(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    me = await ada(app)

    async def begin(**options: Any) -> int:
        place = archive_imports.incoming(app)
        place.write_bytes(zipped(files(note(1))))
        return await archive_imports.start(app, me, place, **options)

    await begin()
    with pytest.raises(Conflict):
        await begin()
    with pytest.raises(Invalid):
        await begin(private="everybody")
    monkeypatch.setattr(archive_imports, "MAX_BYTES", 10)
    with pytest.raises(TooLarge):
        await begin()


async def test_an_import_that_is_taken_back_leaves_no_file(app: App) -> None:
    me, bea = await ada(app), (await person(app, "bea")).account_id
    place = archive_imports.incoming(app)
    place.write_bytes(zipped(files(note(1))))
    import_id = await archive_imports.start(app, me, place)
    with pytest.raises(NotFound):
        await imports.cancel(app, bea, import_id)
    await imports.cancel(app, me, import_id)
    await worker.settle(app)
    assert await posts(app, me) == []
    (left,) = archives.folder(app).glob("in-*")
    os.utime(left, (0, 0))
    await archive_imports.tidy(app)
    assert not left.exists()


async def test_being_killed_does_not_matter(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    me = await ada(app)
    place = archive_imports.incoming(app)
    place.write_bytes(zipped(files(*(note(number) for number in range(1, 8)))))
    import_id = await archive_imports.start(app, me, place)
    kept, deaths = archive_imports._new, [1, 3, 4]

    async def dying(*args: Any) -> Any:
        if deaths:
            deaths[0] -= 1
            if not deaths[0]:
                deaths.pop(0)
                raise KeyboardInterrupt
        return await kept(*args)

    monkeypatch.setattr(archive_imports, "_new", dying)
    row: Any = None
    while row is None or row["finished_at"] is None:
        with contextlib.suppress(KeyboardInterrupt):
            await archive_imports.work(app, import_id)
        row = await imports.show(app, me, import_id)
    assert (row["total"], row["imported"], row["failed"], deaths) == (7, 7, 0, [])
    assert len(await posts(app, me)) == 7


async def test_being_killed_while_it_is_unpacked_does_not_matter_either(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    me = await ada(app)
    place = archive_imports.incoming(app)
    place.write_bytes(zipped(files(*(note(number) for number in range(1, 5)))))
    import_id = await archive_imports.start(app, me, place)
    read = archive_reading.batches

    def dying(*args: Any) -> Any:
        yield next(read(*args))[:2]
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(archive_reading, "batches", dying)
        with pytest.raises(KeyboardInterrupt):
            await archive_imports.work(app, import_id)
    await archive_imports.work(app, import_id)
    row = await imports.show(app, me, import_id)
    assert (row["total"], row["imported"], row["error"]) == (4, 4, "")
