"""The glossary by the client API: reading, proposing, keeping, and the notes below posts."""

from typing import Any

import pytest

from tests.api.client import Client, File
from tests.api.conftest import Person, Town

PATH, ADMIN = "/api/fedinote/v1/glossary", "/api/fedinote/v1/admin/glossary"
YYDS = {"term": "yyds", "origin": "zh", "meanings": {"en": "the best"}, "translations": {"en": "the GOAT"}}
STAFF = "read write follow push admin:read admin:write"


@pytest.fixture
async def admin(town: Town) -> Person:
    return await town.person("ada", scopes=STAFF, role="admin")


@pytest.fixture
async def moderator(town: Town) -> Person:
    return await town.person("wei", scopes=STAFF, role="moderator")


async def test_an_admin_adds_changes_and_removes_entries_and_everybody_reads_them(
    admin: Person, stranger: Client
) -> None:
    made = (await admin.post(ADMIN, YYDS)).json
    assert (made["term"], made["meanings"], made["keep"]) == ("yyds", {"en": "the best"}, False)
    assert (await stranger.get(PATH)).json == [made]
    changed = (await admin.put(f"{ADMIN}/{made['id']}", {"keep": True})).json
    assert changed == made | {"keep": True}
    assert (await admin.get(f"{ADMIN}/{made['id']}")).json == changed
    assert (await admin.delete(f"{ADMIN}/{made['id']}")).status == 200
    assert (await admin.delete(f"{ADMIN}/{made['id']}")).status == 404
    assert (await stranger.get(PATH)).json == []


async def test_only_admins_keep_the_glossary_and_moderators_review_it(
    alice: Person, moderator: Person, stranger: Client
) -> None:
    for who, status in ((alice, 403), (moderator, 403), (stranger, 401)):
        assert (await who.post(ADMIN, YYDS)).status == status
        assert (await who.post(f"{ADMIN}/import", {"starter": True})).status == status
        assert (await who.get(f"{ADMIN}/export")).status == status
        assert (await who.delete(f"{ADMIN}/1")).status == status
    assert (await alice.get(f"{ADMIN}/proposals")).status == 403
    assert (await moderator.get(f"{ADMIN}/proposals")).status == 200


async def test_a_proposal_waits_until_somebody_decides(
    town: Town, alice: Person, moderator: Person, stranger: Client
) -> None:
    made = (await alice.post(f"{PATH}/proposals", YYDS | {"comment": "everybody says it"})).json
    assert (made["state"], made["entry"]["id"], made["account"]["acct"]) == ("open", None, "alice")
    assert (await stranger.get(PATH)).json == []
    assert [one["id"] for one in (await moderator.get(f"{ADMIN}/proposals")).json] == [made["id"]]
    path = f"{ADMIN}/proposals/{made['id']}"
    assert (await alice.post(f"{path}/accept")).status == 403
    assert (await moderator.post(f"{path}/accept")).json["state"] == "accepted"
    assert (await moderator.post(f"{path}/accept")).status == 404
    assert [one["term"] for one in (await stranger.get(PATH)).json] == ["yyds"]
    assert [one["state"] for one in (await alice.get(f"{PATH}/proposals")).json] == ["accepted"]
    logged = await town.app.db.value("SELECT action AS value FROM audit_log ORDER BY id DESC LIMIT 1")
    assert logged == "glossary.accept"


async def test_a_rejected_or_withdrawn_proposal_changes_nothing(
    alice: Person, moderator: Person, stranger: Client
) -> None:
    first, second = [(await alice.post(f"{PATH}/proposals", YYDS)).json["id"] for _ in range(2)]
    assert (await moderator.post(f"{ADMIN}/proposals/{first}/reject")).json["state"] == "rejected"
    assert (await moderator.delete(f"{PATH}/proposals/{second}")).status == 404
    assert (await alice.delete(f"{PATH}/proposals/{second}")).status == 200
    assert (await alice.delete(f"{PATH}/proposals/{first}")).status == 404, "what is decided stays"
    assert (await stranger.get(PATH)).json == []


async def test_so_many_proposals_of_one_member_may_wait(alice: Person) -> None:
    answers = [await alice.post(f"{PATH}/proposals", YYDS | {"term": f"word{n}"}) for n in range(21)]
    assert [one.status for one in answers] == [200] * 20 + [422]


async def test_a_glossary_is_exported_and_imported_as_csv(admin: Person, stranger: Client) -> None:
    assert (await admin.post(f"{ADMIN}/import", {"starter": True})).json["imported"] >= 60
    exported = await admin.get(f"{ADMIN}/export")
    assert exported.header("content-type").startswith("text/csv")
    before = (await stranger.get(PATH)).json
    for one in before[:-1]:
        await admin.delete(f"{ADMIN}/{one['id']}")
    answer = await admin.post(f"{ADMIN}/import", parts=[("file", File("glossary.csv", exported.body))])
    assert answer.json == {"imported": len(before)}
    again = (await stranger.get(PATH)).json
    assert [one | {"id": ""} for one in again] == [one | {"id": ""} for one in before]
    for wrong in (b"\xff\xfe", b"word\nx", b"term,origin\nx,q9"):
        assert (await admin.post(f"{ADMIN}/import", parts=[("file", File("g.csv", wrong))])).status == 422


async def test_words_of_the_glossary_are_explained_under_a_post_in_the_readers_language(
    alice: Person, admin: Person, stranger: Client
) -> None:
    posted = (await alice.post("/api/v1/statuses", {"status": "这个 yyds", "language": "zh"})).json
    assert posted["glossary_notes"] == []
    await admin.post(ADMIN, YYDS)
    path = f"/api/v1/statuses/{posted['id']}"
    note = {"term": "yyds", "meaning": "the best", "language": "en", "origin": "zh"}
    assert (await alice.get(path)).json["glossary_notes"] == [note]
    assert (await stranger.get(path)).json["glossary_notes"] == [note]
    boost = (await alice.post(f"{path}/reblog")).json
    assert (boost["glossary_notes"], boost["reblog"]["glossary_notes"]) == ([], [note])
    await admin.put(f"{ADMIN}/{(await stranger.get(PATH)).json[0]['id']}", {"meanings": {"en": "the very best"}})
    assert (await alice.get(path)).json["glossary_notes"][0]["meaning"] == "the very best"


async def test_who_reads_in_translation_has_words_explained_in_that_language(alice: Person, admin: Person) -> None:
    await admin.post(ADMIN, {"term": "no cap", "origin": "en", "meanings": {"en": "truly", "zh": "说真的"}})
    posted = (await admin.post("/api/v1/statuses", {"status": "no cap, I like tea", "language": "en"})).json
    path = f"/api/v1/statuses/{posted['id']}"
    assert (await alice.get(path)).json["glossary_notes"] == []
    await alice.put("/api/fedinote/v1/translation/preferences", {"mode": "append", "target": "zh-CN"})
    note = {"term": "no cap", "meaning": "说真的", "language": "zh", "origin": "en"}
    assert (await alice.get(path)).json["glossary_notes"] == [note]


@pytest.mark.parametrize(
    "wrong",
    [{"term": ""}, {"origin": "q9"}, {"meanings": {}, "translations": {}}, {"term": "x" * 65}, {"languages": ["q9"]}],
)
async def test_what_is_no_entry_is_said_to_be_wrong(admin: Person, alice: Person, wrong: dict[str, Any]) -> None:
    assert (await admin.post(ADMIN, YYDS | wrong)).status == 422
    assert (await alice.post(f"{PATH}/proposals", YYDS | wrong)).status == 422
