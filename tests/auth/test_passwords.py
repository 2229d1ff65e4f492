import pytest

from fedinote.auth import passwords
from fedinote.infra.errors import Invalid


async def test_a_password_is_known_by_its_hash_and_no_other_is() -> None:
    stored = await passwords.hash_password("correct horse")
    assert await passwords.verify(stored, "correct horse")
    assert not await passwords.verify(stored, "Correct horse")


async def test_the_hash_is_argon2id_with_19_mib_and_two_rounds() -> None:
    stored = await passwords.hash_password("correct horse")
    assert stored.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert not passwords.needs_rehash(stored)
    assert passwords.needs_rehash("$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ$iWh06vD8Fy27wf9npn6FXWiCX4K6pW6Ue1Bnzz07Z8A")


async def test_composed_and_decomposed_letters_are_one_password() -> None:
    stored = await passwords.hash_password("caf\u00e9 caf\u00e9")
    assert await passwords.verify(stored, "cafe\u0301 cafe\u0301")


async def test_for_nobody_the_same_work_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []
    original = passwords._verify

    def spy(stored: str, given: bytes) -> bool:
        seen.append(stored)
        return original(stored, given)

    monkeypatch.setattr(passwords, "_verify", spy)
    assert not await passwords.verify(None, "anything")
    assert seen == [passwords._NOBODY]
    assert not passwords.needs_rehash(passwords._NOBODY)


async def test_a_broken_hash_and_lone_surrogates_are_refused_without_an_error() -> None:
    assert not await passwords.verify("not a hash", "anything")
    assert not await passwords.verify(await passwords.hash_password("correct horse"), "\ud800" * 9)


@pytest.mark.parametrize("password", ["", "short", "x" * 257, "aaaaaaaaaa", "alice_the_great", "alice@mail.example"])
def test_weak_passwords_are_refused(password: str) -> None:
    with pytest.raises(Invalid):
        passwords.check(password, username="Alice_the_great", email="alice@mail.example")


def test_a_sentence_is_a_good_password() -> None:
    passwords.check("a horse with a hat", username="alice", email="alice@mail.example")
