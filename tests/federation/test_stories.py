"""What people on two servers live through together."""

from tests.support.instances import Instance, World


async def test_a_post_reaches_a_follower_on_another_server(world: World, one: Instance, two: Instance) -> None:
    alice, bao = await one.person("alice"), await two.person("bao")
    relation = await bao.follow(alice)
    assert relation["requested"]
    assert not relation["following"]
    await world.settle()

    posted = await alice.post("Hello from the first server, @" + bao.handle)
    await world.settle()

    home = await bao.home()
    assert [status["uri"] for status in home] == [posted["uri"]]
    assert home[0]["account"]["acct"] == alice.handle
    notifications = await bao.call("GET", "/api/v1/notifications")
    assert [n["type"] for n in notifications] == ["mention"]


async def test_likes_and_boosts_and_replies_come_back(world: World, one: Instance, two: Instance) -> None:
    alice, bao = await one.person("alice"), await two.person("bao")
    await bao.follow(alice)
    await world.settle()
    posted = await alice.post("Who likes tea?")
    await world.settle()
    seen = (await bao.home())[0]
    await bao.call("POST", f"/api/v1/statuses/{seen['id']}/favourite")
    await bao.call("POST", f"/api/v1/statuses/{seen['id']}/reblog")
    await bao.post(f"@{alice.handle} I do", in_reply_to_id=seen["id"])
    await world.settle()

    status = await alice.call("GET", f"/api/v1/statuses/{posted['id']}")
    assert (status["favourites_count"], status["reblogs_count"], status["replies_count"]) == (1, 1, 1)
    context = await alice.call("GET", f"/api/v1/statuses/{posted['id']}/context")
    assert "I do" in context["descendants"][0]["content"]
    kinds = {n["type"] for n in await alice.call("GET", "/api/v1/notifications")}
    assert kinds == {"follow", "favourite", "reblog", "mention"}

    await bao.call("POST", f"/api/v1/statuses/{seen['id']}/unfavourite")
    await bao.call("POST", f"/api/v1/statuses/{seen['id']}/unreblog")
    await world.settle()
    status = await alice.call("GET", f"/api/v1/statuses/{posted['id']}")
    assert (status["favourites_count"], status["reblogs_count"]) == (0, 0)


async def test_an_edit_and_a_deletion_cross_over(world: World, one: Instance, two: Instance) -> None:
    alice, bao = await one.person("alice"), await two.person("bao")
    await bao.follow(alice)
    await world.settle()
    posted = await alice.post("first version")
    await world.settle()
    seen = (await bao.home())[0]
    await alice.call("PUT", f"/api/v1/statuses/{posted['id']}", json={"status": "second version"})
    await world.settle()
    status = await bao.call("GET", f"/api/v1/statuses/{seen['id']}")
    assert "second version" in status["content"]
    assert status["edited_at"]
    history = await bao.call("GET", f"/api/v1/statuses/{seen['id']}/history")
    assert ["first" in v["content"] for v in history] == [True, False]

    await alice.call("DELETE", f"/api/v1/statuses/{posted['id']}")
    await world.settle()
    await bao.call("GET", f"/api/v1/statuses/{seen['id']}", status=404)
    assert await bao.home() == []
