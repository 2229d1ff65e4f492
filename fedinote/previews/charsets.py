"""From the bytes of a web page to its text: what the page, its headers or its bytes say of the encoding.

https://html.spec.whatwg.org/multipage/parsing.html#determining-the-character-encoding, with the labels of
https://encoding.spec.whatwg.org/#names-and-labels that are met in practice. Labels that Python knows and the web does
not (zlib, punycode, utf-7) are not looked up.
"""

import re

_SCANNED = 4096
_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_IN_PAGE = re.compile(rb"<meta\b[^<>]{0,512}?charset\s{0,8}=\s{0,8}[\"']?\s{0,8}([A-Za-z0-9_:.-]{1,40})", re.IGNORECASE)
_IN_HEADER = re.compile(r"charset\s{0,8}=\s{0,8}[\"']?([A-Za-z0-9_:.-]{1,40})", re.IGNORECASE)
_CODECS = {
    **dict.fromkeys(("utf-8", "utf8", "unicode-1-1-utf-8"), "utf-8"),
    **dict.fromkeys(("utf-16", "utf-16le", "unicode"), "utf-16-le"),
    "utf-16be": "utf-16-be",
    **dict.fromkeys(("gbk", "gb2312", "gb_2312-80", "gb18030", "x-gbk", "chinese", "euc-cn"), "gb18030"),
    **dict.fromkeys(("big5", "big5-hkscs", "cn-big5", "x-x-big5"), "big5hkscs"),
    **dict.fromkeys(("shift_jis", "shift-jis", "sjis", "x-sjis", "ms_kanji", "windows-31j"), "cp932"),
    **dict.fromkeys(("euc-jp", "x-euc-jp"), "euc_jp"),
    "iso-2022-jp": "iso2022_jp",
    **dict.fromkeys(("euc-kr", "ks_c_5601-1987", "korean", "windows-949", "ksc5601"), "cp949"),
    **dict.fromkeys(("iso-8859-1", "latin1", "us-ascii", "ascii", "windows-1252", "cp1252"), "cp1252"),
    **dict.fromkeys(("iso-8859-9", "latin5", "windows-1254"), "cp1254"),
    **{f"windows-125{n}": f"cp125{n}" for n in (0, 1, 3, 5, 6, 7, 8)},
    **{f"iso-8859-{n}": f"iso8859_{n}" for n in (2, 3, 4, 5, 6, 7, 8, 10, 13, 14, 15, 16)},
    **dict.fromkeys(("windows-874", "tis-620", "iso-8859-11"), "cp874"),
    "koi8-r": "koi8_r",
    "koi8-u": "koi8_u",
    "ibm866": "cp866",
    "macintosh": "mac_roman",
}


def decoded(body: bytes, content_type: str) -> str:
    """Return the text of a page; what cannot be read in its encoding becomes U+FFFD, and nothing raises.

    `content_type` is the whole header. First come the mark at the beginning, then the header, then the page's own
    word, then UTF-8 if it is that, then Windows-1252.
    """
    for mark, codec in _BOMS:
        if body.startswith(mark):
            return body[len(mark) :].decode(codec, "replace")
    said = _codec(content_type) or _own(body)
    if said is not None:
        return body.decode(said, "replace")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        # A page that was cut in a letter, or has one damaged one, is UTF-8 all the same.
        text = body.decode("utf-8", "replace")
        return text if text.count("\ufffd") * 100 < len(text) else body.decode("cp1252", "replace")


def _codec(content_type: str) -> str | None:
    found = _IN_HEADER.search(content_type[:512])
    return _CODECS.get(found[1].lower()) if found else None


def _own(body: bytes) -> str | None:
    """Return what the page's `<meta>` says. One that could be read cannot be in UTF-16: then it is UTF-8 (WHATWG)."""
    found = _IN_PAGE.search(body[:_SCANNED])
    codec = _CODECS.get(found[1].decode("ascii").lower()) if found else None
    return "utf-8" if codec and codec.startswith("utf-16") else codec
