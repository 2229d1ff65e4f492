"""Which e-mail addresses are the same one, and which nobody signs up with."""

import hashlib

import pytest

from fedinote.infra.app import App
from fedinote.infra.errors import Invalid
from fedinote.moderation import email_blocks
from fedinote.policy import emails


@pytest.mark.parametrize(
    "disguised",
    ["Mal.Lory+x@Mail.Example", "mallory@mail.example", "m.a.l.l.o.r.y@mail.example", " MALLORY+a+b@mail.example "],
)
def test_dots_plus_and_case_do_not_make_another_address(disguised: str) -> None:
    assert emails.canonical(disguised) == "mallory@mail.example"
    assert emails.fingerprint(disguised) == hashlib.sha256(b"mallory@mail.example").hexdigest()


def test_other_people_and_other_hosts_stay_apart() -> None:
    assert (
        len({emails.fingerprint(one) for one in ("a@b.example", "b@a.example", "a@bexample", "a@b.example.org")}) == 4
    )


@pytest.mark.parametrize("email", ["x@spam.example", "X@SPAM.example", "x@mail.spam.example", "x@a.b.spam.example"])
async def test_a_blocked_domain_refuses_its_addresses_and_those_below_it(app: App, email: str) -> None:
    await email_blocks.block_domain(app, "@Spam.Example.", by=None)
    with pytest.raises(Invalid):
        await emails.check(app, email, visitor="192.0.2.7")


@pytest.mark.parametrize("email", ["x@notspam.example", "x@spam.example.org", "spam.example@mail.example"])
async def test_a_blocked_domain_refuses_nobody_else(app: App, email: str) -> None:
    await email_blocks.block_domain(app, "spam.example", by=None)
    await emails.check(app, email, visitor="192.0.2.7")
    assert await app.db.value("SELECT COUNT(*) AS value FROM email_domain_attempts") == 0


async def test_attempts_are_counted_by_day_and_by_visitor_and_nobodys_address_is_kept(app: App) -> None:
    block = await email_blocks.block_domain(app, "spam.example", by=None)
    for visitor in ("192.0.2.7", "192.0.2.7", "192.0.2.8"):
        with pytest.raises(Invalid):
            await emails.check(app, "x@spam.example", visitor=visitor)
    today = (await email_blocks.history(app, [block.id]))[block.id]
    assert [(day.visitors, day.uses) for day in today] == [(2, 3)] + [(0, 0)] * 6
    rows = await app.db.rows("SELECT visitor FROM email_domain_attempts")
    assert not any("192.0.2" in row["visitor"] for row in rows)
    app.clock.shift(2 * 86400)
    with pytest.raises(Invalid):
        await emails.check(app, "x@spam.example", visitor="192.0.2.7")
    later = (await email_blocks.history(app, [block.id]))[block.id]
    assert [(day.visitors, day.uses) for day in later][:3] == [(1, 1), (0, 0), (2, 3)]
    app.clock.shift(6 * 86400)
    with pytest.raises(Invalid):
        await emails.check(app, "x@spam.example", visitor="192.0.2.7")
    assert await app.db.value("SELECT COUNT(*) AS value FROM email_domain_attempts") == 2, "after a week they go"
