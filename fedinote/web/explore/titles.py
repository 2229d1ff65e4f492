"""What stands on a card of a post's words: a title, which is the first line, and the beginning of the rest."""

import re
from dataclasses import dataclass

from fedinote.text import html

MAX_TITLE = 90
MAX_REST = 280
MAX_READ = 6000
"""So much of a post's HTML is read for its card: linear work on a page of many."""
_SIGN = r"[#＃@＠]\S+|https?://\S+"
_ONLY_SIGNS = re.compile(rf"(?:{_SIGN})(?:\s+(?:{_SIGN}))*")
_MENTIONS = re.compile(r"(?:[@＠]\S+\s+)+")
_SENTENCE = re.compile(r".{8,}?[。！？!?…]+[”’」』）)\"]*|.{20,}?\.(?=\s)")
_WIDE = re.compile("[\u1100-\u11ff\u2e80-\u9fff\uac00-\ud7a3\uf900-\ufaff\uff00-\uff60\U00020000-\U000323af]")


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a card, as plain text; both may be "". `size`: how large the title may be set: xl, l, m or s."""

    title: str
    rest: str

    @property
    def size(self) -> str:
        """How large the title is set on a card without a picture; a wide letter counts as two."""
        width = len(self.title) + len(_WIDE.findall(self.title))
        return "xl" if width <= 16 else "l" if width <= 40 else "m" if width <= 90 else "s"


def of(content: str) -> Words:
    """Return the words of a post's content (safe HTML). Lines of nothing but hashtags, names and links are left out.

    So are hashtags at the end of a line. Where the first line is long, its first sentence is the title.
    """
    lines = [_tidy(line) for line in html.to_text(content[:MAX_READ]).split("\n")]
    said = [line for line in lines if line and not _ONLY_SIGNS.fullmatch(line)] or [line for line in lines if line]
    if not said:
        return Words("", "")
    first, after = _MENTIONS.sub("", said[0], count=1) if _MENTIONS.match(said[0]) else said[0], said[1:]
    title, left = _parted(first)
    return Words(title, cut(" ".join([left, *after] if left else after), MAX_REST))


def _tidy(line: str) -> str:
    words = line.split()
    kept = len(words)
    while kept > 1 and words[kept - 1][0] in "#＃":
        kept -= 1
    return " ".join(words if kept == 1 and words[0][0] in "#＃" else words[:kept])


def _parted(line: str) -> tuple[str, str]:
    if len(line) <= MAX_TITLE // 2:
        return line, ""
    sentence = _SENTENCE.match(line)
    if sentence and sentence.end() <= MAX_TITLE:
        return sentence[0], line[sentence.end() :].strip()
    return (line, "") if len(line) <= MAX_TITLE else (cut(line, MAX_TITLE), "")


def cut(text: str, most: int) -> str:
    """Return a text of at most so many characters, with "…" where something is missing; words stay whole."""
    if len(text) <= most:
        return text
    kept = text[: most - 1]
    shorter = kept.rpartition(" ")[0]
    return f"{shorter if len(shorter) > most * 2 // 3 else kept}…"
