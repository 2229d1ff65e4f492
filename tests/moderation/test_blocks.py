"""The lists that admins keep, as verbs: who may, what is refused, what sign-ups meet, and the audit log."""

from dataclasses import replace

import pytest

from fedinote.auth import registrations
from fedinote.auth.registrations import Form
from fedinote.infra.app import App
from fedinote.infra.errors import Forbidden, Invalid, NotFound, TooMany
from fedinote.moderation import actions, email_blocks, ip_blocks
from fedinote.moderation.ip_blocks import Terms
from fedinote.moderation.moderator import Moderator
from fedinote.moderation.servers import allows
from fedinote.policy import emails
from tests.moderation.staff import log, staff, user
from tests.support.people import PASSWORD, configure

HERE = "203.0.113.9"


def form(name: str = "dora", **values: str) -> Form:
    return Form(**{"username": name, "email": f"{name}@mail.example", "password": PASSWORD, **values})


@pytest.fixture
async def admin(app: App) -> Moderator:
    return await staff(app, "admin")


# -- addresses ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("severity", ["sign_up_block", "no_access"])
@pytest.mark.parametrize("address", ["203.0.113.9", "2001:db8::5"])
async def test_nobody_signs_up_from_a_blocked_address(app: App, severity: str, address: str) -> None:
    configure(app, "registrations", mode="open")
    for network in ("203.0.113.0/24", "2001:db8::5"):
        await ip_blocks.block(app, Terms(network=network, severity=severity), by=None)
    with pytest.raises(Forbidden):
        await registrations.register(app, form(), address=address)
    assert (await registrations.register(app, form(), address="198.51.100.1")).state == "active"
    assert (await registrations.register(app, form("emil"), address="2001:db8::6")).state == "active"


async def test_from_some_addresses_a_sign_up_waits_for_approval_even_with_an_invitation(app: App) -> None:
    configure(app, "registrations", mode="open")
    await ip_blocks.block(app, Terms(network="203.0.113.0/24", severity="sign_up_requires_approval"), by=None)
    assert (await registrations.register(app, form(), address=HERE)).state == "pending"
    assert (await registrations.register(app, form("emil"), address="198.51.100.1")).state == "active"


async def test_addresses_are_blocked_changed_and_released_with_a_row_each(app: App, admin: Moderator) -> None:
    made = await ip_blocks.block(app, Terms(network="192.0.2.7/24", severity="no_access", comment="Spam"), by=admin)
    assert (made.network, made.expires_at) == ("192.0.2.0/24", None)
    with pytest.raises(Invalid):
        await ip_blocks.block(app, Terms(network="192.0.2.0/24", severity="no_access"), by=admin)
    until = ip_blocks.expiry(app, 60)
    terms = Terms(network="192.0.2.0/25", severity="sign_up_block", expires_at=until)
    changed = await ip_blocks.update(app, made.id, terms, by=admin)
    assert (changed.network, changed.severity, changed.expires_at) == ("192.0.2.0/25", "sign_up_block", until)
    await ip_blocks.unblock(app, made.id, by=None)
    with pytest.raises(NotFound):
        await ip_blocks.unblock(app, made.id, by=admin)
    assert await log(app) == [
        ("ip_block.add", "192.0.2.0/24"),
        ("ip_block.update", "192.0.2.0/25"),
        ("ip_block.remove", "192.0.2.0/25"),
    ]


async def test_a_block_that_is_over_does_not_stand_in_the_way_of_a_new_one(app: App) -> None:
    terms = Terms(network="192.0.2.0/24", severity="no_access")
    await ip_blocks.block(app, replace(terms, expires_at=ip_blocks.expiry(app, 60)), by=None)
    with pytest.raises(Invalid):
        await ip_blocks.block(app, terms, by=None)
    app.clock.shift(61)
    assert (await ip_blocks.block(app, terms, by=None)).expires_at is None


@pytest.mark.parametrize("seconds", [0, -1, 1 << 62])
async def test_a_block_lasts_at_least_a_second_and_at_most_a_century(app: App, seconds: int) -> None:
    with pytest.raises(Invalid):
        ip_blocks.expiry(app, seconds)


@pytest.mark.parametrize(
    "terms",
    [
        Terms(network="192.0.2.0/24", severity=""),
        Terms(network="192.0.2.0/24", severity="suspend"),
        Terms(network="x", severity="no_access"),
        Terms(network="192.0.2.0/24", severity="no_access", comment="x" * 5001),
    ],
)
async def test_a_wrong_block_of_addresses_is_refused(app: App, terms: Terms) -> None:
    with pytest.raises(Invalid):
        await ip_blocks.block(app, terms, by=None)
    assert await ip_blocks.everything(app) == []


# -- e-mail ---------------------------------------------------------------------------------------------------------


async def test_nobody_signs_up_with_a_blocked_e_mail_domain_or_address_in_any_disguise(app: App) -> None:
    configure(app, "registrations", mode="open")
    await email_blocks.block_domain(app, "spam.example", by=None)
    await email_blocks.block_address(app, "mallory@mail.example", by=None)
    for email in ("x@spam.example", "x@Mx.SPAM.example", "Mal.lory+new@mail.example"):
        with pytest.raises(Invalid):
            await registrations.register(app, form(email=email), address=HERE)
    assert (await registrations.register(app, form(email="mallow@mail.example"), address=HERE)).state == "active"


async def test_the_operator_makes_accounts_with_any_e_mail_address(app: App) -> None:
    await email_blocks.block_domain(app, "spam.example", by=None)
    assert (await registrations.create_user(app, "dora", "dora@spam.example", PASSWORD)).email == "dora@spam.example"


async def test_attempts_with_blocked_e_mail_count_as_sign_ups_of_the_address(app: App) -> None:
    configure(app, "registrations", mode="open")
    configure(app, "limits", enabled=True)
    await email_blocks.block_domain(app, "spam.example", by=None)
    for _ in range(5):
        with pytest.raises(Invalid):
            await registrations.register(app, form(email="x@spam.example"), address=HERE)
    with pytest.raises(TooMany):
        await registrations.register(app, form(email="x@spam.example"), address=HERE)
    assert await app.db.value("SELECT SUM(uses) AS value FROM email_domain_attempts") == 5


async def test_e_mail_blocks_are_made_and_ended_with_a_row_each(app: App, admin: Moderator) -> None:
    domain = await email_blocks.block_domain(app, "Spam.Example", by=admin)
    address = await email_blocks.block_address(app, "Mal.lory+x@mail.example", by=admin)
    hashed = emails.fingerprint("mallory@mail.example")
    assert (domain.domain, address.hash) == ("spam.example", hashed)
    for again in ("spam.example", "SPAM.example."):
        with pytest.raises(Invalid):
            await email_blocks.block_domain(app, again, by=admin)
    with pytest.raises(Invalid):
        await email_blocks.block_address(app, fingerprint=hashed.upper(), by=admin)
    await email_blocks.unblock_domain(app, domain.id, by=admin)
    await email_blocks.unblock_address(app, address.id, by=None)
    assert await log(app) == [
        ("email_domain_block.add", "spam.example"),
        ("email_block.add", hashed),
        ("email_domain_block.remove", "spam.example"),
        ("email_block.remove", hashed),
    ]


@pytest.mark.parametrize("domain", ["", "a..b", "spam.example:25", "-x-", "a b"])
async def test_what_is_no_e_mail_domain_is_refused(app: App, domain: str) -> None:
    with pytest.raises(Invalid):
        await email_blocks.block_domain(app, domain, by=None)


@pytest.mark.parametrize(("email", "hashed"), [("nobody", ""), ("a@b@c", ""), ("", ""), ("", "abc"), ("", "g" * 64)])
async def test_what_is_neither_address_nor_hash_is_refused(app: App, email: str, hashed: str) -> None:
    with pytest.raises(Invalid):
        await email_blocks.block_address(app, email, fingerprint=hashed, by=None)


async def test_a_suspended_person_does_not_come_back_with_the_same_e_mail_address(app: App) -> None:
    configure(app, "registrations", mode="open")
    by = await staff(app, "moderator")
    mallory = await user(app, "mallory")
    await actions.suspend(app, by, mallory.account_id)
    with pytest.raises(Invalid):
        await registrations.register(app, form(email="mal.lory+2@mail.example"), address=HERE)
    await actions.unsuspend(app, by, mallory.account_id)
    assert (await registrations.register(app, form(email="mal.lory+2@mail.example"), address=HERE)).state == "active"


async def test_a_deleted_offender_does_not_come_back_either_and_a_persons_own_block_outlives_a_restoration(
    app: App, admin: Moderator
) -> None:
    configure(app, "registrations", mode="open")
    mallory, nasty = await user(app, "mallory"), await user(app, "nasty")
    await actions.suspend(app, admin, mallory.account_id)
    await actions.delete(app, admin, mallory.account_id)
    await email_blocks.block_address(app, "nasty@mail.example", by=admin)
    await actions.suspend(app, admin, nasty.account_id)
    await actions.unsuspend(app, admin, nasty.account_id)
    for name in ("mallory", "nasty"):
        with pytest.raises(Invalid):
            await registrations.register(app, form(email=f"{name}+x@mail.example"), address=HERE)


# -- listed servers -------------------------------------------------------------------------------------------------


async def test_servers_are_listed_once_and_taken_off_with_a_row_each(app: App, admin: Moderator) -> None:
    made = await allows.allow(app, "Friends.Example.", by=admin)
    assert (await allows.allow(app, "friends.example", by=admin)).id == made.id
    await allows.disallow(app, made.id, by=admin)
    with pytest.raises(NotFound):
        await allows.disallow(app, made.id, by=admin)
    assert await log(app) == [("allow.add", "friends.example"), ("allow.remove", "friends.example")]
    for domain in ("localhost:8000", "a..b", ""):
        with pytest.raises(Invalid):
            await allows.allow(app, domain, by=admin)


# -- who may --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["moderator", "admin", "owner"])
async def test_only_admins_and_owners_keep_the_lists(app: App, role: str) -> None:
    by, may = await staff(app, role), role != "moderator"
    verbs = (
        lambda: ip_blocks.block(app, Terms(network="192.0.2.1", severity="no_access"), by=by),
        lambda: email_blocks.block_domain(app, "spam.example", by=by),
        lambda: email_blocks.block_address(app, "mallory@mail.example", by=by),
        lambda: allows.allow(app, "friends.example", by=by),
    )
    for verb in verbs:
        if may:
            await verb()
        else:
            with pytest.raises(Forbidden):
                await verb()
    assert len(await log(app)) == (4 if may else 0)
