"""Finds the nearest of many hashes without comparing all of them.

A hash is cut into 16 bands of 16 bits. Of two hashes that differ in at most 31 bits, one band differs in at most one:
so what shares a band with the hash that is looked for, or all but one bit of one, is all that has to be compared
(multi-index hashing: Norouzi, Punjani, Fleet 2012). Each band is a table of the first entry with these 16 bits, and
each entry names the next one: 4 bytes for each band, and adding is cheap.
"""

import asyncio
from array import array
from collections.abc import Sequence
from dataclasses import dataclass

MOST = 31
"""The largest distance that can be asked for."""
_BANDS, _WIDTH = 16, 16
_VALUES = 1 << _WIDTH
_FLIPS = (0, *(1 << bit for bit in range(_WIDTH)))
_STEPS = 2_000
"""Comparisons, less than half a millisecond, after which others have a turn."""
_FEW = 400
"""Hashes that are compared one by one as quickly."""
_TOO_MANY = 10_000
"""Candidates from which on it is quicker to look at everything."""


@dataclass(frozen=True, slots=True)
class Near:
    """The nearest entry: its number, in how many bits it differs, and as which of those looked for it was found."""

    entry: int
    distance: int
    way: int


class Index:
    """Hashes of pictures (256 bits) and of files (text), each with the number of its entry."""

    def __init__(self) -> None:
        self._looks: list[int] = []
        self._entries = array("q")
        self._places: dict[int, int] = {}
        self._first = [array("i", [-1]) * _VALUES for _ in range(_BANDS)]
        self._next = [array("i") for _ in range(_BANDS)]
        self._digests: dict[str, int] = {}

    def __len__(self) -> int:
        """Return how many different hashes there are."""
        return len(self._looks) + len(self._digests)

    def add_digest(self, entry: int, digest: str) -> None:
        """Add a file by its digest; the first entry with it counts."""
        self._digests.setdefault(digest, entry)

    def add_look(self, entry: int, look: int) -> None:
        """Add a picture; the first entry that looks exactly so counts."""
        place = len(self._looks)
        if self._places.setdefault(look, place) != place:
            return
        self._looks.append(look)
        self._entries.append(entry)
        rest = look
        for first, following in zip(self._first, self._next, strict=True):
            band = rest & (_VALUES - 1)
            following.append(first[band])
            first[band] = place
            rest >>= _WIDTH

    def same(self, digests: Sequence[str]) -> int | None:
        """Return the entry of a file with one of these digests."""
        return next((self._digests[one] for one in digests if one in self._digests), None)

    async def nearest(self, looks: Sequence[int], most: int) -> Near | None:
        """Return the nearest entry to any of these looks, at most so many bits (up to 31) away.

        It lets others have a turn every so often, whatever is in the set and however much.
        """
        found: tuple[int, int, int] | None = None
        for way, look in enumerate(looks):
            places = self._candidates(look, most)
            for at in range(0, len(places), _STEPS):
                for place in places[at : at + _STEPS]:
                    bits = (self._looks[place] ^ look).bit_count()
                    if bits <= most and (found is None or bits < found[0]):
                        found = bits, place, way
                await asyncio.sleep(0)
            if found is not None and found[0] == 0:
                break
        return None if found is None else Near(self._entries[found[1]], found[0], found[2])

    def _candidates(self, look: int, most: int) -> Sequence[int]:
        """Return the places that may be near, some of them twice; all there are, where too many share these bits."""
        if len(self._looks) <= _FEW:
            return range(len(self._looks))
        places: list[int] = []
        flips = _FLIPS if most >= _BANDS else _FLIPS[:1]
        for first, following in zip(self._first, self._next, strict=True):
            band = look & (_VALUES - 1)
            look >>= _WIDTH
            for flip in flips:
                place = first[band ^ flip]
                while place >= 0:
                    places.append(place)
                    if len(places) > _TOO_MANY:
                        return range(len(self._looks))
                    place = following[place]
        return places
