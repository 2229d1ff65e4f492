"""That nothing but `asking` can hand a text to an engine is read from the source itself."""

import ast
from collections.abc import Iterator
from pathlib import Path

import fedinote

ROOT = Path(fedinote.__file__).parent
ASKS = {
    "translation/asking.py",  # the one place
    "translation/routing.py",  # the router asks its lanes
    "translation/lanes.py",  # a lane asks its engine
}
OF_THE_OPERATOR = {  # with texts that are typed there, or our own
    "cli/translate.py",
    "cli/translate_bench.py",
    "translation/trying.py",
}
ENGINES = "translation/engines/"
BUILDS = {"translation/routing.py", "translation/lanes.py", *OF_THE_OPERATOR, "cli/demo.py"}  # who may know one by name
BY_NAME = ("translation.engines", "translation.lanes")


def _sources() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted(ROOT.rglob("*.py")):
        yield path.relative_to(ROOT).as_posix(), ast.parse(path.read_text(encoding="utf-8"))


def _hands_over(tree: ast.Module) -> list[int]:
    """Lines on which `….translate` is named otherwise than to call it with one table, as a `str` is."""
    of_texts = {
        node.func
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and len(node.args) == 1
        and not node.keywords
        and not isinstance(node.args[0], ast.Starred)
    }
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr == "translate" and node not in of_texts
    ]


def _imports(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_no_module_but_one_hands_texts_to_engines() -> None:
    asking = {
        (name, line)
        for name, tree in _sources()
        if name not in ASKS | OF_THE_OPERATOR and not name.startswith(ENGINES)
        for line in _hands_over(tree)
        if (name, line) not in _handlers(name, tree)
    }
    assert asking == set()


def _handlers(name: str, tree: ast.Module) -> set[tuple[str, int]]:
    """Handlers of requests that are called `translate` themselves, named in tables of routes."""
    modules = {alias.asname or alias.name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)
               if (node.module or "").startswith(("fedinote.api", "fedinote.cli")) for alias in node.names}  # fmt: skip
    return {
        (name, node.lineno)
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in modules
    }


def test_only_the_router_and_the_command_line_know_engines_by_name() -> None:
    knowing = {
        (name, found)
        for name, tree in _sources()
        if name not in BUILDS and not name.startswith(ENGINES)
        for found in _imports(tree)
        if any(part in found for part in BY_NAME)
    }
    assert knowing == set()


def test_the_check_sees_a_call_that_it_should_see() -> None:
    for wrong in (
        "await app.translator.translate(texts, source=None, target='en')",
        "call = router.translate",
        "await engine.translate(*both)",
    ):
        assert _hands_over(ast.parse(f"async def f():\n    {wrong}"))
    assert not _hands_over(ast.parse("text.translate(TABLE)"))
