"""proxyUrl and uploadMedia (ActivityPub, section 4.1): for people here alone, under the same rules as everything."""

import base64
import hashlib
import json
from typing import Any

import aiohttp
import pytest

from fedinote.auth import oauth
from fedinote.infra.outbound import Outbound
from tests.api.conftest import picture
from tests.federation.scene import Scene
from tests.federation.test_c2s_outbox import followers, note, read, scoped, send, uri
from tests.support import tables
from tests.support.fakefedi import PUBLIC, Answer
from tests.support.instances import Instance, Person


async def proxy(person: Person, url: str, *, status: int = 200, token: str | None = "") -> Any:
    return await person.instance.call(
        "POST", "/c2s/proxy", token=person.token if token == "" else token, status=status, data={"id": url}
    )


async def upload(person: Person, data: bytes, about: Any = None, *, status: int = 201, token: str | None = "") -> str:
    form = aiohttp.FormData()
    form.add_field("file", data, filename="x.png", content_type="image/png")
    if about is not None:
        form.add_field("object", json.dumps(about), content_type="application/activity+json")
    sent = person.token if token == "" else token
    headers = {"Authorization": f"Bearer {sent}"} if sent else {}
    async with person.instance.http.post(
        f"http://{person.instance.host}/c2s/media", data=form, headers=headers
    ) as answer:
        assert answer.status == status, await answer.text()
        return answer.headers.get("Location", "")


async def test_the_actor_says_where_its_clients_find_all_this(home: Instance) -> None:
    alice = await home.person("alice")
    base = f"http://{home.host}"
    assert (await read(alice, uri(alice)))["endpoints"] == {
        "sharedInbox": f"{base}/inbox",
        "proxyUrl": f"{base}/c2s/proxy",
        "uploadMedia": f"{base}/c2s/media",
        "oauthAuthorizationEndpoint": f"{base}/oauth/authorize",
        "oauthTokenEndpoint": f"{base}/oauth/token",
    }


async def test_a_client_comes_from_the_actor_to_a_token_by_pkce_and_posts_with_it(home: Instance) -> None:
    alice = await home.person("alice")
    endpoints = (await read(alice, uri(alice)))["endpoints"]
    metadata = await home.call("GET", "/.well-known/oauth-authorization-server")
    assert metadata["authorization_endpoint"] == endpoints["oauthAuthorizationEndpoint"]
    assert metadata["token_endpoint"] == endpoints["oauthTokenEndpoint"]
    assert metadata["code_challenge_methods_supported"] == ["S256"]
    verifier = "v" * 64
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    asked = {"client_name": "Client", "redirect_uris": "https://client.example/cb", "scopes": "read write"}
    client = await home.call("POST", "/api/v1/apps", json=asked)
    request = await oauth.check_request(
        home.app,
        {
            "client_id": client["client_id"], "redirect_uri": asked["redirect_uris"], "response_type": "code",
            "scope": "read write", "code_challenge": challenge, "code_challenge_method": "S256",
        },
    )  # fmt: skip
    user_id = await home.app.db.value("SELECT id AS value FROM users WHERE account_id = ?", alice.account_id)
    code = await oauth.grant(home.app, request, user_id=user_id, role="member")
    form = {
        "grant_type": "authorization_code", "code": code, "redirect_uri": asked["redirect_uris"],
        "client_id": client["client_id"], "client_secret": client["client_secret"], "code_verifier": verifier,
    }  # fmt: skip
    path = endpoints["oauthTokenEndpoint"].removeprefix(f"http://{home.host}")
    issued = await home.call("POST", path, data=form)
    location = await send(alice, note("Hello", to=[PUBLIC]), token=issued["access_token"])
    statuses = await alice.call("GET", f"/api/v1/accounts/{alice.account_id}/statuses")
    assert [(one["uri"], one["application"]["name"]) for one in statuses] == [
        (location.removesuffix("/activity"), "Client")
    ]


async def test_the_proxy_gives_what_is_at_an_address(scene: Scene) -> None:
    post = scene.bob.note("Tea", to=[PUBLIC], bcc=[scene.mal.id])
    found = await proxy(scene.alice, post["id"])
    assert (found["id"], found["content"]) == (post["id"], "<p>Tea</p>")
    assert "bcc" not in found
    assert "signature" in scene.victim.gets(post["id"].removeprefix(scene.victim.base))[0].headers


async def test_the_proxy_is_for_people_here_with_a_token_that_may_search(scene: Scene) -> None:
    async with scene.nothing("a proxy for strangers"):
        await proxy(scene.alice, scene.bob.id, status=401, token=None)
        await proxy(scene.alice, scene.bob.id, status=401, token="forged")
    token = await scoped(scene.app, scene.alice, "write", "read:statuses")
    await proxy(scene.alice, scene.bob.id, status=403, token=token)
    assert scene.fedi.requests == []


async def test_the_proxy_tells_how_it_failed_and_nothing_of_what_it_met(scene: Scene) -> None:
    answers = {
        "/secret": (
            Answer({"id": scene.evil.base + "/secret", "password": "zq secret"}, content_type="application/json"),
            422,
        ),
        "/none": (Answer({"error": "zq secret"}, 404), 404),
        "/gone": (Answer({"error": "zq secret"}, 410), 410),
        "/broken": (Answer({"error": "zq secret"}, 500), 503),
        "/other": (Answer({"id": scene.bob.id, "type": "Person", "name": "zq secret"}), 200),
    }
    for path, (answer, status) in answers.items():
        scene.evil.pages[path] = answer
        found = await proxy(scene.alice, scene.evil.base + path, status=status)
        assert "zq secret" not in str(found)
        assert scene.evil.name not in str(found)


@pytest.mark.parametrize("url", ["", "ftp://a.example/x", "/etc/passwd", "file:///etc/passwd"])
async def test_the_proxy_takes_web_addresses_alone(scene: Scene, url: str) -> None:
    await proxy(scene.alice, url, status=400)


async def test_the_proxy_does_not_reach_into_the_own_network(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    guarded = Outbound(user_agent="test", allow_http=True)  # no network is allowed, as on a real server
    monkeypatch.setattr(scene.app, "outbound", guarded)
    try:
        for url in (scene.bob.id, "http://127.0.0.1/x", "http://10.0.0.1/x", "http://[::1]/x"):
            found = await proxy(scene.alice, url, status=422)
            assert "127" not in str(found)
            assert "address" in found["error"]
    finally:
        await guarded.close()
    assert scene.fedi.requests == []


async def test_the_proxy_shows_of_this_server_what_the_person_may_see(home: Instance) -> None:
    alice, bao = await home.person("alice"), await home.person("bao")
    location = await send(alice, note("Hush", to=[followers(alice)]))
    about = location.removesuffix("/activity")
    assert (await proxy(alice, about))["content"] == "Hush"
    assert (await proxy(alice, location))["type"] == "Create"
    for url in (about, location, f"http://{home.host}/api/v1/accounts/verify_credentials"):
        await proxy(bao, url, status=404)
    assert (await proxy(bao, uri(alice)))["id"] == uri(alice)
    await bao.follow(alice)
    assert (await proxy(bao, about))["content"] == "Hush"


async def test_an_uploaded_picture_can_be_attached(home: Instance) -> None:
    alice, bao = await home.person("alice"), await home.person("bao")
    url = await upload(alice, picture(), {"type": "Image", "name": "a lake", "focalPoint": [0.5, -0.5]})
    body = note("Look", to=[PUBLIC], attachment=[{"type": "Image", "url": url}])
    await send(bao, body, status=422)
    about = (await read(alice, await send(alice, body)))["object"]
    assert [(one["url"], one["name"], one["focalPoint"]) for one in about["attachment"]] == [
        (url, "a lake", [0.5, -0.5])
    ]
    await send(alice, body, status=422)  # it is in a post already


async def test_an_update_describes_exchanges_and_takes_away_pictures(home: Instance) -> None:
    alice = await home.person("alice")
    first, second = [await upload(alice, picture()) for _ in range(2)]
    body = note("Look", to=[PUBLIC], attachment={"type": "Image", "url": first, "name": "a lake"})
    about = (await send(alice, body)).removesuffix("/activity")

    async def change(attachment: Any) -> list[tuple[str, str | None]]:
        await send(alice, {"type": "Update", "object": {"id": about, "attachment": attachment}})
        return [(one["url"], one["name"]) for one in (await read(alice, about))["attachment"]]

    assert await change([{"type": "Image", "url": first, "name": "a pond"}]) == [(first, "a pond")]
    assert await change([{"type": "Image", "url": second}]) == [(second, None)]
    assert await change(None) == []


async def test_an_avatar_is_an_uploaded_picture_or_none(home: Instance) -> None:
    alice, bao = await home.person("alice"), await home.person("bao")
    icon = {"type": "Image", "url": await upload(alice, picture())}
    await send(alice, {"type": "Update", "object": {"id": uri(alice), "icon": icon}})
    assert (await read(alice, uri(alice)))["icon"]["url"].startswith(f"http://{home.host}/media/")
    await send(bao, {"type": "Update", "object": {"id": uri(bao), "icon": icon}}, status=422)
    await send(alice, {"type": "Update", "object": {"id": uri(alice), "icon": None}})
    assert "icon" not in await read(alice, uri(alice))


async def test_only_pictures_are_taken_and_only_from_people_here(home: Instance) -> None:
    alice = await home.person("alice")
    async with tables.untouched(home.app, "uploads that are refused", but=tables.SEEN):
        await upload(alice, picture(), status=401, token=None)
        await upload(alice, b'{"type": "Note", "id": "http://x.example/1"}', status=422)
        await upload(alice, b"<svg xmlns='http://www.w3.org/2000/svg'/>", status=422)
        await upload(alice, picture(), {"name": "x" * 6000}, status=422)
    token = await scoped(home.app, alice, "write:statuses")
    await upload(alice, picture(), status=403, token=token)


async def test_what_is_uploaded_is_no_document_of_this_server(home: Instance) -> None:
    alice = await home.person("alice")
    url = await upload(alice, picture())
    async with home.http.get(url, headers={"Accept": "application/activity+json"}) as answer:
        assert answer.content_type.startswith("image/")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in answer.headers["Content-Security-Policy"]
