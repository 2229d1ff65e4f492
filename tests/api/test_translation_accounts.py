"""What engines were sent, for everybody and for the staff; and how authors say that they want none."""

from typing import Any

import pytest

from fedinote.infra.errors import Unavailable
from fedinote.translation import asking, consent
from fedinote.translation.asking import Question
from fedinote.translation.engine import Location
from tests.support.people import configure
from tests.translation.recorders import engines

THIRD, LOCAL = Location.THIRD_PARTY, Location.LOCAL
PUBLIC = "/api/fedinote/v1/translation"
STAFF = "/api/fedinote/v1/admin/translation"


async def _ask(town: Any, text: str = "good morning", clearance: consent.Clearance = consent.EVERYWHERE) -> None:
    await asking.ask(town.app, Question((text,), "en", "es", clearance))


async def test_everybody_is_told_which_engines_there_are_where_they_run_and_what_they_got(town, stranger):
    engines(town.app, THIRD, LOCAL)
    await _ask(town)
    about = (await stranger.get(PUBLIC)).json
    third, local = about["engines"]
    assert about["enabled"] is True
    assert about["page"] == "http://localhost:8000/about/translation"
    assert (third["name"], third["location"], third["kind"], third["in_use"]) == (
        "Recorder, third-party", "third-party", "machine", True,
    )  # fmt: skip
    assert (third["may_receive"], local["may_receive"]) == (["public"], ["public", "restricted"])
    assert third["today"] == third["this_month"] == {"calls": 1, "texts": 1, "characters": 12}
    assert third["days"] == [{"date": f"{town.app.now():%Y-%m-%d}", "calls": 1, "texts": 1, "characters": 12}]
    assert third["months"][0]["month"] == f"{town.app.now():%Y-%m}"
    assert local["today"]["calls"] == 0


async def test_the_page_says_the_same_in_words_and_nothing_of_what_was_translated(town, stranger):
    engines(town.app, THIRD)
    await _ask(town, "a very special sentence")
    page = (await stranger.get("/about/translation")).body.decode()
    assert "Recorder, third-party" in page
    assert "public and unlisted posts only" in page
    assert "special" not in page
    assert 'href="/about/translation"' in (await stranger.get("/about")).body.decode()


async def test_without_engines_the_page_says_so(town, stranger):
    town.app.translator = None
    assert "does not translate" in (await stranger.get("/about/translation")).body.decode()
    assert (await stranger.get(PUBLIC)).json["enabled"] is False


async def test_programs_find_it_by_nodeinfo(stranger):
    metadata = (await stranger.get("/nodeinfo/2.1")).json["metadata"]
    assert metadata["translation"]["page"] == "http://localhost:8000/about/translation"
    assert metadata["translation"]["figures"] == f"http://localhost:8000{PUBLIC}"


async def test_the_staff_see_budgets_failures_rests_and_what_the_cache_saved(town):
    recorders = engines(town.app, THIRD, LOCAL)
    configure(town.app, "translation", daily_characters=100, daily_characters_per_person=40)
    await _ask(town)
    await _ask(town)
    recorders[THIRD].down = True
    await _ask(town, "and more")
    admin = await town.person("dora", scopes="admin:read", role="admin")
    about = (await admin.get(STAFF)).json
    third, local = about["engines"]
    assert about["budget"] == {"characters": 100, "spent": 20, "left": 80}
    assert about["characters_per_person"] == 40
    assert about["cache"] == {"entries": 2, "hits": 1}
    assert third["today"] == {
        "calls": 2, "texts": 2, "characters": 20, "failures": 1, "charged": 12, "cache_hits": 1,
    }  # fmt: skip
    assert (third["resting_for"], third["budget"]) == (None, {"characters": None, "spent": 12, "left": None})
    assert local["today"]["failures"] == 0


async def test_an_engine_that_rests_is_shown_as_resting(town):
    recorders = engines(town.app, THIRD)
    recorders[THIRD].down = True
    for n in range(8):
        with pytest.raises(Unavailable):
            await _ask(town, f"number {n}")
    admin = await town.person("dora", scopes="admin:read", role="admin")
    (third,) = (await admin.get(STAFF)).json["engines"]
    assert third["resting_for"] > 0


@pytest.mark.parametrize(("scopes", "role"), [("read", "admin"), ("admin:read", "member")])
async def test_only_the_staff_with_the_scope_see_budgets(town, stranger, scopes, role):
    dora = await town.person("dora", scopes=scopes, role=role)
    assert (await dora.get(STAFF)).status == 403
    assert (await stranger.get(STAFF)).status == 401


async def test_an_author_opts_out_for_all_posts(town, alice, bob):
    engines(town.app)
    post = (await alice.post("/api/v1/statuses", {"status": "good morning my friends", "language": "en"})).json
    path = "/api/v1/accounts/update_credentials"
    answer = await alice.patch(path, {"machine_translation": "none"})
    assert answer.json["source"]["machine_translation"] == "none"
    assert (await alice.get("/api/v1/profile")).json["machine_translation"] == "none"
    refused = await bob.post(f"/api/v1/statuses/{post['id']}/translate", {"lang": "es"})
    assert refused.status == 403
    assert "author does not want" in refused.json["error"]
    assert (await alice.patch(path, {"machine_translation": "sometimes"})).status == 422
    assert (await alice.patch(path, {"machine_translation": "any"})).json["source"]["machine_translation"] == "any"
    assert (await bob.post(f"/api/v1/statuses/{post['id']}/translate", {"lang": "es"})).status == 200


async def test_an_author_opts_out_with_a_post_and_an_edit_keeps_it(town, alice, bob):
    recorders = engines(town.app, THIRD, LOCAL)
    words = {"status": "good morning my friends", "language": "en", "machine_translation": "no_third_party"}
    post = (await alice.post("/api/v1/statuses", words)).json
    assert post["machine_translation"] == "no_third_party"
    path = f"/api/v1/statuses/{post['id']}"
    assert (await bob.post(f"{path}/translate", {"lang": "es"})).json["provider"] == "Recorder, local"
    assert recorders[THIRD].calls == 0
    await alice.put(path, {"status": "good evening my friends"})
    assert (await alice.get(f"{path}/source")).json["machine_translation"] == "no_third_party"
    await alice.put(path, {"status": "good night my friends", "machine_translation": "none"})
    assert (await bob.post(f"{path}/translate", {"lang": "es"})).status == 403
    assert (await alice.post("/api/v1/statuses", words | {"machine_translation": "x"})).status == 422


async def test_the_wish_for_one_post_changes_without_a_new_version(town, alice, bob):
    engines(town.app)
    post = (await alice.post("/api/v1/statuses", {"status": "good morning my friends", "language": "en"})).json
    path = f"/api/fedinote/v1/statuses/{post['id']}/machine_translation"
    assert (await alice.put(path, {"machine_translation": "none"})).json == {"machine_translation": "none"}
    assert (await alice.get(f"/api/v1/statuses/{post['id']}")).json["edited_at"] is None
    assert (await bob.put(path, {"machine_translation": "any"})).status == 404
    assert (await alice.put(path, {})).status == 422
    assert (await bob.post(f"/api/v1/statuses/{post['id']}/translate", {"lang": "es"})).status == 403


async def test_who_has_used_up_the_day_is_told_when_it_goes_on(town, alice, bob):
    engines(town.app)
    configure(town.app, "translation", daily_characters_per_person=5)
    post = (await alice.post("/api/v1/statuses", {"status": "good morning my friends", "language": "en"})).json
    answer = await bob.post(f"/api/v1/statuses/{post['id']}/translate", {"lang": "es"})
    assert answer.status == 429
    assert 0 < int(answer.header("retry-after")) <= 86_400
    assert "one person" in answer.json["error"]
