"""The short notation of the tables, as JSON Schema (draft 2020-12).

A kind is `text`, `id`, `number`, … (`_PLAIN`), the name of an entity, `[kind]` for a list, `{kind}` for a mapping
from texts, `=a/b` for one of these words, `a|b` for either; `?` behind it allows null. A shape is a row of
`name:kind`: a name with `?` may be absent, one with `!` must be sent.
"""

from collections.abc import Iterator
from typing import Any

Schema = dict[str, Any]
_PLAIN: dict[str, Schema] = {
    "text": {"type": "string"},
    "html": {"type": "string", "description": "HTML"},
    "id": {"type": "string", "description": "digits"},
    "number": {"type": "integer"},
    "decimal": {"type": "number"},
    "flag": {"type": "boolean"},
    "moment": {"type": "string", "format": "date-time"},
    "date": {"type": "string", "format": "date"},
    "url": {"type": "string", "format": "uri"},
    "object": {"type": "object"},
    "any": {},
    "file": {"type": "string", "format": "binary"},
    "null": {"type": "null"},
    "-": {"type": "object", "description": "nothing"},
}


def schema(kind: str) -> Schema:
    """Return the schema of a kind."""
    if kind.endswith("?"):
        return {"anyOf": [schema(kind[:-1]), {"type": "null"}]}
    if kind.startswith("["):
        return {"type": "array", "items": schema(kind[1:-1])}
    if kind.startswith("{"):
        return {"type": "object", "additionalProperties": schema(kind[1:-1])}
    if kind.startswith("="):
        return {"type": "string", "enum": kind[1:].split("/")}
    if "|" in kind:
        return {"anyOf": [schema(one) for one in kind.split("|")]}
    plain = _PLAIN.get(kind)
    return {"$ref": f"#/components/schemas/{kind}"} if plain is None else dict(plain)


def members(text: str) -> Iterator[tuple[str, str, str]]:
    """Return (name, mark, kind) of each member of a shape; the mark is `?`, `!` or nothing."""
    for word in text.split():
        name, _, kind = word.partition(":") if not word.startswith('"') else _quoted(word)
        mark = name[-1] if name[-1] in "?!" else ""
        yield name.removesuffix(mark), mark, kind


def _quoted(word: str) -> tuple[str, str, str]:
    """Split a member whose name has colons itself: `"a:b":kind`."""
    name, _, kind = word[1:].partition('":')
    return name, ":", kind


def shape(text: str, *, based_on: Schema | None = None) -> Schema:
    """Return the schema of an answer's object: all is there but what is marked; more than that may be there."""
    properties: Schema = dict(based_on["properties"]) if based_on else {}
    required: list[str] = list(based_on["required"]) if based_on else []
    for name, mark, kind in members(text):
        properties[name] = schema(kind)
        if name in required:
            required.remove(name)
        if mark != "?":
            required.append(name)
    return {"type": "object", "properties": properties, "required": required}
