"""What others fetch: which form they get, how long they may keep it, and who gets what in authorized-fetch mode."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import make_settings
from tests.federation.scene import Scene
from tests.federation.test_c2s_outbox import followers, note, read, scoped, send, uri
from tests.support.databases import Databases
from tests.support.fakefedi import ACTIVITY, PUBLIC, Answer, FakeFedi
from tests.support.instances import Instance, Person, World, serving
from tests.support.signing import fetch

LD = "application/ld+json"
PROFILE = f'{LD}; profile="https://www.w3.org/ns/activitystreams"'
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"


async def get(home: Instance, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    url = f"http://{home.host}{path.removeprefix(f'http://{home.host}')}"
    async with home.http.get(url, headers=headers, allow_redirects=False, skip_auto_headers=["Accept"]) as answer:
        return answer.status, {name.lower(): value for name, value in answer.headers.items()}, await answer.read()


# -- which form -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("accept", "form"),
    [
        (ACTIVITY, "activity"),
        (PROFILE, "activity"),
        (f"{LD}; profile=https://www.w3.org/ns/activitystreams", "activity"),
        (f"{LD}; profile='https://www.w3.org/ns/activitystreams'; q=0.9", "activity"),
        (LD.upper(), "activity"),
        (f"{ACTIVITY}, {PROFILE}, text/html;q=0.1", "activity"),
        (f"text/html;q=0.8, {ACTIVITY};q=0.9", "activity"),
        ("application/json", "activity"),
        (BROWSER, "page"),
        (f"text/html, {ACTIVITY};q=0.5", "page"),
        (f"text/html, {ACTIVITY};q=0", "page"),
        ("text/html, application/json", "page"),
        ("image/png", "neither"),
        ("application/xml", "neither"),
        (f"{ACTIVITY};q=0", "neither"),
        ("nonsense", "neither"),
        ("*/*", "any"),
        ("", "any"),
    ],
)
async def test_the_accept_header_decides_between_document_and_page(home: Instance, accept: str, form: str) -> None:
    alice = await home.person("alice")
    about = (await send(alice, note("Hi", to=[PUBLIC]))).removesuffix("/activity")
    number = about.rpartition("/")[2]
    headers = {"Accept": accept} if accept else {}
    for path, is_id in (("/users/alice", True), (about, True), ("/@alice", False), (f"/@alice/{number}", False)):
        status, answered, body = await get(home, path, **headers)
        given = form if form != "any" else "activity" if is_id else "page"
        if given == "activity":
            assert (status, answered["content-type"]) == (200, "application/activity+json; charset=utf-8"), path
            assert b'"id"' in body
        elif given == "page":
            assert status == (302 if is_id else 200), path
        else:
            assert status == 406, path
        assert given == "neither" or "Accept" in answered["vary"], path


async def test_pages_say_where_their_activitypub_form_is(home: Instance) -> None:
    alice = await home.person("alice")
    about = (await send(alice, note("Hi", to=[PUBLIC]))).removesuffix("/activity")
    for path, identity in (("/@alice", uri(alice)), (f"/@alice/{about.rpartition('/')[2]}", about)):
        _, headers, body = await get(home, path, Accept="text/html")
        assert headers["link"] == f'<{identity}>; rel="alternate"; type="application/activity+json"'
        assert f'<link rel="alternate" type="application/activity+json" href="{identity}">' in body.decode()


async def test_a_page_that_is_searched_for_leads_to_its_activitypub_form_on_the_same_host(scene: Scene) -> None:
    post = scene.bob.note("Tea", to=[PUBLIC])
    elsewhere = scene.mal.note("Trap", to=[PUBLIC])
    link = f'<{post["id"]}>; rel="alternate"; type="{ACTIVITY}"'
    tag = f'<html><head><link rel="alternate" type="{ACTIVITY}" href="{post["id"]}">'
    pages = {
        "/by-header": Answer(b"<html>", content_type="text/html", headers=[("Link", f'</x>; rel="next", {link}')]),
        "/by-tag": Answer(tag.encode(), content_type="text/html; charset=utf-8"),
        "/other-host": Answer(
            b"<html>", content_type="text/html", headers=[("Link", link.replace(post["id"], elsewhere["id"]))]
        ),
        "/other-kind": Answer(
            b"<html>", content_type="text/html", headers=[("Link", link.replace(ACTIVITY, "text/x"))]
        ),
    }
    scene.victim.pages.update(pages)
    found = {path: await _searched(scene.alice, scene.victim.base + path) for path in pages}
    assert found == {
        "/by-header": [post["id"]],
        "/by-tag": [post["id"]],
        "/other-host": [],
        "/other-kind": [],
    }
    assert not scene.evil.gets(elsewhere["id"].removeprefix(scene.evil.base))


async def _searched(person: Person, url: str) -> list[str]:
    found = await person.call("GET", "/api/v2/search", params={"q": url, "resolve": "true"})
    return [one["uri"] for one in found["statuses"]]


# -- how long ---------------------------------------------------------------------------------------------------------


async def test_a_public_document_is_not_sent_again_to_who_has_it(home: Instance) -> None:
    alice = await home.person("alice")
    about = (await send(alice, note("Hi", to=[PUBLIC]))).removesuffix("/activity")
    for path in ("/users/alice", about, f"{about}/activity", "/users/alice/outbox", f"{about}/likes", "/actor"):
        status, headers, _ = await get(home, path, Accept=ACTIVITY)
        assert (status, headers["cache-control"]) == (200, "public, max-age=60"), path
        assert {"Accept", "Signature", "Authorization"} <= set(headers["vary"].split(", "))
        for known in (headers["etag"], f'"other", W/{headers["etag"]}'):
            status, again, body = await get(home, path, Accept=ACTIVITY, **{"If-None-Match": known})
            assert (status, body, again["etag"]) == (304, b"", headers["etag"]), path
        assert (await get(home, path, Accept=ACTIVITY, **{"If-None-Match": '"other"'}))[0] == 200
    await send(alice, {"type": "Update", "object": {"id": about, "content": "Ho"}})
    _, _, before = await get(home, about, Accept=ACTIVITY)
    assert b"Ho" in before


async def test_a_changed_document_is_sent_again(home: Instance) -> None:
    alice = await home.person("alice")
    _, headers, _ = await get(home, "/users/alice", Accept=ACTIVITY)
    await send(alice, {"type": "Update", "object": {"id": uri(alice), "name": "Alice A."}})
    status, _, body = await get(home, "/users/alice", Accept=ACTIVITY, **{"If-None-Match": headers["etag"]})
    assert (status, b"Alice A." in body) == (200, True)


async def test_what_is_not_for_everybody_is_kept_by_nobody(home: Instance) -> None:
    alice = await home.person("alice")
    location = await send(alice, note("Hush", to=[followers(alice)]))
    kept = await send(alice, {"type": "Delete", "object": (await alice.post("x"))["uri"]})
    token = {"Authorization": f"Bearer {alice.token}", "Accept": ACTIVITY}
    for path in (location, location.removesuffix("/activity"), kept, "/users/alice/inbox?page=true"):
        status, headers, _ = await get(home, path, **token)
        assert (status, headers["cache-control"]) == (200, "private, no-store"), path
        assert "etag" not in headers
        assert (await get(home, path, **token, **{"If-None-Match": "*"}))[0] == 200


# -- who --------------------------------------------------------------------------------------------------------------


async def test_a_token_shows_what_its_person_may_see_and_asks_for_the_read_scope(home: Instance) -> None:
    alice, bao = await home.person("alice"), await home.person("bao")
    location = await send(alice, note("Hush", to=[followers(alice)]))
    await read(bao, location, status=404)
    await read(bao, location, status=404, token=None)
    await bao.follow(alice)
    await read(bao, location)
    await read(bao, location, status=403, token=await scoped(home.app, bao, "write"))
    await read(bao, location, status=401, token="forged")


@pytest.fixture
async def strict(tmp_path: Path, databases: Databases, fedi: FakeFedi) -> AsyncIterator[Scene]:
    """The scene of a server in authorized-fetch mode."""
    secure = {"FEDINOTE_FEDERATION_AUTHORIZED_FETCH": "true"}
    async with serving(make_settings, tmp_path / "strict", await databases.new(), **secure) as home:
        victim, evil = await fedi.host("127.0.0.2"), await fedi.host("127.0.0.3")
        bob, mallory, mal = victim.actor("bob", key=1), victim.actor("mallory", key=2), evil.actor("evil", key=3)
        alice, carol = await home.person("alice"), await home.person("carol", role="owner")
        yield Scene(home, fedi, victim, evil, bob, mallory, mal, alice, carol)


async def test_a_strict_server_shows_unsigned_strangers_its_own_actor_alone(strict: Scene) -> None:
    about = (await send(strict.alice, note("Hi", to=[PUBLIC]))).removesuffix("/activity")
    open_paths = ("/actor", f"/.well-known/webfinger?resource=acct:alice@{strict.home.host}", "/@alice")
    for path in open_paths:
        accept = "text/html" if path == "/@alice" else ACTIVITY
        assert (await get(strict.home, path, Accept=accept))[0] == 200, path
    boxes = ("outbox", "followers", "following", "collections/featured", "liked")
    for path in ("/users/alice", about, f"{about}/activity", f"{about}/replies", *(f"/users/alice/{b}" for b in boxes)):
        status, _, body = await get(strict.home, path, Accept=ACTIVITY)
        assert status == 401, path
        assert b"Hi" not in body
        assert await fetch(strict.home, strict.bob, path) == 200, path
        assert (await get(strict.home, path, Accept=ACTIVITY, Authorization=f"Bearer {strict.carol.token}"))[0] == 200


async def test_a_strict_server_lets_nobody_cache_what_it_signs_for(strict: Scene) -> None:
    _, headers, _ = await get(strict.home, "/actor", Accept=ACTIVITY)
    assert headers["cache-control"] == "private, no-store"
    assert "Signature" in headers["vary"]
    assert "etag" not in headers


async def test_a_blocked_domain_is_refused_and_followers_alone_see_what_is_for_them(strict: Scene) -> None:
    hidden = (await send(strict.alice, note("Hush", to=[followers(strict.alice)]))).removesuffix("/activity")
    named = (await send(strict.alice, note("Psst", to=[strict.mallory.id]))).removesuffix("/activity")
    await strict.follows(strict.bob, strict.alice)
    asked = [(hidden, strict.bob), (hidden, strict.mallory), (named, strict.mallory), (named, strict.bob)]
    assert [await fetch(strict.home, actor, url) for url, actor in asked] == [200, 404, 200, 404]
    assert await fetch(strict.home, strict.mal, "/users/alice") == 200
    await strict.carol.call(
        "POST", "/api/v1/admin/domain_blocks", json={"domain": strict.evil.name, "severity": "suspend"}
    )
    for path in ("/users/alice", hidden, "/users/alice/outbox"):
        assert await fetch(strict.home, strict.mal, path) == 403, path


@pytest.fixture
async def stricts(tmp_path: Path, databases: Databases) -> AsyncIterator[World]:
    """Two servers in authorized-fetch mode."""
    found, secure = World(), {"FEDINOTE_FEDERATION_AUTHORIZED_FETCH": "true"}
    async with (
        serving(make_settings, tmp_path / "one", await databases.new(), **secure) as one,
        serving(make_settings, tmp_path / "two", await databases.new(), **secure) as two,
    ):
        found.instances = [one, two]
        yield found


async def test_two_strict_servers_meet_follow_each_other_and_exchange_private_posts(stricts: World) -> None:
    one, two = stricts.instances
    alice, bao = await one.person("alice"), await two.person("bao")
    await alice.follow(bao)
    await bao.follow(alice)
    await stricts.settle()
    await alice.post("For my followers", visibility="private")
    await bao.post("For everybody")
    await stricts.settle()
    assert [(p["content"], p["visibility"]) for p in await bao.home() if p["account"]["acct"] != "bao"] == [
        ("<p>For my followers</p>", "private")
    ]
    assert [p["content"] for p in await alice.home() if p["account"]["acct"] != "alice"] == ["<p>For everybody</p>"]


@pytest.mark.parametrize("visibility", ["private", "direct"])
async def test_what_is_not_public_is_served_to_its_audience_by_signature_also_without_the_strict_mode(
    scene: Scene, visibility: str
) -> None:
    await scene.follows(scene.bob, scene.alice)
    to = [followers(scene.alice)] if visibility == "private" else []
    url = (await send(scene.alice, note("Hush", to=[*to, scene.mallory.id]))).removesuffix("/activity")
    follower = 200 if visibility == "private" else 404
    for path in (url, f"{url}/activity", f"{url}/replies", f"{url}/likes", f"{url}/shares"):
        got = [await fetch(scene.home, actor, path) for actor in (scene.bob, scene.mallory, scene.mal, None)]
        assert got == [follower, 200, 404, 404], path


async def test_ids_of_likes_follows_and_blocks_are_for_those_whom_they_concern(scene: Scene) -> None:
    post = scene.bob.note("Tea", to=[PUBLIC])
    made: dict[str, Any] = {
        "Like": await send(scene.alice, {"type": "Like", "object": post["id"]}),
        "Follow": await send(scene.alice, {"type": "Follow", "object": scene.bob.id}),
    }
    await scene.settle()
    for url in made.values():
        got = [await fetch(scene.home, actor, url) for actor in (scene.bob, scene.mal, None)]
        assert got == [200, 404, 404], url
