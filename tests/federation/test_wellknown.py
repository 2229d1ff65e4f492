"""How others find out who is here: WebFinger, host-meta, NodeInfo, robots.txt; and handles on another domain."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import msgspec
import pytest

from fedinote.auth import registrations
from fedinote.infra.settings import Settings
from tests.conftest import make_settings
from tests.federation.test_c2s_outbox import note, read, send, uri
from tests.support.databases import Databases
from tests.support.fakefedi import JRD, PUBLIC, Answer, FakeFedi, jrd, redirect
from tests.support.instances import PASSWORD, Instance, World, serving
from tests.support.signing import deliver

SUBSCRIBE = "http://ostatus.org/schema/1.0/subscribe"


async def finger(home: Instance, resource: str, *, status: int = 200) -> Any:
    return await home.call("GET", f"/.well-known/webfinger?resource={quote(resource)}", status=status)


def rels(found: dict[str, Any]) -> dict[str, Any]:
    return {link["rel"]: link.get("href") or link.get("template") for link in found["links"]}


async def test_webfinger_finds_somebody_by_handle_id_and_page_whatever_the_case(home: Instance) -> None:
    await home.person("Alice")
    base = f"http://{home.host}"
    for resource in (
        f"acct:Alice@{home.host}", f"acct:alice@{home.host.upper()}", f"ACCT:ALICE@{home.host}", f"alice@{home.host}",
        f"acct:@alice@{home.host}", f"{base}/users/Alice", f"{base}/users/alice", f"{base}/@ALICE", f"{base}/@alice/",
    ):  # fmt: skip
        found = await finger(home, resource)
        assert found["subject"] == f"acct:Alice@{home.host}", resource
        assert set(found["aliases"]) == {f"{base}/@Alice", f"{base}/users/Alice"}
        selves = [(one["type"], one["href"]) for one in found["links"] if one["rel"] == "self"]
        assert ("application/activity+json", f"{base}/users/Alice") in selves


async def test_webfinger_says_how_to_open_follow_like_and_boost_from_here(home: Instance) -> None:
    await home.person("alice")
    base = f"http://{home.host}"
    found = rels(await finger(home, f"acct:alice@{home.host}"))
    assert found["http://webfinger.net/rel/profile-page"] == f"{base}/@alice"
    assert found[SUBSCRIBE] == f"{base}/authorize_interaction?uri={{uri}}"
    for kind in ("Object", "Follow", "Like", "Announce"):
        assert found[f"https://w3id.org/fep/3b86/{kind}"] == f"{base}/authorize_interaction?uri={{object}}"


async def test_webfinger_refuses_what_is_not_here(home: Instance) -> None:
    await home.person("alice")
    await home.call("GET", "/.well-known/webfinger", status=400)
    base = f"http://{home.host}"
    for resource, status in (
        ("", 400), ("alice", 400), ("acct:", 400), ("mailto:alice@x.example", 404), (f"acct:nobody@{home.host}", 404),
        ("acct:alice@else.example", 404), ("https://else.example/users/alice", 404), (f"{base}/users/alice/inbox", 404),
        (f"{base}/@alice@else.example", 404), (f"{base}/tags/alice", 404),
    ):  # fmt: skip
        found = await finger(home, resource, status=status)
        assert found["error"], resource


async def test_webfinger_knows_who_is_gone_and_tells_nobody_who_waits(home: Instance) -> None:
    alice = await home.person("alice")
    await home.app.db.execute("UPDATE accounts SET deleted_at = ? WHERE id = ?", home.app.now(), alice.account_id)
    await finger(home, f"acct:alice@{home.host}", status=410)
    waits = await registrations.create_user(home.app, "waiting", "w@mail.example", PASSWORD, "member")
    await home.app.db.execute("UPDATE users SET state = 'pending' WHERE id = ?", waits.id)
    await finger(home, f"acct:waiting@{home.host}", status=404)
    await home.call("GET", "/users/waiting", status=404)


async def test_webfinger_is_open_to_scripts_and_of_its_own_type(home: Instance) -> None:
    await home.person("alice")
    async with home.http.get(f"http://{home.host}/.well-known/webfinger?resource=acct:alice@{home.host}") as answer:
        assert answer.content_type == "application/jrd+json"
        assert answer.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("path", ["", "/", "/actor"])
async def test_the_servers_own_actor_is_found_by_its_address(home: Instance, path: str) -> None:
    found = await finger(home, f"http://{home.host}{path}")
    assert rels(found)["self"] == f"http://{home.host}/actor"
    assert found["subject"] == f"acct:{home.host}@{home.host}"
    assert (await finger(home, found["subject"])) == found


async def test_host_meta_leads_to_webfinger(home: Instance) -> None:
    template = f"http://{home.host}/.well-known/webfinger?resource={{uri}}"
    async with home.http.get(f"http://{home.host}/.well-known/host-meta") as answer:
        assert answer.content_type == "application/xrd+xml"
        assert f'rel="lrdd" template="{template}"' in await answer.text()
    found = await home.call("GET", "/.well-known/host-meta.json")
    assert found == {"links": [{"rel": "lrdd", "template": template}]}


async def test_nodeinfo_is_there_in_both_versions_and_names_the_servers_actor(home: Instance) -> None:
    alice = await home.person("alice")
    await alice.post("one")
    links = {link["rel"]: link["href"] for link in (await home.call("GET", "/.well-known/nodeinfo"))["links"]}
    actor = links["https://www.w3.org/ns/activitystreams#Application"].removeprefix(f"http://{home.host}")
    assert (await home.call("GET", actor, headers={"Accept": "application/activity+json"}))["type"] == "Application"
    for version in ("2.0", "2.1"):
        schema = f"http://nodeinfo.diaspora.software/ns/schema/{version}"
        async with home.http.get(links[schema]) as answer:
            assert answer.headers["Content-Type"].startswith(f'application/json; profile="{schema}#"')
            found = await answer.json()
        assert (found["version"], found["protocols"], found["openRegistrations"]) == (version, ["activitypub"], False)
        assert re.fullmatch(r"[a-z0-9-]+", found["software"]["name"])
        assert found["usage"]["users"]["total"] == found["usage"]["localPosts"] == 1
        assert found["services"] == {"inbound": [], "outbound": []}
        policies = found["metadata"]["federation"]
        assert (policies["enabled"], policies["exclusions"]) == (True, False)
        assert policies["mrf_policies"] == [one["name"] for one in policies["policies"]] == ["mentions", "senders"]
    await home.call("GET", "/nodeinfo/1.0", status=404)


async def test_robots_are_kept_from_what_is_not_for_them(home: Instance) -> None:
    async with home.http.get(f"http://{home.host}/robots.txt") as answer:
        assert answer.content_type == "text/plain"
        lines = (await answer.text()).splitlines()
    assert lines[0] == "User-agent: *"
    assert "Disallow: /api/" in lines
    assert "Disallow: /" not in lines


async def test_every_request_says_which_server_makes_it(home: Instance, fedi: FakeFedi) -> None:
    alice = await home.person("alice")
    host = await fedi.host()
    bob = host.actor("bob")
    await alice.find(bob.handle)
    assert len(host.requests) > 1
    for seen in host.requests:
        assert re.fullmatch(rf"FediNote/\S+ \(\+http://{home.host}/\)", seen.headers["user-agent"]), seen.target


# -- handles on another domain ----------------------------------------------------------------------------------------

SHORT = "short.example"


@pytest.fixture
async def split(tmp_path: Path, databases: Databases) -> AsyncIterator[Instance]:
    """A server whose people have handles at a domain that is not its own host."""
    setting = {"FEDINOTE_SERVER_HANDLE_DOMAIN": SHORT}
    async with serving(make_settings, tmp_path / "split", await databases.new(), **setting) as found:
        yield found


async def test_a_handle_domain_is_what_everybody_reads(split: Instance) -> None:
    alice, bao = await split.person("alice"), await split.person("bao")
    for resource in (f"acct:alice@{SHORT}", f"acct:alice@{split.host}", uri(alice)):
        found = await finger(split, resource)
        assert found["subject"] == f"acct:alice@{SHORT}"
        assert rels(found)["self"] == uri(alice)
    assert (await read(alice, uri(alice)))["webfinger"] == f"alice@{SHORT}"
    assert (await split.call("GET", "/api/v2/instance"))["domain"] == SHORT
    about = (await read(alice, await send(alice, note("Hi", to=[PUBLIC, uri(bao)]))))["object"]
    assert [tag["name"] for tag in about["tag"]] == [f"@bao@{SHORT}"]
    async with split.http.get(uri(alice).replace("/users/", "/@"), headers={"Accept": "text/html"}) as answer:
        assert f"@alice@{SHORT}" in await answer.text()


async def test_people_are_found_and_mentioned_by_either_domain(split: Instance) -> None:
    alice, bao = await split.person("alice"), await split.person("bao")
    for domain in (SHORT, split.host):
        found = await alice.call("GET", "/api/v2/search", params={"q": f"@bao@{domain}", "resolve": "true"})
        assert [one["acct"] for one in found["accounts"]] == ["bao"]
        post = await alice.post(f"Hi @bao@{domain}")
        assert [one["acct"] for one in post["mentions"]] == ["bao"]
    assert len(await bao.call("GET", "/api/v1/notifications")) == 2


async def test_nobody_elsewhere_gets_a_handle_of_ours(split: Instance, fedi: FakeFedi) -> None:
    """Whatever the handle domain itself answers: it may be somebody else's by now."""
    bao = await split.person("bao")
    evil, short = await fedi.host("127.0.0.3"), await fedi.host("127.0.0.4")
    split.app.settings = make_split(split, short.name)
    liar = evil.actor("alice", webfinger=f"alice@{short.name}")
    evil.subjects["alice"] = short.name
    short.serve("/.well-known/webfinger", jrd(f"alice@{short.name}", liar.id), content_type=JRD)
    assert await deliver(split, liar, liar.activity("Follow", uri(bao))) == 202
    world = World()
    world.instances = [split]
    await world.settle()
    handles = await split.app.db.rows("SELECT domain FROM accounts WHERE uri = ?", liar.id)
    assert [row["domain"] for row in handles] == [evil.name]


async def test_two_servers_meet_by_the_handle_domain(world: World, split: Instance, fedi: FakeFedi) -> None:
    """The short domain hands WebFinger on to the server, as its operator has to set it up."""
    other = world.instances[0]
    short = await fedi.host("127.0.0.4")
    split.app.settings = make_split(split, short.name)
    alice, bao = await split.person("alice"), await other.person("bao")
    short.pages["/.well-known/webfinger"] = lambda seen: _moved(split, seen.target)
    found = await bao.find(f"alice@{short.name}")
    assert (found["acct"], found["uri"]) == (f"alice@{short.name}", uri(alice))
    assert (await bao.find(f"alice@{split.host}"))["id"] == found["id"]
    await bao.call("POST", f"/api/v1/accounts/{found['id']}/follow")
    world.instances.append(split)
    await world.settle()
    await alice.post(f"Hi @bao@{other.host}")
    await world.settle()
    assert [one["account"]["acct"] for one in await bao.home()] == [f"alice@{short.name}"]


def _moved(split: Instance, target: str) -> Answer:
    return redirect(f"http://{split.host}{target}")


def make_split(split: Instance, domain: str) -> Settings:
    settings = split.app.settings
    return msgspec.structs.replace(settings, server=msgspec.structs.replace(settings.server, handle_domain=domain))
