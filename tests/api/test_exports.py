"""Files for taking along: who may fetch and upload them, and what is refused."""

import pytest

from fedinote import worker
from fedinote.infra.app import App
from tests.api.client import Client, File
from tests.api.conftest import Person, Town

EXPORTS, IMPORTS = "/api/fedinote/v1/exports", "/api/fedinote/v1/imports"
KINDS = ("follows", "blocks", "mutes", "lists", "bookmarks", "domain_blocks")


@pytest.mark.parametrize("kind", KINDS)
async def test_each_kind_needs_its_own_scope(town: Town, stranger: Client, kind: str) -> None:
    scope = "blocks" if kind == "domain_blocks" else kind
    reader = await town.person("reader", scopes=f"read:{scope}")
    writer = await town.person("writer", scopes=f"write:{scope}")
    other = await town.person("other", scopes="read:statuses write:statuses")
    assert (await reader.get(f"{EXPORTS}/{kind}.csv")).status == 200
    assert (await writer.post(f"{IMPORTS}/{kind}", {"file": "a,b"})).status == 202
    for who, status in ((other, 403), (stranger, 401)):
        assert (await who.get(f"{EXPORTS}/{kind}.csv")).status == status
        assert (await who.post(f"{IMPORTS}/{kind}", {"file": "a,b"})).status == status


async def test_a_file_may_come_as_an_upload_or_as_text(app: App, alice: Person, bob: Person) -> None:
    parts = [("file", File("b.csv", b"Account address\nbob\n", "text/csv"))]
    made = (await alice.post(f"{IMPORTS}/blocks", parts=parts)).json
    assert {name: made[name] for name in ("kind", "mode", "state", "total", "imported", "failed", "failures")} == {
        "kind": "blocks", "mode": "merge", "state": "waiting", "total": 1, "imported": 0, "failed": 0, "failures": [],
    }  # fmt: skip
    assert (await alice.post(f"{IMPORTS}/blocks", form={"file": "bob"})).status == 409
    await worker.settle(app)
    assert (await alice.get(f"{IMPORTS}/{made['id']}")).json["state"] == "finished"
    assert (await alice.get(f"{EXPORTS}/blocks.csv")).body == b"bob@localhost:8000\n"
    assert (await alice.post(f"{IMPORTS}/mutes", form={"file": "bob"})).status == 202


async def test_what_is_no_import_is_refused(alice: Person) -> None:
    for body in ({}, {"file": ""}, {"file": '"x'}, {"file": "bob", "mode": "replace"}):
        assert (await alice.post(f"{IMPORTS}/blocks", body)).status == 422
    assert (await alice.post(f"{IMPORTS}/passwords", {"file": "x"})).status in (404, 405)
    assert (await alice.get(f"{EXPORTS}/passwords.csv")).status == 404


async def test_an_import_is_its_owners_and_may_be_taken_back(app: App, alice: Person, bob: Person) -> None:
    made = (await alice.post(f"{IMPORTS}/blocks", {"file": "bob"})).json
    path = f"{IMPORTS}/{made['id']}"
    for answer in (await bob.get(path), await bob.get(f"{path}/failures.csv"), await bob.delete(path)):
        assert answer.status == 404
    assert (await alice.delete(path)).json == {}
    await worker.settle(app)
    assert (await alice.get(f"{EXPORTS}/blocks.csv")).body == b""
    assert (await alice.get(IMPORTS)).json == []
