"""What a list says about servers, whatever its form: Mastodon's CSV, or the changes of a FIRES data set.

CSV: the file that Mastodon exports and imports (`#domain,#severity,…`); other names of columns are those of lists that
circulate. FIRES: https://fires.fedimod.org; both the spelling of its documentation and that of its server are read.
"""

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from fedinote.infra.errors import Invalid, Malformed
from fedinote.policy import domains
from fedinote.policy.models import DomainBlock
from fedinote.text import cells

MAX_ROWS = 50_000
MAX_CELL = 5000
MAX_LABELS = 20
MAX_KEY = 2048
"""Characters of the id of a change, and of the address of a label, that are looked at."""
SEVERITIES = domains.SEVERITIES
COLUMNS = ("domain", "severity", "reject_media", "reject_reports", "public_comment", "obfuscate")
_TRUE = frozenset({"true", "1", "yes", "t"})
_SEVERITIES = {"limit": "silence", "limited": "silence", "none": "noop", "block": "suspend", "reject": "suspend"}
"""What other programs and people call them."""
_COMMENTS = ("public_comment", "comment", "reason", "private_comment")
_POLICIES = {"drop": "suspend", "reject": "suspend", "filter": "silence"}
_MEDIA_FILTER, _REPORT_FILTER = "media", "report"


@dataclass(frozen=True, slots=True)
class Advice:
    """One piece of advice. `retracted`: what was said of the domain holds no more. `key` is its id in a FIRES data set.

    `accepted`: the list vouches for it. `advisory`: a warning ahead of a recommendation; it is never put into force by
    itself.
    """

    domain: str
    severity: str = "noop"
    reject_media: bool = False
    reject_reports: bool = False
    reason: str = ""
    labels: tuple[str, ...] = ()
    advisory: bool = False
    retracted: bool = False
    accepted: bool = False
    key: str = ""
    obfuscate: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read, and how many rows could not be understood (with the first few reasons)."""

    advice: tuple[Advice, ...]
    skipped: int = 0
    problems: tuple[str, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a file: its number, its words, and what it says, or why that could not be understood."""

    number: int
    text: str
    advice: Advice | None
    problem: str = ""


def read_csv(data: bytes) -> Reading:
    """Read a list in CSV, in UTF-8. Rows without a good domain are skipped. `Invalid` for what is no such file."""
    found = read_lines(data)
    bad = [one for one in found if one.advice is None]
    return Reading(
        tuple(one.advice for one in found if one.advice is not None),
        len(bad),
        tuple(f"{one.text.partition(',')[0][:80]}: {one.problem}" for one in bad[:5]),
    )


def read_lines(data: bytes) -> list[Line]:
    """Read a list in CSV, in UTF-8, line by line; nothing is left out but empty lines. `Invalid` as `read_csv`."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Invalid("Validation failed: This is no CSV file in UTF-8") from None
    try:
        rows = list(csv.reader(io.StringIO(text), strict=True))
    except csv.Error:
        raise Invalid("Validation failed: This is no CSV file in UTF-8") from None
    if len(rows) > MAX_ROWS + 1:
        raise Invalid(f"Validation failed: A file may have {MAX_ROWS} rows")
    if not rows:
        raise Invalid("Validation failed: There is nothing to import in this file")
    names, whole = [cell.strip().lstrip("#").lower() for cell in rows[0]], len(rows)
    if "domain" in names:
        rows = rows[1:]
    elif len(rows[0]) == 1:
        names = ["domain"]  # a bare list of names
    else:
        raise Invalid("Validation failed: The first line must name the column domain")
    first = 2 if "domain" in names and len(rows) != whole else 1
    return [_line(number, names, row) for number, row in enumerate(rows, first) if any(map(str.strip, row))]


def _line(number: int, names: list[str], row: list[str]) -> Line:
    text = ",".join(row)[:MAX_CELL]
    try:
        return Line(number, text, _row(dict(zip(names, row, strict=False))))
    except Invalid as error:
        return Line(number, text, None, error.message)


def _row(row: Mapping[str, str]) -> Advice:
    severity = row.get("severity", "").strip().lower() or "suspend"
    if severity not in SEVERITIES:
        severity = _SEVERITIES.get(severity, "")
    if not severity:
        raise Invalid("Severity is not included in the list")
    return Advice(
        domain=_server(row.get("domain", "")),
        severity=severity,
        reject_media=row.get("reject_media", "").strip().lower() in _TRUE,
        reject_reports=row.get("reject_reports", "").strip().lower() in _TRUE,
        reason=next((cells.meant(text)[:MAX_CELL] for name in _COMMENTS if (text := row.get(name, "").strip())), ""),
        obfuscate=row.get("obfuscate", "").strip().lower() in _TRUE,
    )


def write_csv(blocks: Iterable[DomainBlock], *, comments: bool = True) -> str:
    """Return blocks as Mastodon exports them (https://docs.joinmastodon.org/admin/moderation/).

    Comments may be those of other people's lists: no spreadsheet takes one for a formula.
    """
    stream = io.StringIO()
    out = csv.writer(stream, lineterminator="\n")
    out.writerow([f"#{name}" for name in COLUMNS])
    for one in blocks:
        flags = [str(bool(value)).lower() for value in (one.reject_media, one.reject_reports)]
        comment = cells.plain(one.public_comment) if comments else ""
        out.writerow([one.domain, one.severity, *flags, comment, str(bool(one.obfuscate)).lower()])
    return stream.getvalue()


def write_names(domains_of: Iterable[str]) -> str:
    """Return servers as Mastodon exports those that are allowed: one column."""
    stream = io.StringIO()
    out = csv.writer(stream, lineterminator="\n")
    out.writerow(["#domain"])
    out.writerows([one] for one in domains_of)
    return stream.getvalue()


def read_changes(items: Any) -> Reading:
    """Read the changes of a FIRES data set, in their order. What is not about a server is skipped."""
    if not isinstance(items, list):
        raise Malformed(reason="the collection of changes is no list")
    advice: list[Advice] = []
    problems: list[str] = []
    for item in items[:MAX_ROWS]:
        try:
            if (one := _change(item)) is not None:
                advice.append(one)
        except (Invalid, Malformed) as error:
            problems.append(error.message)
    return Reading(tuple(advice), len(problems), tuple(problems[:5]))


def _change(item: Any) -> Advice | None:
    if not isinstance(item, dict):
        raise Malformed(reason="a change is no object")
    kind, key = _text(item, "type").rpartition(":")[2], _key(item)
    entity = item.get("entity")
    about = entity if isinstance(entity, dict) else {}
    what = _text(about, "type") or _text(item, "entityKind", "entity_kind")
    if kind == "Tombstone":
        return Advice("", retracted=True, key=key)
    if what.lower() != "domain" or kind not in ("Advisory", "Recommendation", "Retraction"):
        return None
    domain = _server(_text(about, "value") or _text(item, "entityKey", "entity_key"))
    if kind == "Retraction":
        return Advice(domain, reason=_text(item, "comment")[:MAX_CELL], retracted=True, key=key)
    return _recommended(item, domain, advisory=kind == "Advisory")


def _recommended(item: Mapping[str, Any], domain: str, *, advisory: bool) -> Advice:
    policy = _text(item, "recommendedPolicy", "recommended_policy").lower()
    given = item.get("recommendedFilters", item.get("recommended_filters", []))
    filters = [str(one).lower() for one in given] if isinstance(given, list) else [str(given).lower()]
    media = any(_MEDIA_FILTER in one for one in filters)
    reports = any(_REPORT_FILTER in one for one in filters)
    severity = _POLICIES.get(policy, "noop")
    if severity == "silence" and (media or reports) and len(filters) <= media + reports:
        severity = "noop"  # nothing but media or reports is to be filtered
    labels = item.get("labels")
    return Advice(
        domain=domain,
        severity="noop" if advisory else severity,
        reject_media=media and not advisory,
        reject_reports=reports and not advisory,
        reason=_text(item, "comment", "summary")[:MAX_CELL],
        labels=tuple(map(_label, labels[:MAX_LABELS])) if isinstance(labels, list) else (),
        advisory=advisory,
        accepted=policy == "accept" and not advisory,
        key=_key(item),
    )


def _label(label: Any) -> str:
    """Return what a label is called: its name, or the end of its address."""
    if isinstance(label, dict):
        return _text(label, "name", "id")[:200]
    text = str(label)[:MAX_KEY]
    try:
        parts = urlsplit(text)
    except ValueError:  # "http://[" is no address
        return text[:200]
    return (parts.fragment or parts.path.rstrip("/").rpartition("/")[2] or text)[:200]


def _key(item: Mapping[str, Any]) -> str:
    """Return the id of an item; "" for one that is too long to be kept, as for none."""
    text = _text(item, "id")
    return text if len(text) <= MAX_KEY else ""


def _server(text: str) -> str:
    """Return the name of a server. `Invalid` for what is none, also for a top-level domain: that is all servers below.

    By hand even those can be blocked (`moderation.servers.domains`); a list of somebody else's is no hand.
    """
    name = domains.key(text)
    if "." not in name and ":" not in name:
        raise Invalid("Validation failed: Domain is not a valid domain name")
    return name


def _text(item: Mapping[str, Any], *names: str) -> str:
    return next((value for name in names if isinstance(value := item.get(name), str)), "")
