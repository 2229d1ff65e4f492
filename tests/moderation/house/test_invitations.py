"""Invitations as those who run the server see and take them back."""

import pytest

from fedinote.auth import invites
from fedinote.infra.app import App
from fedinote.infra.errors import Forbidden, NotFound
from fedinote.moderation.house import invitations
from tests.moderation.staff import log, staff


async def test_an_invitation_is_made_listed_and_revoked(app: App) -> None:
    admin = await staff(app, "admin")
    made = await invitations.create(app, role="moderator", max_uses=2, hours=1, by=admin)
    await invites.use(app, made.code)
    found = (await invitations.listing(app))[0]
    assert (found.by, found.role, found.uses, found.max_uses, found.open) == ("admin", "moderator", 1, 2, True)
    assert found.link == app.url(f"/invite/{made.code}")
    app.clock.shift(3601)
    assert not (await invitations.listing(app))[0].open
    await invitations.revoke(app, made.id, by=admin)
    assert await invites.offer(app, made.code) is None
    with pytest.raises(NotFound):
        await invitations.revoke(app, made.id, by=admin)
    assert await log(app) == [("invite.create", str(made.id)), ("invite.revoke", str(made.id))]


async def test_the_owners_first_link_is_neither_shown_nor_revoked(app: App) -> None:
    await invites.owner_link(app)
    admin = await staff(app, "admin")
    assert await invitations.listing(app) == []
    made = await app.db.value("SELECT id AS value FROM invites")
    with pytest.raises(NotFound):
        await invitations.revoke(app, made, by=admin)


async def test_nobody_invites_to_a_role_as_high_as_the_own(app: App) -> None:
    with pytest.raises(Forbidden):
        await invitations.create(app, role="admin", max_uses=1, hours=1, by=await staff(app, "admin"))
    with pytest.raises(Forbidden):
        await invitations.create(app, role="member", max_uses=1, hours=1, by=await staff(app, "moderator"))
    assert await log(app) == []
