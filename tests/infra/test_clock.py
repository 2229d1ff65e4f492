from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fedinote.infra.clock import Clock, from_ms, http_date, iso, to_ms
from fedinote.infra.errors import Invalid

MOMENT = datetime(2026, 1, 2, 3, 4, 5, 678_000, tzinfo=UTC)
MOMENTS = st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=st.just(UTC))  # noqa: DTZ001


def test_now_is_aware_utc_and_survives_storage() -> None:
    before = datetime.now(UTC) - timedelta(milliseconds=1)
    now = Clock().now()
    assert before <= now <= datetime.now(UTC)
    assert now.tzinfo is UTC
    assert from_ms(to_ms(now)) == now


def test_shifts_add_up() -> None:
    clock = Clock()
    clock.shift(3600)
    clock.shift(-1800)
    assert timedelta(minutes=29) < clock.now() - datetime.now(UTC) < timedelta(minutes=31)


def test_the_three_notations() -> None:
    assert iso(MOMENT) == "2026-01-02T03:04:05.678Z"
    assert http_date(MOMENT) == "Fri, 02 Jan 2026 03:04:05 GMT"
    assert to_ms(MOMENT) == 1_767_323_045_678


def test_other_time_zones_are_turned_into_utc() -> None:
    tokyo = MOMENT.astimezone(timezone(timedelta(hours=9)))
    assert iso(tokyo) == iso(MOMENT)
    assert http_date(tokyo) == http_date(MOMENT)
    assert to_ms(tokyo) == to_ms(MOMENT)


@given(MOMENTS)
def test_milliseconds_round_down_and_come_back(moment: datetime) -> None:
    back = from_ms(to_ms(moment))
    assert timedelta(0) <= moment - back < timedelta(milliseconds=1)
    assert to_ms(back) == to_ms(moment)


@given(MOMENTS)
def test_iso_can_be_read_back(moment: datetime) -> None:
    assert datetime.fromisoformat(iso(moment)) == from_ms(to_ms(moment))


@pytest.mark.parametrize("milliseconds", [10**15, -(10**15), 2**63, 10**30])
def test_a_time_beyond_the_calendar_is_invalid(milliseconds: int) -> None:
    with pytest.raises(Invalid):
        from_ms(milliseconds)
