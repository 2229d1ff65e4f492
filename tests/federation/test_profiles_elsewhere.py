"""What accounts of other servers show: pinned posts, hashtags, proven links, flags, handles; and how it stays fresh."""

from datetime import timedelta
from typing import Any

import pytest

from fedinote.federation import actors
from fedinote.federation.fetching import Budget
from fedinote.infra.clock import to_ms
from fedinote.infra.errors import Refused
from tests.federation.scene import Scene
from tests.support.fakefedi import Answer, FakeActor, gone, jrd

COLLECTION = {"@context": "https://www.w3.org/ns/activitystreams", "type": "OrderedCollection"}


async def _pinned(scene: Scene, actor: FakeActor) -> list[str]:
    account = await scene.alice.find(actor.handle)
    await scene.settle()
    shown = await scene.alice.call("GET", f"/api/v1/accounts/{account['id']}/statuses", params={"pinned": "true"})
    return [one["uri"] for one in shown]


async def _aged(scene: Scene, actor: FakeActor, days: float = 8) -> None:
    """Let the account be one that was not fetched for some days."""
    moment = to_ms(scene.app.now() - timedelta(days=days))
    await scene.app.db.execute("UPDATE accounts SET fetched_at = ? WHERE uri = ?", moment, actor.id)


def _serve(actor: FakeActor, **fields: Any) -> None:
    url = actor.document["featured"]
    actor.host.serve(url, {**COLLECTION, "id": url, **fields})


async def test_pinned_posts_are_read_when_a_profile_is_first_seen(scene: Scene) -> None:
    first, second = scene.bob.note("first"), scene.bob.note("second")
    _serve(scene.bob, orderedItems=[second, first["id"]], totalItems=2)
    before = len(scene.victim.gets(second["id"].partition(scene.victim.name)[2]))
    assert await _pinned(scene, scene.bob) == [second["id"], first["id"]]
    assert len(scene.victim.gets(second["id"].partition(scene.victim.name)[2])) == before, "it came whole"
    assert await scene.count("home_entries") == 0


@pytest.mark.parametrize("shape", ["inline page", "page by its id", "two pages", "plain items"])
async def test_pinned_posts_are_read_from_every_shape_of_collection(scene: Scene, shape: str) -> None:
    first, second = scene.bob.note("first"), scene.bob.note("second")
    url = scene.bob.document["featured"]
    page = {"type": "OrderedCollectionPage", "id": f"{url}?page=1", "partOf": url}
    match shape:
        case "inline page":
            _serve(scene.bob, first={**page, "orderedItems": [second, first["id"]]})
        case "page by its id":
            _serve(scene.bob, first=page["id"])
            scene.victim.serve(page["id"], {**page, "orderedItems": [second["id"], first]})
        case "two pages":
            _serve(scene.bob, first=page["id"])
            scene.victim.serve(page["id"], {**page, "orderedItems": [second["id"]], "next": f"{url}?page=2"})
            scene.victim.serve(f"{url}?page=2", {**page, "id": f"{url}?page=2", "items": first["id"]})
        case _:
            scene.victim.serve(
                url, {**COLLECTION, "type": "Collection", "id": url, "items": [second["id"], first["id"]]}
            )
    assert await _pinned(scene, scene.bob) == [second["id"], first["id"]]


async def test_only_the_account_s_own_posts_are_pinned_and_nothing_forged_is_stored(scene: Scene) -> None:
    own, foreign = scene.bob.note("own"), scene.mallory.note("not bob's")
    elsewhere = scene.mal.note("of another host", attributedTo=scene.bob.id)
    forged = {**elsewhere, "id": f"{scene.evil.base}/never"}
    evil = scene.mal.note("really by evil")
    listed = [foreign["id"], forged, elsewhere["id"], evil["id"], own["id"], f"{scene.victim.base}/none"]
    _serve(scene.bob, orderedItems=listed)
    assert await _pinned(scene, scene.bob) == [own["id"]]
    assert await scene.count("posts", "uri LIKE ?", f"{scene.evil.base}%") == 0


async def test_a_post_that_another_host_brings_whole_is_fetched_where_it_lives(scene: Scene) -> None:
    url, own = f"{scene.evil.base}/featured", scene.bob.note("as it is")
    never = {**own, "id": f"{scene.bob.id}/never", "content": "<p>forged</p>"}
    scene.evil.serve(url, {**COLLECTION, "id": url, "orderedItems": [never, {**own, "content": "<p>forged</p>"}]})
    scene.bob.document["featured"] = url
    assert await _pinned(scene, scene.bob) == [own["id"]]
    assert await scene.count("posts", "content LIKE '%forged%'") == 0


async def test_pins_follow_the_collection_when_a_stale_profile_is_looked_at(scene: Scene) -> None:
    first, second = scene.bob.note("first"), scene.bob.note("second")
    _serve(scene.bob, orderedItems=[first["id"]])
    assert await _pinned(scene, scene.bob) == [first["id"]]
    _serve(scene.bob, orderedItems=[second["id"]])
    assert await _pinned(scene, scene.bob) == [first["id"]]
    await _aged(scene, scene.bob)
    account = await scene.alice.find(scene.bob.handle)
    await scene.alice.call("GET", f"/api/v1/accounts/{account['id']}")
    assert await _pinned(scene, scene.bob) == [second["id"]]


async def test_a_collection_that_cannot_be_had_takes_no_pin_away(scene: Scene) -> None:
    first = scene.bob.note("first")
    _serve(scene.bob, orderedItems=[first["id"]])
    assert await _pinned(scene, scene.bob) == [first["id"]]
    await _aged(scene, scene.bob)
    scene.victim.serve(scene.bob.document["featured"], status=503)
    await scene.known(scene.bob)
    assert await _pinned(scene, scene.bob) == [first["id"]]
    assert await scene.count("jobs") == 0


async def test_the_hashtags_of_a_profile_elsewhere_are_shown(scene: Scene) -> None:
    url = f"{scene.bob.id}/tags"
    scene.bob.document["featuredTags"] = url
    tags = [
        {"type": "Hashtag", "name": f"#{name}", "href": f"{scene.victim.base}/tags/{name}"} for name in ("Tea", "猫")
    ]
    odd = [{"type": "Hashtag", "name": "# no tag"}, {"type": "Note", "name": "#Note"}, "x", None]
    scene.victim.serve(url, {**COLLECTION, "type": "Collection", "id": url, "items": [*tags, *odd]})
    account = await scene.alice.find(scene.bob.handle)
    await scene.settle()
    shown = await scene.alice.call("GET", f"/api/v1/accounts/{account['id']}/featured_tags")
    assert sorted(tag["name"] for tag in shown) == ["Tea", "猫"]
    scene.victim.serve(url, {**COLLECTION, "type": "Collection", "id": url, "items": tags[:1]})
    await _aged(scene, scene.bob)
    await scene.known(scene.bob)
    shown = await scene.alice.call("GET", f"/api/v1/accounts/{account['id']}/featured_tags")
    assert [tag["name"] for tag in shown] == ["Tea"]


async def test_our_own_hashtags_are_served_as_a_collection(scene: Scene) -> None:
    await scene.alice.call("POST", "/api/v1/featured_tags", json={"name": "Tea"})
    headers = {"Accept": "application/activity+json"}
    document = await scene.home.call("GET", "/users/alice", headers=headers)
    path = document["featuredTags"].partition(scene.home.host)[2]
    found = await scene.home.call("GET", path, headers=headers)
    assert (found["type"], found["totalItems"]) == ("OrderedCollection", 1)
    assert [(tag["type"], tag["name"]) for tag in found["orderedItems"]] == [("Hashtag", "#Tea")]
    assert document["webfinger"] == f"alice@{scene.home.host}"


async def test_somebody_active_who_was_not_fetched_for_a_week_is_fetched_anew(scene: Scene) -> None:
    await scene.known(scene.bob)
    await _aged(scene, scene.bob)
    scene.bob.document |= {"name": "Robert", "type": "Service"}
    asked = len(scene.victim.gets("/users/bob"))
    await scene.known(scene.bob)
    await scene.known(scene.bob)
    assert len(scene.victim.gets("/users/bob")) == asked + 1
    assert await scene.count("accounts", "uri = ? AND display_name = 'Robert' AND actor_type = 'Service'",
                             scene.bob.id) == 1  # fmt: skip


async def test_an_update_changes_the_type_and_the_flags(scene: Scene) -> None:
    await scene.known(scene.bob)
    scene.bob.document |= {"type": "Group", "discoverable": True, "indexable": True, "memorial": True}
    await scene.done(scene.bob, scene.bob.activity("Update", scene.bob.document))
    shown = await scene.alice.find(scene.bob.handle)
    assert (shown["group"], shown["discoverable"], shown["noindex"], shown["memorial"]) == (True, True, False, True)
    scene.bob.document |= {"type": "Person", "discoverable": False, "indexable": False, "memorial": False}
    await scene.done(scene.bob, scene.bob.activity("Update", scene.bob.document))
    shown = await scene.alice.find(scene.bob.handle)
    assert (shown["group"], shown["discoverable"], shown["noindex"]) == (False, False, True)


async def test_a_suspension_by_its_own_server_is_honoured_as_long_as_it_lasts(scene: Scene) -> None:
    await scene.follow(scene.alice, scene.bob)
    scene.bob.document["suspended"] = True
    await scene.done(scene.bob, scene.bob.activity("Update", scene.bob.document))
    note = scene.bob.note("while suspended")
    await scene.without_effect("a post", scene.bob, scene.bob.create(note))
    account = await scene.alice.call("GET", "/api/v1/accounts/lookup", params={"acct": scene.bob.handle})
    assert (account["suspended"], account["display_name"]) == (True, "")
    scene.bob.document["suspended"] = False
    await scene.done(scene.bob, scene.bob.activity("Update", scene.bob.document))
    await scene.done(scene.bob, scene.bob.create(scene.bob.note("back")))
    assert await scene.count("posts") == 1


async def test_a_suspension_that_was_decided_here_is_not_ended_from_elsewhere(scene: Scene) -> None:
    olga = await scene.home.person("olga", role="admin")
    await scene.known(scene.bob)
    bob = (await scene.alice.find(scene.bob.handle))["id"]
    for before in (False, True):
        scene.bob.document["suspended"] = before
        await scene.done(scene.bob, scene.bob.activity("Update", scene.bob.document))
        await olga.call("POST", f"/api/v1/admin/accounts/{bob}/action", json={"type": "suspend"})
        scene.bob.document["suspended"] = False
        await scene.done(scene.bob, scene.bob.activity("Update", scene.bob.document))
        assert await scene.count("accounts", "uri = ? AND suspended_at IS NOT NULL", scene.bob.id) == 1
        await olga.call("POST", f"/api/v1/admin/accounts/{bob}/unsuspend")


async def test_links_of_profiles_are_proven_by_pages_that_link_back(scene: Scene) -> None:
    page, other = f"{scene.evil.base}/me", f"{scene.evil.base}/other"
    mine = f"http://{scene.home.host}/@alice"
    scene.evil.serve(page, f'<html><a rel="me" href="{mine}">'.encode(), content_type="text/html; charset=utf-8")
    scene.evil.serve(other, b'<a rel="me" href="https://somebody.example/">', content_type="text/html")
    fields = [{"name": "Web", "value": page}, {"name": "Other", "value": other}, {"name": "Text", "value": "tea"}]
    await scene.alice.call("PATCH", "/api/v1/accounts/update_credentials", json={"fields_attributes": fields})
    await scene.settle()
    me = await scene.alice.call("GET", "/api/v1/accounts/verify_credentials")
    assert [bool(field["verified_at"]) for field in me["fields"]] == [True, False, False]
    fields[0]["value"] = f"{page}?changed"
    await scene.alice.call("PATCH", "/api/v1/accounts/update_credentials", json={"fields_attributes": fields[:1]})
    me = await scene.alice.call("GET", "/api/v1/accounts/verify_credentials")
    assert me["fields"][0]["verified_at"] is None


@pytest.mark.parametrize("wrong", ["type", "status", "redirect to an inner address", "redirect to another site"])
async def test_a_page_that_is_none_proves_nothing(scene: Scene, wrong: str) -> None:
    page = f"{scene.evil.base}/me"
    body = f'<a rel="me" href="http://{scene.home.host}/@alice">'.encode()
    match wrong:
        case "type":
            scene.evil.serve(page, body, content_type="text/plain")
        case "status":
            scene.evil.serve(page, body, content_type="text/html", status=404)
        case "redirect to another site":
            scene.victim.serve("/me", body, content_type="text/html")
            scene.evil.pages["/me"] = Answer(status=302, headers=[("Location", f"{scene.victim.base}/me")])
        case _:
            scene.evil.pages["/me"] = Answer(status=302, headers=[("Location", "http://169.254.169.254/latest")])
    await scene.alice.call("PATCH", "/api/v1/accounts/update_credentials",
                           json={"fields_attributes": [{"name": "Web", "value": page}]})  # fmt: skip
    await scene.settle()
    me = await scene.alice.call("GET", "/api/v1/accounts/verify_credentials")
    assert me["fields"][0]["verified_at"] is None


async def test_links_of_people_elsewhere_are_proven_here_and_stay_so_over_a_refresh(scene: Scene) -> None:
    page = f"{scene.evil.base}/bob"
    scene.evil.serve(page, f'<link rel="me" href="{scene.bob.document["url"]}/">'.encode(), content_type="text/html")
    link = f'<a href="{page}" rel="me nofollow">bob</a>'
    scene.bob.document["attachment"] = [{"type": "PropertyValue", "name": "Web", "value": link}]
    await scene.known(scene.bob)
    for _ in range(2):
        account = await scene.alice.find(scene.bob.handle)
        assert [bool(field["verified_at"]) for field in account["fields"]] == [True]
        await scene.done(scene.bob, scene.bob.activity("Update", scene.bob.document))
    scene.bob.document["attachment"][0]["value"] = link.replace("/bob", "/eve")
    await scene.done(scene.bob, scene.bob.activity("Update", scene.bob.document))
    account = await scene.alice.find(scene.bob.handle)
    assert [field["verified_at"] for field in account["fields"]] == [None]


async def test_a_handle_that_the_actor_states_counts_when_its_host_confirms_it(scene: Scene) -> None:
    """FEP-2c59."""
    ann = scene.victim.actor("ann", key=4, webfinger=f"ann@{scene.evil.name}")
    scene.evil.pages["/.well-known/webfinger"] = Answer(jrd(f"ann@{scene.evil.name}", ann.id))
    assert (await actors.resolve(scene.app, ann.id, Budget()))["domain"] == scene.evil.name


@pytest.mark.parametrize("trick", ["another actor", "nobody", "another name", "our own host", "nonsense"])
async def test_a_handle_that_nobody_confirms_is_not_taken(scene: Scene, trick: str) -> None:
    eve = scene.evil.actor("eve", key=4)
    stated = f"eve@{scene.victim.name}"
    match trick:
        case "another actor":
            scene.victim.pages["/.well-known/webfinger"] = Answer(jrd(stated, scene.bob.id))
        case "another name":
            stated = f"bob@{scene.victim.name}"
            scene.victim.pages["/.well-known/webfinger"] = Answer(jrd(stated, eve.id))
        case "our own host":
            stated = f"eve@{scene.home.host}"
        case "nonsense":
            stated = "@@ / \n x"
    eve.document["webfinger"] = stated
    row = await actors.resolve(scene.app, eve.id, Budget())
    assert (row["username"], row["domain"]) == ("eve", scene.evil.name)


async def test_an_actor_without_webfinger_is_shown_under_the_host_of_its_id(scene: Scene) -> None:
    """FEP-03c1."""
    ann = scene.victim.actor("ann", key=4)
    scene.victim.serve("/.well-known/webfinger", status=404)
    row = await actors.resolve(scene.app, ann.id, Budget())
    assert (row["username"], row["domain"]) == ("ann", scene.victim.name)


async def test_a_name_passes_to_a_new_actor_only_when_the_old_one_is_gone(scene: Scene) -> None:
    """S66: a server that was set up anew has new ids for old names."""
    await scene.follow(scene.alice, scene.bob)
    again = scene.victim.actor("bob", key=4, id=f"{scene.victim.base}/actors/77")
    with pytest.raises(Refused):
        await actors.resolve(scene.app, again.id, Budget())
    scene.victim.pages["/users/bob"] = gone()
    scene.victim.pages["/.well-known/webfinger"] = Answer(jrd(f"bob@{scene.victim.name}", f"{scene.victim.base}/x"))
    with pytest.raises(Refused):
        await actors.resolve(scene.app, again.id, Budget())
    del scene.victim.pages["/.well-known/webfinger"]
    row = await actors.resolve(scene.app, again.id, Budget())
    assert (row["username"], row["domain"], row["deleted_at"]) == ("bob", scene.victim.name, None)
    assert await scene.count("accounts", "uri = ? AND deleted_at IS NOT NULL", scene.bob.id) == 1
    assert (await scene.alice.find(f"bob@{scene.victim.name}"))["uri"] == again.id


async def test_a_new_name_of_a_known_actor_takes_nobody_s_handle(scene: Scene) -> None:
    await scene.known(scene.bob, scene.mallory)
    scene.mallory.document["preferredUsername"] = "bob"
    await scene.done(scene.mallory, scene.mallory.activity("Update", scene.mallory.document))
    assert (await scene.alice.find(scene.bob.handle))["uri"] == scene.bob.id
    scene.mallory.document["preferredUsername"] = "mally"
    await scene.done(scene.mallory, scene.mallory.activity("Update", scene.mallory.document))
    row = await scene.row("SELECT username, username_key FROM accounts WHERE uri = ?", scene.mallory.id)
    assert row is not None
    assert (row["username"], row["username_key"]) == ("mally", "mally")


async def test_hidden_lists_of_followers_hide_nobody_s_profile(scene: Scene) -> None:
    await scene.alice.call("PATCH", "/api/v1/accounts/update_credentials", json={"hide_collections": True})
    await scene.follows(scene.bob, scene.alice)
    headers = {"Accept": "application/activity+json"}
    for path in ("/users/alice/followers", "/users/alice/followers?page=true"):
        found = await scene.home.call("GET", path, headers=headers)
        assert (found["totalItems"], "first" in found, "orderedItems" in found) == (1, False, False)
