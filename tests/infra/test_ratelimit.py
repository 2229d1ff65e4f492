from datetime import UTC, datetime, timedelta
from ipaddress import ip_network

import pytest

from fedinote.infra.ratelimit import Limiter, client_address

START = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


class Now:
    def __init__(self) -> None:
        self.moment = START

    def __call__(self) -> datetime:
        return self.moment

    def forward(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)


def test_the_limit_is_reached_and_ends_with_the_window() -> None:
    now = Now()
    limiter = Limiter(now)
    hits = []
    for _ in range(4):
        hits.append(limiter.hit("a", 3, 60))
        now.forward(10)
    assert [hit.allowed for hit in hits] == [True, True, True, False]
    assert [hit.remaining for hit in hits] == [2, 1, 0, 0]
    assert {hit.limit for hit in hits} == {3}
    assert {hit.reset for hit in hits} == {START + timedelta(seconds=60)}
    now.forward(20)
    again = limiter.hit("a", 3, 60)
    assert (again.allowed, again.remaining, again.reset) == (True, 2, START + timedelta(seconds=120))


def test_keys_and_windows_are_counted_apart() -> None:
    limiter = Limiter(Now())
    assert limiter.hit("a", 1, 60).allowed
    assert limiter.hit("b", 1, 60).allowed
    assert limiter.hit("a", 1, 3600).allowed
    assert not limiter.hit("a", 1, 60).allowed


def test_a_refused_hit_and_a_look_cost_nothing() -> None:
    limiter = Limiter(Now())
    assert limiter.hit("a", 10, 60, cost=8).remaining == 2
    assert not limiter.hit("a", 10, 60, cost=3).allowed
    assert limiter.hit("a", 10, 60, cost=0).allowed
    assert limiter.hit("a", 10, 60, cost=2).allowed
    assert not limiter.hit("a", 10, 60, cost=0).allowed
    assert not limiter.hit("b", 0, 60).allowed


def test_a_forgotten_key_starts_anew() -> None:
    limiter = Limiter(Now())
    limiter.hit("a", 1, 60)
    limiter.forget("a", 60)
    limiter.forget("unknown", 5)
    assert limiter.hit("a", 1, 60).allowed


def test_a_clock_that_goes_back_locks_nobody_out() -> None:
    now = Now()
    limiter = Limiter(now)
    limiter.hit("a", 1, 60)
    now.forward(-7200)
    hit = limiter.hit("a", 1, 60)
    assert hit.allowed
    assert hit.reset == now.moment + timedelta(seconds=60)


def test_memory_is_bounded_and_what_is_over_goes_first() -> None:
    now = Now()
    limiter = Limiter(now, max_keys=100)
    limiter.hit("long", 1, 3600)
    for number in range(1000):
        limiter.hit(str(number), 1, 60)
    table = limiter._tables[60]
    assert len(table) == 100
    assert not limiter.hit("999", 1, 60).allowed
    assert not limiter.hit("long", 1, 3600).allowed  # a flood of one kind does not push out another
    now.forward(61)
    limiter.hit("new", 1, 60)
    assert list(table) == ["new"]


PROXIES = [ip_network("10.0.0.0/8"), ip_network("127.0.0.1/32"), ip_network("fd00::/8")]


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        # Nobody believes a stranger.
        ("203.0.113.9", None, "203.0.113.9"),
        ("203.0.113.9", "198.51.100.1", "203.0.113.9"),
        # A proxy is believed, up to the first address that is none.
        ("127.0.0.1", None, "127.0.0.1"),
        ("127.0.0.1", "", "127.0.0.1"),
        ("127.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("127.0.0.1", "1.2.3.4, 198.51.100.1", "198.51.100.1"),
        ("127.0.0.1", "1.2.3.4, 198.51.100.1, 10.0.0.7", "198.51.100.1"),
        ("fd00::1", "198.51.100.1", "198.51.100.1"),
        ("127.0.0.1", "10.0.0.9,10.0.0.8", "10.0.0.9"),
        ("127.0.0.1", "1.2.3.4," + "10.0.0.8," * 100 + "10.0.0.8", "10.0.0.8"),
        # What cannot be read ends the walk.
        ("127.0.0.1", "1.2.3.4, unknown", "127.0.0.1"),
        ("127.0.0.1", "1.2.3.4, evil, 10.0.0.7", "10.0.0.7"),
        ("127.0.0.1", "' OR 1=1", "127.0.0.1"),
        # Notations.
        ("127.0.0.1", " 198.51.100.1:4711 ", "198.51.100.1"),
        ("127.0.0.1", "[2001:db8:1:2:3:4:5:6]:443", "2001:db8:1:2::/64"),
        ("127.0.0.1", "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.9", None, "203.0.113.9"),
        ("::ffff:127.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("2001:db8:1:2::ffff", None, "2001:db8:1:2::/64"),
        ("fe80::1%eth0", None, "fe80::/64"),
        # A Unix socket is a proxy of ours.
        ("", "198.51.100.1", "198.51.100.1"),
        ("", None, "local"),
        ("testclient", None, "testclient"),
    ],
)
def test_a_request_is_counted_under_the_nearest_address_that_is_no_proxy(peer, forwarded, address) -> None:
    assert client_address(peer, forwarded, PROXIES) == address


def test_without_trusted_proxies_not_even_a_unix_socket_is_believed() -> None:
    assert client_address("", "198.51.100.1", []) == "local"
    assert client_address("127.0.0.1", "198.51.100.1", []) == "127.0.0.1"
