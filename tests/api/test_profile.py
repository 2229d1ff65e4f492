"""One's own profile, as it was typed and as it is shown."""

import pytest

from fedinote.accounts import profiles
from fedinote.federation import documents
from fedinote.infra.app import App
from tests.api.client import Client, File
from tests.api.conftest import Person, Town, picture

PROFILE, CREDENTIALS = "/api/v1/profile", "/api/v1/accounts/update_credentials"


async def test_a_profile_is_shown_as_it_was_typed(alice: Person) -> None:
    assert (await alice.get(PROFILE)).json == {
        "id": alice.id,
        "display_name": "Alice",
        "note": "",
        "fields": [],
        "avatar": None,
        "avatar_static": None,
        "avatar_description": "",
        "header": None,
        "header_static": None,
        "header_description": "",
        "locked": False,
        "bot": False,
        "hide_collections": False,
        "discoverable": False,
        "indexable": False,
        "show_media": True,
        "show_media_replies": True,
        "show_featured": True,
        "attribution_domains": [],
        "machine_translation": "any",
        "featured_tags": [],
    }


async def test_everything_can_be_changed_and_nothing_else_changes(alice: Person, stranger: Client) -> None:
    changes = {
        "display_name": "A.",
        "note": "I & <you>",
        "fields_attributes": [{"name": "site", "value": "https://a.example"}],
        "locked": True,
        "bot": True,
        "hide_collections": True,
        "discoverable": True,
        "indexable": True,
        "show_media": False,
        "show_media_replies": False,
        "show_featured": False,
        "attribution_domains": ["https://News.example/", "blog.example"],
    }
    await alice.post("/api/v1/featured_tags", {"name": "tea"})
    changed = (await alice.patch(PROFILE, changes)).json
    expected = {**changes, "attribution_domains": ["news.example", "blog.example"]}
    del expected["fields_attributes"]
    assert {name: changed[name] for name in expected} == expected
    assert changed["fields"] == [{"name": "site", "value": "https://a.example", "verified_at": None}]
    assert [tag["name"] for tag in changed["featured_tags"]] == ["tea"]
    assert (await alice.put(PROFILE, {"bot": False})).json == {**changed, "bot": False}
    assert (await alice.get(PROFILE)).json == {**changed, "bot": False}
    seen = (await stranger.get(f"/api/v1/accounts/{alice.id}")).json
    assert (seen["note"], seen["show_featured"]) == ("<p>I &amp; &lt;you&gt;</p>", False)
    own = (await alice.get("/api/v1/accounts/verify_credentials")).json
    assert own["source"]["attribution_domains"] == ["news.example", "blog.example"]
    assert (await alice.patch(CREDENTIALS, form={"attribution_domains[]": ""})).json["source"][
        "attribution_domains"
    ] == []


async def test_pictures_have_descriptions_that_go_with_them(app: App, alice: Person, stranger: Client) -> None:
    parts: list[tuple[str, str | File]] = [
        ("avatar", File("a.png", picture())),
        ("avatar_description", " a red square "),
        ("header", File("h.png", picture(colour="blue"))),
        ("header_description", "the sea"),
    ]
    changed = (await alice.send("PATCH", PROFILE, parts=parts)).json
    assert changed["avatar"].startswith("http://localhost:8000/media/")
    assert (changed["avatar_description"], changed["header_description"]) == ("a red square", "the sea")
    seen = (await stranger.get(f"/api/v1/accounts/{alice.id}")).json
    assert (seen["avatar_description"], seen["header_description"]) == ("a red square", "the sea")
    actor = await documents.account(app, alice.account_id)
    assert (actor["icon"]["summary"], actor["image"]["summary"]) == ("a red square", "the sea")
    gone = (await alice.delete("/api/v1/profile/avatar")).json
    assert (gone["avatar_description"], gone["header_description"]) == ("", "the sea")
    assert "/static/" in gone["avatar"]
    await alice.delete("/api/v1/profile/header")
    again = (await alice.get(PROFILE)).json
    assert (again["avatar"], again["header"], again["header_description"]) == (None, None, "")


@pytest.mark.parametrize(
    "wrong",
    [
        {"avatar_description": "x" * (profiles.MAX_PICTURE_DESCRIPTION + 1)},
        {"header_description": "x" * (profiles.MAX_PICTURE_DESCRIPTION + 1)},
        {"attribution_domains": ["no domain"]},
        {"attribution_domains": [f"d{number}.example" for number in range(profiles.MAX_ATTRIBUTION_DOMAINS + 1)]},
        {"display_name": {"a": "b"}},
        {"source": {"quote_policy": "nobody at all"}},
        {"source": {"privacy": "secret"}},
    ],
)
async def test_what_breaks_a_rule_changes_nothing(alice: Person, wrong: object) -> None:
    before = (await alice.get(PROFILE)).json
    for path in (PROFILE, CREDENTIALS):
        assert (await alice.patch(path, {"note": "new", **wrong})).status == 422  # type: ignore[dict-item]
    assert (await alice.get(PROFILE)).json == before


async def test_a_picture_that_belongs_to_a_refused_change_is_not_kept(town: Town, alice: Person) -> None:
    def stored() -> int:
        return len([path for path in (town.app.settings.data_path / "media").rglob("*") if path.is_file()])

    for header, status, left in ((b"no picture", 422, 0), (picture(), 200, 2)):
        parts: list[tuple[str, str | File]] = [("avatar", File("a.png", picture())), ("header", File("h.png", header))]
        assert (await alice.send("PATCH", PROFILE, parts=parts)).status == status
        assert stored() == left


async def test_defaults_for_new_posts_are_set_with_the_profile(alice: Person) -> None:
    source = {"privacy": "unlisted", "sensitive": True, "language": "ko", "quote_policy": "followers"}
    changed = (await alice.patch(CREDENTIALS, {"source": source})).json["source"]
    assert {name: changed[name] for name in source} == source
    preferences = (await alice.get("/api/v1/preferences")).json
    assert preferences["posting:default:quote_policy"] == "followers"


async def test_the_profile_is_its_owners_with_the_scope(town: Town, stranger: Client) -> None:
    assert (await stranger.get(PROFILE)).status == 401
    reader = await town.person("reader", scopes="profile")
    assert (await reader.get(PROFILE)).status == 200
    assert (await reader.patch(PROFILE, {"bot": True})).status == 403
    poster = await town.person("poster", scopes="read:statuses")
    assert (await poster.get(PROFILE)).status == 403
