import re

import pytest

from fedinote.media import remote
from tests.api.client import Client, File
from tests.api.conftest import picture
from tests.api.test_statuses import write
from tests.support.people import configure

ME = "/api/v1/accounts/update_credentials"


async def test_an_account_has_texts_and_pictures_that_are_never_null(alice, stranger, town):
    account = (await stranger.get(f"/api/v1/accounts/{alice.id}")).json
    for key in ("avatar", "avatar_static", "header", "header_static", "note", "display_name", "acct", "uri", "url"):
        assert isinstance(account[key], str), key
    for key in ("discoverable", "hide_collections", "last_status_at"):
        assert key in account
    assert account["avatar"] == f"{town.app.settings.base}/static/img/avatar.png"
    assert account["acct"] == "alice"
    assert account["last_status_at"] is None
    assert "source" not in account


async def test_people_elsewhere_have_their_domain_in_the_handle(town, stranger):
    from tests.relations.people import person

    other = await person(town.app, "dan", "far.example", avatar_remote="https://far.example/a.png")
    account = (await stranger.get(f"/api/v1/accounts/{other}")).json
    assert account["acct"] == "dan@far.example"
    here = town.app.url(remote.address(town.app, "avatar", other, "https://far.example/a.png"))
    assert (account["avatar"], account["avatar_static"]) == (here, f"{here}/small")
    assert account["hide_collections"] is None


async def test_a_suspended_account_says_nothing_of_itself(town, alice, stranger):
    await alice.patch(ME, {"note": "hello", "display_name": "Al"})
    await write(alice)
    await town.app.db.execute("UPDATE accounts SET suspended_at = ? WHERE id = ?", town.app.now(), alice.account_id)
    account = (await stranger.get(f"/api/v1/accounts/{alice.id}")).json
    assert (account["suspended"], account["display_name"], account["note"], account["fields"]) == (True, "", "", [])
    assert (await stranger.get(f"/api/v1/accounts/{alice.id}/statuses")).json == []


async def test_a_moved_account_shows_where_to(town, alice, bob, stranger):
    app = town.app
    await app.db.execute("UPDATE accounts SET moved_to_uri = ? WHERE id = ?", app.url("/users/bob"), alice.account_id)
    assert (await stranger.get(f"/api/v1/accounts/{alice.id}")).json["moved"]["id"] == bob.id


async def test_those_who_run_the_server_wear_a_badge(town, stranger):
    owner = await town.person("olga", role="owner")
    assert (await stranger.get(f"/api/v1/accounts/{owner.id}")).json["roles"][0]["name"] == "Owner"
    mine = (await owner.get("/api/v1/accounts/verify_credentials")).json
    assert mine["role"]["permissions"] == str((1 << 21) - 1)


async def test_several_accounts_come_in_the_order_asked(alice, bob, stranger):
    answer = await stranger.get("/api/v1/accounts", {"id[]": [bob.id, "1", alice.id]})
    assert answer.ids == [bob.id, alice.id]


@pytest.mark.parametrize("handle", ["alice", "@alice", "ALICE", "alice@localhost:8000"])
async def test_a_handle_is_looked_up_in_any_form(alice, stranger, handle):
    assert (await stranger.get("/api/v1/accounts/lookup", {"acct": handle})).json["id"] == alice.id


async def test_one_who_waits_for_approval_is_nobody_to_others(town, alice, stranger):
    await town.app.db.execute("UPDATE users SET state = 'pending' WHERE id = ?", alice.user_id)
    assert (await stranger.get(f"/api/v1/accounts/{alice.id}")).status == 404
    assert (await stranger.get("/api/v1/accounts/lookup", {"acct": "alice"})).status == 404


async def test_the_own_account_has_source_and_role(alice):
    mine = (await alice.get("/api/v1/accounts/verify_credentials")).json
    assert mine["source"]["privacy"] == "public"
    assert mine["source"]["follow_requests_count"] == 0
    assert mine["role"]["permissions"] == "0"


async def test_a_profile_changes_by_patch_and_put_in_json(alice):
    for call in (alice.patch, alice.put):
        name = f"by {call.__name__}"
        mine = (await call(ME, {"display_name": name, "note": "<b>hello</b> #tag", "bot": "true"})).json
        assert mine["display_name"] == name
        assert "<b>" not in mine["note"]
        assert mine["source"]["note"] == "<b>hello</b> #tag"
        assert mine["bot"] is True


async def test_a_profile_changes_by_multipart_with_pictures_and_numbered_fields(alice, town):
    parts = [
        ("fields_attributes[0][name]", "web"),
        ("fields_attributes[0][value]", "https://example.org"),
        ("avatar", File("a.png", picture())),
        ("header", File("h.png", picture(128))),
    ]
    mine = (await alice.patch(ME, parts=parts)).json
    assert mine["fields"][0]["name"] == "web"
    assert 'href="https://example.org"' in mine["fields"][0]["value"]
    assert mine["source"]["fields"][0]["value"] == "https://example.org"
    for name in ("avatar", "header"):
        assert mine[name].startswith("http://localhost:8000/media/")
        assert (await alice.get(mine[name].removeprefix("http://localhost:8000"))).status == 200
    gone = (await alice.delete("/api/v1/profile/avatar")).json
    assert gone["avatar"].endswith("/static/img/avatar.png")
    assert gone["header"] == mine["header"]


@pytest.mark.parametrize(
    "fields", [[{"name": "a", "value": "b"}], {"0": {"name": "a", "value": "b"}, "1": {"name": "", "value": ""}}]
)
async def test_fields_are_a_list_or_a_mapping(alice, fields):
    mine = (await alice.patch(ME, {"fields_attributes": fields})).json
    assert [(one["name"], one["value"]) for one in mine["source"]["fields"]] == [("a", "b")]
    assert (await alice.patch(ME, {"fields_attributes": []})).json["fields"] == []


async def test_defaults_of_posts_are_in_source_and_in_preferences(alice):
    mine = (await alice.patch(ME, form=[("source[privacy]", "unlisted"), ("source[language]", "de")])).json
    assert (mine["source"]["privacy"], mine["source"]["language"]) == ("unlisted", "de")
    wanted = (await alice.get("/api/v1/preferences")).json
    assert wanted["posting:default:visibility"] == "unlisted"
    assert wanted["posting:default:language"] == "de"
    assert (await alice.patch(ME, {"source": {"privacy": "nobody"}})).status == 422


async def test_a_refused_change_leaves_everything_as_it_was(alice, town):
    parts = [("avatar", File("a.png", picture())), ("display_name", "x" * 100), ("source[privacy]", "private")]
    assert (await alice.patch(ME, parts=parts)).status == 422
    mine = (await alice.get("/api/v1/accounts/verify_credentials")).json
    assert mine["source"]["privacy"] == "public"
    assert mine["avatar"].endswith("/static/img/avatar.png")
    folder = town.app.settings.data_path / "media"
    assert not [one for one in folder.rglob("*") if one.is_file()]


async def test_the_filters_of_an_accounts_posts_combine(alice, bob):
    plain = await write(alice, "plain #Tea")
    reply = await write(alice, "to bob", in_reply_to_id=(await write(bob))["id"])
    thread = await write(alice, "to myself #tea", in_reply_to_id=plain["id"])
    media = (await alice.post("/api/v1/media", parts=[("file", File("a.png", picture()))])).json["id"]
    shown = await write(alice, "with a picture", media_ids=[media])
    boost = (await alice.post(f"/api/v1/statuses/{(await write(bob))['id']}/reblog")).json
    await alice.post(f"/api/v1/statuses/{plain['id']}/pin")

    async def ids(**query: str) -> list[str]:
        return (await bob.get(f"/api/v1/accounts/{alice.id}/statuses", query)).ids

    everything = [boost["id"], shown["id"], thread["id"], reply["id"], plain["id"]]
    assert await ids() == everything
    assert await ids(exclude_reblogs="1") == everything[1:]
    assert await ids(exclude_replies="true") == [boost["id"], shown["id"], thread["id"], plain["id"]]
    assert await ids(exclude_replies="true", exclude_reblogs="true") == [shown["id"], thread["id"], plain["id"]]
    assert await ids(only_media="true") == [shown["id"]]
    assert await ids(tagged="TEA") == [thread["id"], plain["id"]]
    assert await ids(tagged="nothing") == []
    assert await ids(pinned="true") == [plain["id"]]
    assert await ids(pinned="true", tagged="tea", exclude_replies="true") == [plain["id"]]


async def test_posts_of_an_account_show_what_the_viewer_may_see(alice, bob, stranger):
    public = await write(alice, "public")
    private = await write(alice, "private", visibility="private")
    direct = await write(alice, "@bob direct", visibility="direct")
    path = f"/api/v1/accounts/{alice.id}/statuses"
    assert (await stranger.get(path)).ids == [public["id"]]
    assert (await bob.get(path)).ids == [direct["id"], public["id"]]
    await bob.post(f"/api/v1/accounts/{alice.id}/follow")
    assert (await bob.get(path)).ids == [direct["id"], private["id"], public["id"]]
    await alice.post(f"/api/v1/accounts/{bob.id}/block")
    assert (await bob.get(path)).json == []


async def test_pages_go_by_id_without_gap_or_repeat(alice, bob):
    posts = [(await write(alice, f"post {n}"))["id"] for n in range(6)]
    posts.reverse()
    path = f"/api/v1/accounts/{alice.id}/statuses"

    async def ids(**query: object) -> list[str]:
        return (await bob.get(path, query)).ids

    assert await ids(limit=2) == posts[:2]
    assert await ids(max_id=posts[1]) == posts[2:]
    assert await ids(since_id=posts[3], limit=2) == posts[:2]
    assert await ids(min_id=posts[3], limit=2) == posts[1:3]
    assert await ids(max_id=posts[1], min_id=posts[4]) == posts[2:4]
    assert await ids(max_id=posts[-1]) == []
    assert await ids(limit=100000) == posts
    assert await ids(limit=0) == posts
    assert await ids(max_id=str(1 << 80)) == posts
    assert (await bob.get(path, {"max_id": "abc"})).status == 422
    assert (await bob.get(path, {"limit": "many"})).status == 422


async def test_the_link_header_is_what_clients_parse(alice, bob):
    for number in range(3):
        await write(alice, f"post {number} #a")
    path = f"/api/v1/accounts/{alice.id}/statuses"
    answer = await bob.get(f"{path}/", {"limit": 2, "tagged": "a", "x[]": "1,2", "max_id": 1 << 62})
    link = answer.header("link")
    first, second = link.split(", ")  # nobody else has a comma in it: clients split there
    pattern = r'<(http://localhost:8000/api/v1/accounts/\d+/statuses\?[^>,]+)>; rel="(\w+)"'
    forward, back = re.fullmatch(pattern, first), re.fullmatch(pattern, second)
    assert forward is not None
    assert back is not None
    assert (forward[2], back[2]) == ("next", "prev")
    for kept in ("limit=2", "tagged=a", "x%5B%5D=1%2C2"):
        assert kept in forward[1]
        assert kept in back[1]
    assert f"max_id={answer.ids[-1]}" in forward[1]
    assert f"min_id={answer.ids[0]}" in back[1]
    last = await bob.get(forward[1].removeprefix("http://localhost:8000"))
    assert len(last.json) == 1
    assert set(last.links) == {"prev"}
    nothing = await bob.get(path, {"max_id": last.ids[-1]})
    assert (nothing.json, nothing.header("link")) == ([], None)


async def test_links_are_made_from_the_base_url_never_from_the_host_header(alice, bob):
    await write(alice)
    headers = {"Host": "evil.example", "X-Forwarded-Host": "evil.example"}
    answer = await bob.get(f"/api/v1/accounts/{alice.id}/statuses", headers=headers)
    assert "evil" not in answer.header("link")


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"agreement": False}, "agreement", "ERR_ACCEPTED"),
        ({"username": ""}, "username", "ERR_BLANK"),
        ({"username": "Care ful"}, "username", "ERR_INVALID"),
        ({"username": "alice"}, "username", "ERR_TAKEN"),
        ({"username": "admin"}, "username", "ERR_RESERVED"),
        ({"email": "nonsense"}, "email", "ERR_INVALID"),
        ({"password": "short"}, "password", "ERR_TOO_SHORT"),
        ({"reason": "  "}, "reason", "ERR_BLANK"),
    ],
)
async def test_signing_up_tells_which_field_is_wrong(town, alice, change, field, code):
    configure(town.app, "registrations", mode="approval")
    app_client = Client(town.asgi, await town.token(None))
    form = {"username": "carol", "email": "carol@mail.example", "password": "a horse with a hat", "agreement": True}
    answer = await app_client.post("/api/v1/accounts", {**form, "reason": "tea", **change})
    assert answer.status == 422
    assert answer.json["error"].startswith("Validation failed: ")
    assert [(name, found[0]["error"]) for name, found in answer.json["details"].items()] == [(field, code)]
    assert answer.json["error"].endswith(answer.json["details"][field][0]["description"])


async def test_signing_up_needs_an_app_an_agreement_and_open_doors(town, alice):
    app_client = Client(town.asgi, await town.token(None))
    form = {"username": "carol", "email": "carol@mail.example", "password": "a horse with a hat", "agreement": True}
    assert (await app_client.post("/api/v1/accounts", form)).status == 403  # closed
    configure(town.app, "registrations", mode="open")
    assert (await app_client.post("/api/v1/accounts", {**form, "agreement": False})).status == 422
    assert (await app_client.post("/api/v1/accounts", {**form, "username": "Care ful"})).status == 422
    assert (await alice.post("/api/v1/accounts", form)).status == 403
    answer = await app_client.post("/api/v1/accounts", form)
    assert answer.json["token_type"] == "Bearer"
    carol = Client(town.asgi, answer.json["access_token"])
    assert (await carol.get("/api/v1/accounts/verify_credentials")).json["username"] == "carol"
