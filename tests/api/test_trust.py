"""How far an account is trusted, and vouching for it, through the API."""

from tests.api.conftest import Person, Town


async def test_a_moderator_asks_for_the_level_vouches_and_takes_it_back(town: Town, alice: Person) -> None:
    moderator = await town.person("mia", role="moderator", scopes="admin:read admin:write")
    path = f"/api/fedinote/v1/admin/accounts/{alice.id}"
    assert (await moderator.get(f"{path}/trust")).json == {"level": "new", "vouched_at": None}
    vouched = (await moderator.post(f"{path}/vouch")).json
    assert vouched["level"] == "vouched"
    assert vouched["vouched_at"] is not None
    assert (await moderator.get(f"{path}/trust")).json == vouched
    assert (await moderator.post(f"{path}/unvouch")).json == {"level": "new", "vouched_at": None}


async def test_nobody_is_nowhere_and_members_learn_nothing(town: Town, alice: Person, bob: Person) -> None:
    moderator = await town.person("mia", role="moderator", scopes="admin:read admin:write")
    for verb, method in (("trust", moderator.get), ("vouch", moderator.post), ("unvouch", moderator.post)):
        assert (await method(f"/api/fedinote/v1/admin/accounts/1/{verb}")).status == 404
    assert (await bob.get(f"/api/fedinote/v1/admin/accounts/{alice.id}/trust")).status == 403
    assert (await bob.post(f"/api/fedinote/v1/admin/accounts/{alice.id}/vouch")).status == 403


async def test_a_rule_says_whom_it_spares(town: Town) -> None:
    owner = await town.person("olive", role="owner", scopes="admin:read admin:write")
    rule = {"kind": "words", "terms": {"words": ["casino"]}, "action": "hold", "title": "No gambling"}
    path = "/api/fedinote/v1/admin/rules"
    made = (await owner.post(path, rule | {"spares": "settled"})).json
    assert made["spares"] == "settled"
    assert (await owner.patch(f"{path}/{made['id']}", {"note": "x"})).json["spares"] == "settled"
    assert (await owner.patch(f"{path}/{made['id']}", {"spares": ""})).json["spares"] == ""
    assert (await owner.post(path, rule | {"spares": "friends"})).status == 422
