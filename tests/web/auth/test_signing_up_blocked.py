"""Joining by the page in the browser, from addresses and with e-mail addresses that are blocked."""

import pytest

from fedinote.auth.models import User
from fedinote.infra.app import App
from fedinote.moderation import email_blocks, ip_blocks
from fedinote.moderation.ip_blocks import Terms
from tests.support.people import PASSWORD, client, configure

FIELDS = {"username": "dora", "email": "dora@mail.example", "password": PASSWORD, "agreed": "1"}


async def count(app: App) -> int:
    return await User.all().using_db(app.db.orm).count()


async def test_from_a_blocked_address_nobody_joins_but_everybody_reads(app: App) -> None:
    configure(app, "registrations", mode="open")
    await ip_blocks.block(app, Terms(network="2001:db8::9", severity="sign_up_block"), by=None)
    for address, made in (("2001:db8::9", 0), ("2001:db8::8", 1)):
        browser = client(app, address)
        page = await browser.get("/auth/sign_up")
        assert page.status == 200
        answer = await browser.submit(page, FIELDS)
        assert answer.status == (303 if made else 403)
        assert await count(app) == made


async def test_where_an_address_needs_approval_the_newcomer_is_told_to_wait(app: App) -> None:
    configure(app, "registrations", mode="open")
    await ip_blocks.block(app, Terms(network="203.0.113.0/24", severity="sign_up_requires_approval"), by=None)
    browser = client(app)
    answer = await browser.submit(await browser.get("/auth/sign_up"), FIELDS)
    assert "approved" in answer.text
    assert "session" not in browser.cookies


async def test_an_address_without_access_gets_a_page_that_says_so_and_nothing_else(app: App) -> None:
    await ip_blocks.block(app, Terms(network="203.0.113.9", severity="no_access"), by=None)
    for path in ("/", "/auth/sign_in", "/auth/sign_up"):
        answer = await client(app).get(path)
        assert answer.status == 403
        assert "blocked" in answer.text
        assert answer.forms == []


@pytest.mark.parametrize("email", ["x@spam.example", "x@mx.Spam.example", "mal.lory+1@mail.example", "x@spam.example."])
async def test_a_blocked_e_mail_address_gives_the_form_back(app: App, email: str) -> None:
    configure(app, "registrations", mode="open")
    await email_blocks.block_domain(app, "spam.example", by=None)
    await email_blocks.block_address(app, "mallory@mail.example", by=None)
    browser = client(app)
    answer = await browser.submit(await browser.get("/auth/sign_up"), FIELDS, email=email)
    assert answer.status == 422
    assert answer.forms
    assert await count(app) == 0
