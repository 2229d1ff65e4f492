"""A circuit breaker: after some failures in a row, stop asking for a while and say so at once."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from fedinote.infra.errors import Doubtful, FediNoteError, Resting, Unavailable


class Breaker:
    """Guards the calls to one service. Closed: all pass. Open: none. Half-open: a single probe passes.

    `now` is a monotonic clock in seconds. One object belongs to one event loop; it does no locking.
    """

    def __init__(self, now: Callable[[], float], *, failures: int = 5, open_for: float = 60.0) -> None:
        self._now = now
        self._allowed_failures = failures
        self._open_for = open_for
        self._failures = 0
        self._until: float | None = None
        self._probing = False

    @property
    def is_open(self) -> bool:
        """True while a call would be refused without asking the service."""
        return self._until is not None and (self._probing or self._now() < self._until)

    @property
    def seconds(self) -> float:
        """How long it stays open from now; 0 when it is not."""
        return max(0.0, self._until - self._now()) if self._until is not None else 0.0

    @contextmanager
    def guard(self) -> Iterator[None]:
        """Run one call inside; raises `Unavailable` at once while open.

        `Unavailable` from the call counts as a failure, `Resting` opens it for as long as the service asks. Another
        error of ours counts as an answer, and so does `Doubtful`: the service works, the question was wrong. (Else
        somebody could close it for all by writing posts that a model stumbles over.) A cancelled call is neither.
        """
        if self.is_open:
            raise Unavailable("The translation service is not available at the moment", reason="breaker is open")
        probe = self._probing = self._until is not None
        try:
            yield
        except Doubtful:
            self._answered(probe)
            raise
        except Resting as error:
            self._until = max(self._until or 0.0, self._now() + error.seconds)
            raise
        except Unavailable:
            self._failed(probe)
            raise
        except FediNoteError:
            self._answered(probe)
            raise
        else:
            self._answered(probe)
        finally:
            # A call that began before the breaker opened must not end somebody else's probe.
            if probe:
                self._probing = False

    def _failed(self, probe: bool) -> None:
        self._failures += 1
        if probe or (self._until is None and self._failures >= self._allowed_failures):
            self._until = self._now() + self._open_for

    def _answered(self, probe: bool) -> None:
        # Late good answers of calls from before do not close it: only the probe does.
        if probe or self._until is None:
            self._failures = 0
            self._until = None
