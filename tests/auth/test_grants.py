"""What a person sees of apps and browsers that act for them, and ending one."""

import pytest

from fedinote.auth import clients, grants, sessions, tokens
from fedinote.infra.app import App
from fedinote.infra.errors import NotFound, Unauthorized
from tests.support.people import person


async def test_an_app_is_listed_once_with_all_its_rights_and_revoked_as_a_whole(app: App) -> None:
    user = await person(app)
    client, _ = await clients.register(app, "Reader", [clients.OOB], scopes="read write", website="https://a.example")
    other, _ = await clients.register(app, "Other", [clients.OOB], scopes="read")
    first = await tokens.issue(app, app_id=client.id, user_id=user.id, scopes=["read"])
    second = await tokens.issue(app, app_id=client.id, user_id=user.id, scopes=["read", "write"])
    kept = await tokens.issue(app, app_id=other.id, user_id=user.id, scopes=["read"])
    await tokens.authenticate(app, first.text)
    found = await grants.of(app, user.id)
    assert [(one.name, set(one.scopes)) for one in found] == [("Other", {"read"}), ("Reader", {"read", "write"})]
    assert found[1].last_used_at is not None
    await grants.revoke(app, user.id, client.id)
    for gone in (first, second):
        with pytest.raises(Unauthorized):
            await tokens.authenticate(app, gone.text)
    await tokens.authenticate(app, kept.text)
    assert [one.name for one in await grants.of(app, user.id)] == ["Other"]


async def test_nobody_revokes_what_somebody_else_allowed(app: App) -> None:
    alice, bob = await person(app), await person(app, "bob")
    client, _ = await clients.register(app, "Reader", [clients.OOB], scopes="read")
    token = await tokens.issue(app, app_id=client.id, user_id=alice.id, scopes=["read"])
    with pytest.raises(NotFound):
        await grants.revoke(app, bob.id, client.id)
    await tokens.authenticate(app, token.text)


async def test_browsers_are_listed_with_this_one_first_and_one_is_ended(app: App) -> None:
    alice, bob = await person(app), await person(app, "bob")
    here = await sessions.start(app, alice.id, user_agent="Here")
    there = await sessions.start(app, alice.id, user_agent="There", address="192.0.2.1")
    theirs = await sessions.start(app, bob.id)
    me, they = await sessions.signed_in(app, here), await sessions.signed_in(app, theirs)
    assert me is not None
    assert they is not None
    found = await sessions.of(app, me)
    assert [(one.user_agent, one.here) for one in found] == [("Here", True), ("There", False)]
    assert not any(here in one.mark or there in one.mark for one in found)
    for mark in (found[1].mark, "", "x"):
        with pytest.raises(NotFound):
            await sessions.end_marked(app, bob.id, mark)
    await sessions.end_marked(app, alice.id, found[1].mark)
    assert await sessions.signed_in(app, there) is None
    assert await sessions.signed_in(app, here) is not None


async def test_a_proof_of_who_one_is_holds_for_twenty_minutes_in_that_browser(app: App) -> None:
    user = await person(app)
    cookie, other = await sessions.start(app, user.id), await sessions.start(app, user.id)
    app.clock.shift(sessions.CONFIRMED.total_seconds() + 1)
    await sessions.confirm(app, cookie)
    here, there = await sessions.signed_in(app, cookie), await sessions.signed_in(app, other)
    assert here is not None
    assert there is not None
    assert sessions.confirmed(app, here)
    assert not sessions.confirmed(app, there)
