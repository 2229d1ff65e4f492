"""Sentences on which translation commonly goes wrong, and how to tell: our own, in the four languages of the test.

Each goes the way of a post: cut into runs, translated, put back, sanitised. What is checked is what can be checked
without a person: that a "not" is still there, that a number, a name, a link came through. Passing is no proof of a good
translation; failing is one of a bad one.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

KINDS = ("negation", "numbers", "names", "html", "mentions", "urls", "emoji", "code", "slang")

_NEGATIONS = {
    "en": r"\b(?:not|no|never|nobody|none|nothing|neither|nor|without|cannot|hardly|isnt)\b|n['’]t\b",
    "es": r"\b(?:no|nunca|jamás|nadie|nada|ningun[oa]?|ningún|tampoco|ni|sin)\b",
    "zh": "[不没沒未无無非别別勿莫]",
    "ja": "ない|なく|なか|ません|ませ|ず|ぬ|無",
}
_MENTION = '<span class="h-card"><a href="https://a.example/@{0}" class="u-url mention">@<span>{0}</span></a></span>'
_TAG = '<a href="https://a.example/tags/{0}" class="mention hashtag" rel="tag">#<span>{0}</span></a>'
_URL = "https://b.example/a?b=1&amp;c=2"
_LINK = f'<a href="{_URL}">{_URL}</a>'


@dataclass(frozen=True, slots=True)
class Trap:
    """A post (HTML) in `language`. `wants`: by target language an expression that its words must match.

    `keeps` are pieces of HTML that must be there as they were, in this order.
    """

    kind: str
    language: str
    html: str
    wants: Mapping[str, str] = field(default_factory=dict)
    keeps: tuple[str, ...] = ()

    @property
    def targets(self) -> tuple[str, ...]:
        """The languages into which it is translated."""
        return tuple(
            tag for tag in ("en", "zh", "es", "ja") if tag != self.language and (not self.wants or tag in self.wants)
        )


def _not(language: str, text: str) -> Trap:
    return Trap(
        "negation", language, f"<p>{text}</p>", {tag: each for tag, each in _NEGATIONS.items() if tag != language}
    )


def _says(kind: str, language: str, text: str, **wants: str) -> Trap:
    return Trap(kind, language, f"<p>{text}</p>", wants)


def _number(language: str, text: str, pattern: str) -> Trap:
    return _says("numbers", language, text, **dict.fromkeys(("en", "zh", "es", "ja"), pattern))


def _keeps(kind: str, language: str, html: str, *pieces: str) -> Trap:
    return Trap(kind, language, html, {}, pieces)


TRAPS: tuple[Trap, ...] = (
    _not("zh", "我不喜欢这部电影。"),
    _not("zh", "他从来没有去过台北。"),
    _not("zh", "这不是我的猫，别喂它。"),
    _not("en", "I have never been to Beijing, and I do not plan to go."),
    _not("en", "Nobody likes cold tea."),
    _not("es", "No me gusta el café sin leche."),
    _not("ja", "今日は学校に行きません。"),
    _number("zh", "这本书卖 1280 元，比去年贵了 15%。", r"1[.,\s]?280"),
    _number("zh", "会议在 2031 年 5 月 24 日举行。", r"2031"),
    _number("en", "There were 3,500 people and only 12 buses.", r"3[.,\s]?500|三千五百|3千5百"),
    _number("en", "The train leaves at 17:45 from platform 9.", r"17[:：.時点]?\s?45|5[:：.]45"),
    _number("es", "La casa mide 84,5 metros cuadrados.", r"84[.,]5"),
    _number("ja", "気温は 36.8 度でした。", r"36[.,]8"),
    _says("names", "zh", "李明住在北京。", en="Beijing|Peking", es="Pekín|Beijing", ja="北京"),
    _says("names", "zh", "我在台北的邻居叫小美。", en="Taipei", es="Taip[eé]i", ja="台北"),
    _says("names", "en", "Alice Brown works for Mozilla in Berlin.", zh="Mozilla|谋智", es="Mozilla", ja="Mozilla"),
    _says(
        "names", "es", "Carmen vive en Sevilla con su hermano Pablo.", en="Seville|Sevilla", zh="塞维利亚", ja="セビ"
    ),
    _says("names", "ja", "田中さんは京都に住んでいます。", en="Kyoto", zh="京都", es="K[iy]oto"),
    _keeps(
        "html",
        "zh",
        "<p>我<strong>很</strong>喜欢<em>茶</em>。</p><p>你好</p>",
        "<strong>",
        "</strong>",
        "<em>",
        "</em>",
        "</p><p>",
    ),
    _keeps(
        "html",
        "en",
        "<ul><li>tea</li><li>coffee</li></ul><blockquote>I like cats</blockquote>",
        "<ul>",
        "</li><li>",
        "</ul>",
        "<blockquote>",
    ),
    _keeps("html", "en", "<p>Is 3 &lt; 5 and &lt;b&gt; a tag? I like it</p>", "&lt;"),
    _keeps("html", "es", "<p>Me gusta<br>el té</p>", "<p>", "<br", "</p>"),
    _keeps("html", "ja", '<p>私は<span translate="no">Sakura Tea</span>が好きです</p>', "Sakura Tea"),
    _keeps(
        "mentions",
        "zh",
        f"<p>{_MENTION.format('mei')} 谢谢你的照片！</p>",
        "https://a.example/@mei",
        "<span>mei</span>",
    ),
    _keeps(
        "mentions",
        "en",
        f"<p>Thanks {_MENTION.format('bao')} and {_MENTION.format('kei')}!</p>",
        "<span>bao</span>",
        "<span>kei</span>",
    ),
    _keeps(
        "mentions", "en", f"<p>I like {_TAG.format('tea')} today</p>", "https://a.example/tags/tea", "<span>tea</span>"
    ),
    _keeps("mentions", "es", f"<p>Hola {_MENTION.format('ana')}, ¿qué tal?</p>", "<span>ana</span>"),
    _keeps("mentions", "ja", f"<p>{_MENTION.format('ken')}さん、こんにちは</p>", "<span>ken</span>"),
    _keeps("urls", "zh", f"<p>请看{_LINK}，很好</p>", f'"{_URL}"', f">{_URL}<"),
    _keeps("urls", "en", f"<p>Read {_LINK} today.</p>", f'"{_URL}"', f">{_URL}<"),
    _keeps(
        "urls",
        "en",
        "<p>Write to tea@mail.example or look at www.tea.example/cups.</p>",
        "tea@mail.example",
        "www.tea.example/cups",
    ),
    _keeps("urls", "ja", f"<p>これを見てください：{_LINK}</p>", f'"{_URL}"', f">{_URL}<"),
    _keeps("emoji", "zh", "<p>早上好🌞 喝茶☕️吗？</p>", "🌞", "☕"),
    _keeps("emoji", "en", "<p>Good morning 👩🏽‍🚀🇹🇼 everyone :blobcat: hello</p>", "👩🏽‍🚀🇹🇼", ":blobcat:"),
    _keeps("emoji", "es", "<p>¡Feliz cumpleaños! 🎂🎉</p>", "🎂🎉"),
    _keeps("code", "zh", "<p>请运行 <code>print(1 &lt; 2)</code> 谢谢</p>", "<code>print(1 &lt; 2)</code>"),
    _keeps(
        "code",
        "en",
        "<p>Type `make test` and read it</p><pre><code>for tea in cups:\n    drink(tea)</code></pre>",
        "`make test`",
        "<pre><code>for tea in cups:\n    drink(tea)</code></pre>",
    ),
    _keeps("code", "ja", "<p><code>git pull</code>を実行してください</p>", "<code>git pull</code>"),
    _says(
        "slang",
        "zh",
        "这首歌 yyds！",
        en="(?i)great|best|goat|legend|eternal|god",
        es="(?i)mejor|grande|dios|leyenda",
        ja="最高|神|永遠",
    ),
    _says(
        "slang",
        "zh",
        "u1s1，这家店不错。",
        en="(?i)honest|fair|truth|say|admit",
        es="(?i)honest|verdad|decir",
        ja="正直|言",
    ),
    _says(
        "slang",
        "zh",
        "我今天又摸鱼了。",
        en="(?i)slack|idle|loaf|goof|lazy|procrastinat",
        es="(?i)perd|vague|holgaz",
        ja="サボ|怠",
    ),
    _says(
        "slang",
        "en",
        "No cap, this cake slaps.",
        zh="真|不骗|说实话|棒|绝",
        es="(?i)verdad|broma|serio|genial|mol",
        ja="マジ|本当|最高",
    ),
    _says(
        "slang",
        "es",
        "¡Qué guay, tío!",
        en="(?i)cool|great|awesome|dude|man|nice",
        zh="酷|棒|哥|太",
        ja="すご|かっこ|最高",
    ),
)
"""At most two or three targets each: an expression is only as good as who wrote it knows the language."""


def passes(trap: Trap, target: str, translated: str, words: str) -> bool:
    """Tell whether a translation (HTML, and its `words` as plain text) has what it must have."""
    at = 0
    for piece in trap.keeps:
        found = translated.find(piece, at)
        if found < 0:
            return False
        at = found + len(piece)
    wanted = trap.wants.get(target)
    return wanted is None or re.search(wanted, words) is not None
