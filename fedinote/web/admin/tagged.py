"""Texts in several languages in one field of a form: a line for each, "zh-Hans: 茶"."""

from collections.abc import Mapping

from fedinote.infra.errors import Invalid

MAX_LINES = 60


def written(texts: Mapping[str, str]) -> str:
    """Return the texts as such lines."""
    return "\n".join(f"{tag}: {text}" for tag, text in texts.items())


def read(text: str) -> dict[str, str]:
    """Return what such lines say, by language (as it was typed). Blank lines are left out. Raises Invalid."""
    found: dict[str, str] = {}
    for line in text.splitlines():
        if not line.strip():
            continue
        tag, colon, said = line.replace("：", ":", 1).partition(":")
        if not colon or not tag.strip() or not said.strip():
            raise Invalid("Write a language, a colon and the text on each line, such as en: Tea")
        found[tag.strip()] = said.strip()
    if len(found) > MAX_LINES:
        raise Invalid("That is too much at once")
    return found
