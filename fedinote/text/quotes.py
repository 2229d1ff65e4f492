"""The line "RE: <link>" by which a quote reaches readers that know no quotes: putting it in, and leaving it out."""

import re
from collections.abc import Sequence

from fedinote.text.html import escape

_BEGIN = re.compile(r'<(p|span) class="(?:[^"<>]* )?quote-inline(?: [^"<>]*)?">')
_SPAN = re.compile(r"<(/?)span\b[^<>]*>")


def with_fallback(content: str, url: str, also: Sequence[str] = ()) -> str:
    """Put "RE: <link>" before a text that links neither to `url` nor to one of the others.

    The form is Mastodon's (`p.quote-inline`), which readers that know quotes leave out again.
    """
    if any(escape(one) in content for one in (url, *also)):
        return content
    link = escape(url)
    return f'<p class="quote-inline">RE: <a href="{link}">{link}</a></p>{content}'


def without_fallback(content: str) -> str:
    """Take the line out of a text whose quote is shown: `p.quote-inline`, or `span.quote-inline` as Misskey has it.

    Takes and gives safe HTML, which is well formed.
    """
    if "quote-inline" not in content:
        return content
    parts, position = [], 0
    while (begin := _BEGIN.search(content, position)) is not None:
        parts.append(content[position : begin.start()])
        position = _end(content, begin)
    rest = "".join([*parts, content[position:]])
    return rest.replace("<p></p>", "")


def _end(content: str, begin: re.Match[str]) -> int:
    """Return where the element that begins there is over. Paragraphs are never within one another, spans may be."""
    if begin[1] == "p":
        end = content.find("</p>", begin.end())
        return len(content) if end < 0 else end + len("</p>")
    depth = 1
    for tag in _SPAN.finditer(content, begin.end()):
        depth += -1 if tag[1] else 1
        if depth == 0:
            return tag.end()
    return len(content)
