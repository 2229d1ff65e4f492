"""Codes of ISO 639 and what has replaced them (IANA Language Subtag Registry, RFC 5646)."""

_TWO_LETTERS = (
    "aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz "
    "ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik "
    "io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml "
    "mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd "
    "se sg sh si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve "
    "vi vo wa wo xh yi yo za zh zu "
)
TWO_LETTERS = frozenset(_TWO_LETTERS.split())
"""The codes of ISO 639-1 that are valid today."""

# Old codes; ISO 639-2 and 639-3 where a two-letter code exists; single members of macrolanguages.
_REPLACED = (
    "iw he in id ji yi jw jv mo ro aar aa abk ab afr af aka ak alb sq sqi sq amh am ara ar arg an arm hy hye "
    "hy asm as aze az bak ba bam bm baq eu eus eu bel be ben bn bod bo tib bo bos bs bre br bul bg bur my mya "
    "my cat ca ces cs cze cs che ce chi zh zho zh chv cv cor kw cos co cym cy wel cy dan da deu de ger de div "
    "dv dut nl nld nl dzo dz ell el gre el eng en epo eo est et ewe ee fao fo fas fa per fa fij fj fin fi fra "
    "fr fre fr fry fy ful ff geo ka kat ka gla gd gle ga glg gl glv gv grn gn guj gu hat ht hau ha heb he hin "
    "hi hrv hr hun hu ibo ig ice is isl is ido io iku iu ina ia ind id ita it jav jv jpn ja kal kl kan kn kas "
    "ks kaz kk khm km kin rw kir ky kom kv kon kg kor ko kur ku lao lo lat la lav lv lim li lin ln lit lt ltz "
    "lb lug lg mac mk mkd mk mal ml mao mi mri mi mar mr may ms msa ms mlg mg mlt mt mon mn nav nv nde nd nep "
    "ne nno nn nob nb nor no nya ny oci oc ori or orm om oss os pan pa pol pl por pt pus ps que qu roh rm ron "
    "ro rum ro run rn rus ru sag sg san sa scc sr srp sr sin si slk sk slo sk slv sl sme se smo sm sna sn snd "
    "sd som so sot st spa es srd sc ssw ss sun su swa sw swe sv tah ty tam ta tat tt tel te tgk tg tgl tl tha "
    "th tir ti ton to tsn tn tso ts tuk tk tur tr twi tw uig ug ukr uk urd ur uzb uz ven ve vie vi wln wa wol "
    "wo xho xh yid yi yor yo zha za zul zu arb ar pes fa swh sw ekk et lvs lv zsm ms khk mn cmn cmn ydd yi "
)
REPLACED = dict(zip(_REPLACED.split()[::2], _REPLACED.split()[1::2], strict=True))
"""Old and longer codes, and the shortest valid code of the same language (RFC 5646, section 4.5)."""

GRANDFATHERED = {
    "art-lojban": "jbo",
    "i-hak": "hak",
    "i-klingon": "tlh",
    "i-lux": "lb",
    "i-navajo": "nv",
    "no-bok": "nb",
    "no-nyn": "nn",
    "zh-guoyu": "cmn",
    "zh-hakka": "hak",
    "zh-min-nan": "nan",
    "zh-xiang": "hsn",
}
"""Whole tags of before RFC 4646 with their replacement."""

NO_LANGUAGE = frozenset({"und", "mul", "mis", "zxx", "root"})
"""Valid subtags that name no one language."""
