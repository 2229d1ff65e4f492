"""What a client sent, in whichever encoding: one mapping from the query and the body, read by name and type.

Bodies are JSON, urlencoded or multipart; names may have Rails' brackets (`a[]`, `a[b]`, `a[0][b]`, `a[][b]`), in
JSON too. Where query and body name the same thing the body wins. null is the same as absent.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO, overload
from urllib.parse import parse_qsl

import msgspec
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException
from starlette.requests import Request

from fedinote.infra.clock import from_iso
from fedinote.infra.errors import BadRequest, Invalid, UnsupportedType

MAX_FIELDS = 1000
MAX_FILES = 4
MAX_DEPTH = 5
_MAX_PART = 1_000_000
_MAX_INT = (1 << 63) - 1
_FALSE = frozenset({"", "0", "f", "F", "false", "False", "FALSE", "off", "OFF", "no", "null", "None"})
_FORM = "application/x-www-form-urlencoded"
Texts = list[str]
Ints = list[int]


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with a multipart body. Name and type are the sender's claims.

    `file` is on the disk when it is large, and open until the request is answered.
    """

    filename: str
    content_type: str
    file: BinaryIO

    @property
    def data(self) -> bytes:
        """All of it."""
        self.file.seek(0)
        return self.file.read()


class Params:
    """Values by name. `name in params` tells whether the client gave it (null counts as not given)."""

    __slots__ = ("_values",)

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = values

    def __contains__(self, name: object) -> bool:
        return self._values.get(name) is not None  # type: ignore[call-overload]

    def __iter__(self) -> Iterator[str]:
        return (name for name, value in self._values.items() if value is not None)

    def __repr__(self) -> str:
        return f"Params({sorted(self._values)})"  # names only: values may be secrets

    @overload
    def text(self, name: str, default: str, *, max: int | None = None) -> str: ...
    @overload
    def text(self, name: str, default: None = None, *, max: int | None = None) -> str | None: ...
    def text(self, name: str, default: str | None = None, *, max: int | None = None) -> str | None:  # noqa: A002
        """Return a text; numbers and booleans are written out. `Invalid` when longer than `max`, or a structure."""
        value = self._values.get(name)
        if value is None:
            return default
        text = _as_text(name, value)
        if max is not None and len(text) > max:
            raise Invalid(f"Validation failed: {name} is longer than {max} characters")
        return text

    def need(self, name: str, *, max: int | None = None) -> str:  # noqa: A002
        """Return a text that must be there and not blank. `Invalid` otherwise."""
        text = self.text(name, "", max=max)
        if not text.strip():
            raise Invalid(f"Validation failed: {name} can't be blank")
        return text

    @overload
    def flag(self, name: str, default: bool = False) -> bool: ...
    @overload
    def flag(self, name: str, default: None) -> bool | None: ...
    def flag(self, name: str, default: bool | None = False) -> bool | None:
        """Return a boolean from true, "true", "True", 1, "1", "on" … and their opposites."""
        value = self._values.get(name)
        if value is None:
            return default
        return value if isinstance(value, bool) else _as_text(name, value) not in _FALSE

    @overload
    def number(self, name: str, default: int) -> int: ...
    @overload
    def number(self, name: str, default: None = None) -> int | None: ...
    def number(self, name: str, default: int | None = None) -> int | None:
        """Return a whole number, also from text, cut to 63 bits. Empty text is absent; `Invalid` for anything else."""
        value = self._values.get(name)
        return default if value is None or value == "" else _as_int(name, value)

    def list(self, name: str) -> Texts:
        """Return the texts of `a[]=x&a[]=y`, `a=x`, `{"a": ["x", "y"]}` or `a[0]=x`; nulls are left out."""
        return [_as_text(name, value) for value in _listed(self._values.get(name))]

    def ints(self, name: str) -> Ints:
        """Return whole numbers, as `list` does texts. `Invalid` when one is none."""
        return [_as_int(name, value) for value in _listed(self._values.get(name)) if value != ""]

    def ids(self, name: str) -> Ints:
        """Return the ids among the values, in order, each once; what cannot be an id of ours is left out."""
        texts = (_as_text(name, value) for value in _listed(self._values.get(name)))
        return [*dict.fromkeys(int(text) for text in texts if is_id(text))]

    def moment(self, name: str) -> datetime | None:
        """Return an ISO 8601 time, aware and in UTC; None where there is none. `Invalid` for what is no time."""
        text = self.text(name, "").strip()
        return from_iso(text) if text else None

    def mapping(self, name: str) -> "Params":
        """Return what is below a name (`source[privacy]`), empty when there is nothing. `Invalid` for a plain value."""
        value = self._values.get(name)
        if value is None:
            return Params({})
        if not isinstance(value, dict):
            raise Invalid(f"Validation failed: {name} must have keys")
        return Params(value)

    def records(self, name: str) -> "Records":
        """Return the mappings of `[{…}]`, `{"0": {…}}`, `a[0][b]=` or `a[][b]=`, in order; others are left out."""
        return [Params(value) for value in _listed(self._values.get(name)) if isinstance(value, dict)]

    def file(self, name: str) -> Upload | None:
        """Return an uploaded file; None when there is none under that name."""
        value = self._values.get(name)
        return value if isinstance(value, Upload) else None


Records = list[Params]


def is_id(text: str) -> bool:
    """Tell whether a text can be one of our ids: digits, of 63 bits."""
    return text.isascii() and text.isdigit() and len(text) < 20 and int(text) <= _MAX_INT


async def read(request: Request) -> Params:
    """Read the query and the body of a request. `BadRequest`, `UnsupportedType`, `Invalid` or `TooLarge`."""
    values: dict[str, Any] = {}
    query = request.scope["query_string"]
    if query:
        _fill(values, _pairs(query.decode("latin-1")))
    if request.method not in ("GET", "HEAD") or _asks_by_body(request):
        values.update(await _body(request))
    return Params(values)


def _asks_by_body(request: Request) -> bool:
    """Tell whether a GET has its parameters in a JSON body: Mastodon.py asks so for familiar followers."""
    headers = request.headers
    return headers.get("content-length", "0") != "0" and headers.get("content-type", "").startswith("application/json")


async def _body(request: Request) -> dict[str, Any]:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "multipart/form-data":
        return await _multipart(request)
    body = await request.body()
    if not body.strip():
        return {}
    if kind == _FORM or not kind:
        return nested(_pairs(body.decode("utf-8", "replace")))
    if kind == "application/json" or kind.endswith("+json"):
        return from_json(body)
    raise UnsupportedType


def from_json(body: bytes) -> dict[str, Any]:
    """Decode a JSON object into plain values, brackets in its keys resolved. `BadRequest` when it is none."""
    try:
        value = msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise BadRequest("The body is not valid JSON") from error
    if not isinstance(value, dict):
        raise BadRequest("The body must be a JSON object")
    if not any("[" in key for key in value):
        return value
    return nested(value.items())


async def _multipart(request: Request) -> dict[str, Any]:
    pairs: list[tuple[str, Any]] = []
    try:
        form = await request.form(max_files=MAX_FILES, max_fields=MAX_FIELDS, max_part_size=_MAX_PART)
        for name, value in form.multi_items():
            if isinstance(value, UploadFile):
                pairs.append((name, Upload(value.filename or "", value.content_type or "", value.file)))
            else:
                pairs.append((name, value))
    except (MultiPartException, UnicodeDecodeError, KeyError) as error:
        raise BadRequest("The form could not be read") from error
    return nested(pairs)


def _pairs(text: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(text, keep_blank_values=True, errors="replace", max_num_fields=MAX_FIELDS)
    except ValueError as error:
        raise BadRequest("There are too many parameters") from error


def nested(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """Resolve Rails' brackets: `[("a[]", 1), ("b[c]", 2)]` gives `{"a": [1], "b": {"c": 2}}`.

    Lists of records start a new record where a key comes again. Deeper than five levels is `BadRequest`.
    """
    values: dict[str, Any] = {}
    _fill(values, pairs)
    return values


def _fill(values: dict[str, Any], pairs: Iterable[tuple[str, Any]]) -> None:
    for name, value in pairs:
        if "[" not in name:
            values[name] = _repeated(values, name, value)
            continue
        head, *rest = name.replace("]", "").split("[")
        if len(rest) > MAX_DEPTH:
            raise BadRequest("The parameters are nested too deeply")
        _put(values, head, rest, value)


def _repeated(values: dict[str, Any], name: str, value: Any) -> Any:
    """`id=1&id=2` is a list for those who ask for one, and `number("id")` complains about none but lists."""
    return value if name not in values or isinstance(value, Upload) else [*_listed(values[name]), *_listed(value)]


def _put(holder: dict[str, Any], key: str, rest: list[str], value: Any) -> None:
    while rest:
        name, *rest = rest
        if name == "":
            items = holder.get(key)
            if not isinstance(items, list):
                items = [] if items is None else _listed(items)
                holder[key] = items
            while rest and rest[0] == "":  # Mastodon.py writes `id[][]=` for several requests
                rest = rest[1:]
            if not rest:
                items.extend(_listed(value))
                return
            name, *rest = rest
            holder, key = _record(items, name, last=not rest), name
            continue
        below = holder.get(key)
        if not isinstance(below, dict):
            below = holder[key] = {}
        holder, key = below, name
    holder[key] = value


def _record(items: list[Any], name: str, *, last: bool) -> dict[str, Any]:
    """Return the record that a key of `a[][key]` belongs to: the newest, or a new one when that has the key."""
    if not items or not isinstance(items[-1], dict) or (last and name in items[-1]):
        items.append({})
    record: dict[str, Any] = items[-1]
    return record


def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    if isinstance(value, list):
        return [one for one in value if one is not None]
    if isinstance(value, dict) and value and all(key.isascii() and key.isdigit() for key in value):
        return [value[key] for key in sorted(value, key=lambda k: (len(k), k)) if value[key] is not None]
    return [value]


def _as_text(name: str, value: Any) -> str:
    if isinstance(value, str):
        return value.replace("\x00", "") if "\x00" in value else value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, list) and value and isinstance(value[-1], str):
        return _as_text(name, value[-1])  # `a=1&a=2` where one value is wanted: the last, as in Rails
    raise Invalid(f"Validation failed: {name} must be a single value")


def _as_int(name: str, value: Any) -> int:
    text = _as_text(name, value).strip()
    digits = text.removeprefix("-").removesuffix(".0")
    if not (digits.isascii() and digits.isdigit()) or len(digits) > 100:
        raise Invalid(f"Validation failed: {name} must be a whole number")
    number = min(int(digits), _MAX_INT)
    return -number if text.startswith("-") else number
