import asyncio

import pytest

from fedinote.accounts import profiles
from fedinote.accounts.models import Account
from fedinote.auth import invites, registrations, users
from fedinote.auth.models import User
from fedinote.auth.registrations import Form
from fedinote.events import AccountJoined
from fedinote.infra.app import App
from fedinote.infra.errors import Forbidden, Invalid, NotFound, TooMany
from tests.support.people import PASSWORD, configure, person

HERE = "203.0.113.9"


def form(name: str = "dora", **values: str) -> Form:
    return Form(**{"username": name, "email": f"{name}@mail.example", "password": PASSWORD, **values})


def listen(app: App) -> list[object]:
    heard: list[object] = []

    async def hear(_: App, event: object) -> None:
        heard.append(event)

    app.reactions = {**app.reactions, AccountJoined: [hear]}
    return heard


async def test_with_open_registrations_anybody_becomes_an_active_member(app: App) -> None:
    configure(app, "registrations", mode="open")
    heard = listen(app)
    user = await registrations.register(app, form(), address=HERE)
    assert (user.role, user.state, user.email) == ("member", "active", "dora@mail.example")
    assert heard == [AccountJoined(user.account_id)]
    account = await profiles.find(app, "dora")
    assert account is not None
    assert account.uri == app.url("/users/dora")


@pytest.mark.parametrize("mode", ["closed", "invitation"])
async def test_without_an_invitation_nobody_gets_in_where_it_is_needed_or_closed(app: App, mode: str) -> None:
    configure(app, "registrations", mode=mode)
    with pytest.raises(Forbidden):
        await registrations.register(app, form(), address=HERE)
    assert await User.all().using_db(app.db.orm).count() == 0


async def test_where_moderators_approve_the_newcomer_waits_unseen(app: App) -> None:
    configure(app, "registrations", mode="approval")
    heard = listen(app)
    user = await registrations.register(app, form(reason="I like cats"), address=HERE)
    assert user.state == "pending"
    assert heard == []
    assert await profiles.find(app, "dora") is None
    await registrations.approve(app, user.id)
    await registrations.approve(app, user.id)
    assert heard == [AccountJoined(user.account_id)]
    assert await profiles.find(app, "dora") is not None


async def test_where_moderators_approve_a_reason_is_needed(app: App) -> None:
    configure(app, "registrations", mode="approval")
    with pytest.raises(Invalid, match="Reason"):
        await registrations.register(app, form(), address=HERE)


async def test_somebody_refused_leaves_nothing_behind_and_the_name_is_free(app: App) -> None:
    configure(app, "registrations", mode="approval")
    user = await registrations.register(app, form(reason="spam"), address=HERE)
    await registrations.reject(app, user.id)
    assert await User.all().using_db(app.db.orm).count() == 0
    assert await Account.filter(username="dora").using_db(app.db.orm).count() == 0
    await registrations.register(app, form(reason="me again"), address=HERE)


async def test_only_those_who_wait_can_be_refused(app: App) -> None:
    user = await person(app)
    with pytest.raises(NotFound):
        await registrations.reject(app, user.id)
    assert await profiles.find(app, "alice") is not None


async def test_an_invitation_for_one_lets_exactly_one_of_eight_in(app: App) -> None:
    configure(app, "registrations", mode="invitation")
    configure(app, "limits", enabled=False)
    invite = await invites.create(app)
    tries = [registrations.register(app, form(f"guest{n}", invite=invite.code), address=HERE) for n in range(8)]
    results = await asyncio.gather(*tries, return_exceptions=True)
    assert sum(isinstance(result, User) for result in results) == 1
    assert sum(isinstance(result, Invalid) for result in results) == 7
    assert await Account.filter(username__startswith="guest").using_db(app.db.orm).count() == 1


async def test_an_invitation_that_is_too_old_or_unknown_is_refused(app: App) -> None:
    configure(app, "registrations", mode="open")
    invite = await invites.create(app, hours=1)
    app.clock.shift(3601)
    for code in (invite.code, "guess"):
        with pytest.raises(Invalid, match="invitation"):
            await registrations.register(app, form(invite=code), address=HERE)


async def test_while_closed_only_the_operators_invitations_work(app: App) -> None:
    configure(app, "registrations", mode="closed")
    owner = await person(app, "alice", "owner")
    theirs = await invites.create(app, inviter=(owner.id, "owner"))
    with pytest.raises(Forbidden):
        await registrations.register(app, form(invite=theirs.code), address=HERE)
    ours = await invites.create(app, role="moderator")
    user = await registrations.register(app, form(invite=ours.code), address=HERE)
    assert user.role == "moderator"


async def test_nobody_invites_to_a_role_as_high_as_the_own(app: App) -> None:
    admin = await person(app, "alice", "admin")
    with pytest.raises(Forbidden):
        await invites.create(app, role="admin", inviter=(admin.id, "admin"))
    with pytest.raises(Forbidden):
        await invites.create(app, role="owner", inviter=(admin.id, "admin"))
    assert (await invites.create(app, role="moderator", inviter=(admin.id, "admin"))).role == "moderator"


async def test_an_inviter_who_lost_the_role_invites_members_only(app: App) -> None:
    await person(app, "olga", "owner")
    admin = await person(app, "alice", "admin")
    invite = await invites.create(app, role="moderator", inviter=(admin.id, "admin"))
    await users.set_role(app, admin.id, "member")
    configure(app, "registrations", mode="invitation")
    user = await registrations.register(app, form(invite=invite.code), address=HERE)
    assert (user.role, user.invited_by_id) == ("member", admin.id)


async def test_the_owners_link_works_once_and_replaces_the_one_before(app: App) -> None:
    configure(app, "registrations", mode="closed")
    first, second = await invites.owner_link(app), await invites.owner_link(app)
    with pytest.raises(Invalid):
        await registrations.register(app, form(invite=first.rpartition("/")[2]), address=HERE)
    user = await registrations.register(app, form(invite=second.rpartition("/")[2]), address=HERE)
    assert user.role == "owner"
    assert await users.has_owner(app)
    with pytest.raises(Invalid):
        await registrations.register(app, form("eve", invite=second.rpartition("/")[2]), address=HERE)


@pytest.mark.parametrize(
    "email",
    [
        "",
        "dora",
        "dora@",
        "@mail.example",
        "dora@mail",
        "dora@mail.example.",
        "dora@mail..example",
        "dora@@mail.example",
        "dora@mail.example\r\nBcc: eve@mail.example",
        "a@b.example, c@d.example",
        '"dora"@mail.example',
        "dora@[127.0.0.1]",
        "d\u043era@mail.example",
        f"{'d' * 65}@mail.example",
        f"dora@{'m' * 250}.example",
    ],
)
async def test_what_is_no_plain_address_is_refused(app: App, email: str) -> None:
    configure(app, "registrations", mode="open")
    with pytest.raises(Invalid, match="E-mail"):
        await registrations.register(app, form(email=email), address=HERE)


async def test_one_address_in_another_case_is_the_same_address(app: App) -> None:
    configure(app, "registrations", mode="open")
    await registrations.register(app, form(email="Dora@Mail.Example"), address=HERE)
    with pytest.raises(Invalid, match="taken"):
        await registrations.register(app, form("dora2", email="dora@mail.example"), address=HERE)


def test_a_host_in_another_script_is_stored_in_ascii() -> None:
    assert registrations.check_email("Dora@B\u00fccher.example") == "dora@xn--bcher-kva.example"


async def test_sign_ups_are_counted_for_each_address(app: App) -> None:
    configure(app, "registrations", mode="open")
    for number in range(5):
        await registrations.register(app, form(f"guest{number}"), address=HERE)
    with pytest.raises(TooMany) as refused:
        await registrations.register(app, form("guest5"), address=HERE)
    assert 0 < refused.value.retry_after <= 1800
    await registrations.register(app, form("guest6"), address="203.0.113.10")


async def test_two_with_one_name_at_the_same_time_get_one_account(app: App) -> None:
    configure(app, "registrations", mode="open")
    tries = [registrations.register(app, form("dora", email=f"dora{n}@mail.example"), address=HERE) for n in range(4)]
    results = await asyncio.gather(*tries, return_exceptions=True)
    assert sum(isinstance(result, User) for result in results) == 1
    assert all(isinstance(result, User | Invalid) for result in results)


async def test_fifty_people_a_day_sign_up_on_a_server_wherever_they_are(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    configure(app, "registrations", mode="open")
    configure(app, "limits", enabled=True)
    monkeypatch.setattr(registrations, "_PER_SERVER", (2, registrations._PER_SERVER[1]))
    for number in range(2):
        await registrations.register(app, form(f"new{number}"), address=f"198.51.100.{number}")
    with pytest.raises(TooMany) as refused:
        await registrations.register(app, form("late"), address="198.51.100.99")
    assert refused.value.retry_after > 3600
    app.clock.shift(86_401)
    await registrations.register(app, form("late"), address="198.51.100.99")
