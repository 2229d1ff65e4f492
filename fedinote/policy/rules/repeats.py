"""The same words again and again: by one account, or by many."""

import hashlib
from collections import OrderedDict, deque
from datetime import datetime, timedelta

from fedinote.infra.app import App
from fedinote.infra.errors import Invalid
from fedinote.policy.rules.kinds import Judged, Terms

LEAST_LETTERS = 15
REMEMBERED = 20_000
MOST_TIMES, MOST_MINUTES = 1_000, 43_200


class Repeats:
    """Terms: `times` (up to 1,000) within `minutes` (up to 30 days) that the same text may be posted. Mentions, links'
    ends and digits do not make it another one. Texts of under fifteen letters never count ("good morning!").

    What was seen is kept in memory: for each process its own, and gone when it ends.
    """

    def __init__(self, terms: Terms) -> None:
        times, minutes = terms.get("times"), terms.get("minutes", 60)
        timed = isinstance(minutes, int | float) and 0 < minutes <= MOST_MINUTES
        if not timed or not isinstance(times, int) or not 1 <= times <= MOST_TIMES:
            raise Invalid("Validation failed: A rule about repeated posts needs a number of times, and minutes")
        self._times, self._within = times, timedelta(minutes=minutes)
        self._seen: OrderedDict[bytes, deque[tuple[datetime, str]]] = OrderedDict()

    @property
    def remembers(self) -> timedelta:
        """How long a post before counts for those after it."""
        return self._within

    async def match(self, app: App, judged: Judged) -> str | None:
        """Count this text; offering the same post again is no repetition."""
        key = _key(judged)
        if key is None:
            return None
        seen = self._seen.setdefault(key, deque(maxlen=self._times + 1))
        self._seen.move_to_end(key)
        if len(self._seen) > REMEMBERED:
            self._seen.popitem(last=False)
        while seen and judged.at - seen[0][0] > self._within:
            seen.popleft()
        name = judged.subject.uri or f"{judged.subject.account_id} {judged.at.timestamp()}"
        if all(name != uri for _, uri in seen):
            seen.append((judged.at, name))
        if len(seen) <= self._times:
            return None
        return f"the same words more than {self._times} times within {self._within.total_seconds() / 60:g} minutes"


def _key(judged: Judged) -> bytes | None:
    words = " ".join(word for word in judged.folded.split() if not word.startswith(("@", "http")))
    letters = "".join(filter(str.isalpha, words))
    if len(letters.encode()) < LEAST_LETTERS:
        return None
    return hashlib.blake2b(letters.encode(), digest_size=16).digest()
