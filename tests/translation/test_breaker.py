"""The circuit breaker, with a clock that only the tests move."""

import asyncio

import pytest

from fedinote.infra.errors import Doubtful, Invalid, Resting, Unavailable
from fedinote.translation.breaker import Breaker


class Clock:
    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


def fail(breaker: Breaker, times: int = 1) -> None:
    for _ in range(times):
        with pytest.raises(Unavailable, match="broken"), breaker.guard():
            raise Unavailable(reason="broken")


def refused(breaker: Breaker) -> bool:
    try:
        with breaker.guard():
            return False
    except Unavailable:
        return True


def test_it_opens_after_five_failures_and_stays_open_for_a_minute():
    clock = Clock()
    breaker = Breaker(clock)
    fail(breaker, 4)
    assert not breaker.is_open
    fail(breaker)
    assert refused(breaker)
    clock.seconds += 59.9
    assert refused(breaker)
    clock.seconds += 0.2
    assert not refused(breaker)


def test_an_answer_between_failures_starts_the_count_anew():
    breaker = Breaker(Clock())
    fail(breaker, 4)
    with breaker.guard():
        pass
    fail(breaker, 4)
    assert not breaker.is_open


def test_half_open_it_lets_one_probe_pass_and_refuses_the_others():
    clock = Clock()
    breaker = Breaker(clock)
    fail(breaker, 5)
    clock.seconds += 61
    with breaker.guard():
        assert refused(breaker)
    assert not refused(breaker)
    fail(breaker, 4)
    assert not breaker.is_open, "a good probe closes it wholly"


def test_a_failed_probe_opens_it_for_another_minute():
    clock = Clock()
    breaker = Breaker(clock)
    fail(breaker, 5)
    clock.seconds += 61
    fail(breaker)
    clock.seconds += 59
    assert refused(breaker)
    clock.seconds += 2
    assert not refused(breaker)


def test_a_wrong_question_is_an_answer_of_the_service():
    breaker = Breaker(Clock())
    for _ in range(10):
        with pytest.raises(Invalid), breaker.guard():
            raise Invalid
    assert not breaker.is_open


def test_a_cancelled_probe_leaves_the_place_to_the_next():
    clock = Clock()
    breaker = Breaker(clock)
    fail(breaker, 5)
    clock.seconds += 61
    with pytest.raises(asyncio.CancelledError), breaker.guard():
        raise asyncio.CancelledError
    with breaker.guard():
        assert refused(breaker)
    assert not breaker.is_open


def test_a_late_answer_from_before_does_not_close_it():
    breaker = Breaker(Clock())
    with breaker.guard():
        fail(breaker, 5)
    assert refused(breaker)


def test_it_stays_open_for_as_long_as_the_service_asks_from_the_first_time():
    clock = Clock()
    breaker = Breaker(clock)
    with pytest.raises(Resting), breaker.guard():
        raise Resting(seconds=300, reason="limit")
    assert breaker.seconds == 300
    clock.seconds += 299
    assert refused(breaker)
    clock.seconds += 1
    assert breaker.seconds == 0
    with pytest.raises(Resting), breaker.guard():
        raise Resting(seconds=10, reason="limit")
    clock.seconds += 9
    assert refused(breaker)
    clock.seconds += 1
    assert not refused(breaker)
    assert not breaker.is_open


def test_a_later_wish_to_rest_does_not_shorten_an_earlier_one():
    clock = Clock()
    breaker = Breaker(clock)
    first, second = breaker.guard(), breaker.guard()
    first.__enter__()
    second.__enter__()
    for guard, seconds in ((first, 300.0), (second, 1.0)):
        error = Resting(seconds=seconds, reason="limit")
        assert not guard.__exit__(Resting, error, None)
    assert breaker.seconds == 300


def test_nobody_can_open_it_with_texts_that_a_model_stumbles_over():
    breaker = Breaker(Clock())
    for _ in range(10):
        with pytest.raises(Doubtful), breaker.guard():
            raise Doubtful
    assert not breaker.is_open
