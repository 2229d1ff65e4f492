"""Tags of languages in their canonical form, and what a tag says (BCP 47, RFC 5646)."""

import functools
import re

from fedinote.text.languages_iso import GRANDFATHERED, NO_LANGUAGE, REPLACED, TWO_LETTERS

CHINESE = frozenset({"zh", "cmn", "yue", "wuu", "nan", "hak", "lzh", "gan", "hsn"})
"""Languages that are written in Han characters alone."""
MANDARIN = frozenset({"zh", "cmn"})

_MAX_TAG = 35
_TAG = re.compile(
    r"(?P<language>[a-z]{2,3})(?:-(?P<extended>[a-z]{3}))?(?:-(?P<script>[a-z]{4}))?(?:-(?P<region>[a-z]{2}|[0-9]{3}))?"
    r"(?P<variants>(?:-(?:[a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*)(?:-[a-wyz0-9](?:-[a-z0-9]{2,8})+)*(?:-x(?:-[a-z0-9]{1,8})+)?"
)
_RESERVED = re.compile(r"q[a-t][a-z]")
_SCRIPT_OF_REGION = {"CN": "Hans", "SG": "Hans", "MY": "Hans", "TW": "Hant", "HK": "Hant", "MO": "Hant"}
# Codes of translation engines that are no language tags (LibreTranslate and Argos).
_ENGINE_CODES = {"zt": "zh-Hant", "pb": "pt-BR"}


@functools.lru_cache(maxsize=2048)  # pure, and asked several times for each post
def canonical(tag: str) -> str | None:
    """Return the BCP 47 tag in its canonical form ("zh_cn" → "zh-CN", "iw" → "he", "jpn" → "ja"), or None.

    Extensions and private parts are dropped. None for what is not well formed, longer than 35 characters, no language
    of ISO 639-1 in two letters, or no one language ("und", "mul", "zxx").
    """
    if len(tag) > _MAX_TAG:
        return None
    tag = tag.strip().replace("_", "-").lower()
    tag = GRANDFATHERED.get(tag, tag)
    match = _TAG.fullmatch(tag)
    if match is None:
        return None
    language = match["extended"] or match["language"]
    language = REPLACED.get(language, language)
    if language in NO_LANGUAGE or _RESERVED.fullmatch(language) or (len(language) == 2 and language not in TWO_LETTERS):
        return None
    parts = [language]
    if match["script"]:
        parts.append(match["script"].title())
    if match["region"]:
        parts.append(match["region"].upper())
    return "-".join(parts) + match["variants"]


def known(tag: str) -> str | None:
    """Return the canonical form of a tag or of an engine's own code ("zt" → "zh-Hant"), or None."""
    return _ENGINE_CODES.get(tag.lower()) or canonical(tag)


def base_of(tag: str) -> str | None:
    """Return the language without script and region ("pt-BR" → "pt"), None for an invalid tag."""
    found = known(tag)
    return found.partition("-")[0] if found else None


def region_of(tag: str) -> str | None:
    """Return the region that a canonical tag names ("pt-BR" → "BR"), or None."""
    return next((part for part in tag.split("-")[1:] if len(part) == 2 or part.isdigit()), None)


def stated_script(tag: str) -> str | None:
    """Return the script that a tag names or its region implies ("zh-TW" → "Hant"); None where it says nothing."""
    found = known(tag)
    if found is None:
        return None
    language, *rest = found.split("-")
    script = next((part for part in rest if len(part) == 4 and part.isalpha()), None)
    if script or language not in CHINESE:
        return script
    return next((_SCRIPT_OF_REGION[part] for part in rest if part in _SCRIPT_OF_REGION), None)


@functools.lru_cache(maxsize=2048)
def script_of(tag: str) -> str | None:
    """Return the script that the tag names, or for Chinese implies: "Hans" or "Hant"; else None.

    Chinese without script and region is simplified, Cantonese traditional (CLDR likely subtags).
    """
    found = known(tag)
    if found is None:
        return None
    script = stated_script(found)
    language = found.partition("-")[0]
    if script or language not in CHINESE:
        return script
    return "Hant" if language == "yue" else "Hans"
