"""What inside a text is no words of any language, and so never goes to an engine.

All expressions are linear: every repeat is bounded or cannot match what follows it.
"""

import re

_LABEL = r"[A-Za-z0-9-]{1,63}"
_DOMAINS = "com|org|net|edu|gov|int|info|io|dev|app|art|blog|social|online|site|space|world|cloud|town|club|zone"
_COUNTRIES = "cn|tw|hk|jp|kr|sg|de|fr|uk|eu|us|ca|au|nl|es|it|ch|at|se|no|fi|pl|cz|ru|br|in|me|moe|xyz"
_URL_CHAR = r"[^\s<>\"«»“”‘’，。！？；：、（）【】「」『』《》]"
# The last character of an address is not the full stop of its sentence.
_URL_END = r"[^\s<>\"«»“”‘’，。！？；：、（）【】「」『』《》,.;:!?)\]}'…]"
_EMOJI = (
    "\U0001f000-\U0001faff\u2190-\u21ff\u2300-\u23ff\u2460-\u24ff\u25a0-\u27bf\u2934\u2935\u2b00-\u2bff\u3030\u303d"
)
_JOINED = "\u200d\ufe0e\ufe0f\u20e3\U000e0020-\U000e007f"

MASK = re.compile(
    rf"""
      (?i:https?|ftp|gemini|gopher|ipfs|at)://{_URL_CHAR}{{0,2000}}{_URL_END}
    | (?i:mailto|xmpp|magnet|acct):(?=[A-Za-z0-9?]){_URL_CHAR}{{0,2000}}{_URL_END}
    | (?<![A-Za-z0-9_.+-])[A-Za-z0-9_.+-]{{1,64}}@(?:{_LABEL}\.){{1,8}}[A-Za-z]{{2,24}}                  # e-mail
    | (?<![A-Za-z0-9_.-])(?:{_LABEL}\.){{1,8}}[A-Za-z]{{2,24}}(?::\d{{1,5}})?/{_URL_CHAR}{{0,2000}}{_URL_END}
    | (?<![A-Za-z0-9_.-])(?:{_LABEL}\.){{1,8}}(?:{_DOMAINS}|{_COUNTRIES})(?![A-Za-z0-9_-])/?              # bare domain
    | [@＠][A-Za-z0-9_](?:[A-Za-z0-9_.-]{{0,127}}[A-Za-z0-9_])?(?:@{_LABEL}(?:\.{_LABEL}){{0,8}})?        # person
    | [\#＃]\w[\w·・]{{0,254}}                                                                            # hashtag
    | (?<![A-Za-z0-9]):[A-Za-z0-9_+-]{{1,64}}:(?![A-Za-z0-9])                                            # custom emoji
    | `[^`\n]{{1,1000}}`                                                                                 # code
    | </?[A-Za-z][^<>]{{0,500}}>                                                                         # written tag
    | &(?:\#\d{{1,7}}|\#[xX][0-9A-Fa-f]{{1,6}}|[A-Za-z][A-Za-z0-9]{{1,31}});                             # entity
    | [0-9*\#]\ufe0f?\u20e3                                                                              # keycap
    | [{_EMOJI}\u00a9\u00ae\u2122][{_EMOJI}{_JOINED}]*
    """,
    re.VERBOSE,
)
"""Addresses, people, tags, shortcodes, code, written markup and emoji. An entity or tag written out by the author is
among them because LibreTranslate un-escapes its answer even for plain text."""


def is_only_masked(text: str) -> bool:
    """True when nothing but masked items (and signs, digits, spaces) is in the text."""
    return not any(char.isalpha() for char in MASK.sub("", text))
