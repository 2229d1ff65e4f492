"""The words of pages: every message has its translation, numbers and times are written as readers write them."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from fedinote.web.words import FOLDER, OFFERED, choose, read, words
from tools import messages

_VALUE = re.compile(r"%\(\w+\)[sd]|\{\d+\}|%%")
NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize("area", messages.areas())
def test_every_message_is_translated_into_every_language(area: str) -> None:
    assert messages.missing(area) == []


def _forms(text: Any) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text or ())


def _catalogues():
    return sorted(FOLDER.glob("*/LC_MESSAGES/*.po"))


@pytest.mark.parametrize("path", _catalogues(), ids=lambda path: f"{path.parent.parent.name}-{path.stem}")
def test_translations_keep_the_values_and_the_markup_of_their_message(path) -> None:
    for message in read(path):
        forms = _forms(message.string)
        said = _forms(message.id)
        wanted = set(_VALUE.findall(said[-1]))
        for form in filter(None, forms if message.id else ()):
            assert set(_VALUE.findall(form)) | {"%(num)s"} == wanted | {"%(num)s"}, (message.id, form)
            assert sorted(re.findall(r"</?\w+", form)) == sorted(re.findall(r"</?\w+", said[-1])), form


@pytest.mark.parametrize("locale", sorted(path.name for path in FOLDER.iterdir()))
def test_the_same_english_is_the_same_in_all_areas(locale: str) -> None:
    found: dict[object, set[object]] = {}
    for path in FOLDER.glob(f"{locale}/LC_MESSAGES/*.po"):
        for message in read(path):
            if message.id and message.string:
                key = message.id if isinstance(message.id, str) else message.id[0]
                first = message.string if isinstance(message.string, str) else message.string[0]
                found.setdefault((key, isinstance(message.id, str)), set()).add(first)
    assert {key: texts for key, texts in found.items() if len(texts) > 1} == {}


@pytest.mark.parametrize("tag", OFFERED)
def test_each_offered_language_has_its_words(tag: str) -> None:
    spoken = words(tag)
    assert spoken.tag == tag
    assert spoken.direction == "ltr"
    if tag != "en":
        assert spoken.gettext("Home") != "Home"
        assert spoken.error("Record not found") != "Record not found"


def test_words_are_chosen_by_the_first_language_that_is_offered() -> None:
    assert choose(["de", "zh-TW", "en"]).tag == "zh-Hant"
    assert choose(["zh-CN"]).tag == "zh-Hans"
    assert choose(["pt-BR", "es-MX"]).tag == "es"
    assert choose(["xx"]).tag == "en"


def test_values_in_errors_survive_translation() -> None:
    said = words("es").error("The request is larger than 16 MB")
    assert "16 MB" in said
    assert said != "The request is larger than 16 MB"
    assert words("es").error("something nobody ever says") == "something nobody ever says"


def test_numbers_sizes_and_times_are_written_as_readers_write_them() -> None:
    assert words("en").count(12_345) == "12.3K"
    assert words("zh-Hans").count(12_345) == "1.2万"
    assert words("en").count(9_999) == "9,999"
    assert words("es").bytes(1_234_567) == "1,2\u00a0MB"
    assert words("ja").ago(NOW - timedelta(hours=3), NOW) == "3 時間前"
    assert words("en").ago(NOW - timedelta(days=30), NOW) == "Oct 2, 2026"
