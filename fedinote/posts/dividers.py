"""Several languages in one text, for apps that know of no such thing: a line `---zh---` begins the next language.

    Tea at five.
    ---zh---
    五点喝茶。

Three hyphens, a BCP 47 tag, three hyphens, and nothing else on the line. What comes before is the post itself; such a
line at the very top names its language. The lines are kept beside the versions, so that the text can be given back as
it was typed. Whatever does not fit stays ordinary text: nobody loses a word to a wrong tag.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from fedinote.posts.drafts import Draft
from fedinote.posts.languages import MAX_VERSIONS, VersionDraft
from fedinote.text import language
from fedinote.text.language_names import own_name

MAX_LINE = 60
_LINE = re.compile(r"---([A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,4})---")
_DASHES = str.maketrans({"\u2014": "--", "\u2013": "-"})  # keyboards of phones join two hyphens into one dash
_SPACE = " \t\r\n"
_THREE_LETTERS = frozenset({"gan", "hak", "hsn", "nan", "wuu"})  # besides those with a name in `language_names`
# Languages that nobody writes in Latin letters without saying so: `---or---` above English is a decoration, not Odia.
_NOT_LATIN = """
am ar be bg bn bo cmn dv el fa gu he hi hy ja ka kk km kn ko ky lo mk ml mn mr my nan ne or pa ps ru sa sd si sr ta te
tg th ti ug uk ur wuu yi yue zh
"""
_OWN_SCRIPT = frozenset(_NOT_LATIN.split())
_LAST_LATIN = "\u024f"


@dataclass(frozen=True, slots=True)
class _Part:
    """A stretch of the text: `tag` of its language (None: that of the post), the divider before it, and its words."""

    tag: str | None
    divider: str
    text: str


def possible(text: str) -> bool:
    """Tell at once, and cheaply, whether a text may have a divider."""
    return "---" in text.translate(_DASHES)


def divided(draft: Draft) -> Draft:
    """Return a draft with the languages of its text as versions of their own; the same draft where there is one only.

    What `translations` says of a language besides its text stays.
    """
    parts = _parts(draft.text) if possible(draft.text) else []
    own = _own(parts, draft.language)
    if own is None or not all(_fits(part) for part in parts):
        return draft
    lead = parts[0].divider
    versions = dict(draft.translations)
    found: dict[str, VersionDraft] = {}
    for part in parts[1:]:
        assert part.tag is not None
        said = versions.pop(part.tag, VersionDraft())
        found[part.tag] = replace(said, text=said.text or part.text, divider=part.divider, lead="" if found else lead)
    return replace(draft, text=parts[0].text, language=own, translations={**found, **versions})


def whole(text: str, versions: Mapping[str, VersionDraft]) -> str:
    """Put the versions that were typed with it back into the text of a post: what `divided` was given."""
    typed = [one for one in versions.values() if one.divider]
    lead = typed[0].lead if typed else ""
    return "".join([lead, text, *(one.divider + one.text for one in typed)])


def _parts(text: str) -> list[_Part]:
    """Cut a text at its dividers; space around them belongs to them."""
    lines = text.splitlines(keepends=True)
    found = [(at, tag) for at, line in enumerate(lines) if (tag := _tag(line)) is not None]
    if not found:
        return []
    edges = [at for at, _ in found]
    stretches = ["".join(lines[: edges[0]])]
    stretches += ["".join(lines[start + 1 : end]) for start, end in pairwise([*edges, len(lines)])]
    if not stretches[0].strip():  # the first line names the language of the post
        lead = stretches[0] + lines[edges[0]]
        return _trimmed([(found[0][1], lead), *((tag, lines[at]) for at, tag in found[1:])], stretches[1:])
    return _trimmed([(None, ""), *((tag, lines[at]) for at, tag in found)], stretches)


def _trimmed(heads: Sequence[tuple[str | None, str]], stretches: Sequence[str]) -> list[_Part]:
    parts, before = [], ""
    for number, ((tag, line), stretch) in enumerate(zip(heads, stretches, strict=True), start=1):
        body = stretch.lstrip(_SPACE) if line else stretch
        end = body if number == len(heads) else body.rstrip(_SPACE)
        parts.append(_Part(tag, before + line + stretch[: len(stretch) - len(body)], end))
        before = body[len(end) :]
    return parts


def _tag(line: str) -> str | None:
    """Return the language that a line announces, None where it is no divider."""
    if len(line) > MAX_LINE:
        return None
    match = _LINE.fullmatch(line.strip(_SPACE).translate(_DASHES))
    tag = language.canonical(match[1]) if match else None
    if tag is None or (
        len(base := tag.partition("-")[0]) > 2 and own_name(base) == base and base not in _THREE_LETTERS
    ):
        return None
    return tag


def _own(parts: Sequence[_Part], stated: str | None) -> str | None:
    """Return the language of the post itself; None where the parts do not make a post in several languages."""
    tags = [part.tag for part in parts[1:] if part.tag]
    if not tags or len(set(tags)) < len(tags) or len(tags) > MAX_VERSIONS:
        return None
    first = parts[0]
    own = first.tag or (language.canonical(stated) if stated else None)
    if first.tag is None and (own is None or any(_same(own, tag) for tag in tags)):
        own = language.detect(first.text)  # the app's setting is the language of another part
    return None if own is None or any(_same(own, tag) for tag in tags) else own


def _same(one: str, other: str) -> bool:
    return language.base_of(one) == language.base_of(other) and language.script_of(one) == language.script_of(other)


def _fits(part: _Part) -> bool:
    """Tell whether a part says something, in letters of its language."""
    if not part.text.strip():
        return False
    if part.tag is None or language.base_of(part.tag) not in _OWN_SCRIPT or "-Latn" in part.tag:
        return True
    letters = [char for char in part.text if char.isalpha()]
    return not letters or any(char > _LAST_LATIN for char in letters)
