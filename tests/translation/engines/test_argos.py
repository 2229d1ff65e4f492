"""Argos Translate in a child process: the real one, and a small stand-in of the same interface."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from fedinote.infra.errors import Invalid, Resting, Unavailable
from fedinote.translation.engine import Engine, Location
from fedinote.translation.engines.argos import Argos
from tests.support import libretranslate
from tests.support.libretranslate import RunningLibreTranslate

STAND_IN = """
import os, time

class Language:
    def __init__(self, code):
        self.code, self.translations_from = code, []

class Translation:
    def __init__(self, to_lang):
        self.to_lang = to_lang
    def translate(self, text):
        print("noise on the standard output")
        if text == "hang":
            time.sleep(60)
        if text == "die":
            os._exit(3)
        if text == "raise":
            raise ValueError("the text itself")
        return f"{text} in {self.to_lang.code}"

_languages = {code: Language(code) for code in ("en", "zh", "zt")}
for one in _languages.values():
    one.translations_from = [Translation(other) for other in _languages.values()]

def get_installed_languages():
    return list(_languages.values())

def get_translation_from_codes(source, target):
    assert os.environ["ARGOS_MODEL_PROVIDER"] == "OPENNMT"
    return next(one for one in _languages[source].translations_from if one.to_lang.code == target)
"""


@pytest.fixture
async def argos(tmp_path: Path) -> AsyncIterator[Argos]:
    """An engine whose interpreter finds the stand-in."""
    package = tmp_path / "argostranslate"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "translate.py").write_text(STAND_IN, encoding="utf-8")
    wrapper = tmp_path / "python"
    start = (
        f"import sys, runpy; sys.path.insert(0, {str(tmp_path)!r}); runpy.run_path(sys.argv[1], run_name='__main__')"
    )
    wrapper.write_text(f'#!/bin/sh\\nexec "{sys.executable}" -c "{start}" "$2"\\n'.replace("\\n", "\n"))
    wrapper.chmod(0o755)
    engine = Argos(python=str(wrapper), environment={"ARGOS_MODEL_PROVIDER": "LIBRETRANSLATE"})
    yield engine
    await engine.close()


async def test_texts_are_translated_in_a_process_of_their_own(argos: Argos) -> None:
    engine: Engine = argos
    assert engine.location is Location.LOCAL
    assert await engine.languages() == {
        "en": frozenset({"zh-Hans", "zh-Hant"}),
        "zh-Hans": frozenset({"en", "zh-Hant"}),
        "zh-Hant": frozenset({"en", "zh-Hans"}),
    }
    answer = await engine.translate(["Tea", "two\nlines"], source="en-GB", target="zh-TW")
    assert answer.texts == ("Tea in zt", "two\nlines in zt")
    assert argos._child is not None
    assert argos._child.pid != os.getpid()


@pytest.mark.parametrize(("source", "target"), [(None, "en"), ("fr", "en"), ("en", "fr"), ("en", "en-US")])
async def test_pairs_without_a_package_are_invalid(argos: Argos, source: str | None, target: str) -> None:
    with pytest.raises(Invalid):
        await argos.translate(["Tea"], source=source, target=target)


async def test_a_model_that_hangs_is_ended_and_the_next_text_gets_its_own_answer(argos: Argos) -> None:
    await argos.languages()
    hanging = argos._child
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2):
            await argos.translate(["hang"], source="en", target="zh")
    assert hanging is not None
    assert hanging.returncode is not None
    assert (await argos.translate(["Tea"], source="en", target="zh")).texts == ("Tea in zh",)


@pytest.mark.parametrize("text", ["die", "raise"])
async def test_what_breaks_inside_is_unavailable_and_quotes_no_text(argos: Argos, text: str) -> None:
    with pytest.raises(Unavailable) as caught:
        await argos.translate([text], source="en", target="zh")
    assert "text itself" not in str(caught.value)
    assert (await argos.translate(["Tea"], source="en", target="zh")).texts == ("Tea in zh",)


async def test_without_the_package_it_rests_and_says_what_to_install() -> None:
    engine = Argos(python=sys.executable)
    try:
        with pytest.raises(Resting, match="argostranslate; install"):
            await engine.languages()
    finally:
        await engine.close()


async def test_an_interpreter_that_is_not_there_is_unavailable() -> None:
    with pytest.raises(Unavailable):
        await Argos(python="/nowhere/python").languages()


async def test_the_real_argos_translates_with_its_packages(libretranslate: RunningLibreTranslate) -> None:
    folder = libretranslate.folder
    environment = {"ARGOS_PACKAGES_DIR": str(folder / "packages"), "XDG_DATA_HOME": str(folder / "data2")}
    engine = Argos(python=str(_python()), environment=environment)
    try:
        assert (await engine.translate(["我喜欢猫"], source="zh-CN", target="en")).texts == ("I like cats",)
        assert "zh-Hant" in (await engine.languages())["en"]
    finally:
        await engine.close()


def _python() -> Path:
    return libretranslate.environment_folder() / "bin" / "python"
