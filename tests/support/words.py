"""The words of the test dictionary: what the small Argos packages know, and so what tests may expect of them."""

# Simplified Chinese, traditional Chinese, English. For a word that stands twice the first line counts.
WORDS = (
    ("你好", "你好", "hello"),
    ("世界", "世界", "world"),
    ("大家", "大家", "everyone"),
    ("谢谢", "謝謝", "thanks"),
    ("再见", "再見", "goodbye"),
    ("早上", "早上", "morning"),
    ("晚上", "晚上", "evening"),
    ("今天", "今天", "today"),
    ("明天", "明天", "tomorrow"),
    ("天气", "天氣", "weather"),
    ("雨", "雨", "rain"),
    ("我", "我", "I"),
    ("你", "你", "you"),
    ("他", "他", "he"),
    ("她", "她", "she"),
    ("我们", "我們", "we"),
    ("是", "是", "is"),
    ("不", "不", "not"),
    ("很", "很", "very"),
    ("好", "好", "good"),
    ("新", "新", "new"),
    ("和", "和", "and"),
    ("在", "在", "in"),
    ("喜欢", "喜歡", "like"),
    ("吃", "吃", "eat"),
    ("喝", "喝", "drink"),
    ("看", "看", "read"),
    ("说", "說", "say"),
    ("茶", "茶", "tea"),
    ("咖啡", "咖啡", "coffee"),
    ("水", "水", "water"),
    ("牛肉面", "牛肉麵", "beef noodles"),
    ("饺子", "餃子", "dumplings"),
    ("猫", "貓", "cats"),
    ("狗", "狗", "dogs"),
    ("书", "書", "book"),
    ("照片", "照片", "photo"),
    ("朋友", "朋友", "friend"),
    ("邻居", "鄰居", "neighbour"),
    ("北京", "北京", "Beijing"),
    ("台北", "台北", "Taipei"),
    ("服务器", "伺服器", "server"),
    ("联邦", "聯邦", "federated"),
    ("宇宙", "宇宙", "universe"),
    ("翻译", "翻譯", "translation"),
    ("语言", "語言", "language"),
    ("警告", "警告", "warning"),
)
# English, Spanish, Japanese.
MORE_WORDS = (
    ("hello", "hola", "こんにちは"),
    ("world", "mundo", "世界"),
    ("everyone", "todos", "みんな"),
    ("thanks", "gracias", "ありがとう"),
    ("morning", "mañana", "朝"),
    ("today", "hoy", "今日"),
    ("tomorrow", "después", "明日"),
    ("weather", "tiempo", "天気"),
    ("rain", "lluvia", "雨"),
    ("I", "yo", "私"),
    ("is", "es", "です"),
    ("not", "no", "ない"),
    ("very", "muy", "とても"),
    ("good", "bueno", "いい"),
    ("like", "quiero", "好き"),
    ("tea", "té", "お茶"),
    ("coffee", "café", "コーヒー"),
    ("water", "agua", "水"),
    ("cats", "gatos", "ねこ"),
    ("dogs", "perros", "いぬ"),
    ("book", "libro", "本"),
    ("friend", "amigo", "ともだち"),
)
PUNCTUATION = (("。", "."), ("！", "!"), ("？", "?"), ("，", ","), ("：", ":"))

TO_ENGLISH = {
    chinese: english for simplified, traditional, english in reversed(WORDS) for chinese in (simplified, traditional)
}
TO_SIMPLIFIED = {english: simplified for simplified, _, english in reversed(WORDS)}
TO_TRADITIONAL = {english: traditional for _, traditional, english in reversed(WORDS)}
TO_SPANISH = {english: spanish for english, spanish, _ in MORE_WORDS}
TO_JAPANESE = {english: japanese for english, _, japanese in MORE_WORDS}


def english(*chinese: str) -> str:
    """What the packages make of Chinese words of the list: the English words with spaces between them."""
    return " ".join(TO_ENGLISH[word] for word in chinese)


def simplified(*words: str) -> str:
    """What the packages make of English words of the list, in simplified Chinese."""
    return "".join(TO_SIMPLIFIED[word] for word in words)


def traditional(*words: str) -> str:
    """What the packages make of English words of the list, in traditional Chinese."""
    return "".join(TO_TRADITIONAL[word] for word in words)
