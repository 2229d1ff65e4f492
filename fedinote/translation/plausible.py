"""Whether an answer can be a translation of what was asked. What an engine says is never believed as it comes.

`check` is for every engine. `check_model` is for language models, which follow what they read: a post can tell them to
say something else than its translation. No check can prove that a text is a good translation; these refuse what
obedience to a post commonly looks like. The reader then gets another engine's translation, or the original.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence

from fedinote.infra.errors import Doubtful, Unavailable
from fedinote.text import language
from fedinote.translation.masks import MASK
from fedinote.translation.self_talk import is_self_talk

_MOST_TIMES, _MOST_MORE = 10, 200
_TELLING = 24.0
_MODEL_MOST_TIMES, _MODEL_MOST_MORE = 1.9, 22
_MODEL_LEAST_TIMES, _MODEL_LEAST_LESS = 0.4, 8
_WORDY = 12.0
_SENTENCE = 30.0

# One Chinese character stands for about three Latin letters, a syllable of Korean for two.
_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af]")
_HANGUL = re.compile("[\u1100-\u11ff\uac00-\ud7a3]")
_KANA = re.compile("[\u3041-\u30ff\u31f0-\u31ff]")
_NUMBER = re.compile(r"\d+(?:[.,:'’ \u00a0\u202f]\d+)*")
# Where numbers are written in words or in ten thousands, digits come and go.
_COUNTING = re.compile(
    r"[百千万萬亿億兆만억천백]|年代|世纪|世紀|\d0['’]?s\b|\b(?:hundred|thousand|million|billion|dozen|twelve|noon|midnight|[ap]\.?m\.?"
    r"|mil|millón|millones|cien|cientos|docena|mille|cent|hundert|tausend|Millionen|тысяч\w*|сто|миллион\w*)\b"
    r"|\d\s?(?:[kKmM]\b|[ap]m\b)",
    re.IGNORECASE,
)
_CHINESE_NUMERAL = re.compile("[〇零一二三四五六七八九十两兩壹貳叁肆伍陸柒捌玖拾]")
_NUMBER_WORD = re.compile(
    r"\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|\w+teen|twenty|thirty|forty|fifty|sixty|seventy|eighty"
    r"|ninety|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|veinte|treinta|uno|un)\b",
    re.IGNORECASE,
)
# Languages that even people confuse at a glance, and the small model often.
_ALIKE = (
    frozenset({"da", "nb", "nn", "no", "sv"}),
    frozenset({"hr", "sr", "bs", "sh", "sl"}),
    frozenset({"cs", "sk"}),
    frozenset({"es", "pt", "gl", "ast", "ca", "oc", "an"}),
    frozenset({"id", "ms", "jv", "su", "min"}),
    frozenset({"ru", "uk", "be", "bg", "mk"}),
    frozenset({"nl", "af", "li", "nds", "fy"}),
    frozenset({"tr", "az"}),
    frozenset({"hi", "mr", "ne", "bho"}),
    frozenset({"ar", "arz", "fa", "ur", "ckb", "ps"}),
    frozenset({"fi", "et"}),
    frozenset({"zh", "yue", "wuu", "lzh"}),
    frozenset({"it", "fr", "sc", "lmo", "vec", "scn", "pms"}),
    frozenset({"de", "gsw", "bar", "lb"}),
    frozenset({"en", "sco"}),
)


def check(texts: Sequence[str], answers: Sequence[str], *, source: str | None, target: str) -> None:
    """Look at one batch of any engine. Raises `Unavailable` for another number of answers than of texts.

    `Doubtful`: an answer is out of proportion (models that lose the thread repeat a word for ever), there is nothing
    where words were, or it is in a language that it surely should not be in. A short answer may be names, and is
    believed.
    """
    if len(texts) != len(answers):
        raise Unavailable(reason=f"{len(answers)} answers for {len(texts)} texts")
    if any(len(answer) > _MOST_TIMES * len(text) + _MOST_MORE for text, answer in zip(texts, answers, strict=True)):
        raise Doubtful(reason="an answer is far longer than its text")
    if any(not answer.strip() and _weight(text) >= _WORDY for text, answer in zip(texts, answers, strict=True)):
        raise Doubtful(reason="an answer is empty")
    joined = " ".join(answers)
    if _weight(joined) < _TELLING:
        return
    found = language.detect(joined)
    if found is None or _same(found, target):
        return
    echoed = source is not None and _same(found, source) and not _same(source, target)
    if echoed or language.contradicts(joined, target) or _script(found) != _script(target):
        raise Doubtful(reason="the answer is in another language")


def check_model(
    texts: Sequence[str], answers: Sequence[str], *, target: str, terms: Sequence[str] = (), instruction: str = ""
) -> None:
    """Look at what a language model gave for each text. Raises `Doubtful`, whose reason names the rule.

    `terms` are what the glossary puts in, so that it is not taken for an invention; `instruction` is what the model was
    told, which it must not repeat.
    """
    for text, answer in zip(texts, answers, strict=True):
        for rule, broken in _rules(text, answer, target, terms):
            if broken:
                raise Doubtful(reason=f"the model's answer {rule}")
    if instruction and _repeats(" ".join(answers), " ".join(texts), instruction):
        raise Doubtful(reason="the model's answer repeats its instruction")
    joined = " ".join(answers)
    found = language.detect(joined) if _weight(joined) >= _TELLING else None
    if found is not None and not _same(found, target):
        raise Doubtful(reason="the model's answer is in another language")


def _rules(text: str, answer: str, target: str, terms: Sequence[str]) -> Iterator[tuple[str, bool]]:
    size, got = _weight(text), _weight(answer)
    allowed = _MODEL_MOST_TIMES * size + _MODEL_MOST_MORE + sum(_weight(term) for term in terms if term in answer)
    yield "is empty", not answer.strip() and bool(text.strip())
    yield "is too long for a translation", got > allowed
    yield "is too short for a translation", got < _MODEL_LEAST_TIMES * size - _MODEL_LEAST_LESS
    same = _plain(text) == _plain(answer)
    yield "is no translation at all", same and size >= _SENTENCE
    yield "is in another script", not same and size >= _WORDY and language.contradicts(answer, target)
    known = _plain(" ".join((text, *terms)))
    yield "has a link, name or sign of its own", any(_plain(item[0]) not in known for item in MASK.finditer(answer))
    yield "has other numbers", _miscounted(text, answer)
    yield "is about the model", is_self_talk(_plain(answer)) and not is_self_talk(known)


def _weight(text: str) -> float:
    """How much a text says, in Latin letters."""
    letters = sum(map(str.isalnum, text))
    han, hangul, kana = (len(pattern.findall(text)) for pattern in (_HAN, _HANGUL, _KANA))
    return letters + 2.0 * han + 1.0 * hangul + 0.5 * kana


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _miscounted(text: str, answer: str) -> bool:
    """Whether numbers of the text are missing, or there are others: amounts and dates matter, and so do new ones."""
    if _COUNTING.search(text) or _COUNTING.search(answer):
        return False
    given, got = _numbers(text), _numbers(answer)
    if not _CHINESE_NUMERAL.search(answer) and not given <= got | _parts_found(given, got):
        return True
    return not (_CHINESE_NUMERAL.search(text) or _NUMBER_WORD.search(text)) and not got <= given | _parts_found(
        got, given
    )


def _numbers(text: str) -> set[str]:
    """The numbers of more than one digit, as they are written but in ASCII; times of day are left out."""
    found = (number[0] for number in _NUMBER.finditer(unicodedata.normalize("NFKC", text)))
    return {number for number in found if ":" not in number and sum(map(str.isdigit, number)) > 1}


def _parts_found(numbers: set[str], others: set[str]) -> set[str]:
    """Those of the numbers whose digits are among the others: 1,280 as 1280 or 1.280, 24.05.2031 as 24 and 2031."""
    whole = {_digits(other) for other in others}
    parts = whole | {_digits(part) for other in others for part in re.split(r"\D+", other)}

    def there(number: str) -> bool:
        pieces = (_digits(part) for part in re.split(r"\D+", number))
        return _digits(number) in whole or all(piece in parts for piece in pieces if len(piece) > 1)

    return {number for number in numbers if there(number)}


def _digits(number: str) -> str:
    return re.sub(r"\D", "", number).lstrip("0") or "0"


def _repeats(answer: str, text: str, instruction: str) -> bool:
    """Whether six words of the instruction in a row are in the answer and not in the text."""
    words = _plain(instruction).split()
    answer, text = _plain(answer), _plain(text)
    runs = (" ".join(words[at : at + 6]) for at in range(len(words) - 5))
    return any(run in answer and run not in text for run in runs)


def _same(found: str, wanted: str) -> bool:
    one, other = language.base_of(found), language.base_of(wanted)
    return one == other or any(one in group and other in group for group in _ALIKE)


def _script(tag: str) -> str:
    """The script that a language is written in, as far as it matters here."""
    base = language.base_of(tag) or ""
    if base in {"zh", "cmn", "yue", "wuu", "nan", "hak", "lzh", "gan", "hsn", "ja"}:
        return "Han"
    return _SCRIPTS.get(base, "Latn")


_SCRIPTS = {
    **dict.fromkeys(("ru", "uk", "be", "bg", "mk", "sr", "kk", "ky", "mn", "tg", "tt", "ba", "cv", "os"), "Cyrl"),
    **dict.fromkeys(("ar", "arz", "fa", "ur", "ckb", "ps", "ug", "sd", "pnb", "azb", "ks"), "Arab"),
    **dict.fromkeys(("hi", "mr", "ne", "bho", "sa", "mai", "new", "gom"), "Deva"),

        "ko": "Kore", "el": "Grek", "he": "Hebr", "yi": "Hebr", "hy": "Armn", "ka": "Geor", "th": "Thai", "lo": "Laoo",
        "km": "Khmr", "my": "Mymr", "bn": "Beng", "as": "Beng", "ta": "Taml", "te": "Telu", "kn": "Knda", "ml": "Mlym",
        "gu": "Gujr", "pa": "Guru", "or": "Orya", "si": "Sinh", "am": "Ethi", "ti": "Ethi", "bo": "Tibt", "dz": "Tibt",
        "dv": "Thaa", "chr": "Cher"
    ,
}  # fmt: skip
