"""Taking everything along: files written on one server and read on another, by real HTTP."""

import json

import aiohttp

from tests.support.instances import Person, World

KINDS = ("follows", "blocks", "mutes", "lists", "bookmarks", "domain_blocks")


async def exported(who: Person, kind: str) -> str:
    headers = {"Authorization": f"Bearer {who.token}"}
    url = f"http://{who.instance.host}/api/fedinote/v1/exports/{kind}.csv"
    async with who.instance.http.get(url, headers=headers) as answer:
        assert answer.status == 200
        assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
        assert answer.headers["Content-Disposition"] == f'attachment; filename="{kind}.csv"'
        assert "no-store" in answer.headers["Cache-Control"]
        return await answer.text()


async def upload(who: Person, kind: str, text: str, mode: str) -> str:
    form = aiohttp.FormData()
    form.add_field("mode", mode)
    form.add_field("file", text.encode(), filename=f"{kind}.csv", content_type="text/csv")
    made = await who.call("POST", f"/api/fedinote/v1/imports/{kind}", data=form, status=202)
    assert (made["state"], made["mode"], made["imported"]) == ("waiting", mode, 0)
    return str(made["id"])


async def test_what_is_exported_on_one_server_is_there_after_importing_on_another(world: World) -> None:
    one, two = world.instances
    alice, bao, cho = [await one.person(name) for name in ("alice", "bao", "cho")]
    dan, anna = await two.person("dan"), await two.person("anna")
    await _furnish(world, alice, [bao, cho, dan])
    files = {kind: await exported(alice, kind) for kind in KINDS}
    assert files["follows"].splitlines()[0] == "Account address,Show boosts,Notify on new posts,Languages"
    ids = {kind: await upload(anna, kind, files[kind], "overwrite") for kind in KINDS}
    await world.settle()
    two.app.clock.shift(61)  # a list waits until the server of its people accepted
    await world.settle()
    for kind, import_id in ids.items():
        state = await anna.call("GET", f"/api/fedinote/v1/imports/{import_id}")
        assert (state["state"], state["failed"], state["failures"]) == ("finished", 0, []), kind
        assert state["imported"] == state["total"]
        assert sorted((await exported(anna, kind)).splitlines()) == sorted(files[kind].splitlines()), kind
    bookmarks = await anna.call("GET", "/api/v1/bookmarks")
    assert [one["content"] for one in bookmarks] == ["<p>Keep me</p>"]


async def _furnish(world: World, alice: Person, others: list[Person]) -> None:
    """Give alice something of each kind."""
    bao = others[0]
    ids = {who.name: (await alice.find(who.handle))["id"] for who in others}
    options = {"reblogs": False, "notify": True, "languages": ["ko", "en"]}
    await alice.call("POST", f"/api/v1/accounts/{ids['bao']}/follow", json=options)
    await alice.call("POST", f"/api/v1/accounts/{ids['dan']}/follow")
    await world.settle()
    made = await alice.call("POST", "/api/v1/lists", json={"title": "Tea, and more"})
    members = {"account_ids": [ids["bao"], ids["dan"]]}
    await alice.call("POST", f"/api/v1/lists/{made['id']}/accounts", json=members)
    await alice.call("POST", f"/api/v1/accounts/{ids['cho']}/mute", json={"notifications": False})
    blocked = await alice.find((await alice.instance.person("eve")).handle)
    await alice.call("POST", f"/api/v1/accounts/{blocked['id']}/block")
    await alice.call("POST", "/api/v1/domain_blocks", json={"domain": "bad.example"})
    post = await bao.post("Keep me")
    await alice.call("POST", f"/api/v1/statuses/{post['id']}/bookmark")


async def test_rows_that_fail_come_back_as_a_file_that_can_be_tried_again(world: World) -> None:
    one, two = world.instances
    alice = await one.person("alice")
    text = f"nobody@{two.host}\nalice2\n"
    import_id = await upload(alice, "follows", text, "merge")
    await world.settle()  # both servers say that there is nobody of that name: nothing to wait for
    state = await alice.call("GET", f"/api/fedinote/v1/imports/{import_id}")
    assert (state["state"], state["imported"], state["failed"]) == ("finished", 0, 2)
    assert [failure["row"][0] for failure in state["failures"]] == [f"nobody@{two.host}", "alice2"]
    assert all(failure["error"] for failure in state["failures"])
    headers = {"Authorization": f"Bearer {alice.token}"}
    url = f"http://{one.host}/api/fedinote/v1/imports/{import_id}/failures.csv"
    async with one.http.get(url, headers=headers) as answer:
        lines = (await answer.text()).splitlines()
    assert lines[1:] == [f"nobody@{two.host},,,", "alice2,,,"]
    await upload(alice, "follows", "\n".join(lines), "merge")
    listed = await alice.call("GET", "/api/fedinote/v1/imports")
    assert [one["state"] for one in listed] == ["waiting", "finished"], json.dumps(listed)
