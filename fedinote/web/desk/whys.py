"""Why a rule caught a post, in the reader's language, and the words that it caught marked in the post."""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from fedinote.moderation.automatic.reasons import AUTOMATED, DROPPED, HELD, LIMITED, RENEWED, UNSEEN
from fedinote.text import folding
from fedinote.text.language_names import own_name
from fedinote.web.words import Words

MOST_MARKED = 3_000
"""Characters of a text in which words are looked for: a page shows several."""
_PIECE = re.compile(r"(<[^>]*>|&[#\w]{1,20};)")
_QUOTED = re.compile(r"“([^”]{1,300})”")
_WHERE = re.compile(
    r"(?P<rest>.+?)(?: in the version in (?P<version>\S+) that came with it"
    r"| in its translation into (?P<into>\S+) by (?P<engine>.+))"
)
_NEWCOMER = (
    r"(?P<what>a post|links|media|mentions) by an account of less than (?P<days>.+) days that nobody here follows"
)


def _(text: str) -> str:
    """Mark a text for the catalogues; it is translated when it is shown."""
    return text


# What kinds of rules say (`policy.rules`), and how it is said to a moderator. The first that fits counts.
_SAID: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), message)
    for pattern, message in (
        (r"the word “(?P<meant>.+)”, written “(?P<word>.+)” in disguise",
         _("the word “%(meant)s”, written “%(word)s” in disguise")),
        (r"the word “(?P<meant>.+)”", _("the word “%(meant)s”")),
        (r"the pattern matches “(?P<part>.+)” without its disguises",
         _("the pattern matches “%(part)s” without its disguises")),
        (r"the pattern matches “(?P<part>.+)”", _("the pattern matches “%(part)s”")),
        (r"a link to (?P<host>\S+), below (?P<above>\S+)", _("a link to %(host)s, below %(above)s")),
        (r"a link to (?P<host>\S+)", _("a link to %(host)s")),
        (r"(?P<count>\d+) links, more than (?P<most>\d+)", _("%(count)s links, more than %(most)s")),
        (r"(?P<count>\d+) mentions, more than (?P<most>\d+)", _("%(count)s mentions, more than %(most)s")),
        (_NEWCOMER, _("%(what)s by an account of less than %(days)s days that nobody here follows")),
        (r"the same words more than (?P<times>\d+) times within (?P<minutes>\S+) minutes",
         _("the same words more than %(times)s times within %(minutes)s minutes")),
        (r"a new version of a post that waits", _("a new version of a post that waits")),
        (r"first contact: the server (?P<host>\S+) is not known here yet",
         _("first contact: the server %(host)s is not known here yet")),
        (r"first contact: posts of (?P<host>\S+) have no media and are not in public timelines",
         _("first contact: posts of %(host)s have no media and are not in public timelines")),
        (r"the language (?P<tag>\S+)", _("the language: %(tag)s")),
        (r"file (?P<file>\d+) is “(?P<label>.*)” of the pictures “(?P<set>.*)” \(the same file\)",
         _("file %(file)s is “%(label)s” of the pictures “%(set)s”: the same file")),
        (r"file (?P<file>\d+) is “(?P<label>.*)” of the pictures “(?P<set>.*)” "
         r"\(mirrored or turned, (?P<bits>\d+) of \d+ bits differ\)",
         _("file %(file)s is “%(label)s” of the pictures “%(set)s”, mirrored or turned: %(bits)s of 256 bits differ")),
        (r"file (?P<file>\d+) is “(?P<label>.*)” of the pictures “(?P<set>.*)” \((?P<bits>\d+) of \d+ bits differ\)",
         _("file %(file)s is “%(label)s” of the pictures “%(set)s”: %(bits)s of 256 bits differ")),
    )
)  # fmt: skip
# The lines that statements of reasons have besides (`moderation.automatic.reasons`).
_LINES = {
    HELD: _("Nobody sees the post until a moderator of this server has looked at it."),
    LIMITED: _("The post is not in public timelines any more."),
    UNSEEN: _("Nobody of the moderators looked at the post for thirty days."),
}
_BY_ITSELF = _(
    "No person decided this, but a program, by a rule of the moderators of this server."
    " You can appeal within %(days)s days at %(address)s"
)
_DROPPED = _("The post that was written at %(when)s was not published.")
_RENEWED = _("The new version of the post that was written at %(when)s was not published.")
_HOLES: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(re.escape(said).replace(r"\{", "(?P<").replace(r"\}", r">\S.*)")), message)
    for said, message in ((AUTOMATED, _BY_ITSELF), (DROPPED, _DROPPED), (RENEWED, _RENEWED))
)
_WHAT = {"a post": _("a post"), "links": _("links"), "media": _("media"), "mentions": _("mentions")}


def said(words: Words, why: str) -> str:
    """Return why a rule caught a post in the reader's language; as it is where nothing here knows it."""
    where = _WHERE.fullmatch(why)
    if where is not None:
        first = said(words, where["rest"])
        if first == where["rest"] and words.tag != "en":
            return why  # not known here; or the title of a rule comes first: see `_titled`
        if where["version"]:
            tongue = own_name(where["version"])
            return words.gettext("%(why)s (in its version in %(language)s)", why=first, language=tongue)
        tongue, engine = own_name(where["into"]), where["engine"]
        return words.gettext(
            "%(why)s (in its translation into %(language)s by %(engine)s)", why=first, language=tongue, engine=engine
        )
    for pattern, message in _SAID:
        if (fits := pattern.fullmatch(why)) is not None:
            if fits.groupdict().get("word") == folding.fold(fits.groupdict().get("meant", "")):
                return words.gettext("the word “%(meant)s”, in disguise", meant=fits["meant"])
            return words.gettext(message, **_values(words, fits.groupdict()))
    return why


def statement(words: Words, text: str) -> str:
    """Return a statement of reasons about what a rule did in the reader's language; "" where it says anything else."""
    lines = [_line(words, one) for one in text.split("\n")]
    return "\n".join(lines) if all(lines) else ""


def _line(words: Words, line: str) -> str:
    if line in _LINES:
        message = _LINES[line]
        return words.gettext(message)
    for pattern, message in _HOLES:
        if (fits := pattern.fullmatch(line)) is not None:
            return words.gettext(message, **fits.groupdict())
    found = reasons(words, line)
    return "" if found == line else found


def reasons(words: Words, kept: str) -> str:
    """Return what is kept with a held post, the titles of rules and their whys, in the reader's language.

    Titles stay as they were written; so does what nothing here knows.
    """
    return "; ".join(_titled(words, one) for one in kept.split("; "))


def _titled(words: Words, text: str) -> str:
    if (whole := said(words, text)) != text:
        return whole
    parts = text.split(": ")
    for place in range(1, min(len(parts), 6)):
        why = ": ".join(parts[place:])
        if (found := said(words, why)) != why:
            return f"{': '.join(parts[:place])}: {found}"
    return text


def _values(words: Words, found: dict[str, str]) -> dict[str, str]:
    if "what" in found:
        what = _WHAT[found["what"]]
        found["what"] = words.gettext(what)
    if "tag" in found:
        found["tag"] = own_name(found["tag"])
    return found


def quoted(why: str) -> list[str]:
    """Return the words that a reason quotes: those that the rule caught."""
    return _QUOTED.findall(why)


def marked(content: str, parts: Iterable[str]) -> str:
    """Return sanitised HTML with every occurrence of these words in `<mark>`, disguised ones too."""
    wanted = [folded for part in parts if (folded := _plain(part.rstrip("…")))]
    if not wanted:
        return content
    left = MOST_MARKED
    pieces = []
    for piece in _PIECE.split(content):
        words_of = not piece.startswith(("<", "&")) and left > 0
        pieces.append(_mark(piece, wanted) if words_of else piece)
        left -= len(piece) if words_of else 0
    return "".join(pieces)


def _mark(piece: str, wanted: Sequence[str]) -> str:
    made, at = [], 0
    while at < len(piece):
        end = max((_end(piece, at, one) for one in wanted), default=at)
        made.append(piece[at] if end == at else f"<mark>{piece[at:end]}</mark>")
        at = max(end, at + 1)
    return "".join(made)


def _end(piece: str, start: int, wanted: str) -> int:
    """Return where words that begin at a place end, the place itself where they are not there."""
    if not (first := _plain_letter(piece[start])) or not wanted.startswith(first):
        return start
    for end in range(start + 1, min(len(piece), start + 4 * len(wanted) + 4) + 1):
        found = _plain(piece[start:end])
        if found == wanted:
            return end
        if not wanted.startswith(found):
            break
    return start


def _plain(text: str) -> str:
    return folding.fold(text).replace(" ", "")


@lru_cache(maxsize=4096)
def _plain_letter(letter: str) -> str:
    return _plain(letter)
