"""Authenticator apps and recovery codes: right ones, wrong ones, used ones, too many."""

import asyncio

import pyotp
import pytest

from fedinote.auth import factors, halfway, recovery, sessions, totp, tries, users
from fedinote.auth.factors import WrongCode
from fedinote.auth.models import RecoveryCode, SecondFactor, User
from fedinote.infra.app import App
from fedinote.infra.errors import Conflict, Invalid, NotFound, TooMany, Unauthorized, Unavailable
from tests.support.people import person


def code_of(app: App, secret: str, shift: int = 0) -> str:
    return pyotp.TOTP(secret).at(int(app.now().timestamp()) + shift)


async def with_app(app: App, user: User) -> tuple[str, list[str]]:
    """Turn the authenticator app on; return its secret and the recovery codes. The next code is of a later period."""
    await totp.begin(app, user.id)
    setup = await totp.waiting(app, user.id)
    assert setup is not None
    codes = await factors.turn_on_app(app, user.id, code_of(app, setup.secret))
    app.clock.shift(60)
    return setup.secret, codes


@pytest.fixture
async def alice(app: App) -> User:
    return await person(app)


async def test_a_second_factor_is_on_after_its_first_right_code(app: App, alice: User) -> None:
    assert not (await factors.of(app, alice.id)).on
    await totp.begin(app, alice.id)
    assert not (await factors.of(app, alice.id)).on
    setup = await totp.waiting(app, alice.id)
    assert setup is not None
    assert setup.uri.startswith("otpauth://totp/")
    assert "alice%40" in setup.uri
    with pytest.raises(Invalid):
        await factors.turn_on_app(app, alice.id, "000000")
    assert not (await factors.of(app, alice.id)).on
    codes = await factors.turn_on_app(app, alice.id, code_of(app, setup.secret))
    found = await factors.of(app, alice.id)
    assert found.on
    assert found.codes_left == len(set(codes)) == recovery.COUNT
    assert await totp.waiting(app, alice.id) is None
    with pytest.raises(Conflict):
        await totp.begin(app, alice.id)


async def test_the_first_code_needs_a_secret(app: App, alice: User) -> None:
    with pytest.raises(NotFound):
        await factors.turn_on_app(app, alice.id, "123456")


async def test_turning_it_on_signs_everybody_else_out(app: App, alice: User) -> None:
    here, thief = await sessions.start(app, alice.id), await sessions.start(app, alice.id)
    await totp.begin(app, alice.id)
    setup = await totp.waiting(app, alice.id)
    assert setup is not None
    await factors.turn_on_app(app, alice.id, code_of(app, setup.secret), keep_session=here)
    assert await sessions.signed_in(app, here) is not None
    assert await sessions.signed_in(app, thief) is None


@pytest.mark.parametrize("shift", [-30, 0, 30])
async def test_a_clock_may_be_half_a_minute_off(app: App, alice: User, shift: int) -> None:
    secret, _ = await with_app(app, alice)
    await factors.check_code(app, alice.id, code_of(app, secret, shift))


@pytest.mark.parametrize("shift", [-90, 90])
async def test_a_clock_may_not_be_further_off(app: App, alice: User, shift: int) -> None:
    secret, _ = await with_app(app, alice)
    app.clock.shift(120)
    with pytest.raises(Invalid):
        await factors.check_code(app, alice.id, code_of(app, secret, shift))


async def test_a_code_is_good_once_even_at_the_same_moment(app: App, alice: User) -> None:
    secret, _ = await with_app(app, alice)
    code = code_of(app, secret)
    results = await asyncio.gather(*(factors.check_code(app, alice.id, code) for _ in range(3)), return_exceptions=True)
    assert [type(one) for one in results].count(type(None)) == 1
    assert [type(one) for one in results].count(WrongCode) == 2
    with pytest.raises(Invalid):
        await factors.check_code(app, alice.id, code)


async def test_a_code_of_before_the_last_one_is_refused(app: App, alice: User) -> None:
    secret, _ = await with_app(app, alice)
    await factors.check_code(app, alice.id, code_of(app, secret, 30))
    with pytest.raises(Invalid):
        await factors.check_code(app, alice.id, code_of(app, secret))


async def test_the_code_that_turned_it_on_does_not_sign_in(app: App, alice: User) -> None:
    await totp.begin(app, alice.id)
    setup = await totp.waiting(app, alice.id)
    assert setup is not None
    code = code_of(app, setup.secret)
    await factors.turn_on_app(app, alice.id, code)
    with pytest.raises(Invalid):
        await factors.check_code(app, alice.id, code)


async def test_codes_may_have_spaces_and_full_width_digits(app: App, alice: User) -> None:
    secret, _ = await with_app(app, alice)
    code = code_of(app, secret)
    wide = "".join(chr(ord(digit) + 0xFEE0) for digit in code)
    await factors.check_code(app, alice.id, f" {wide[:3]} {wide[3:]} ")


async def test_after_five_wrong_codes_a_right_one_is_refused_for_a_while(app: App, alice: User) -> None:
    secret, codes = await with_app(app, alice)
    for _ in range(tries.MOST):
        with pytest.raises(Invalid):
            await factors.check_code(app, alice.id, "000000")
    for code in (code_of(app, secret), codes[0]):
        with pytest.raises(TooMany) as refused:
            await factors.check_code(app, alice.id, code)
        assert 0 < refused.value.retry_after <= tries.WINDOW.total_seconds() + 1
    app.clock.shift(tries.WINDOW.total_seconds() + 1)
    await factors.check_code(app, alice.id, code_of(app, secret))


async def test_of_many_guesses_at_once_five_are_looked_at(app: App, alice: User) -> None:
    await with_app(app, alice)
    results = await asyncio.gather(
        *(factors.check_code(app, alice.id, f"{n:06}") for n in range(20)), return_exceptions=True
    )
    assert [type(one) for one in results].count(WrongCode) <= tries.MOST
    assert [type(one) for one in results].count(TooMany) >= 15


async def test_a_right_code_forgives_the_wrong_ones(app: App, alice: User) -> None:
    secret, codes = await with_app(app, alice)
    for good in (code_of(app, secret), codes[0]):
        for _ in range(tries.MOST - 1):
            with pytest.raises(Invalid):
                await factors.check_code(app, alice.id, "000000")
        await factors.check_code(app, alice.id, good)


async def test_guesses_at_the_first_code_are_counted_too(app: App, alice: User) -> None:
    await totp.begin(app, alice.id)
    for _ in range(tries.MOST):
        with pytest.raises(Invalid):
            await factors.turn_on_app(app, alice.id, "000000")
    with pytest.raises(TooMany):
        await factors.turn_on_app(app, alice.id, "000000")


async def test_a_recovery_code_is_good_once_however_it_is_written(app: App, alice: User) -> None:
    _, codes = await with_app(app, alice)
    await factors.check_code(app, alice.id, f" {codes[3].upper().replace('-', ' ')} ")
    assert (await factors.of(app, alice.id)).codes_left == recovery.COUNT - 1
    with pytest.raises(Invalid):
        await factors.check_code(app, alice.id, codes[3])


async def test_new_recovery_codes_end_the_old_ones_and_are_one_persons(app: App, alice: User) -> None:
    _, codes = await with_app(app, alice)
    bob = await person(app, "bob")
    await with_app(app, bob)
    fresh = await recovery.renew(app, alice.id)
    assert not set(fresh) & set(codes)
    assert not await recovery.use(app, alice.id, codes[0])
    assert not await recovery.use(app, bob.id, fresh[0])
    assert await recovery.use(app, alice.id, fresh[0])
    assert await recovery.left(app, alice.id) == recovery.COUNT - 1


async def test_neither_secret_nor_codes_are_readable_in_the_database(app: App, alice: User) -> None:
    secret, codes = await with_app(app, alice)
    row = await SecondFactor.get(user_id=alice.id, using_db=app.db.orm)
    assert secret not in row.secret
    stored = [one.code_hash for one in await RecoveryCode.all().using_db(app.db.orm)]
    assert not any(code.replace("-", "") in "".join(stored) for code in codes)


async def test_a_sealed_secret_opens_for_its_owner_and_with_the_key_alone(app: App, alice: User) -> None:
    bob = await person(app, "bob")
    secret, _ = await with_app(app, alice)
    await with_app(app, bob)
    await app.db.execute(
        "UPDATE second_factors SET secret = (SELECT secret FROM second_factors WHERE user_id = ?) WHERE user_id = ?",
        alice.id,
        bob.id,
    )
    with pytest.raises(Unavailable):
        await factors.check_code(app, bob.id, code_of(app, secret))
    app.secrets["factor_key"] = "00" * 32
    with pytest.raises(Unavailable):
        await factors.check_code(app, alice.id, code_of(app, secret))


async def test_turned_off_codes_let_nobody_in_and_leave_nothing(app: App, alice: User) -> None:
    secret, codes = await with_app(app, alice)
    await factors.turn_off_app(app, alice.id)
    found = await factors.of(app, alice.id)
    assert not found.on
    assert found.codes_left == 0
    for code in (code_of(app, secret), codes[0]):
        with pytest.raises(Invalid):
            await factors.check_code(app, alice.id, code)


async def test_the_operator_takes_all_away_and_everybody_is_out(app: App, alice: User) -> None:
    await with_app(app, alice)
    cookie = await sessions.start(app, alice.id)
    await factors.take_away(app, alice.id)
    found = await factors.of(app, alice.id)
    assert (found.on, found.codes_left) == (False, 0)
    assert await sessions.signed_in(app, cookie) is None


async def test_a_deleted_login_takes_its_factors_along(app: App, alice: User) -> None:
    await with_app(app, alice)
    await app.db.execute("DELETE FROM users WHERE id = ?", alice.id)
    assert await SecondFactor.all().using_db(app.db.orm).count() == 0
    assert await RecoveryCode.all().using_db(app.db.orm).count() == 0


# Between password and second factor


async def test_a_proof_of_the_password_is_good_in_its_browser_for_ten_minutes(app: App, alice: User) -> None:
    proof = halfway.prove(app, alice, "browser-1")
    assert (await halfway.whose(app, proof, "browser-1")).id == alice.id
    with pytest.raises(Unauthorized):
        await halfway.whose(app, proof, "browser-2")
    app.clock.shift(601)
    with pytest.raises(Unauthorized):
        await halfway.whose(app, proof, "browser-1")


async def test_a_proof_ends_with_the_password(app: App, alice: User) -> None:
    proof = halfway.prove(app, alice, "browser")
    await users.set_password(app, alice.id, "another horse")
    with pytest.raises(Unauthorized):
        await halfway.whose(app, proof, "browser")


async def test_a_proof_for_somebody_else_is_not_made_of_ones_own(app: App, alice: User) -> None:
    bob = await person(app, "bob")
    proof = halfway.prove(app, alice, "browser")
    for forged in (
        proof.replace(str(alice.id), str(bob.id), 1),
        "",
        "1.2.3",
        "²" * 9,
        "9" * 30,
        "a.b.c",
        "1..",
        "\ud800",
    ):
        with pytest.raises(Unauthorized):
            await halfway.whose(app, forged, "browser")
