"""Setting what is translated unasked, by the API's extension and by `source` of update_credentials."""

from typing import Any

import pytest

from fedinote.translation import preferences
from tests.api.client import Client
from tests.api.conftest import Person, Town

PATH = "/api/fedinote/v1/translation/preferences"
BASE = "/api/fedinote/v1/translation"
DEFAULTS = {"mode": "button", "target": "en", "understood": [], "languages": {}, "accounts": {}, "automatic": False}


async def test_at_first_there_is_the_button_into_the_language_of_the_interface(alice: Person) -> None:
    assert (await alice.get(PATH)).json == DEFAULTS


async def test_patch_changes_what_is_named_and_put_the_rest_as_well(alice: Person) -> None:
    wanted = {"mode": "append", "target": "zh-Hant-TW", "understood": ["ja", "KO"], "languages": {"fr": "never"}}
    made = {**DEFAULTS, "mode": "append", "target": "zh-Hant", "understood": ["ja", "ko"],
            "languages": {"fr": "never"}, "automatic": True}  # fmt: skip
    assert (await alice.put(PATH, wanted)).json == made
    assert (await alice.patch(PATH, {"mode": "replace"})).json == {**made, "mode": "replace"}
    assert (await alice.get(PATH)).json == {**made, "mode": "replace"}
    assert (await alice.patch(PATH, {"understood": [""]})).json["understood"] == []
    assert (await alice.put(PATH, {"mode": "button"})).json == DEFAULTS


@pytest.mark.parametrize(
    "wrong", [{"mode": "always"}, {"target": "no language"}, {"understood": ["!"]}, {"languages": {"zh": "sometimes"}}]
)
async def test_what_is_not_understood_is_refused(alice: Person, wrong: dict[str, Any]) -> None:
    assert (await alice.patch(PATH, wrong)).status == 422
    assert (await alice.get(PATH)).json == DEFAULTS


async def test_exceptions_by_account_and_language(alice: Person, bob: Person) -> None:
    made = (await alice.put(f"{BASE}/accounts/{bob.id}", {"rule": "always"})).json
    assert made["accounts"] == {bob.id: "always"}
    assert made["automatic"]
    listed = (await alice.get(f"{BASE}/accounts")).json
    assert [(one["rule"], one["account"]["id"]) for one in listed] == [("always", bob.id)]
    assert (await alice.put(f"{BASE}/languages/zh-cn", {"rule": "never"})).json["languages"] == {"zh-CN": "never"}
    assert (await alice.delete(f"{BASE}/languages/zh-CN")).json["languages"] == {}
    assert (await alice.delete(f"{BASE}/accounts/{bob.id}")).json == DEFAULTS
    assert (await alice.put(f"{BASE}/accounts/{bob.id}", {"rule": "maybe"})).status == 422
    assert (await alice.put(f"{BASE}/accounts/1", {"rule": "never"})).status == 404
    assert (await alice.put(f"{BASE}/accounts/{alice.id}", {"rule": "never"})).status == 422
    assert (await alice.put(f"{BASE}/languages/!", {"rule": "never"})).status == 422


async def test_a_put_keeps_the_exceptions_by_account(alice: Person, bob: Person) -> None:
    await alice.put(f"{BASE}/accounts/{bob.id}", {"rule": "never"})
    assert (await alice.put(PATH, {"mode": "replace"})).json["accounts"] == {bob.id: "never"}


async def test_update_credentials_takes_it_in_source_and_shows_it_there(alice: Person) -> None:
    form = [("source[translation][mode]", "replace"), ("source[translation][understood][]", "de")]
    changed = await alice.patch("/api/v1/accounts/update_credentials", form=form)
    assert changed.status == 200, changed.body
    shown = changed.json["source"]["translation"]
    assert (shown["mode"], shown["understood"]) == ("replace", ["de"])
    own = (await alice.get("/api/v1/accounts/verify_credentials")).json["source"]["translation"]
    assert own == (await alice.get(PATH)).json == shown
    await alice.patch("/api/v1/accounts/update_credentials", {"note": "hello"})
    assert (await alice.get(PATH)).json == shown


async def test_a_wrong_mode_in_source_changes_nothing_at_all(alice: Person) -> None:
    body = {"display_name": "New", "source": {"translation": {"mode": "nonsense"}}}
    assert (await alice.patch("/api/v1/accounts/update_credentials", body)).status == 422
    assert (await alice.get("/api/v1/accounts/verify_credentials")).json["display_name"] == "Alice"


async def test_it_needs_a_person_and_the_scopes(town: Town, stranger: Client, alice: Person) -> None:
    assert (await stranger.get(PATH)).status == 401
    reader = Person(town.asgi, await town.token(alice.user_id, "read:statuses"))
    assert (await reader.get(PATH)).status == 403
    writer = Person(town.asgi, await town.token(alice.user_id, "read:accounts"))
    assert (await writer.get(PATH)).status == 200
    assert (await writer.patch(PATH, {"mode": "replace"})).status == 403


async def test_it_is_a_persons_own_business(alice: Person, bob: Person, town: Town) -> None:
    await alice.put(PATH, {"mode": "replace", "understood": ["de"]})
    assert (await bob.get(PATH)).json == DEFAULTS
    assert set(await preferences.readers(town.app)) == {alice.account_id}
    shown = (await bob.get(f"/api/v1/accounts/{alice.id}")).json
    assert "source" not in shown
