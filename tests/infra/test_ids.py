from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fedinote.infra.clock import Clock, to_ms
from fedinote.infra.errors import Invalid
from fedinote.infra.ids import Ids, time_of

PAST = datetime(2020, 5, 17, 12, 30, 1, 234_000, tzinfo=UTC)


class StoppedClock(Clock):
    """A clock that moves only when told to."""

    def __init__(self) -> None:
        self.moment = PAST

    def now(self) -> datetime:
        return self.moment


def test_an_id_holds_its_time_in_48_bits() -> None:
    clock = StoppedClock()
    ids = Ids(clock)
    assert ids.next() >> 16 == to_ms(PAST)
    assert time_of(ids.at(PAST)) == PAST
    assert ids.time_of(ids.next()) == PAST


def test_next_rises_strictly_even_when_time_stands_still_or_goes_back() -> None:
    clock = StoppedClock()
    ids = Ids(clock)
    made = [ids.next() for _ in range(100_000)]
    clock.moment -= timedelta(hours=1)
    made += [ids.next() for _ in range(1000)]
    clock.moment += timedelta(hours=2)
    made += [ids.next() for _ in range(1000)]
    assert all(one < other for one, other in pairwise(made))
    assert time_of(made[-1]) == clock.moment


def test_an_id_for_one_millisecond_is_never_given_twice() -> None:
    ids = Ids(StoppedClock())
    made = [ids.at(PAST) for _ in range(100_000)] + [ids.next() for _ in range(10_000)]
    assert len(set(made)) == len(made)
    assert max(time_of(one) for one in made) - PAST < timedelta(milliseconds=5)


def test_ids_for_many_moments_in_turn_are_distinct() -> None:
    ids = Ids(StoppedClock())
    made = [ids.at(PAST + timedelta(milliseconds=number % 5000)) for number in range(30_000)]
    assert len(set(made)) == len(made)


def test_two_processes_start_at_different_places() -> None:
    clock = StoppedClock()
    firsts = {Ids(clock).next() for _ in range(200)} | {Ids(clock).at(PAST) for _ in range(200)}
    assert len(firsts) > 380


@given(st.datetimes(timezones=st.just(UTC)))
def test_whatever_the_moment_an_id_is_a_positive_63_bit_number(moment: datetime) -> None:
    ids = Ids(StoppedClock())
    made = {ids.at(moment) for _ in range(3)}
    assert len(made) == 3
    assert all(0 < one < 2**63 for one in made)
    assert all(time_of(one).tzinfo is UTC for one in made)


@given(st.datetimes(datetime(1970, 1, 1), datetime(6000, 1, 1), timezones=st.just(UTC)), st.integers(1, 10**9))  # noqa: DTZ001
def test_ids_sort_by_time(moment: datetime, later: int) -> None:
    ids = Ids(StoppedClock())
    assert ids.at(moment) < ids.at(moment + timedelta(milliseconds=later))


@pytest.mark.parametrize("identifier", [-1, 2**63, 10**40])
def test_a_number_that_cannot_be_an_id_has_no_time(identifier: int) -> None:
    with pytest.raises(Invalid):
        time_of(identifier)
