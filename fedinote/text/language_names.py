"""Names of languages as their own speakers write them: a reader looks for these, in whatever language the page is."""

from fedinote.text import language

_NAMES = """
af Afrikaans; ar العربية; az Azərbaycanca; be Беларуская; bg Български; bn বাংলা; bo བོད་སྐད་; br Brezhoneg; bs Bosanski
ca Català; cs Čeština; cy Cymraeg; da Dansk; de Deutsch; dv ދިވެހި; el Ελληνικά; en English; eo Esperanto; es Español
et Eesti; eu Euskara; fa فارسی; fi Suomi; fil Filipino; fr Français; fy Frysk; ga Gaeilge; gd Gàidhlig; gl Galego
gu ગુજરાતી; he עברית; hi हिन्दी; hr Hrvatski; hu Magyar; hy Հայերեն; id Bahasa Indonesia; is Íslenska; it Italiano
ja 日本語; ka ქართული; kk Қазақша; km ខ្មែរ; kn ಕನ್ನಡ; ko 한국어; ku Kurdî; la Latina; lo ລາວ; lt Lietuvių; lv Latviešu
mk Македонски; ml മലയാളം; mn Монгол; mr मराठी; ms Bahasa Melayu; mt Malti; my မြန်မာ; nb Norsk bokmål; ne नेपाली
nl Nederlands; nn Nynorsk; no Norsk; oc Occitan; pa ਪੰਜਾਬੀ; pl Polski; ps پښتو; pt Português; pt-BR Português (Brasil)
pt-PT Português (Portugal); ro Română; ru Русский; si සිංහල; sk Slovenčina; sl Slovenščina; sq Shqip; sr Српски
sv Svenska; sw Kiswahili; ta தமிழ்; te తెలుగు; th ไทย; tl Tagalog; tok Toki Pona; tr Türkçe; ug ئۇيغۇرچە; uk Українська
ur اردو; uz Oʻzbekcha; vi Tiếng Việt; yi ייִדיש; yue 粵語; cmn 中文; zh 中文; zh-Hans 简体中文; zh-Hant 繁體中文
"""
_BY_TAG = dict(entry.split(" ", 1) for line in _NAMES.strip().splitlines() for entry in line.split("; "))


def offered() -> dict[str, str]:
    """Return the languages to choose from in a form, by tag: Chinese by its scripts, and no doubles."""
    return {tag: name for tag, name in _BY_TAG.items() if tag not in ("cmn", "tl", "zh")}


def own_name(tag: str) -> str:
    """Return the name of a language in that language ("zh-TW" → "繁體中文"); the tag itself where it is not known."""
    known = language.canonical(tag)
    if known is None:
        return tag
    script = language.script_of(known) if known.startswith(("zh-", "cmn-")) else None
    return _BY_TAG.get(known) or _BY_TAG.get(f"zh-{script}") or _BY_TAG.get(known.partition("-")[0], known)
