"""Decisions, appeals and what came of reports, through the API: for those whom they concern, and for moderators."""

import pytest

from fedinote import worker
from fedinote.infra.app import App
from fedinote.moderation import actions
from fedinote.moderation.cases import statements
from fedinote.moderation.cases.statements import Basis, Decision
from fedinote.moderation.moderator import Moderator
from fedinote.notifications import warnings
from fedinote.translation.engine import Location
from tests.api.client import Client
from tests.api.conftest import Person, Town
from tests.web.desk.conftest import knowing

DECISIONS = "/api/fedinote/v1/decisions"
APPEALS = "/api/fedinote/v1/admin/appeals"
STAFF = "read write admin:read admin:write"
REASON = "The post insults other people, which the rules of this house do not allow."
MEANING = "La publicación insulta a otras personas, lo que las reglas de esta casa no permiten."


@pytest.fixture
async def moderator(town: Town) -> Person:
    return await town.person("first", role="moderator", scopes=STAFF)


@pytest.fixture
async def second(town: Town) -> Person:
    return await town.person("second", role="moderator", scopes=STAFF)


@pytest.fixture
async def nosy(town: Town) -> Person:
    """A member whose app has every scope."""
    return await town.person("nosy", scopes=STAFF)


async def limited(app: App, moderator: Person, who: Person) -> str:
    """Limit somebody; the id of the decision."""
    by = Moderator(moderator.account_id, moderator.user_id, "moderator")
    basis = Basis(rules=(1,), language="en", category="violation")
    await actions.silence(app, by, who.account_id, reason=REASON, basis=basis)
    return str((await statements.about(app, who.account_id))[0].id)


async def test_a_member_reads_a_decision_appeals_and_another_moderator_lifts_it(
    app: App, alice: Person, moderator: Person, second: Person
) -> None:
    decision = await limited(app, moderator, alice)
    (told,) = (await alice.get(DECISIONS)).json
    assert (told["id"], told["action"], told["text"], told["language"]) == (decision, "silence", REASON, "en")
    assert (told["appealable"], told["appeal"], told["automated"], told["final_at"]) == (True, None, False, None)
    assert (await alice.get(f"{DECISIONS}/{decision}")).json == told
    assert (await alice.get(f"{DECISIONS}/{decision}/appeal")).status == 404
    assert (await alice.post(f"{DECISIONS}/{decision}/appeal", {"text": " "})).status == 422
    made = (await alice.post(f"{DECISIONS}/{decision}/appeal", {"text": "No hice nada malo", "language": "es"})).json
    assert (made["state"], made["decision_id"]) == ("pending", decision)

    (listed,) = (await second.get(APPEALS)).json
    assert (listed["id"], listed["account"]["id"], listed["barred"]) == (made["id"], alice.id, False)
    assert (listed["decision"]["text"], listed["messages"][0]["language"]) == (REASON, "es")
    assert (await moderator.get(f"{APPEALS}/{made['id']}")).json["barred"] is True
    one = f"{APPEALS}/{made['id']}"
    assert (await moderator.post(f"{one}/decide", {"lift": True})).status == 403
    assert (await second.post(f"{one}/decide", {})).status == 422
    assert (await second.post(f"{one}/answer", {"text": "Which words?", "language": "no such"})).status == 422
    await second.post(f"{one}/answer", {"text": "Which words?", "language": "en"})
    await alice.post(f"{DECISIONS}/{decision}/appeal", {"text": "Las primeras"})
    ended = (await second.post(f"{one}/decide", {"lift": True, "text": "You are right"})).json
    assert (ended["state"], len(ended["messages"])) == ("approved", 4)
    thread = (await alice.get(f"{DECISIONS}/{decision}/appeal")).json
    assert [turn["by_moderators"] for turn in thread["messages"]] == [False, True, False, True]
    assert "account" not in thread["messages"][1]
    assert (await alice.get(f"{DECISIONS}/{decision}")).json["lifted_at"] is not None
    assert (await second.get(APPEALS)).json == []


async def test_nobody_reads_or_appeals_what_was_decided_about_another(
    app: App, alice: Person, bob: Person, moderator: Person, stranger: Client, nosy: Person
) -> None:
    decision = await limited(app, moderator, alice)
    for path in (f"{DECISIONS}/{decision}", f"{DECISIONS}/{decision}/appeal"):
        assert (await bob.get(path)).status == 404
        assert (await stranger.get(path)).status == 401
    assert (await bob.post(f"{DECISIONS}/{decision}/appeal", {"text": "Please"})).status == 404
    assert (await bob.get(DECISIONS)).json == []
    made = (await alice.post(f"{DECISIONS}/{decision}/appeal", {"text": "Please"})).json
    for path in (APPEALS, f"{APPEALS}/{made['id']}"):
        assert (await bob.get(path)).status == 403
        assert (await nosy.get(path)).status == 403
    for who in (bob, nosy):
        assert (await who.post(f"{APPEALS}/{made['id']}/decide", {"lift": True})).status == 403
        assert (await who.post(f"{APPEALS}/{made['id']}/answer", {"text": "x"})).status == 403


async def test_a_warning_is_told_in_the_language_of_the_member_and_the_original_binds(
    app: App, alice: Person, moderator: Person
) -> None:
    recorders = knowing(app, {REASON: MEANING})
    await app.db.execute("UPDATE users SET locale = 'es' WHERE id = ?", alice.user_id)
    decision = await limited(app, moderator, alice)
    await worker.settle(app)
    assert [place for place, one in recorders.items() if one.calls] == [Location.LOCAL]
    (notice,) = (await alice.get("/api/v1/notifications")).json
    told = notice["moderation_warning"]
    assert told["id"] == decision
    assert told["text"] == f"{MEANING}\n\nTraducido por un programa. Lo que vale es el original:\n{REASON}"
    assert (told["original_text"], told["language"]) == (REASON, "en")
    shown = (await alice.get(f"{DECISIONS}/{decision}")).json["translation"]
    assert (shown["text"], shown["language"]) == (MEANING, "es")
    await alice.post(f"{DECISIONS}/{decision}/appeal", {"text": "Por favor"})
    (notice,) = (await alice.get("/api/v1/notifications")).json
    assert notice["moderation_warning"]["appeal"] == {"text": "Por favor", "state": "pending"}


async def test_what_apps_have_no_name_for_is_a_warning_to_them_and_has_its_own_name_here(
    app: App, alice: Person
) -> None:
    async with app.db.transaction():
        decision = Decision("post.hold", alice.account_id, True, None, "Held: the word “tea”")
        await statements.note(app, decision, Basis(language="en"))
    (notice,) = (await alice.get("/api/v1/notifications")).json
    assert notice["moderation_warning"]["action"] == "none"
    (own,) = (await alice.get(DECISIONS)).json
    assert (own["action"], own["automated"]) == ("hold_statuses", True)


async def test_without_an_engine_on_this_machine_the_original_is_told_and_nothing_is_sent_out(
    app: App, alice: Person, moderator: Person
) -> None:
    recorders = knowing(app, {REASON: MEANING}, Location.THIRD_PARTY, Location.NETWORK)
    await app.db.execute("UPDATE users SET locale = 'es' WHERE id = ?", alice.user_id)
    await limited(app, moderator, alice)
    await worker.settle(app)
    assert [one.calls for one in recorders.values()] == [0, 0]
    (notice,) = (await alice.get("/api/v1/notifications")).json
    assert notice["moderation_warning"]["text"] == REASON


@pytest.mark.parametrize(
    ("locale", "title"),
    [("zh-TW", "你收到了管理員的警告"), ("es-MX", "Los moderadores te han enviado una advertencia"),
     ("de", "You have received a moderation warning"), (None, "You have received a moderation warning")],
)  # fmt: skip
def test_a_push_message_about_a_decision_is_titled_in_the_members_language(locale: str | None, title: str) -> None:
    assert warnings.title(locale) == title


async def test_who_reported_reads_what_came_of_it_and_what_moderators_answered(
    alice: Person, bob: Person, moderator: Person, second: Person, nosy: Person
) -> None:
    report = (await alice.post("/api/v1/reports", {"account_id": bob.id, "comment": "rude"})).json
    notes = f"/api/fedinote/v1/admin/reports/{report['id']}/notes"
    (mine,) = (await alice.get("/api/fedinote/v1/reports")).json
    assert (mine["outcome"], mine["answers"], mine["target_account"]["id"]) == ("open", [], bob.id)
    inner = (await moderator.post(notes, {"text": "for us alone"})).json
    assert (inner["to_reporter"], inner["account"]["id"]) == (False, moderator.id)
    await moderator.post(notes, {"text": "Thank you", "to_reporter": True})
    assert (await moderator.post(notes, {"text": ""})).status == 422
    listed = (await second.get(notes)).json
    assert [one["text"] for one in listed] == ["for us alone", "Thank you"]
    await moderator.post(f"/api/v1/admin/reports/{report['id']}/resolve")
    (mine,) = (await alice.get("/api/fedinote/v1/reports")).json
    assert (mine["outcome"], mine["answers"]) == ("closed", ["Thank you"])
    assert (await bob.get("/api/fedinote/v1/reports")).json == []
    for who in (bob, nosy):
        assert (await who.get(notes)).status == 403
        assert (await who.post(notes, {"text": "x"})).status == 403
    assert (await moderator.get("/api/fedinote/v1/admin/reports/1/notes")).status == 404
