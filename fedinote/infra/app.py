"""The application: everything a verb needs, passed as its first argument. Built in `bootstrap.py`, nowhere else."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from fedinote.infra.clock import Clock
from fedinote.infra.db import Database
from fedinote.infra.ids import Ids
from fedinote.infra.outbound import Outbound
from fedinote.infra.pubsub import Bus
from fedinote.infra.ratelimit import Limiter
from fedinote.infra.settings import Settings
from fedinote.infra.storage import LocalStorage
from fedinote.infra.wake import Wake

Reaction = Callable[["App", Any], Awaitable[None]]
Renewal = Callable[["App", Settings], Awaitable[None]]
"""Renews what was made from the settings; gets those from before."""


@dataclass(slots=True)
class App:
    """One running instance. `translator` is what `translation` built from the settings, or None.

    `settings` may be replaced while it runs (`infra.choices`): what is made from them is renewed by `renewals`.
    `given` is what file and environment say.
    """

    settings: Settings
    clock: Clock
    ids: Ids
    db: Database
    outbound: Outbound
    storage: LocalStorage
    bus: Bus
    limiter: Limiter
    reactions: Mapping[type, Sequence[Reaction]]
    secrets: dict[str, str] = field(default_factory=dict)
    caches: dict[str, Any] = field(default_factory=dict)
    translator: Any = None
    work: Wake = field(default_factory=Wake)
    renewals: Sequence[Renewal] = ()
    given: Settings = field(init=False)

    def __post_init__(self) -> None:
        """Keep what the settings are without choices."""
        self.given = self.settings

    def now(self) -> datetime:
        """Return the present moment, aware, UTC."""
        return self.clock.now()

    async def emit(self, event: object) -> None:
        """Let everything that `wiring.py` lists for this event happen, in the running transaction."""
        for reaction in self.reactions.get(type(event), ()):
            await reaction(self, event)

    def url(self, path: str) -> str:
        """Return the absolute URL of a path of ours."""
        return self.settings.base + path
