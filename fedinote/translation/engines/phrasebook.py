"""A phrase book of a few hundred words, Chinese and English: it shows how translation works without any server.

It looks up the longest phrase that it knows, word after word. It has no grammar, and words that it does not know stay
as they are, so nobody should take it for a translator: its name says so.
"""

import re
from collections.abc import Mapping, Sequence

from fedinote.infra.errors import Invalid
from fedinote.infra.translation_settings import NAMES
from fedinote.text import language
from fedinote.translation.engine import Kind, Location, Term, Translated

# One entry: simplified Chinese, `/` traditional where it differs, `=` English. Looked up from Chinese, the first
# entry of a word counts; so it does from English. A side may be empty: the other language has no such word.
_ENTRIES = """
你好=hello; 您好=hello; 嗨=hi; 早上好=good morning; 早安=good morning; 下午好=good afternoon; 晚上好=good evening
晚安=good night; 再见/再見=goodbye; 拜拜=bye; 明天见/明天見=see you tomorrow; 谢谢/謝謝=thanks
谢谢你/謝謝你=thank you; 非常感谢/非常感謝=thank you very much; 不客气/不客氣=you are welcome; 对不起/對不起=sorry
抱歉=sorry; 没关系/沒關係=never mind; 请/請=please; 欢迎/歡迎=welcome; 恭喜=congratulations
生日快乐/生日快樂=happy birthday; 新年快乐/新年快樂=happy new year; 中秋快乐/中秋快樂=happy mid-autumn festival
好久不见/好久不見=long time no see; 你好吗/你好嗎=how are you; 我很好=I am fine
很高兴认识你/很高興認識你=nice to meet you; 是的=yes; 好的=okay; 天气/天氣=weather; 太阳/太陽=sun; 月亮=moon
星星=stars; 天空=sky; 下雨=rain; 下雪=snow; 雨=rain; 雪=snow; 风/風=wind; 云/雲=clouds; 晴天=sunny day; 热/熱=hot
冷=cold; 暖和=warm; 凉快/涼快=cool; 春天=spring; 夏天=summer; 秋天=autumn; 冬天=winter; 吃=eat; 喝=drink
早饭/早飯=breakfast; 午饭/午飯=lunch; 晚饭/晚飯=dinner; 米饭/米飯=rice; 面条/麵條=noodles
牛肉面/牛肉麵=beef noodles; 饺子/餃子=dumplings; 包子=steamed buns; 豆腐=tofu; 鸡蛋/雞蛋=eggs; 鱼/魚=fish; 肉=meat
蔬菜=vegetables; 水果=fruit; 苹果/蘋果=apple; 面包/麵包=bread; 蛋糕=cake; 月饼/月餅=mooncakes; 火锅/火鍋=hot pot
好吃=delicious; 好喝=tasty; 茶=tea; 绿茶/綠茶=green tea; 红茶/紅茶=black tea; 乌龙茶/烏龍茶=oolong tea
奶茶=milk tea; 咖啡=coffee; 水=water; 牛奶=milk; 啤酒=beer; 旅行=travel; 旅游/旅遊=travel; 火车/火車=train
飞机/飛機=plane; 公交车/公車=bus; 自行车/腳踏車=bicycle; 地铁/捷運=subway; 车站/車站=station; 机场/機場=airport
酒店/飯店=hotel; 地图/地圖=map; 票=ticket; 山=mountain; 海=sea; 河=river; 湖=lake; 公园/公園=park; 城市=city
路=road; 家=home; 北京=Beijing; 上海=Shanghai; 台北=Taipei; 香港=Hong Kong; 中国/中國=China; 美国/美國=America
纽约/紐約=New York; 喜欢/喜歡=like; 爱/愛=love; 想=want; 高兴/高興=glad; 开心/開心=happy; 快乐/快樂=happy
难过/難過=sad; 累=tired; 饿/餓=hungry; 生气/生氣=angry; 害怕=afraid; 惊喜/驚喜=surprise; 希望=hope; 梦/夢=dream
笑=laugh; 哭=cry; 猫/貓=cats; 狗=dogs; 鸟/鳥=birds; 熊猫/熊貓=panda; 花=flowers; 树/樹=trees; 书/書=book
看书/看書=read books; 看=look at; 听/聽=listen to; 说/說=say; 写/寫=write; 读/讀=read; 学/學=learn; 学习/學習=study
工作=work; 睡觉/睡覺=sleep; 走=walk; 跑=run; 去=go to; 来/來=come; 买/買=buy; 卖/賣=sell; 做=make; 知道=know
问/問=ask; 回答=answer; 帮助/幫助=help; 等=wait; 开始/開始=begin; 完成=finish; 音乐/音樂=music; 电影/電影=film
照片=photo; 歌=song; 画/畫=picture; 游戏/遊戲=game; 中文=Chinese; 英文=English; 英语/英語=English; 汉语/漢語=Chinese
语言/語言=language; 翻译/翻譯=translation; 字=character; 词/詞=word; 句子=sentence; 服务器/伺服器=server
联邦/聯邦=federation; 联邦宇宙/聯邦宇宙=fediverse; 长毛象/長毛象=Mastodon; 朋友=friend; 朋友们/朋友們=friends
大家=everyone; 大家好=hello everyone; 世界=world; 社区/社群=community; 账号/帳號=account; 关注/關注=follow
关注者/關注者=followers; 转发/轉發=boost; 收藏=favourite; 回复/回覆=reply; 帖子/貼文=post; 消息=message
隐私/隱私=privacy; 举报/舉報=report; 屏蔽/封鎖=block; 规则/規則=rules; 管理员/管理員=moderator
开源/開源=open source; 软件/軟體=software; 手机/手機=phone; 电脑/電腦=computer; 网络/網路=network; 链接/連結=link
安全=safe; 自由=freedom; 和平=peace; 我们/我們=we; 你们/你們=you; 他们/他們=they; 我=I; 你=you; 他=he; 她=she; 它=it
这/這=this; 那=that; 这里/這裡=here; 那里/那裡=there; 什么/什麼=what; 谁/誰=who; 哪里/哪裡=where; 为什么/為什麼=why
怎么/怎麼=how; 什么时候/什麼時候=when; 是=is; 不是=is not; 有=have; 没有/沒有=have no; 不=not; 很=very; 非常=very
太=too; 也=also; 都=all; 和=and; 或者=or; 但是=but; 因为/因為=because; 所以=so; 如果=if; 在=in; 从/從=from; 到=to
对/對=right; 会/會=can; 可以=may; 要=will; 吧=; 呢=; 了=; 的=; 吗/嗎=; 啊=; 好=good; 坏/壞=bad; 大=big; 小=small
多=many; 少=few; 新=new; 旧/舊=old; 快=fast; 慢=slow; 漂亮=beautiful; 美丽/美麗=beautiful; 有趣=interesting
重要=important; 今天=today; 明天=tomorrow; 昨天=yesterday; 现在/現在=now; 早上=morning; 中午=noon; 下午=afternoon
晚上=evening; 年=year; 月=month; 天=day; 小时/小時=hours; 分钟/分鐘=minutes; 星期一=Monday; 星期天=Sunday
周末/週末=weekend; 一=one; 二=two; 三=three; 四=four; 五=five; 六=six; 七=seven; 八=eight; 九=nine; 十=ten
孩子=child; 老师/老師=teacher; 学生/學生=student; 学校/學校=school; 妈妈/媽媽=mother; 爸爸=father; 人=people; 是=am
是=are; 我=me; 我=my; 你=your; 一个/一個=a; 猫/貓=cat; 狗=dog; =the; =an
"""

_SIGNS = str.maketrans("，。！？；：、（）", ",.!?;:,()")
_FULL_WIDTH = str.maketrans(",.!?;:", "，。！？；：")
_WORD = re.compile(r"[A-Za-z]+(?:['’-][A-Za-z]+)*|\s+|.", re.DOTALL)
_HAN = re.compile(r"[\u3400-\u9fff]")
_SPACED_SIGNS = re.compile(r"\s+([,.!?;:)])|\s{2,}")
_BETWEEN_HAN = re.compile(r"(?<=[\u3400-\u9fff])\s+(?=[\u3400-\u9fff])")
_AFTER_HAN = re.compile(r"(?<=[\u3400-\u9fff])([,.!?;:])(?![A-Za-z0-9])\s*")
_MAX_WORDS = 5


class Phrasebook:
    """The demonstration engine: simplified and traditional Chinese and English, from memory, in this process."""

    location = Location.LOCAL
    kind = Kind.MACHINE

    def __init__(self, name: str = NAMES["phrasebook"]) -> None:
        self.name = name
        self._to_english: dict[str, str] = {}
        self._to_chinese: dict[str, dict[str, str]] = {"zh-Hans": {}, "zh-Hant": {}}
        for entry in re.split(r"[;\n]\s*", _ENTRIES.strip()):
            chinese, english = entry.split("=")
            simplified, _, traditional = chinese.partition("/")
            for word in filter(None, (simplified, traditional)):
                self._to_english.setdefault(word, english)
            if english:  # a Chinese particle stands for no English word
                self._to_chinese["zh-Hans"].setdefault(english.lower(), simplified)
                self._to_chinese["zh-Hant"].setdefault(english.lower(), traditional or simplified)
        self._longest = max(map(len, self._to_english))

    async def translate(
        self, texts: Sequence[str], *, source: str | None, target: str, terms: Sequence[Term] = ()
    ) -> Translated:
        """Replace the phrases that the book knows; raises `Invalid` for other pairs of languages."""
        detected = self._detected(" ".join(texts)) if source is None else None
        from_tag = detected or (language.match(source, ("en", "zh-Hans", "zh-Hant")) if source else None)
        if from_tag and language.match(target, ("en", "zh-Hans", "zh-Hant")) == from_tag:
            raise Invalid("The text is in this language already")
        to_tag = language.match(target, (await self.languages()).get(from_tag or "", frozenset()))
        if from_tag is None or to_tag is None:
            raise Invalid("The phrase book only knows Chinese and English")
        if to_tag == "en":
            return Translated(tuple(map(self._english, texts)), detected)
        words = self._to_chinese[to_tag]
        return Translated(tuple(_chinese(text, words) for text in texts), detected)

    async def languages(self) -> Mapping[str, frozenset[str]]:
        """Chinese to English and back; not from one Chinese script to the other."""
        english = frozenset({"en"})
        return {"zh-Hans": english, "zh-Hant": english, "en": frozenset({"zh-Hans", "zh-Hant"})}

    def _detected(self, text: str) -> str | None:
        """Tell Chinese from English; None for other languages and for text without a word that the book knows."""
        found = language.detect(text)
        if found is None and any(word.lower() in self._to_chinese["zh-Hans"] for word in _WORD.findall(text)):
            return "en"
        # The book has one table for both scripts, so undecided Chinese is no difficulty.
        return {"zh": "zh-Hans", "zh-Hans": "zh-Hans", "zh-Hant": "zh-Hant", "en": "en"}.get(found or "")

    def _english(self, text: str) -> str:
        """Chinese to English: the longest known phrase at each place, a space between words."""
        out: list[str] = []
        at = 0
        while at < len(text):
            for length in range(min(self._longest, len(text) - at), 0, -1):
                known = self._to_english.get(text[at : at + length])
                if known is not None:
                    out.append(f" {known} " if known else " ")
                    at += length
                    break
            else:
                sign = text[at].translate(_SIGNS)
                out.append(sign + " " if sign != text[at] else sign)
                at += 1
        joined = _SPACED_SIGNS.sub(lambda match: str(match.group(1) or " "), "".join(out)).strip()
        return joined[:1].upper() + joined[1:] if _HAN.match(text) else joined


def _chinese(text: str, words: Mapping[str, str]) -> str:
    """English to Chinese: the longest known phrase of up to five words, without spaces between Chinese words."""
    tokens = _WORD.findall(text)
    out: list[str] = []
    at = 0
    while at < len(tokens):
        # Words and spaces take turns, so a phrase is an odd number of tokens; the space before it goes.
        start = at + tokens[at].isspace()
        for length in range(2 * _MAX_WORDS - 1, 0, -2):
            known = words.get(" ".join("".join(tokens[start : start + length]).lower().split()))
            if known is not None:
                out.append(known)
                at = start + length
                break
        else:
            out.append(tokens[at])
            at += 1
    joined = _BETWEEN_HAN.sub("", " ".join("".join(out).split()))
    return _AFTER_HAN.sub(lambda match: match.group(1).translate(_FULL_WIDTH), joined)
