"""Translations that join a post later: by its author, and by readers whom the author or a moderator believes."""

from typing import Any

import pytest

from fedinote.accounts import deletion
from fedinote.auth import clients, scopes, tokens
from fedinote.translation.engine import Location
from tests.support.instances import Instance, Person, World
from tests.support.people import configure
from tests.translation.recorders import engines

API = "/api/fedinote/v1"
GERMAN = {"status": "Tee um fünf #Tee"}


async def _document(one: Instance, status: Any) -> Any:
    path = "/" + status["uri"].split("/", 3)[3]
    return await one.call("GET", path, headers={"Accept": "application/activity+json"})


@pytest.fixture
async def alice(one: Instance) -> Person:
    return await one.person("alice")


@pytest.fixture
async def bao(one: Instance) -> Person:
    return await one.person("bao")


@pytest.fixture
async def post(alice: Person) -> Any:
    return await alice.post("Tea at five", language="en")


def _of(post: Any, *more: str) -> str:
    return "/".join([f"{API}/statuses/{post['id']}", *more])


async def test_a_translation_attached_later_is_federated_and_is_no_edit(
    world: World, two: Instance, alice: Person, post: Any
) -> None:
    carol = await two.person("carol")
    two.app.translator = None
    await carol.follow(alice)
    await world.settle()
    later = await alice.post("Tea again", language="en")
    await world.settle()
    status = await alice.call("PUT", _of(later, "translations", "de"), json=GERMAN)
    assert (status["edited_at"], [one["language"] for one in status["translations"]]) == (None, ["de"])
    assert len(await alice.call("GET", f"/api/v1/statuses/{later['id']}/history")) == 1
    assert "tee" in [tag["name"] for tag in status["tags"]]
    await world.settle()
    there = (await carol.home())[0]
    assert [(one["language"], one["machine"], one["outdated"]) for one in there["translations"]] == [
        ("de", False, False)
    ]
    assert there["edited_at"] is None, "it is none there either"
    assert len(await carol.call("GET", f"/api/v1/statuses/{there['id']}/history")) == 1
    found = await carol.call("POST", f"/api/v1/statuses/{there['id']}/translate", json={"lang": "de"})
    assert ("Tee um fünf" in found["content"], found["provider"]) == (True, "author")
    await alice.call("DELETE", _of(later, "translations", "de"))
    await world.settle()
    assert (await carol.home())[0]["translations"] == []


async def test_what_a_machine_drafted_is_shown_to_its_author_alone_and_stored_nowhere(
    one: Instance, alice: Person, bao: Person
) -> None:
    recorders = engines(one.app)
    posted = await alice.post("Good morning everybody", language="en", spoiler_text="tea")
    made = await alice.call("POST", _of(posted, "translations", "draft"), json={"lang": "es"})
    assert (made["machine"], made["reviewed"]) == (recorders[Location.THIRD_PARTY].name, False)
    assert (made["language"], made["detected_source_language"], made["location"]) == ("es", "en", "third-party")
    assert (made["status"], made["spoiler_text"]) == ("es Good morning everybody", "es tea")
    assert (await alice.call("GET", f"/api/v1/statuses/{posted['id']}"))["translations"] == []
    await bao.call("POST", _of(posted, "translations", "draft"), json={"lang": "es"}, status=404)
    given = {key: made[key] for key in ("status", "spoiler_text", "machine")}
    status = await alice.call("PUT", _of(posted, "translations", "es"), json={**given, "reviewed": True})
    listed = status["translations"][0]
    assert (listed["machine"], listed["reviewed"], listed["provider"]) == (True, True, made["machine"])
    entry = (await _document(one, posted))["translations"][0]
    assert set(entry["translator"]) == {f"http://{one.host}/actor", posted["account"]["uri"]}


async def test_a_draft_is_asked_for_under_the_same_rules_as_any_translation(one: Instance, alice: Person) -> None:
    recorders = engines(one.app, Location.THIRD_PARTY)
    for more in ({"machine_translation": "none"}, {"visibility": "private"}):
        posted = await alice.post("Good morning", language="en", **more)
        await alice.call("POST", _of(posted, "translations", "draft"), json={"lang": "es"}, status=403)
    assert recorders[Location.THIRD_PARTY].calls == 0


async def test_only_the_author_attaches_and_only_what_fits(alice: Person, bao: Person, post: Any) -> None:
    await bao.call("PUT", _of(post, "translations", "de"), json=GERMAN, status=404)
    await bao.call("DELETE", _of(post, "translations", "de"), status=404)
    for tag, body in (("en", GERMAN), ("q9", GERMAN), ("de", {"status": " "}), ("de", {"status": "x" * 100_000})):
        await alice.call("PUT", _of(post, "translations", tag), json=body, status=422)
    await alice.call("DELETE", _of(post, "translations", "de"), status=404)
    assert (await alice.call("GET", f"/api/v1/statuses/{post['id']}"))["translations"] == []


async def test_a_post_has_at_most_ten_translations(alice: Person, post: Any) -> None:
    tags = ["af", "br", "bs", "ca", "cs", "da", "de", "es", "et", "eu", "fi"]
    for tag in tags[:10]:
        await alice.call("PUT", _of(post, "translations", tag), json=GERMAN)
    await alice.call("PUT", _of(post, "translations", tags[10]), json=GERMAN, status=422)
    await alice.call("PUT", _of(post, "translations", tags[0]), json=GERMAN)


async def test_a_name_in_an_attached_translation_tells_nobody(
    world: World, one: Instance, alice: Person, bao: Person, post: Any
) -> None:
    await alice.call("PUT", _of(post, "translations", "de"), json={"status": "Tee, @bao"})
    await world.settle()
    assert await bao.call("GET", "/api/v1/notifications") == []
    assert "<a " not in (await _document(one, post))["contentMap"]["de"]


async def test_a_suggestion_waits_is_told_to_the_author_and_joins_the_post_with_its_translators_name(
    world: World, one: Instance, two: Instance, alice: Person, bao: Person
) -> None:
    carol = await two.person("carol")
    two.app.translator = None
    await carol.follow(alice)
    await world.settle()
    post = await alice.post("Tea at five", language="en")
    made = await bao.call("POST", _of(post, "translation_suggestions"), json={"language": "de", **GERMAN})
    assert (made["state"], made["account"]["acct"], made["outdated"]) == ("open", "bao", False)
    assert (await alice.call("GET", f"/api/v1/statuses/{post['id']}"))["translations"] == []
    notice = (await alice.call("GET", "/api/v1/notifications"))[0]
    assert (notice["type"], notice["account"]["acct"]) == ("translation_suggestion", "bao")
    assert (notice["status"]["id"], notice["translation_suggestion"]["id"]) == (post["id"], made["id"])
    assert [one["id"] for one in await alice.call("GET", f"{API}/translation_suggestions")] == [made["id"]]
    done = await alice.call("POST", f"{API}/translation_suggestions/{made['id']}/accept")
    assert done["state"] == "accepted"
    listed = (await alice.call("GET", f"/api/v1/statuses/{post['id']}"))["translations"][0]
    assert [person["acct"] for person in listed["translators"]] == ["bao"]
    document = await _document(one, post)
    entry = document["translations"][0]
    assert (entry["inLanguage"], entry["translator"]) == ("de", [f"http://{one.host}/users/bao"])
    assert entry["sourceUpdated"] == document["updated"]
    found = await alice.call("POST", f"/api/v1/statuses/{post['id']}/translate", json={"lang": "de"})
    assert (found["provider"], found["kind"]) == ("@bao", "person")
    await world.settle()
    there = (await carol.home())[0]["translations"]
    assert [(one["language"], one["outdated"]) for one in there] == [("de", False)]
    assert [person["acct"] for person in there[0]["translators"]] == [f"bao@{one.host}"]
    remote = (await carol.home())[0]["id"]
    read = await carol.call("POST", f"/api/v1/statuses/{remote}/translate", json={"lang": "de"})
    assert (read["provider"], read["kind"]) == (f"@bao@{one.host}", "person")
    await alice.call("POST", f"{API}/translation_suggestions/{made['id']}/reject", status=404)


async def test_a_machines_text_that_somebody_checked_names_both(one: Instance, alice: Person, bao: Person) -> None:
    post = await alice.post("Tea at five", language="en")
    body = {"language": "de", **GERMAN, "machine": "MorningCloud"}
    made = await bao.call("POST", _of(post, "translation_suggestions"), json=body)
    await alice.call("POST", f"{API}/translation_suggestions/{made['id']}/accept")
    entry = (await _document(one, post))["translations"][0]
    assert set(entry["translator"]) == {f"http://{one.host}/actor", f"http://{one.host}/users/bao"}
    assert entry["name"] == "MorningCloud"


async def test_an_accepted_translation_is_stale_after_an_edit(one: Instance, alice: Person, bao: Person) -> None:
    post = await alice.post("Tea at five", language="en")
    made = await bao.call("POST", _of(post, "translation_suggestions"), json={"language": "de", **GERMAN})
    await alice.call("POST", f"{API}/translation_suggestions/{made['id']}/accept")
    edited = await alice.call("PUT", f"/api/v1/statuses/{post['id']}", json={"status": "Tea at six"})
    assert [(one["outdated"], one["translators"][0]["acct"]) for one in edited["translations"]] == [(True, "bao")]
    document = await _document(one, post)
    assert document["translations"][0]["sourceUpdated"] < document["updated"]


async def test_whoever_reads_a_stale_translation_is_told_whatever_the_app(
    world: World, alice: Person, bao: Person
) -> None:
    post = await alice.post("Tea at five", language="en")
    made = await bao.call("POST", _of(post, "translation_suggestions"), json={"language": "de", **GERMAN})
    await alice.call("POST", f"{API}/translation_suggestions/{made['id']}/accept")
    await bao.call("PUT", f"{API}/translation/preferences", json={"mode": "replace", "target": "de"})
    await alice.call("PUT", f"/api/v1/statuses/{post['id']}", json={"status": "Tea at six"})
    path = f"/api/v1/statuses/{post['id']}"
    await bao.call("GET", path)
    await world.settle()
    read = await bao.call("GET", path)
    assert "zu einer älteren Fassung" in read["content"]
    assert (read["translation"]["kind"], read["translation"]["outdated"]) == ("person", True)
    turned = await alice.call("POST", f"{path}/translate", json={"lang": "de"})
    assert turned["provider"].endswith("· zu einer älteren Fassung")
    assert turned["outdated"] is True


async def test_a_suggestion_made_for_an_older_version_is_stale_when_it_is_accepted(alice: Person, bao: Person) -> None:
    post = await alice.post("Tea at five", language="en")
    made = await bao.call("POST", _of(post, "translation_suggestions"), json={"language": "de", **GERMAN})
    await alice.call("PUT", f"/api/v1/statuses/{post['id']}", json={"status": "Tea at six"})
    waiting = await alice.call("GET", _of(post, "translation_suggestions"))
    assert [one["outdated"] for one in waiting] == [True]
    await alice.call("POST", f"{API}/translation_suggestions/{made['id']}/accept")
    status = await alice.call("GET", f"/api/v1/statuses/{post['id']}")
    assert [one["outdated"] for one in status["translations"]] == [True]


async def test_only_the_author_and_moderators_decide_and_see_what_others_suggest(
    one: Instance, alice: Person, bao: Person
) -> None:
    carol, mod = await one.person("carol"), await one.person("wei", role="moderator")
    post = await alice.post("Tea at five", language="en")
    path = _of(post, "translation_suggestions")
    made = await bao.call("POST", path, json={"language": "de", **GERMAN})
    assert [len(await who.call("GET", path)) for who in (alice, bao, carol, mod)] == [1, 1, 0, 1]
    for who in (bao, carol):
        for verb in ("accept", "reject"):
            await who.call("POST", f"{API}/translation_suggestions/{made['id']}/{verb}", status=404)
    await carol.call("DELETE", f"{API}/translation_suggestions/{made['id']}", status=404)
    await mod.call("POST", f"{API}/translation_suggestions/{made['id']}/accept")
    action = await one.app.db.value("SELECT action AS value FROM audit_log ORDER BY id DESC LIMIT 1")
    assert action == "suggestion.accept"


async def test_a_moderators_ordinary_token_does_not_decide_for_others(
    one: Instance, alice: Person, bao: Person
) -> None:
    mod = await one.person("wei", role="moderator")
    post = await alice.post("Tea at five", language="en")
    made = await bao.call("POST", _of(post, "translation_suggestions"), json={"language": "de", **GERMAN})
    user_id = await one.app.db.value("SELECT id AS value FROM users WHERE account_id = ?", mod.account_id)
    client = await clients.command_line(one.app)
    plain = await tokens.issue(one.app, app_id=client.id, user_id=user_id, scopes=scopes.parse("read write"))
    path = f"{API}/translation_suggestions/{made['id']}/accept"
    await one.call("POST", path, token=plain.text, status=404)


async def test_suggestions_are_for_public_posts_of_people_here(
    world: World, one: Instance, two: Instance, alice: Person, bao: Person
) -> None:
    carol = await two.person("carol")
    await bao.follow(alice)
    await bao.follow(carol)
    await world.settle()
    private = await alice.post("Tea", language="en", visibility="private")
    body = {"language": "de", **GERMAN}
    await bao.call("POST", _of(private, "translation_suggestions"), json=body, status=403)
    direct = await alice.post("Tea", language="en", visibility="direct")
    await bao.call("POST", _of(direct, "translation_suggestions"), json=body, status=404)
    await carol.post("Tea", language="en")
    await world.settle()
    remote = (await bao.home())[0]
    await bao.call("POST", _of(remote, "translation_suggestions"), json=body, status=403)
    own = await bao.post("Tea", language="en")
    await bao.call("POST", _of(own, "translation_suggestions"), json=body, status=422)


@pytest.mark.parametrize("blocker", ["alice", "bao"])
async def test_across_a_block_nobody_suggests(one: Instance, alice: Person, bao: Person, blocker: str) -> None:
    post = await alice.post("Tea", language="en")
    people = {"alice": alice, "bao": bao}
    other = bao if blocker == "alice" else alice
    await people[blocker].call("POST", f"/api/v1/accounts/{other.account_id}/block")
    status = 404 if blocker == "alice" else 403
    await bao.call("POST", _of(post, "translation_suggestions"), json={"language": "de", **GERMAN}, status=status)


async def test_a_suggestion_can_be_taken_back_and_made_anew_and_its_notice_goes_along(
    alice: Person, bao: Person, post: Any
) -> None:
    path = _of(post, "translation_suggestions")
    first = await bao.call("POST", path, json={"language": "de", **GERMAN})
    second = await bao.call("POST", path, json={"language": "de", "status": "Tee um 5"})
    waiting = await alice.call("GET", path)
    assert [(one["id"], one["status"]) for one in waiting] == [(second["id"], "Tee um 5")]
    notices = await alice.call("GET", "/api/v1/notifications")
    assert [one["translation_suggestion"]["id"] for one in notices] == [second["id"]]
    await bao.call("DELETE", f"{API}/translation_suggestions/{first['id']}", status=404)
    await bao.call("DELETE", f"{API}/translation_suggestions/{second['id']}")
    assert await alice.call("GET", path) == []
    assert await alice.call("GET", "/api/v1/notifications") == []


async def test_somebody_who_suggests_too_much_is_told_to_wait(one: Instance, alice: Person, bao: Person) -> None:
    configure(one.app, "limits", enabled=True)
    post = await alice.post("Tea", language="en")
    path = _of(post, "translation_suggestions")
    answers = []
    for number in range(31):
        async with one.http.post(
            f"http://{one.host}{path}",
            json={"language": "de", "status": f"Tee {number}"},
            headers={"Authorization": f"Bearer {bao.token}"},
        ) as answer:
            answers.append(answer.status)
    assert (set(answers[:30]), answers[30]) == ({200}, 429)


async def test_suggestions_end_with_the_post_and_with_the_account(
    world: World, one: Instance, alice: Person, bao: Person
) -> None:
    first, second = await alice.post("Tea", language="en"), await alice.post("Coffee", language="en")
    for post in (first, second):
        await bao.call("POST", _of(post, "translation_suggestions"), json={"language": "de", **GERMAN})
    await alice.call("DELETE", f"/api/v1/statuses/{first['id']}")
    assert await _count(one) == 1
    await deletion.delete(one.app, bao.account_id)
    assert await alice.call("GET", _of(second, "translation_suggestions")) == []
    await world.settle()
    assert await _count(one) == 0


async def _count(one: Instance) -> int:
    found: int = await one.app.db.value("SELECT COUNT(*) AS value FROM translation_suggestions")
    return found


async def test_credit_is_withdrawn_when_the_translator_leaves_and_the_author_answers_for_the_text(
    world: World, one: Instance, alice: Person, bao: Person, post: Any
) -> None:
    made = await bao.call("POST", _of(post, "translation_suggestions"), json={"language": "de", **GERMAN})
    await alice.call("POST", f"{API}/translation_suggestions/{made['id']}/accept")
    before = await _document(one, post)
    await deletion.delete(one.app, bao.account_id)
    await world.settle()
    document = await _document(one, post)
    assert document["translations"][0]["translator"] == [post["account"]["uri"]]
    assert document["updated"] > before["updated"]
    assert "Tee um fünf" in document["contentMap"]["de"]
    status = await alice.call("GET", f"/api/v1/statuses/{post['id']}")
    assert status["translations"][0]["translators"] == []


async def test_the_words_of_a_suggestion_are_cleaned_like_all_others(one: Instance, alice: Person, bao: Person) -> None:
    post = await alice.post("Tea", language="en")
    hostile = {"language": "de", "status": "<script>alert(1)</script><b>Tee</b>"}
    made = await bao.call("POST", _of(post, "translation_suggestions"), json=hostile)
    await alice.call("POST", f"{API}/translation_suggestions/{made['id']}/accept")
    document = await _document(one, post)
    assert "<script" not in document["contentMap"]["de"]
    assert "&lt;script&gt;" in document["contentMap"]["de"]
