"""The documents of the repository, and what can be read out of them: headings, links, code, tables."""

import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
ADRS = DOCS / "adr"

_FENCE = re.compile(r"^(```+)[^\n]*\n(.*?)^\1[ \t]*$", re.MULTILINE | re.DOTALL)
_INLINE = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
_HEADING = re.compile(r"^(#{1,6}) +(.+?) *#*$", re.MULTILINE)
_LINK = re.compile(r"(!?)\[(?:[^\[\]]|\[[^\[\]]*\])*\]\(([^()\s]+)(?: +\"[^\"]*\")?\)")


@dataclass(frozen=True)
class Page:
    """A Markdown file. `name` is its path from the top of the repository."""

    name: str
    text: str

    @property
    def path(self) -> Path:
        return ROOT / self.name

    @property
    def prose(self) -> str:
        """The text without fenced code."""
        return _FENCE.sub("", self.text)

    @property
    def fenced(self) -> list[str]:
        return [match[2] for match in _FENCE.finditer(self.text)]

    @property
    def code(self) -> list[str]:
        """All code: fenced blocks and inline."""
        return [*self.fenced, *self.inline]

    @property
    def inline(self) -> list[str]:
        return _INLINE.findall(self.prose)

    @property
    def headings(self) -> list[tuple[int, str]]:
        return [(len(match[1]), match[2]) for match in _HEADING.finditer(self.prose)]

    @property
    def anchors(self) -> set[str]:
        """The names that headings can be linked by, as code forges make them."""
        found: dict[str, int] = {}
        for _, title in self.headings:
            anchor = re.sub(r"[^\w\- ]", "", title.replace("`", "").lower()).replace(" ", "-")
            found[anchor] = found.get(anchor, -1) + 1
            if found[anchor]:
                found[f"{anchor}-{found[anchor]}"] = 0
        return set(found)

    @property
    def links(self) -> list[str]:
        """The targets of links and pictures that lead to no other site."""
        targets = (match[2] for match in _LINK.finditer(_INLINE.sub("`x`", self.prose)))
        return [target for target in targets if not re.match(r"[a-z]+:", target)]

    def sections(self) -> Iterator[tuple[str, str]]:
        """Pairs of a heading and the text up to the next heading of whatever level."""
        matches = list(_HEADING.finditer(self.text))
        for match, following in zip(matches, [*matches[1:], None], strict=True):
            yield match[2], self.text[match.end() : following.start() if following else len(self.text)]

    def section(self, title: str) -> str:
        """The text below a heading, subsections included."""
        start = re.search(rf"^(#+) +{re.escape(title)} *$", self.text, re.MULTILINE)
        assert start is not None, f"{self.name} has no heading {title!r}"
        end = re.compile(rf"^#{{1,{len(start[1])}}} ", re.MULTILINE).search(self.text, start.end())
        return self.text[start.end() : end.start() if end else len(self.text)]


def page(name: str) -> Page:
    return Page(name, (ROOT / name).read_text(encoding="utf-8"))


def pages() -> list[Page]:
    """All documents: those at the top, and everything below docs/."""
    paths = [*sorted(ROOT.glob("*.md")), *sorted(DOCS.rglob("*.md"))]
    return [page(path.relative_to(ROOT).as_posix()) for path in paths]


def files() -> list[Path]:
    """Every file that belongs to the repository, also those that are not committed yet."""
    command = ["git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        listed = subprocess.run(command, capture_output=True, check=True, timeout=60).stdout.decode()
        found = [ROOT / name for name in listed.split("\0") if name]
    except (OSError, subprocess.SubprocessError):
        hidden = re.compile(r"/(?:\.(?!ci/|gitignore|editorconfig)|__pycache__|build|dist|data|demo-data)")
        found = [path for path in ROOT.rglob("*") if not hidden.search(f"/{path.relative_to(ROOT).as_posix()}")]
    return [path for path in found if path.is_file()]
