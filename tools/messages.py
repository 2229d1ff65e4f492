"""Keeps the catalogues of the web pages in step with their sources.

python -m tools.messages update AREA…        take up new messages, drop those that are gone, keep translations
python -m tools.messages missing [AREA…]     list what is not translated yet; ends with 1 when anything is missing
python -m tools.messages fill AREA FILE.json  put translations in: {"English": {"zh_Hans": …, "es": …, "ja": …}}

`fill` derives zh_Hant from zh_Hans (OpenCC, Taiwan's words) where the file gives none. Plurals are lists. Areas are the
folders below `fedinote/web` and its templates; `site` is what lies in none, `errors` what errors say.
"""

import ast
import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_file
from babel.messages.pofile import write_po
from opencc import OpenCC

from fedinote.web.words import ERRORS, FOLDER, INVALID, read

ROOT = Path(__file__).resolve().parent.parent
WEB = ROOT / "fedinote" / "web"
TEMPLATES = WEB / "templates"
SITE = "site"
LOCALES = ("zh_Hans", "zh_Hant", "es", "ja")
TAIWAN = {
    "站台": "伺服器",
    "自定義": "自訂",
    "天后": "天後",
    "最多隻": "最多只",
    "封停": "停權",
    "舊帖": "舊貼文",
    "帖子": "貼文",
    "質量": "品質",
}
"""What OpenCC makes of the words of the pages, and what they are called in Taiwan."""
_KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2)}
_JINJA = {"trimmed": "true", "newstyle_gettext": "true"}
_APART = ("fedinote/api/", "fedinote/cli/", "fedinote/federation/c2s/")  # doors of their own, in English
_UNSEEN = frozenset({"Malformed", "GiveUp", "TryAgain"})  # what other servers and the log read

Id = str | tuple[str, str]


def sources() -> Iterator[tuple[str, Path]]:
    """Yield the files in which pages say something, with their area."""
    for path in sorted(TEMPLATES.rglob("*.html")):
        yield _area(path.relative_to(TEMPLATES)), path
    for path in sorted(WEB.rglob("*.py")):
        yield _area(path.relative_to(WEB)), path


def _area(path: Path) -> str:
    return path.parts[0] if len(path.parts) > 1 and path.parts[0] != "parts" else SITE


def messages(area: str) -> dict[Id, list[tuple[str, int]]]:
    """Return what an area says in English (a pair where it depends on a number), and where."""
    if area == ERRORS:
        return _errors()
    found: dict[Id, list[tuple[str, int]]] = {}
    for of, path in sources():
        if of != area:
            continue
        method = "jinja2" if path.suffix == ".html" else "python"
        for line, message, _, _ in extract_from_file(method, path, _KEYWORDS, options=_JINJA):
            found.setdefault(_id(message), []).append((path.relative_to(ROOT).as_posix(), line))
    return found


def _id(message: Any) -> Id:
    return (message[0], message[1]) if isinstance(message, tuple | list) else message


def areas() -> list[str]:
    """Return all areas that say anything."""
    return sorted({area for area, _ in sources() if messages(area)} | {ERRORS})


def _errors() -> dict[Id, list[tuple[str, int]]]:
    """Return what errors of the product say to people: the literals with which they are raised, and their classes'."""
    found: dict[Id, list[tuple[str, int]]] = {}
    trees = {path: ast.parse(path.read_text("utf-8")) for path in sorted((ROOT / "fedinote").rglob("*.py"))}
    classes = _error_classes(trees.values())
    for path, tree in trees.items():
        where = path.relative_to(ROOT).as_posix()
        names = {**_imported(tree, trees), **_constants(tree)}
        for line, text in _said(tree, classes, names) if not where.startswith(_APART) else ():
            if " " in text:  # what has none is a code for programs
                found.setdefault(text.removeprefix(INVALID), []).append((where, line))
    return found


def _error_classes(trees: Iterable[ast.Module]) -> set[str]:
    """Return the names of all classes of the tree of errors."""
    bases: dict[str, set[str]] = {}
    for tree in trees:
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                bases[node.name] = {base.id for base in node.bases if isinstance(base, ast.Name)}
    known = {"FediNoteError"}
    while more := {name for name, above in bases.items() if above & known} - known:
        known |= more
    return known - _UNSEEN


def _constants(tree: ast.Module) -> dict[str, ast.expr]:
    """Return what a module calls by a name at its top."""
    found: dict[str, ast.expr] = {}
    for step in tree.body:
        if isinstance(step, ast.Assign):
            targets = [one for target in step.targets for one in getattr(target, "elts", [target])]
            values = step.value.elts if isinstance(step.value, ast.Tuple) else [step.value] * len(targets)
            found |= {one.id: value for one, value in zip(targets, values, strict=False) if isinstance(one, ast.Name)}
    return found


def _imported(tree: ast.Module, trees: Mapping[Path, ast.Module]) -> dict[str, ast.expr]:
    """Return what a module calls by the name that another of ours gave it."""
    found: dict[str, ast.expr] = {}
    for step in tree.body:
        if isinstance(step, ast.ImportFrom) and step.module:
            other = trees.get((ROOT / step.module.replace(".", "/")).with_suffix(".py"))
            known = _constants(other) if other else {}
            found |= {one.asname or one.name: known[one.name] for one in step.names if one.name in known}
    return found


def _said(tree: ast.Module, classes: set[str], names: Mapping[str, ast.expr]) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in classes and node.args:
            yield from _texts(node.args[0], names)
        elif isinstance(node, ast.ClassDef) and node.name in classes:
            for step in node.body:
                if isinstance(step, ast.Assign) and getattr(step.targets[0], "id", "") == "message":
                    yield from _texts(step.value, names)


def _texts(node: ast.expr, names: Mapping[str, ast.expr]) -> Iterator[tuple[int, str]]:
    """Yield a literal, or the template of an f-string, whose holes are numbered: "larger than {1} MB".

    A name stands for what is in `names`.
    """
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.lineno, node.value
    elif isinstance(node, ast.IfExp):
        yield from _texts(node.body, names)
        yield from _texts(node.orelse, names)
    elif isinstance(node, ast.Name) and node.id in names:
        yield from _texts(names[node.id], {})
    elif isinstance(node, ast.JoinedStr):
        number, text = 0, ""
        for part in node.values:
            if isinstance(part, ast.Constant):
                text += str(part.value)
            else:
                number += 1
                text += f"{{{number}}}"
        yield node.lineno, text


def catalogue(locale: str, area: str) -> Catalog:
    """Return the catalogue of an area in a language; an empty one when there is no file."""
    path = _path(locale, area)
    return read(path) if path.exists() else Catalog(locale=locale)


def _path(locale: str, area: str) -> Path:
    return FOLDER / locale / "LC_MESSAGES" / f"{area}.po"


def _key(message: Message) -> Id:
    return _id(message.id)


def done(message: Message | None) -> bool:
    """Tell whether a message is translated in all its forms."""
    if message is None or message.fuzzy:
        return False
    return all(message.string) if isinstance(message.string, list | tuple) else bool(message.string)


def update(area: str, filled: dict[str, dict[str, Any]] | None = None) -> None:
    """Write the catalogues of an area anew from its sources, with the translations that there are."""
    said = messages(area)
    chinese = OpenCC("s2twp")
    for locale in LOCALES:
        old = {**_elsewhere(locale), **_translated(locale, area)}
        fresh = Catalog(locale=locale, fuzzy=False, header_comment="# The words of FediNote's pages.")
        for one, places in sorted(said.items(), key=lambda item: item[0] if isinstance(item[0], str) else item[0][0]):
            english = one if isinstance(one, str) else one[0]
            given = _given((filled or {}).get(english, {}), locale, chinese)
            known = old[one].string if one in old else ""
            string = given if given is not None else known
            fresh.add(one, _forms(string, one, fresh), locations=sorted({(place, 0) for place, _ in places}))
        _write(locale, area, fresh)


def _translated(locale: str, area: str) -> dict[Id, Message]:
    return {_key(message): message for message in catalogue(locale, area) if message.id and done(message)}


def _elsewhere(locale: str) -> dict[Id, Message]:
    """Return what other areas say already: the same English is the same everywhere."""
    found: dict[Id, Message] = {}
    for path in sorted((FOLDER / locale / "LC_MESSAGES").glob("*.po")):
        found |= _translated(locale, path.stem)
    return found


def _given(texts: dict[str, Any], locale: str, chinese: Any) -> Any:
    if locale in texts:
        return texts[locale]
    if locale == "zh_Hant" and (simple := texts.get("zh_Hans")):
        return [_taiwan(one, chinese) for one in simple] if isinstance(simple, list) else _taiwan(simple, chinese)
    return None


def _taiwan(text: str, chinese: Any) -> str:
    text = chinese.convert(text)
    for word, other in TAIWAN.items():
        text = text.replace(word, other)
    return text


def _forms(string: Any, one: Id, fresh: Catalog) -> Any:
    if isinstance(one, str):
        return string[0] if isinstance(string, list | tuple) else string
    forms = [string] if isinstance(string, str) else list(string)
    return tuple((forms + [forms[-1]] * fresh.num_plurals)[: fresh.num_plurals])


def _write(locale: str, area: str, fresh: Catalog) -> None:
    path = _path(locale, area)
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [
        "# The words of FediNote's pages.",
        'msgid ""',
        'msgstr ""',
        f'"Language: {locale}\\n"',
        '"MIME-Version: 1.0\\n"',
        '"Content-Type: text/plain; charset=utf-8\\n"',
        '"Content-Transfer-Encoding: 8bit\\n"',
        f'"Plural-Forms: {fresh.plural_forms}\\n"',
        "",
    ]
    with path.open("wb") as file:
        file.write(("\n".join(lines) + "\n").encode())
        write_po(file, fresh, width=0, omit_header=True, include_lineno=False)


def missing(area: str) -> list[str]:
    """Return what an area lacks, a line each: "es: the message"; also what is there and is said no more."""
    said, found = messages(area), []
    for locale in LOCALES:
        there = {_key(message): message for message in catalogue(locale, area) if message.id}
        found += [f"{locale}: {one!r}" for one in said if not done(there.get(one))]
        found += [f"{locale}: no longer said: {one!r}" for one in there if one not in said]
    return found


def main(arguments: list[str]) -> int:
    """Run a command; see the top of this file."""
    match arguments:
        case ["update", *names] if names:
            for name in names:
                update(name)
        case ["fill", name, path]:
            update(name, json.loads(Path(path).read_text("utf-8")))
        case ["missing", *names]:
            lacking = [f"{name}: {line}" for name in names or areas() for line in missing(name)]
            print("\n".join(lacking) or "Nothing is missing.")
            return 1 if lacking else 0
        case _:
            print(__doc__)
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
