"""Pictures that moderators know, by their hashes: exactly these files, or what looks like them."""

from collections.abc import Iterable

from fedinote.infra.app import App
from fedinote.infra.errors import Invalid
from fedinote.policy.base import Subject
from fedinote.policy.pictures import hashes, sets
from fedinote.policy.pictures.hashes import BITS, Known
from fedinote.policy.pictures.index import MOST
from fedinote.policy.rules.kinds import Judged, Terms

KIND = "pictures"
DISTANCE = MOST
QUALITY = 50
_PRINTS = "SELECT n.received, n.kept, n.look, n.turned, n.quality, m.position FROM media_prints n"
_UPLOADS = f"{_PRINTS} JOIN media m ON m.id = n.media_id WHERE n.media_id IN_INTS(?) ORDER BY n.id"
_STORED = (
    f"{_PRINTS} JOIN media m ON m.id = n.media_id JOIN posts p ON p.id = m.post_id WHERE p.uri = ? ORDER BY m.position"
)
_LABEL = "SELECT label AS value FROM known_pictures WHERE id = ?"


class Pictures:
    """Terms: `set`, the name of a set of known pictures. `distance`: in how many of 256 bits a picture may differ (0 to
    31, default 31). `turned` (default true): also mirrored and turned. `quality` (default 50): pictures of which less
    can be told are known by their files alone. `fetch`: look at the pictures of posts by people elsewhere whom nobody
    here follows as soon as they come, and not when somebody opens them first.
    """

    def __init__(self, terms: Terms) -> None:
        name, distance, quality = terms.get("set"), terms.get("distance", DISTANCE), terms.get("quality", QUALITY)
        if not isinstance(name, str) or not name.strip():
            raise Invalid("Validation failed: A rule about pictures names a set of them")
        if not isinstance(distance, int) or not 0 <= distance <= MOST:
            raise Invalid(f"Validation failed: Pictures may differ in 0 to {MOST} of {BITS} bits")
        if not isinstance(quality, int) or not 0 <= quality <= 100:
            raise Invalid("Validation failed: The quality of a hash is between 0 and 100")
        self.set = name.strip()
        self.fetch = bool(terms.get("fetch"))
        self._distance, self._quality = distance, quality
        self._turned = bool(terms.get("turned", True))

    async def match(self, app: App, judged: Judged) -> str | None:
        """Look at the files whose hashes are known; costs nothing without files."""
        return await self.find(app, await _files(app, judged.subject))

    async def find(self, app: App, files: Iterable[Known]) -> str | None:
        """Return why one of the files is in the set, None when none of them is."""
        index = await sets.index(app, self.set)
        for number, file in enumerate(files, start=1):
            entry, how = index.same(file.digests), "the same file"
            if entry is None and file.quality >= self._quality:
                looks = file.looks if self._turned else file.looks[:1]
                near = await index.nearest(looks, self._distance)
                if near is not None:
                    turned = "mirrored or turned, " if near.way else ""
                    entry, how = near.entry, f"{turned}{near.distance} of {BITS} bits differ"
            if entry is not None:
                label = await app.db.value(_LABEL, entry)
                return f"file {number} is “{label or entry}” of the pictures “{self.set}” ({how})"
        return None


async def _files(app: App, subject: Subject) -> list[Known]:
    if not subject.has_media:
        return []
    if subject.uploads:
        rows = await app.db.rows(_UPLOADS, list(subject.uploads))
    elif subject.uri:
        rows = await app.db.rows(_STORED, subject.uri)
    else:
        return []
    return [hashes.known(row) for row in rows]
