"""One emoji: what a reaction consists of (FEP-c0e0), and how two spellings of the same one are told to be the same."""

import re

MAX_LENGTH = 64
"""The longest Unicode emoji in characters: a family with skin tones has 15."""

_SYMBOL = (
    "[\u00a9\u00ae\u203c\u2049\u2122\u2139\u2194-\u21aa\u231a-\u23ff\u24c2\u25aa-\u27bf\u2934\u2935\u2b05-\u2b55"
    "\u3030\u303d\u3297\u3299\U0001f000-\U0001f1e5\U0001f200-\U0001faff]"
)
_PICTURE = f"{_SYMBOL}\ufe0f?[\U0001f3fb-\U0001f3ff]?[\U000e0020-\U000e007f]{{0,16}}"
_ONE = re.compile(
    f"(?:[\U0001f1e6-\U0001f1ff]{{2}}|[0-9#*]\ufe0f?\u20e3|{_PICTURE}(?:\u200d{_PICTURE}){{0,9}}|{_SYMBOL}\ufe0e)"
)
_SHORTCODE = re.compile(r"[\w.+-]{1,128}")
_SELECTORS = str.maketrans("", "", "\ufe0e\ufe0f")


def is_emoji(text: str) -> bool:
    """Tell whether a text is exactly one Unicode emoji: one grapheme, with its modifiers, joiners and flags."""
    return len(text) <= MAX_LENGTH and _ONE.fullmatch(text) is not None


def is_shortcode(text: str) -> bool:
    """Tell whether a text may be the name of a custom emoji, without colons: letters, digits and `_ . + -`.

    Wider than what Mastodon lets its own have, as Pleroma and Akkoma have names with hyphens and dots.
    """
    return _SHORTCODE.fullmatch(text) is not None


def key(text: str) -> str:
    """Return an emoji without its presentation selectors: "❤" and "❤️" are one reaction, whoever sent which."""
    return text.translate(_SELECTORS)
