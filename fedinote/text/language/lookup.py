"""The table that clients look up to decide whether they offer a translation.

The official web client takes the exact tag of the post ("und" for none), and asks whether the list under it has the
language of its interface cut at the first hyphen. Others compare whole tags. So both ends carry every alias.
"""

from collections.abc import Collection, Iterable, Mapping

from fedinote.text.language.matching import CANTONESE_ALIASES, MANDARIN_ALIASES, aliases, match, same
from fedinote.text.language.tags import CHINESE, MANDARIN, base_of, canonical, known, script_of

ANY = "und"
"""The key of posts that have no tag."""
_KEYS_OF_UNKNOWN = (ANY, "mul", "mis")
# Regions by which posts are tagged: those of clients' menus and of systems' languages.
_REGIONS = {
    "ar": "AE DZ EG IQ MA SA SY TN",
    "bn": "BD IN",
    "ca": "AD ES",
    "de": "AT CH DE LI LU",
    "el": "CY GR",
    "en": "AU CA GB HK IE IN MT MY NZ PH SG US ZA",
    "es": "419 AR BO CL CO CR CU DO EC ES GT MX PE PR PY US UY VE",
    "fa": "AF IR",
    "fr": "BE CA CH FR LU MA",
    "hi": "IN",
    "id": "ID",
    "it": "CH IT",
    "ja": "JP",
    "ko": "KR",
    "ms": "MY SG",
    "nb": "NO",
    "nn": "NO",
    "no": "NO",
    "nl": "BE NL",
    "pl": "PL",
    "pt": "AO BR MZ PT",
    "ro": "MD RO",
    "ru": "BY KZ RU UA",
    "sv": "FI SE",
    "ta": "IN LK",
    "tr": "TR",
    "uk": "UA",
    "ur": "IN PK",
    "vi": "VN",
}
_SCRIPTS = {"sr": "Cyrl Latn", "uz": "Cyrl Latn", "az": "Cyrl Latn", "pa": "Arab Guru", "kk": "Arab Cyrl", "mn": "Mong"}
_LEANING = {"no": ("nb", "nn"), "nb": ("no", "nn"), "tl": ("fil",), "fil": ("tl",)}


def lookup_table(available: Collection[str], *, target: bool = False) -> dict[str, str]:
    """Return every tag by which a client may look up one of the engine's codes, and the code that serves it.

    With one code for Chinese all its tags lead there, with two each leads to its script. `target`: only what the
    code can be asked for, so no Cantonese where the engine writes Mandarin.
    """
    tags = {alias for code in available for alias in aliases(code)}
    if any(base_of(code) in CHINESE for code in available):
        tags.update(*MANDARIN_ALIASES.values(), CANTONESE_ALIASES)
    tags |= {tag for one in tuple(tags) for tag in _LEANING.get(one, ())}
    if not target:
        tags |= {tag for one in tuple(tags) for tag in _variants(one)}
    return {tag: code for tag in sorted(tags) if (code := match(tag, available, target=target)) is not None}


def _variants(tag: str) -> list[str]:
    """Return further tags that posts of a language carry: its regions and scripts."""
    if tag != base_of(tag):
        return []
    regions, scripts = _REGIONS.get(tag, "").split(), _SCRIPTS.get(tag, "").split()
    return [f"{tag}-{one}" for one in (*regions, *scripts)]


def clients_table(
    pairs: Mapping[str, Iterable[str]],
    conversions: Mapping[str, Iterable[str]] | None = None,
    *,
    reader: str | None = None,
) -> dict[str, list[str]]:
    """Return the whole table for clients: each tag that a post may have, and all tags that it can be translated to.

    `pairs` says which language engines make from which; `conversions` what only changes the script, which Cantonese is
    never given to. A language is not offered in itself. Between the two scripts of Chinese, "zh" stands for the
    script that is not the post's where `reader`, the tag of who asks, is not known to want another. ANY leads to
    all that can be made.
    """
    spoken, changed = _targets(pairs), _targets(conversions or {})
    table: dict[str, list[str]] = {}
    codes = lookup_table(spoken)
    for tag in codes.keys() | lookup_table(changed).keys():
        targets = set(spoken.get(codes.get(tag, ""), ()))
        if base_of(tag) in MANDARIN:
            targets |= changed.get(match(tag, changed) or "", frozenset())
        table[tag] = sorted(one for one in targets if _offer(tag, one, reader))
    everything = sorted(set().union(*(spoken[code] for code in spoken)))
    if everything:
        table |= dict.fromkeys(_KEYS_OF_UNKNOWN, everything)
    return {tag: targets for tag, targets in sorted(table.items()) if targets}


def _targets(pairs: Mapping[str, Iterable[str]]) -> dict[str, frozenset[str]]:
    """Return all tags that each source can become. Engines have the same targets for most sources."""
    made: dict[frozenset[str], frozenset[str]] = {}
    found = {}
    for code, targets in pairs.items():
        codes = frozenset(targets)
        if codes not in made:
            made[codes] = frozenset(lookup_table(codes, target=True))
        found[code] = made[codes]
    return found


def _offer(tag: str, target: str, reader: str | None) -> bool:
    """Tell whether somebody who looks for `target` under `tag` is to find it."""
    if target == "zh" and base_of(tag) in MANDARIN:
        wanted = reader if reader and base_of(reader) in MANDARIN else None
        return wanted is None or script_of(wanted) != script_of(tag)
    if base_of(tag) in CHINESE:
        return not same(tag, target)
    first, second = known(tag), known(target)
    if first is None or second is None or canonical(first) is None:
        return tag != target
    return not same(first, second)
