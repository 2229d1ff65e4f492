"""The ways to write Chinese: which characters tell them apart, and traditional folded to simplified.

The tables are no dictionary. They hold the characters that are frequent in posts; a text of a dozen characters has
one of them nearly always. Characters that both ways use (后, 里, 台, 面, 只 …) decide nothing.
"""

import re

# Traditional and simplified, side by side; each side occurs in the one way of writing only.
_PAIRS = (
    "萬万與与專专業业叢丛東东絲丝兩两嚴严喪丧個个臨临為为麗丽舉举義义烏乌樂乐喬乔習习鄉乡書书買买亂乱爭争虧亏亞亚產产畝亩"
    "親亲億亿僅仅從从倉仓儀仪們们價价眾众優优會会傘伞偉伟傳传傷伤倫伦偽伪體体俠侠侶侣僑侨偵侦側侧儉俭債债傾倾償偿儲储兒儿"
    "兌兑黨党蘭兰關关興兴養养獸兽內内岡冈冊册寫写軍军農农馮冯決决況况凍冻淨净涼凉減减湊凑鳳凤憑凭凱凯擊击鑿凿劉刘則则剛刚"
    "創创刪删別别剝剥劑剂劍剑劇剧勸劝辦办務务動动勵励勁劲勞劳勢势勳勋勝胜區区醫医華华協协單单賣卖盧卢衛卫卻却廠厂廳厅歷历"
    "厲厉壓压厭厌廁厕廈厦縣县參参雙双發发變变敘叙疊叠葉叶號号嘆叹嚇吓嗎吗啟启吳吴吶呐員员聽听嗚呜詠咏響响啞哑喚唤嗇啬囉啰"
    "嘯啸噴喷嘗尝團团園园圍围國国圖图圓圆聖圣場场壞坏塊块堅坚壇坛壩坝墳坟墜坠壟垄墾垦塵尘牆墙壯壮聲声殼壳壺壶處处備备複复"
    "夠够頭头誇夸夾夹奪夺奮奋獎奖妝妆婦妇媽妈婁娄婭娅嬌娇娛娱嬸婶孫孙學学寧宁寶宝實实寵宠審审憲宪宮宫寬宽賓宾寢寝對对尋寻"
    "導导壽寿將将爾尔堯尧盡尽層层屬属屆届歲岁豈岂嶇岖崗岗島岛嶺岭峽峡嶄崭巔巅鞏巩幣币帥帅師师帳帐帶带幫帮莊庄慶庆廬庐庫库"
    "應应廟庙龐庞廢废開开異异棄弃張张彌弥彎弯彈弹強强歸归當当錄录徹彻徑径憶忆懺忏憂忧懷怀態态慫怂憐怜總总戀恋懇恳惡恶惱恼"
    "悅悦懸悬驚惊懼惧慘惨懲惩慚惭憤愤願愿懶懒戲戏戰战戶户撲扑執执擴扩掃扫揚扬擾扰撫抚拋抛搶抢護护報报擔担擬拟攏拢揀拣擁拥"
    "攔拦擰拧撥拨擇择掛挂摯挚擋挡掙挣擠挤揮挥撈捞損损撿捡換换搗捣據据擲掷攙搀攝摄擺摆搖摇攤摊撐撑敵敌斂敛數数齋斋斬斩斷断"
    "無无舊旧時时曠旷曇昙晝昼顯显晉晋曬晒曉晓暈晕暫暂術术樸朴機机殺杀雜杂權权條条來来楊杨極极構构樞枢棗枣槍枪楓枫櫃柜標标"
    "棧栈棟栋欄栏樹树樣样橋桥樁桩夢梦檢检樓楼歡欢歐欧殲歼殘残毀毁畢毕氣气漢汉湯汤溝沟滬沪淚泪潑泼澤泽潔洁灑洒濁浊測测濟济"
    "瀏浏渾浑濃浓濤涛漲涨淵渊漁渔滲渗溫温灣湾濕湿潰溃滾滚滿满濾滤濫滥灘滩瀟潇滅灭燈灯靈灵災灾燦灿爐炉點点煉炼爍烁爛烂燭烛"
    "煙烟煩烦燒烧熱热愛爱爺爷牽牵犧牺狀状猶犹獨独獅狮獄狱獵猎豬猪貓猫獻献瑪玛環环現现璽玺瓊琼電电畫画暢畅療疗瘋疯癢痒癡痴"
    "癮瘾皺皱盞盏鹽盐監监蓋盖盜盗盤盘睜睁矚瞩礦矿碼码磚砖硯砚確确礙碍禮礼禍祸離离種种積积稱称穩稳窮穷竊窃竅窍窩窝豎竖競竞"
    "筆笔筍笋節节築筑簡简籃篮籠笼糧粮糾纠紅红約约級级紀纪純纯紗纱綱纲納纳縱纵紛纷紙纸紋纹紡纺線线練练組组細细織织終终紹绍"
    "經经結结繞绕繪绘給给絡络絕绝統统繼继績绩緒绪續续繩绳維维綿绵綜综綠绿緩缓編编緣缘縛缚縫缝縮缩網网羅罗罰罚罷罢職职聯联"
    "聰聪肅肃腸肠膚肤腫肿脹胀脅胁膽胆腦脑膠胶臉脸臟脏艦舰艙舱艱艰藝艺蘇苏蘋苹莖茎薦荐榮荣藥药獲获瑩莹營营蕭萧薩萨藍蓝薔蔷"
    "虛虚蟲虫雖虽蝦虾蟻蚁螞蚂蠶蚕蠻蛮補补襯衬襖袄襪袜襲袭裝装褲裤見见觀观規规視视覺觉覽览觸触譽誉計计訂订認认譏讥討讨讓让"
    "訓训議议訊讯記记講讲許许論论設设訪访證证評评識识詐诈訴诉診诊詞词譯译試试詩诗誠诚話话詢询該该詳详語语誤误說说請请諸诸"
    "讀读課课誰谁調调談谈謀谋謊谎謝谢謠谣謹谨譜谱貝贝負负財财責责賢贤敗败貨货質质販贩貪贪貧贫購购貫贯賤贱貼贴貴贵貸贷貿贸"
    "費费賀贺賊贼資资賞赏賜赐賠赔賴赖賺赚賽赛贊赞贈赠贏赢趕赶趙赵趨趋躍跃踐践蹤踪車车軌轨轉转輪轮軟软輕轻載载較较輔辅輛辆"
    "輝辉輩辈輯辑輸输邊边遼辽達达遷迁過过邁迈運运還还這这進进遠远違违連连遲迟適适選选遜逊遞递邏逻遺遗鄧邓鄭郑鄰邻郵邮醬酱"
    "釀酿釋释針针釘钉鈔钞鐘钟鋼钢鑰钥錢钱鉗钳鐵铁鈴铃鉛铅銅铜銀银鋪铺鏈链銷销鎖锁鍋锅錯错錦锦鍵键鍛锻鎮镇鏡镜長长門门閃闪"
    "閉闭問问闖闯閒闲間间悶闷閘闸聞闻閩闽閱阅闊阔隊队陽阳陰阴陣阵階阶際际陸陆陳陈險险隨随隱隐隸隶難难雛雏霧雾靜静韓韩頁页"
    "頂顶項项順顺須须頑顽顧顾頓顿頒颁預预領领頗颇頻频顆颗題题顏颜額额顛颠風风飄飘飛飞飢饥飯饭飲饮飾饰飽饱餃饺餅饼餓饿館馆"
    "饞馋馬马馭驭馳驰驅驱駁驳駐驻駕驾騙骗騎骑驗验騷骚驟骤魚鱼魯鲁鮮鲜鯨鲸鳥鸟雞鸡鳴鸣鴨鸭鴻鸿鵝鹅鶴鹤鷹鹰麥麦黃黄齊齐齒齿"
    "齡龄龍龙龜龟沒没"
)
# Traditional on the left only: what is on the right is written both ways.
_ONE_SIDED = (
    "臺台裡里裏里後后麼么乾干幹干隻只麵面髮发鍾钟於于鬆松雲云幾几醜丑衝冲係系繫系劃划籲吁穀谷鬥斗餘余範范豐丰剋克徵征"
    "復复薑姜鹹咸捲卷捨舍鬱郁製制迴回併并傑杰昇升纔才佔占遊游傭佣睏困錶表矇蒙夥伙兇凶竈灶爲为説说啓启衞卫妳你盪荡"
)
# Japanese forms that no Chinese text has: kanji alone then tell Japanese.
_JAPANESE = (
    "駅図読売価円広桜沢済気楽薬労単検験険剣権観歓勧圏従焼様浄帰対団囲転伝変払仏拝拡圧悪黒歩毎亜壱弐隠栄塩縁応穏仮絵"
    "覚戦雑実収渋縄譲銭総騒増蔵続帯弾遅聴鉄徳悩脳髪抜浜豊黙訳頼覧竜涙霊齢暦歴労録恵県軽鶏撃顕砕斎剤賛歯釈獣粛畳嬢醸"
    "働込峠畑辻笹枠塀匂搾"
)
_TO_SIMPLIFIED = str.maketrans(dict(zip((_PAIRS + _ONE_SIDED)[::2], (_PAIRS + _ONE_SIDED)[1::2], strict=True)))
_TRADITIONAL = re.compile(f"[{(_PAIRS + _ONE_SIDED)[::2]}]")
_SIMPLIFIED = re.compile(f"[{_PAIRS[1::2]}]")
_KANJI_ONLY = re.compile(f"[{_JAPANESE}]")


def simplified(text: str) -> str:
    """Return the text with the traditional characters of the table made simplified: a key to compare by, not a text."""
    return text.translate(_TO_SIMPLIFIED)


def script(text: str) -> str | None:
    """Return "Hans", "Hant" or, for kanji without kana, "Jpan"; None where no character decides."""
    hans, hant, japanese = (len(found.findall(text)) for found in (_SIMPLIFIED, _TRADITIONAL, _KANJI_ONLY))
    # Kanji share most forms with one Chinese way or the other, but a Chinese text has hardly any that is Japanese only.
    if japanese * 4 > hans + hant:
        return "Jpan"
    if hans == hant:
        return None
    return "Hans" if hans > hant else "Hant"


# Words of written Cantonese that no Mandarin text has, and words of Mandarin that no Cantonese text has. 係, 咩 and
# 喇 are in both, so they only add to what the others say; as parts of words (關係, 喇叭) they say nothing.
_CANTONESE = re.compile("[嘅咗唔佢喺冇啲嗰嚟哋嘢㗎噉咁乜瞓攞諗谂啱嗌嘥喎啫噃揾搵冚氹掟]")
_CANTONESE_TOO = re.compile("(?<![关關干])[係系](?![统統列数數])|[咩嘞]|喇(?!叭)")
_MANDARIN = re.compile("[的嗎吗沒没這这們们她您]|了(?!解)|那[個个些]|怎[麼么]|什[麼么]")
_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff]")
_LONG = 40


def cantonese(text: str) -> bool:
    """Tell whether a Chinese text is written Cantonese (嘅, 咗, 唔, 佢 …) rather than Mandarin."""
    own = len(_CANTONESE.findall(text))
    if own == 0 or (own == 1 and len(_HAN.findall(text)) > _LONG):
        return False
    return own + len(_CANTONESE_TOO.findall(text)) > len(_MANDARIN.findall(text))
