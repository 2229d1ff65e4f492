"""Settings as lines of a form, and a form as values of settings."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from fedinote.infra import choices
from fedinote.infra import settings as sections
from fedinote.infra.choices import Setting
from fedinote.infra.errors import Invalid
from fedinote.text import language
from fedinote.text.language_names import own_name
from fedinote.web.admin.fields import FIELDS, SPOKEN, Field
from fedinote.web.admin.guard import Staff
from fedinote.web.pages import Upload

MEGABYTE = 1_000_000
MORE = ".more"
"""What the field of a key is called in which further languages are typed."""
_MAX_LINES = 500


@dataclass(frozen=True, slots=True)
class Line:
    """One control: its words in the reader's language, and what stands in it. `value` is a text, a list or a bool."""

    key: str
    kind: str
    label: str
    hint: str
    options: tuple[tuple[str, str], ...]
    value: Any
    setting: Setting
    more: str = ""

    @property
    def locked(self) -> bool:
        """Whether file or environment have decided."""
        return self.setting.locked


def lines(staff: Staff, keys: Iterable[str], typed: Upload | None = None) -> list[Line]:
    """Return the controls of some keys; with what was `typed` in them where a form comes back with an error."""
    return [_line(staff, key, typed) for key in keys]


def _line(staff: Staff, key: str, typed: Upload | None) -> Line:
    field, now = FIELDS[key], choices.setting(staff.app, key)
    value: Any = _shown(field, now.value)
    more = ""
    if typed is not None and not now.locked:
        value = _typed(field, key, typed)
        more = typed.fields.get(key + MORE, "")
    elif field.kind == "languages":
        more = ", ".join(tag for tag in now.value if tag not in SPOKEN)
    options = tuple((one, staff.gettext(words)) for one, words in field.options)
    if field.kind == "languages":
        options = tuple((tag, own_name(tag)) for tag in SPOKEN)
    hint = staff.gettext(field.hint) if field.hint else ""
    return Line(key, field.kind, staff.gettext(field.label), hint, options, value, now, more)


def _shown(field: Field, value: Any) -> Any:
    match field.kind:
        case "lines":
            return "\n".join(value)
        case "bytes":
            return _number(value / MEGABYTE)
        case "number":
            return _number(value)
        case "secret":
            return ""
    return value


def _number(value: float) -> str:
    return str(int(value)) if value == int(value) else str(value)


def _typed(field: Field, key: str, form: Upload) -> Any:
    if field.kind == "switch":
        return key in form.fields
    if field.kind == "languages":
        return form.lists.get(key, [])
    return form.fields.get(key, "")


def values(staff: Staff, keys: Iterable[str], form: Upload) -> dict[str, Any]:
    """Return what a form says of some keys: those that are locked, and a secret left blank, are not among them.

    A switch that is not there is off. Raises Invalid for what is no number or no language.
    """
    found: dict[str, Any] = {}
    for key in keys:
        field = FIELDS[key]
        blank_secret = field.kind == "secret" and not form.fields.get(key, "").strip()
        if choices.place_of(staff.app, key) or blank_secret:
            continue
        found[key] = _value(staff, key, field, form)
    return found


def _value(staff: Staff, key: str, field: Field, form: Upload) -> Any:
    text = form.fields.get(key, "")
    match field.kind:
        case "switch":
            return key in form.fields
        case "lines":
            return [line.strip() for line in text.splitlines() if line.strip()][:_MAX_LINES]
        case "languages":
            return _languages(form.lists.get(key, []), form.fields.get(key + MORE, ""))
        case "number" | "bytes":
            return _counted(staff, key, field, text)
        case "area":
            return text.replace("\r\n", "\n").strip()
    return text.strip()


def _counted(staff: Staff, key: str, field: Field, text: str) -> float:
    try:
        number = float(text.strip().replace(",", "."))
        if field.kind == "bytes":
            return round(number * MEGABYTE)
        return number if sections.kind_of(key) is float else int(text.strip())
    except (ValueError, OverflowError) as error:
        label = staff.gettext(field.label)
        raise Invalid(staff.gettext("%(label)s: this is no number", label=label)) from error


def _languages(ticked: list[str], typed: str) -> list[str]:
    found: list[str] = []
    for one in [*ticked, *typed.replace(",", " ").split()]:
        tag = language.canonical(one)
        if tag is None:
            raise Invalid(f"{one[:40]} is no language tag such as en or zh-Hant")
        found.append(tag)
    if not found:
        raise Invalid("Choose at least one language")
    return list(dict.fromkeys(found))
