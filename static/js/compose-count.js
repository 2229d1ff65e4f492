// How long a text is, counted as the server counts it (fedinote/text/compose.py and graphemes.py).
const URL_LENGTH = 23;
const MOST = 16;
const CJK = "\\u3005-\\u3007\\u3040-\\u30ff\\u3400-\\u4dbf\\u4e00-\\u9fff\\uac00-\\ud7a3\\uf900-\\ufaff\\u{20000}-\\u{323af}";
const NOT_IN_URL = "\\s\\x00-\\x20<>\"\\u200b-\\u200f\\u2028-\\u202f\\u2060-\\u2064\\ufeff\\u3000-\\u3002\\u3008-\\u3011\\u2018-\\u201f\\uff01\\uff08\\uff09\\uff0c\\uff1a\\uff1b\\uff1f";
const WORD = "\\p{L}\\p{N}_";
const LABEL = "(?:[A-Za-z0-9_\\-]{1,63}|(?:(?![\\x00-\\x7f])[\\p{L}\\p{N}]){1,63})";
const ADDRESS = `(?<![A-Za-z0-9@$#_])https?://(?:localhost|(?:${LABEL}\\.){1,32}${LABEL}|\\[[0-9a-f:.]{2,45}\\])(?::[0-9]{1,5})?(?:[/?#][^${NOT_IN_URL}]*)?`;
const HOST = `[${WORD}](?:[${WORD}.\\-]{0,252}[${WORD}])?(?::[0-9]{2,5}(?![${WORD}]))?`;
const MENTION = `(?:(?<![${WORD}=/@])|(?<=[${CJK}]))@([A-Za-z0-9_]+(?:[.\\-]+[A-Za-z0-9_]+)*)(?:@(?:${HOST}))?`;
const ENTITY = new RegExp(`(${ADDRESS})|${MENTION}`, "giu");
const CONTROLS = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]/g;
const MARK = /\p{M}/u;
const EXTEND = /[\u0e33\u0eb3\u1160-\u11ff\u200c\u200d\ud7b0-\ud7ff\uff9e\uff9f\u{1f3fb}-\u{1f3ff}\u{e0020}-\u{e007f}]/u;
const SIGN = /\p{So}/u;

/** The characters that a reader sees; one with very many code points counts for more. */
export function characters(text) {
  let found = 0, flags = 0, before = "", points = 0;
  for (const one of text) {
    points += 1;
    flags = one >= "\u{1f1e6}" && one <= "\u{1f1ff}" ? flags + 1 : 0;
    if (!before || !continues(before, one, flags)) found += 1;
    before = one;
  }
  return Math.max(found, Math.ceil(points / MOST));
}

function continues(before, one, flags) {
  if (before === "\n") return false;
  if (flags) return flags % 2 === 0;
  if (MARK.test(one) || EXTEND.test(one)) return true;
  return before === "\u200d" && SIGN.test(one);
}

function trimmed(address) {
  const surplus = { ")": address.split(")").length - address.split("(").length, "]": address.split("]").length - address.split("[").length };
  let end = address.length;
  for (; end; end -= 1) {
    const last = address[end - 1];
    if ((surplus[last] || 0) > 0) surplus[last] -= 1;
    else if (!".,;:!?'*_~…".includes(last)) break;
  }
  return address.slice(0, end);
}

/** What a text counts against the limit: an address 23, a mention of somebody elsewhere its name alone. */
export function length(text) {
  text = text.replace(/\r\n?/g, "\n").replace(CONTROLS, "");
  let total = 0, position = 0, found;
  ENTITY.lastIndex = 0;
  while ((found = ENTITY.exec(text))) {
    total += characters(text.slice(position, found.index).normalize("NFC"));
    if (found[1]) {
      position = found.index + trimmed(found[1]).length;
      total += URL_LENGTH;
    } else {
      position = found.index + found[0].length;
      total += 1 + found[2].length;
    }
    ENTITY.lastIndex = position;
  }
  return total + characters(text.slice(position).normalize("NFC"));
}
