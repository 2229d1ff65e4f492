"""Which tag answers to which: an engine's code for a wanted tag, and what a reader of one language can read."""

from collections.abc import Collection, Iterable

from fedinote.text.language.tags import CHINESE, MANDARIN, known, region_of, script_of, stated_script

# Where an engine knows only one of two close standards, it serves the other as well.
_NEIGHBOURS = {"nb": ("no", "nn"), "nn": ("no", "nb"), "no": ("nb", "nn"), "fil": ("tl",), "tl": ("fil",)}
_NORWEGIAN = frozenset({"no", "nb"})
_FILIPINO = frozenset({"fil", "tl"})
_USUAL_REGION = {"en": "US", "pt": "BR", "es": "ES", "fr": "FR", "de": "DE"}
MANDARIN_ALIASES = {
    "Hans": ("zh-Hans", "zh-CN", "zh-SG", "zh-MY", "zh-Hans-CN", "zh-Hans-SG", "zh-Hans-MY", "zh", "cmn", "cmn-Hans"),
    "Hant": ("zh-Hant", "zh-TW", "zh-HK", "zh-MO", "zh-Hant-TW", "zh-Hant-HK", "zh-Hant-MO", "cmn-Hant"),
}
CANTONESE_ALIASES = (
    "yue",
    "zh-YUE",
    "zh-yue",
    "yue-Hant",
    "yue-HK",
    "yue-Hant-HK",
    "yue-Hans",
    "yue-CN",
    "yue-Hans-CN",
)
_SAME = {
    "no": ("no", "nb"),
    "nb": ("nb", "no"),
    "he": ("he", "iw"),
    "id": ("id", "in"),
    "yi": ("yi", "ji"),
    "tl": ("tl", "fil"),
    "fil": ("fil", "tl"),
}


def aliases(tag: str) -> tuple[str, ...]:
    """Return all tags by which a client may look up this language, the tag itself (as given) first.

    Clients look for the exact tag of the post, or for the first two letters of it, in the table that the server sends.
    An engine's own code ("zt") is understood. Where the engine has one "zh" only, join the aliases of both scripts.
    Cantonese has aliases of its own.
    """
    found = known(tag)
    if found is None:
        return (tag,)
    language = found.partition("-")[0]
    if language == "yue":
        more: tuple[str, ...] = CANTONESE_ALIASES
    elif language in MANDARIN:
        more = MANDARIN_ALIASES.get(script_of(found) or "", ())
    else:
        more = (language, *_SAME.get(language, ()))
    return tuple(dict.fromkeys((tag, found, *more)))


def match(wanted: str, available: Collection[str], *, target: bool = False) -> str | None:
    """Return the one of an engine's own codes that serves the wanted tag best, None where none does.

    Chinese is matched by script first ("zh-TW" with {"zh", "zt"} → "zt"); the other script is the last resort: compare
    `script_of` where that matters. Else the language decides: "pt-BR" with {"pt"} → "pt", "nb" with {"no"} → "no".
    What is written in Cantonese an engine may read as Chinese; as a `target` only a code of its own serves it.
    """
    found = known(wanted)
    if found is None:
        return wanted if wanted in available else None
    best = max(((_score(found, code, target), code) for code in sorted(available, reverse=True)), default=(0, ""))
    return best[1] if best[0] else None


def same(one: str, other: str) -> bool:
    """Tell whether two tags name one language in one script, so that there is nothing to translate.

    Chinese without a script is simplified; a tag that names no script matches each ("sr" and "sr-Latn"). Cantonese is
    no Mandarin.
    """
    first, second = known(one), known(other)
    if first is None or second is None:
        return one == other
    if _language(first) != _language(second):
        return False
    scripts = {script_of(first), script_of(second)} - {None}
    return len(scripts) < 2


def reads(languages: Iterable[str], tag: str) -> bool:
    """Tell whether a reader of these languages reads a text in `tag` as it is.

    "zh" stands for both scripts, "zh-TW" for its own. Who reads Mandarin is not taken to read Cantonese, but the
    other way round is: Cantonese speakers learn to write in Mandarin.
    """
    wanted = known(tag)
    if wanted is None:
        return False
    return any(_reads(found, wanted) for one in languages if (found := known(one)) is not None)


def _reads(reader: str, wanted: str) -> bool:
    own, other = _language(reader), _language(wanted)
    if own != other and not (own == "yue" and other == "zh"):
        return False
    script = stated_script(reader)
    written = script_of(wanted)
    return script is None or written is None or script == written


def _language(tag: str) -> str:
    """Return the language of a canonical tag; names of one language become one."""
    language = tag.partition("-")[0]
    if language in MANDARIN:
        return "zh"
    return "nb" if language in _NORWEGIAN else "tl" if language in _FILIPINO else language


def _score(wanted: str, code: str, target: bool) -> int:
    """Rate how well an engine's code serves the wanted tag; 0 is not at all."""
    offered = known(code)
    if offered is None:
        return 0
    if offered == wanted:
        return 100
    language, other = wanted.partition("-")[0], offered.partition("-")[0]
    if language in CHINESE and other in CHINESE:
        return 0 if target and _language(wanted) != _language(offered) else _chinese_score(wanted, offered)
    if language != other:
        neighbours = _NEIGHBOURS.get(language, ())
        return 10 - neighbours.index(other) if other in neighbours else 0
    script, other_script = script_of(wanted), script_of(offered)
    if script and other_script and script != other_script:
        return 15
    if offered == other:
        return 60
    region = region_of(offered)
    return 50 if region == region_of(wanted) else 40 if region == _USUAL_REGION.get(language) else 30


def _chinese_score(wanted: str, offered: str) -> int:
    language, other = wanted.partition("-")[0], offered.partition("-")[0]
    if language != other and other not in MANDARIN:
        return 0
    score = 20 + (5 if language == other else 0)
    if offered in MANDARIN and wanted in MANDARIN:
        return 90
    if script_of(wanted) == script_of(offered):
        score += 40 + (10 if region_of(wanted) == region_of(offered) else 0) - (3 if offered in MANDARIN else 0)
    elif offered in MANDARIN:
        score += 5  # "zh" alone may be either
    return score
