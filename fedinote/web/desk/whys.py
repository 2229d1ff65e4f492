"""Why a rule caught a post, in the reader's language, and the words that it caught marked in the post."""

import html
import re
from collections.abc import Iterable

from fedinote.text.language_names import own_name
from fedinote.web.words import Words

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
_WHAT = {"a post": _("a post"), "links": _("links"), "media": _("media"), "mentions": _("mentions")}


def said(words: Words, why: str) -> str:
    """Return why a rule caught a post in the reader's language; as it is where nothing here knows it."""
    where = _WHERE.fullmatch(why)
    if where is not None:
        first = said(words, where["rest"])
        if where["version"]:
            tongue = own_name(where["version"])
            return words.gettext("%(why)s (in its version in %(language)s)", why=first, language=tongue)
        tongue, engine = own_name(where["into"]), where["engine"]
        return words.gettext(
            "%(why)s (in its translation into %(language)s by %(engine)s)", why=first, language=tongue, engine=engine
        )
    for pattern, message in _SAID:
        if (fits := pattern.fullmatch(why)) is not None:
            return words.gettext(message, **_values(words, fits.groupdict()))
    return why


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
    """Return sanitised HTML with every occurrence of these words in `<mark>`, in any letter case."""
    wanted = sorted({html.escape(part, quote=False) for part in parts if part.strip(" …")}, key=len, reverse=True)
    if not wanted:
        return content
    pattern = re.compile("|".join(re.escape(part.rstrip("…")) for part in wanted), re.IGNORECASE)
    return "".join(_mark(piece, pattern) for piece in _PIECE.split(content))


def _mark(piece: str, pattern: re.Pattern[str]) -> str:
    return piece if piece.startswith(("<", "&")) else pattern.sub(r"<mark>\g<0></mark>", piece)
