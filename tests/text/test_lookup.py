"""Whether clients find the translate button: their lookup, for every tag of a post and every engine's list."""

from collections.abc import Mapping

import pytest

from fedinote.text import language
from fedinote.text.languages_iso import TWO_LETTERS
from tests.text.mixed_posts import MIXED, TAGGED

Pairs = Mapping[str, frozenset[str]]


def everyone_to_everyone(codes: str) -> Pairs:
    found = frozenset(codes.split())
    return {code: found - {code} for code in found}


def through_english(codes: str) -> Pairs:
    """As with few packages: each language from and into English alone."""
    found = frozenset(codes.split())
    return {code: frozenset({"en"}) for code in found} | {"en": found}


# As each engine names what it can: the lists of LibreTranslate before and since 1.7, DeepL's sources and targets,
# packages of Argos Translate, an engine that is told the language by name, and the conversion between the scripts.
LIBRE_OLD = everyone_to_everyone(
    "ar az bg bn ca cs da de el en eo es et fa fi fr ga he hi hu id it ja ko lt lv ms nb nl pl pt ro ru sk sl sq sv th"
    " tl tr uk ur vi zh zt pb"
)
LIBRE_NEW = everyone_to_everyone(
    "ar az bg bn ca cs da de el en eo es et eu fa fi fr ga gl he hi hu id it ja ko ky lt lv ms nb nl pl pt pt-BR ro ru"
    " sk sl sq sr sv th tl tr uk ur vi zh-Hans zh-Hant"
)
DEEPL_SOURCES = "AR BG CS DA DE EL EN ES ET FI FR HE HU ID IT JA KO LT LV NB NL PL PT RO RU SK SL SV TH TR UK VI ZH"
DEEPL_TARGETS = frozenset(
    f"{DEEPL_SOURCES} EN-GB EN-US ES-419 PT-BR PT-PT ZH-HANS ZH-HANT".replace(" EN ", " ").replace(" PT ", " ").split()
)
DEEPL: Pairs = {code: DEEPL_TARGETS - {code} for code in DEEPL_SOURCES.split()}
ARGOS = through_english("en es ja ko de fr zh zt pb nb")
MODEL = everyone_to_everyone(
    "ar bn ca cs da de el en es fa fi fr he hi hu id it ja ko ms nl nb pl pt ro ru sv ta th tl tr uk ur vi yue zh-Hans"
    " zh-Hant"
)
TWO_PACKAGES: Pairs = {"zh": frozenset({"en"}), "en": frozenset({"zh"})}
ENGINES = {
    "LibreTranslate old": LIBRE_OLD,
    "LibreTranslate new": LIBRE_NEW,
    "DeepL": DEEPL,
    "Argos": ARGOS,
    "a model": MODEL,
    "two packages": TWO_PACKAGES,
}
CONVERSION: Pairs = {
    "zh-Hans": frozenset({"zh-Hant", "zh-TW", "zh-HK"}),
    "zh-Hant": frozenset({"zh-Hans"}),
    "zh-TW": frozenset({"zh-Hans"}),
    "zh-HK": frozenset({"zh-Hans"}),
}

# The languages of the official web client's interface, as it names them.
_INTERFACES = """
af an ar ast az be bg bn br bs ca ckb co cs cy da de el en en-GB eo es es-AR es-MX et eu fa fi fil fo fr fr-CA fy ga
gd gl he hi hr hu hy ia id ie ig io is it ja ka kab kk kn ko ku kw la lad lt lv mk ml mr ms my nan nl nn no oc pa pl
pt-BR pt-PT ro ru ry sa sc sco si sk sl smn sq sr sr-Latn sv szl ta te tg th tok tr tt tw ug uk ur uz vai vi zgh
zh-CN zh-HK zh-TW"""
INTERFACES = _INTERFACES.split()
# What posts are tagged with: the client's menu of languages, systems' languages, and old and odd spellings.
_TAGS = """
zh-CN zh-TW zh-HK zh-MO zh-SG zh-MY zh-Hans zh-Hant zh-Hans-CN zh-Hant-TW zh-Hant-HK zh-YUE cmn cmn-Hans cmn-Hant yue
yue-Hant yue-HK yue-Hans zh_CN zh-hant-tw chi zho jpn iw in ji nob en-US en-GB en-AU en-CA en-IN es-MX es-419 es-AR
pt-BR pt-PT pt_BR fr-CA fr-CH de-AT de-CH nl-BE sr-Latn sr-Cyrl ja-JP ko-KR fil ast kab nn-NO"""
TAGS = (*sorted(TWO_LETTERS), *_TAGS.split())
CHINESE = (
    "zh",
    "zh-CN",
    "zh-SG",
    "zh-Hans",
    "cmn",
    "zh-TW",
    "zh-HK",
    "zh-MO",
    "zh-Hant",
    "yue",
    "yue-Hant",
    "yue-Hans",
)


def has_button(table: Mapping[str, list[str]], tag: str | None, interface: str) -> bool:
    """Decide as the official web client does: the exact tag or "und", then the interface cut at the first hyphen."""
    return interface.replace("_", "-").partition("-")[0] in table.get(tag or "und", ())


def reachable(pairs: Pairs, tag: str, interface: str) -> bool:
    """Tell whether an engine can do it, asked in its own codes."""
    code = language.match(tag, pairs)
    return code is not None and language.match(interface, pairs[code], target=True) is not None


@pytest.mark.parametrize("name", ENGINES)
def test_every_tag_that_an_engine_can_translate_has_the_button_in_every_interface_it_can_write(name: str) -> None:
    pairs = ENGINES[name]
    table = language.clients_table(pairs, CONVERSION)
    tried, missing, superfluous = 0, [], []
    for stated in TAGS:
        tag = language.canonical(stated)  # as posts are stored
        if tag is None:
            continue
        for interface in INTERFACES:
            tried += 1
            cut = interface.partition("-")[0]
            able = reachable(pairs, tag, cut)
            if able and not language.same(tag, cut) and not has_button(table, tag, interface):
                missing.append((tag, interface))
            if has_button(table, tag, interface) and language.base_of(tag) == cut and cut != "zh":
                superfluous.append((tag, interface))
    assert tried > 20_000
    assert missing == []
    assert superfluous == []


@pytest.mark.parametrize("name", ENGINES)
@pytest.mark.parametrize(
    "tag",
    ["zh", "zh-CN", "zh-SG", "zh-Hans", "cmn", "zh-TW", "zh-HK", "zh-MO", "zh-Hant", "yue", "yue-Hant", "yue-Hans"],
)
def test_every_spelling_of_chinese_has_the_button_for_a_reader_of_english(name: str, tag: str) -> None:
    table = language.clients_table(ENGINES[name], CONVERSION)
    assert has_button(table, tag, "en"), tag
    assert has_button(table, tag, "en-GB"), tag


@pytest.mark.parametrize("name", ENGINES)
@pytest.mark.parametrize("interface", ["zh-CN", "zh-TW", "zh-HK"])
def test_every_reader_of_chinese_has_the_button_under_english_and_japanese(name: str, interface: str) -> None:
    table = language.clients_table(ENGINES[name], CONVERSION, reader=interface)
    for tag in ("en", "en-US", "en-GB"):
        assert has_button(table, tag, interface)
        assert interface in table[tag]
    if language.match("ja", ENGINES[name]) and name != "Argos":  # whose packages here go through English
        assert has_button(table, "ja", interface)


def test_readers_of_each_script_have_the_button_under_the_other_and_not_under_their_own() -> None:
    for reader, own, other in (("zh-CN", "zh-CN", "zh-TW"), ("zh-TW", "zh-HK", "zh"), ("zh-HK", "zh-TW", "zh-Hans")):
        table = language.clients_table(TWO_PACKAGES, CONVERSION, reader=reader)
        assert has_button(table, other, reader), (reader, other)
        assert not has_button(table, own, reader), (reader, own)
    nobody = language.clients_table(TWO_PACKAGES, CONVERSION)
    assert has_button(nobody, "zh-TW", "zh-CN")
    assert has_button(nobody, "zh-CN", "zh-TW")
    english = language.clients_table(TWO_PACKAGES, CONVERSION, reader="en")
    assert has_button(english, "zh-TW", "zh-CN"), "nobody knows which script somebody reads whose interface is English"
    assert not has_button(language.clients_table(TWO_PACKAGES, {}), "en", "en")


def test_cantonese_is_never_offered_by_changing_its_characters() -> None:
    table = language.clients_table(TWO_PACKAGES, CONVERSION)
    assert "yue" in table
    assert not any(language.base_of(tag) == "zh" for tag in table["yue"])
    assert not any("yue" in tag.lower() for targets in table.values() for tag in targets)
    model = language.clients_table(MODEL, CONVERSION)
    assert {"zh", "zh-CN", "zh-TW"} <= set(model["yue"]), "an engine that knows both translates it"
    assert {"yue", "zh-YUE"} <= set(model["zh"])


@pytest.mark.parametrize("name", ENGINES)
@pytest.mark.parametrize("interface", ["en", "zh-CN", "zh-TW"])
def test_mixed_posts_have_the_button_for_readers_of_either_language(name: str, interface: str) -> None:
    table = language.clients_table(ENGINES[name], CONVERSION, reader=interface)
    assert len(MIXED) >= 60
    for text in MIXED:
        for stated in ("en", "zh", "zh-CN", None):
            own = stated or language.detect(text)
            shown = language.offered(text, own) or own
            assert has_button(table, shown, interface), (text, stated, shown)


def test_posts_with_a_wrong_or_no_tag_have_the_button() -> None:
    table = language.clients_table(LIBRE_NEW, CONVERSION, reader="en")
    for text, stated, shown in TAGGED:
        if shown is not None and shown != "en":
            assert has_button(table, language.offered(text, stated), "en"), text
    assert has_button(table, None, "en"), "a post without a tag is looked up as und"
    assert has_button(table, None, "zh-CN")
    assert has_button(table, "mul", "ja")


def test_without_engines_there_is_no_table() -> None:
    assert language.clients_table({}) == {}
    assert language.clients_table({}, {}) == {}
    assert "und" not in language.clients_table({}, CONVERSION)


def test_no_language_is_offered_in_itself() -> None:
    for pairs in ENGINES.values():
        for tag, targets in language.clients_table(pairs, CONVERSION, reader="zh-CN").items():
            assert tag not in targets
            assert len(set(targets)) == len(targets)
