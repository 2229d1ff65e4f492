"""HTML of strangers: the one sanitiser, and plain text out of HTML.

What may stay is what Mastodon keeps (its `Sanitize::Config::MASTODON_STRICT`), plus headings. The parser is nh3
(html5ever and ammonia); links, images, classes and tables are then settled by a walk over its output, which is
well formed and has `<` and `>` escaped everywhere but in tags.
"""

import html
import re

import nh3

from fedinote.text.urls import host_of, safe_link, safe_url

MAX_BYTES = 100_000
MAX_NESTING = 100
_KEPT = "p br a span del s u b strong i em ul ol li blockquote pre code h1 h2 h3 h4 h5 h6 ruby rt rp"
ALLOWED_TAGS = frozenset(_KEPT.split())
ALLOWED_ATTRIBUTES = dict.fromkeys(ALLOWED_TAGS, frozenset({"translate"})) | {
    "a": frozenset({"href", "class", "rel", "target", "translate"}),
    "span": frozenset({"class", "translate"}),
    "p": frozenset({"class", "translate"}),
    "ol": frozenset({"start", "reversed", "translate"}),
    "li": frozenset({"value", "translate"}),
}
_LINK_END = ' rel="nofollow noopener noreferrer" target="_blank">'
# Blocks that are not kept: their edges become line breaks, cells are set apart by a space.
_BROKEN_UP = (
    "div section article header footer main aside nav figure figcaption dl dt dd address details summary center hr "
    "table caption thead tbody tfoot tr"
)
_BLOCKS = frozenset(_BROKEN_UP.split())
_CELLS = frozenset({"td", "th"})
_KEPT_BLOCKS = "p br ul ol li blockquote pre h1 h2 h3 h4 h5 h6"
_OWN_BLOCKS = frozenset(_KEPT_BLOCKS.split())
_DROPPED_WHOLE = "script style iframe object noscript noembed noframes template svg title textarea select xmp plaintext"
_VOID = frozenset({"br", "hr", "img"})
_CLEANER = nh3.Cleaner(
    tags=set(ALLOWED_TAGS | _BLOCKS | _CELLS | {"img"}),
    clean_content_tags=set(_DROPPED_WHOLE.split()),
    attributes={
        "*": {"translate"},
        "a": {"href", "class"},
        "img": {"src", "alt"},
        "span": {"class"},
        "p": {"class"},
        "ol": {"start", "reversed"},
        "li": {"value"},
    },
    link_rel=None,
    url_schemes={"http", "https", "mailto"},
)
_TAG = re.compile(r"<(/?)([a-z][a-z0-9]*)([^>]*)>")
_ATTRIBUTE = re.compile(r' ([a-z]+)="([^"]*)"')
_CLASS = re.compile(r"[hpuedt]-[a-z0-9-]{1,40}|mention|hashtag|ellipsis|invisible|quote-inline")
_NUMBER = re.compile(r"-?[0-9]{1,9}")
_RAW_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
_EMPTY = "area base col embed input link meta param source track wbr"
_RAW_VOID = _VOID | frozenset(_EMPTY.split())
_CLOSED_BY_NEXT = frozenset({"p", "li", "dt", "dd", "tr", "td", "th", "option"})
_HIDDEN = re.compile(r'<span class="invisible">[^<]*</span>')
_ANY_TAG = re.compile(r"<[^<>]*>")
_LOOKS_LIKE_URL = re.compile(
    r"(https?://)?(?:www\.)?((?:[\w-]{1,63}\.)+([^\W\d_]{2,63}))(?=[:/?#…\s]|$)", re.IGNORECASE
)
_ENDINGS = "js py txt html json pdf png jpg jpeg gif webp css cpp php exe zip"
_FILE_ENDINGS = frozenset(_ENDINGS.split())
_UNSEEN = re.compile("[\xad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_LONG_REFERENCE = re.compile(r"&#(?:[0-9]{8,}|[xX][0-9a-fA-F]{8,});?")
_BREAKS = re.compile(
    r"<(?:(br|/(?:li|div|tr|dt|dd|figcaption))|/?(?:p|blockquote|pre|ul|ol|table|h[1-6]))\b[^<>]*>", re.IGNORECASE
)
_MATH = re.compile(r"</?math\b", re.IGNORECASE)
_ANNOTATION = re.compile(
    r"<annotation\b[^<>]*\bencoding\s*=\s*[\"']?(application/x-tex|text/plain)\b[^<>]*>([^<]*)", re.IGNORECASE
)
_DISPLAYED = re.compile(r"<math\b[^<>]*\bdisplay\s*=\s*[\"']?block\b", re.IGNORECASE)
_SPACE_LINES = re.compile(r"[ \t]*\n[ \t]*")
_GAPS = re.compile(r"\n{3,}")


def escape(text: str) -> str:
    """Return the text safe to stand in HTML content and in quoted attributes."""
    return html.escape(text)


def sanitise(source: str) -> str:
    """Return the HTML with nothing active in it: only the listed tags, attributes and classes.

    Links lose unsafe targets (see `safe_link`) but keep their text, and show their host when the text pretends
    another one. Images become links, tables become lines, formulas the text of their annotation (FEP-dc88). Never
    fails: a source over 100 kB or nested deeper
    than 100 is cut down to its plain text.
    """
    source, size = _encodable(source)
    if size > MAX_BYTES:
        return _plain(source.encode()[:MAX_BYTES].decode(errors="ignore"))
    if "<math" in source or "<MATH" in source:
        source = _without_math(source)
    if source.count("<") > MAX_NESTING and _nesting(source) > MAX_NESTING:
        return _plain(source)
    parsed = _CLEANER.clean(source)
    if len(parsed) > 3 * MAX_BYTES:
        return _plain(source)
    result = _Walk(parsed).run()
    return _plain(source) if result is None else result


def _without_math(source: str) -> str:
    """Put the annotation in the place of a MathML formula (FEP-dc88), in TeX between dollars; else its plain text.

    What comes out is parsed like everything else. Formulas within formulas belong to the outer one.
    """
    kept: list[str] = []
    position, start, depth = 0, 0, 0
    for tag in _MATH.finditer(source):
        if not tag[0].startswith("</"):
            start, depth = (tag.start() if depth == 0 else start), depth + 1
        elif depth:
            depth -= 1
            if depth == 0:
                kept += [source[position:start], _formula(source[start : tag.start()])]
                position = source.find(">", tag.end()) + 1 or len(source)
    return "".join([*kept, source[position:]])


def _formula(math: str) -> str:
    annotation = _ANNOTATION.search(math)
    if annotation is None:
        return escape(to_text(math))
    if annotation[1].lower() == "text/plain":
        return annotation[2].strip()
    dollars = "$$" if _DISPLAYED.match(math) else "$"
    return f"{dollars}{annotation[2].strip()}{dollars}"


def to_text(source: str) -> str:
    """Return the text of an HTML fragment; paragraphs are parted by an empty line, breaks are newlines.

    Made for sanitised HTML; foreign HTML gives harmless text too, but the text must still be escaped to be shown.
    """
    if "<" in source:
        source = _without_raw_text(source)
        if "\n" in source and "<pre" not in source:
            source = source.replace("\n", " ")
        source = _ANY_TAG.sub("", _BREAKS.sub(lambda tag: "\n" if tag[1] else "\n\n", source))
    if "&" in source:
        source = _unescape(source)
    if "\n" in source:
        source = _GAPS.sub("\n\n", _SPACE_LINES.sub("\n", source))
    return source.strip()


def _encodable(source: str) -> tuple[str, int]:
    """Return the text without lone surrogates, and its size in bytes."""
    if source.isascii():
        return source, len(source)
    try:
        return source, len(source.encode())
    except UnicodeEncodeError:
        data = source.encode(errors="replace")
        return data.decode(), len(data)


def _plain(source: str) -> str:
    text = escape(to_text(source))
    if not text:
        return ""
    return "<p>" + text.replace("\n\n", "</p><p>").replace("\n", "<br>") + "</p>"


def _nesting(source: str) -> int:
    """Estimate the depth without parsing: an end tag counts only where it closes the innermost element."""
    stack: list[str] = []
    deepest = 0
    for tag in _RAW_TAG.finditer(source):
        name = tag[2].lower()
        if stack and stack[-1] == name and (tag[1] or name in _CLOSED_BY_NEXT):
            stack.pop()
        if not tag[1] and name not in _RAW_VOID:
            stack.append(name)
            deepest = max(deepest, len(stack))
    return deepest


def _unescape(text: str) -> str:
    # html.unescape turns the digits of a reference into an int: without a limit, quadratic or a ValueError.
    return html.unescape(_LONG_REFERENCE.sub("\ufffd", text))


def _without_raw_text(source: str) -> str:
    """Drop comments, scripts and styles; one that is never closed takes the rest with it, as in a browser."""
    for opening, closing in (("<!--", "-->"), ("<script", "</script>"), ("<style", "</style>")):
        lower = source.lower()
        if len(lower) != len(source):  # some letters grow when made small
            lower = source
        if opening not in lower:
            continue
        kept: list[str] = []
        position = 0
        while (start := lower.find(opening, position)) >= 0:
            kept.append(source[position:start])
            end = lower.find(closing, start)
            position = len(source) if end < 0 else end + len(closing)
        source = "".join([*kept, source[position:]])
    return source


class _Walk:
    """One pass over parsed HTML that settles links, images, classes and foreign blocks."""

    def __init__(self, parsed: str) -> None:
        self.parsed = parsed
        self.out: list[str] = []
        self.links: list[tuple[int, str] | None] = []  # where the text of each open link starts, and its target
        self.at_edge = True  # nothing to break from: the last thing written was the edge of a block
        self.break_due = False
        self.untranslated: list[bool] = []  # of each open block that is not kept: whether it says translate="no"

    def run(self) -> str | None:
        """Return the result, or None where it is nested too deep."""
        position = depth = 0
        parsed = self.parsed
        for tag in _TAG.finditer(parsed):
            if tag.start() > position:
                self._text(parsed[position : tag.start()])
            position = tag.end()
            closing, name, attributes = tag.groups()
            if name not in _VOID:
                depth += -1 if closing else 1
                if depth > MAX_NESTING:
                    return None
            self._tag(closing, name, attributes)
        if position < len(parsed):
            self._text(parsed[position:])
        return "".join(self.out)

    def _text(self, text: str) -> None:
        if not text.isspace():
            self._settle_break()
            self.at_edge = False
        if text.startswith("\n") and self.out and self.out[-1] == "<pre>":
            self.out.append("\n")  # the first newline in <pre> is not shown
        closed = any(self.untranslated) and not text.isspace()
        self.out.append(f'<span translate="no">{text}</span>' if closed else text)

    def _settle_break(self) -> None:
        if self.break_due:
            self.out.append("<br>")
            self.break_due = False

    def _tag(self, closing: str, name: str, attributes: str) -> None:
        if name in _BLOCKS or name in _CELLS:
            self._foreign_block(closing, name, attributes)
        elif name == "img":
            self._image(_attributes(attributes))
        elif name == "a":
            self._settle_break()
            self._close_link() if closing else self._open_link(_attributes(attributes))
        else:
            if name in _OWN_BLOCKS:
                self.at_edge, self.break_due = True, False
            elif not closing:
                self._settle_break()
            self.out.append(f"<{closing}{name}{_kept(name, attributes, any(self.links)) if attributes else ''}>")

    def _foreign_block(self, closing: str, name: str, attributes: str) -> None:
        if closing:
            self.untranslated.pop()
        elif name not in _VOID:
            self.untranslated.append(bool(attributes) and bool(_untranslated(_attributes(attributes))))
        if name in _BLOCKS:
            self.break_due = not self.at_edge
        elif not (closing or self.at_edge or self.break_due):
            self.out.append(" ")

    def _open_link(self, attributes: dict[str, str]) -> None:
        target = safe_link(attributes.get("href", ""))
        if target is None or any(self.links):
            self.links.append(None)
            return
        kept = _classes(attributes, True) + _untranslated(attributes)
        self.out.append(f'<a href="{escape(target)}"{kept}{_LINK_END}')
        self.links.append((len(self.out), target))

    def _close_link(self) -> None:
        link = self.links.pop() if self.links else None
        if link is None:
            return
        start, target = link
        pretended = _pretended_host("".join(self.out[start:]), target)
        self.out.append(f" [{escape(pretended)}]</a>" if pretended else "</a>")

    def _image(self, attributes: dict[str, str]) -> None:
        alt = attributes.get("alt", "").strip()
        source = safe_url(attributes.get("src", ""))
        is_emoji = alt.startswith(":") and alt.endswith(":") and " " not in alt
        if source is None or self.links or is_emoji:
            if alt:
                self._text(escape(alt))
            return
        self._settle_break()
        self.at_edge = False
        host = host_of(source) or ""
        shown = alt if alt and _pretended_host(escape(alt), source) is None else f"{alt} [{host}]".strip()
        self.out.append(f'<a href="{escape(source)}"{_LINK_END}{escape(shown)}</a>')


def _attributes(text: str) -> dict[str, str]:
    return {name: _unescape(value) if "&" in value else value for name, value in _ATTRIBUTE.findall(text)}


def _classes(attributes: dict[str, str], in_link: bool) -> str:
    """Return the class attribute of what is allowed; text may be hidden only inside a link, as in long URLs."""
    names = [name for name in attributes.get("class", "").split() if _CLASS.fullmatch(name)]
    kept = " ".join(dict.fromkeys(name for name in names if in_link or name != "invisible"))
    return f' class="{kept}"' if kept else ""


def _kept(name: str, text: str, in_link: bool) -> str:
    """Return the attributes of an element other than a link that may stay."""
    attributes = _attributes(text)
    if name in ("span", "p"):
        return _classes(attributes, in_link) + _untranslated(attributes)
    counted = [key for key in ("start", "value") if _NUMBER.fullmatch(attributes.get(key, ""))]
    numbers = [f' {key}="{attributes[key]}"' for key in counted]
    return "".join(numbers) + (' reversed=""' if "reversed" in attributes else "") + _untranslated(attributes)


def _untranslated(attributes: dict[str, str]) -> str:
    return ' translate="no"' if attributes.get("translate", "").strip().lower() == "no" else ""


def _pretended_host(content: str, target: str) -> str | None:
    """Return the true host of a link whose visible text names another one, else None."""
    if "." not in content:
        return None
    text = _UNSEEN.sub("", to_text(_HIDDEN.sub("", content)))
    shown = _LOOKS_LIKE_URL.match(text)
    if shown is None or (not shown[1] and shown[3].lower() in _FILE_ENDINGS):
        return None
    claimed = shown[2].lower()
    true = host_of(target) or target.partition("@")[2].partition("?")[0]  # or of mailto:
    bare = true.removeprefix("www.")
    related = bare == claimed or bare.endswith("." + claimed) or claimed.endswith("." + bare)
    return None if related or text.endswith(f"[{true}]") else true
