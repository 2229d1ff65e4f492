"""How much is measured: `full` within five minutes on two cores, `quick` within one, `smoke` in a few seconds."""

from dataclasses import dataclass

LOCAL_ACCOUNTS = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Numbers of a run. Times are in seconds; counts are for each concurrency."""

    concurrencies: tuple[int, ...] = (1, 8, 32)
    posts: int = 2000
    remote_authors: int = 20
    thread: int = 50
    notifications: int = 40
    read_seconds: float = 2.0
    read_least: int = 30
    writes: int = 600
    incoming: int = 800
    followers: int = 500
    hosts: int = 100
    rounds: int = 4
    separate_inboxes: bool = True
    idle_seconds: float = 0.5


FULL = Plan()
QUICK = Plan(
    read_seconds=0.35, read_least=20, writes=100, incoming=150, followers=200, rounds=2, separate_inboxes=False
)
SMOKE = Plan(
    concurrencies=(1, 4),
    posts=60,
    remote_authors=4,
    thread=6,
    notifications=6,
    read_seconds=0.0,
    read_least=3,
    writes=6,
    incoming=8,
    followers=6,
    hosts=3,
    rounds=1,
    idle_seconds=0.1,
)
