"""What in a text could tell who somebody is, and the same text with it covered. Proposals: staff decide.

Full-width digits, letters and signs are read as the plain ones, and digits set apart by blanks or dashes as one number.
"""

import re
import unicodedata
from dataclasses import dataclass
from itertools import groupby

from django.utils.translation import gettext_lazy as _

PHONE, ID_NUMBER, CARD = _("电话"), _("证件号"), _("银行卡号")
PLATE, MAIL, ACCOUNT, NAME, ADDRESS = _("车牌"), _("电子邮箱"), _("网络账号"), _("姓名"), _("门牌")

# The surnames that nine of ten people bear, and the common ones of two characters.
SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭"
    "陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤温康施文牛樊葛邢安齐易乔伍"
    "庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷曲盛冉翁蓝路游辛靳管柴蒙鲍华喻祁"
)
DOUBLE_SURNAMES = "欧阳|上官|司马|诸葛|司徒|皇甫|尉迟|夏侯|慕容|令狐|长孙|宇文"
HAN = "\u4e00-\u9fff"
GAP = r"[ \t.·—_-]{0,2}"
SURNAME = f"(?:{DOUBLE_SURNAMES}|[{SURNAMES}])"
GIVEN = f"(?!某)[{HAN}]{{1,2}}"
# After a given name comes something that is no part of it.
AFTER_NAME = rf"(?=[^{HAN}]|$|男|女|电话|手机|身份证|住|现住|家住|系|反映|，|,)"
NUMERAL = "[0-9一二三四五六七八九十百零〇]{1,5}"
PLACE = "(?:[路街巷弄村庄屯寨园苑庭院城湾府郡居里邨区坊营庙桥店]|胡同|大道|大厦|公寓|家属院|小区|社区|花园)"

PATTERNS = (
    (MAIL, re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+"), None),
    (ID_NUMBER, re.compile(rf"(?<!\d)[1-9](?:{GAP}\d){{16}}{GAP}[\dXx](?!\d)"), "_is_id"),
    (CARD, re.compile(rf"(?<!\d)[3-6](?:{GAP}\d){{12,18}}(?!\d)"), "_is_card"),
    (ID_NUMBER, re.compile(r"(?<!\d)[1-9]\d{7}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}(?!\d)"), None),
    (PHONE, re.compile(rf"(?<!\d)(?:\+?(?:00)?86{GAP})?1{GAP}[3-9](?:{GAP}\d){{9}}(?!\d)"), None),
    (PHONE, re.compile(r"(?<!\d)\(?0[1-9]\d{1,2}\)?[ -]{0,2}[2-8]\d{6,7}(?!\d)"), None),
    (
        PHONE,
        re.compile(r"(?:电话|手机|座机|热线|致电|拨打)[号码是为:( ]{0,5}(?P<said>[2-8]\d{2,3}[ -]?\d{4})(?!\d)"),
        None,
    ),
    (ACCOUNT, re.compile(r"(?:微信|QQ|qq)[号码群是为:( ]{0,4}(?P<said>[A-Za-z0-9][A-Za-z0-9_-]{4,19})"), None),
    (
        PLATE,
        re.compile(
            r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-HJ-NP-Za-hj-np-z][ ·.-]?"
            r"(?=[A-Za-z]{0,5}\d)[A-HJ-NP-Za-hj-np-z0-9]{4,5}[A-HJ-NP-Za-hj-np-z0-9学警挂港澳](?![A-Za-z0-9])"
        ),
        None,
    ),
    (
        ADDRESS,
        re.compile(
            rf"{PLACE}[东西南北中]?(?:[0-9一二三四五六七八九十]{{1,2}}[组段期队区])?"
            rf"(?P<said>{NUMERAL}(?:-\d{{1,4}})*(?:号楼|号院|号|栋|幢|弄|(?<!名村[0-9])座)(?!线|文|令|公告|段)"
            rf"(?:{NUMERAL}(?:-\d{{1,4}})*(?:单元|号楼|栋|幢|座|楼|层|室|号|户|门))*)"
        ),
        None,
    ),
    (ADDRESS, re.compile(r"(?P<said>\d{1,3}(?:单元|栋|幢|号楼)\d{1,2}(?:单元|楼|层)?\d{3,4}(?:室|号|户)?)"), None),
    (
        NAME,
        re.compile(
            rf"(?:我叫|名叫|姓名|联系人|户主|举报人|投诉人|反映人|当事人)[是为叫:( ]{{0,2}}(?P<said>{SURNAME}{GIVEN}){AFTER_NAME}"
        ),
        "_is_name",
    ),
    (
        NAME,
        re.compile(
            rf"(?:我是|本人|村民|居民|业主|职工|家长|邻居|丈夫|妻子|父亲|母亲|儿子|女儿)(?P<said>{SURNAME}{GIVEN})"
            rf"(?=[,，。、;；:：()（）\s]|$|男[,，]|女[,，]|电话|手机|身份证)"
        ),
        "_is_name",
    ),
    (
        NAME,
        re.compile(rf"(?<![{HAN}])(?P<said>{SURNAME}(?!某)[{HAN}]{{2}})(?=先生|女士|同志|老师|大爷|大妈|老人家)"),
        "_is_name",
    ),
)
# What begins with a surname and is no name: mostly what people are.
NO_NAMES = re.compile(
    "高中|高三|高二|高一|高龄|高层|高校|高新|成年|成都|安置|安全|公司|单位|单身|管理|关于|关心|万分|万科|文化|文明|时代|金融|"
    "金牌|白领|白天|农民|左右|华润|华北|路人|游客|龙头|石油|石家|康复|康居|贺龙|包工|宁愿|宁夏|尚未|尚在|成功|向往|向您|"
    "路过|路边|路口|田地|江苏|江西|江南|方便|方面|黄河|黄金|马上|马路|江北|毕业|毛坯|常年|于是|任何|任教|何时|何种|许多|"
    "安徽|海南|湖南|云南|贾庄|温馨|温泉|武汉|史上|严重|严格|余下|平时|曲折|季节|单亲|单独|易地|施工|顾客|房东|童年|"
    "孙子|孙女|施压|白血|全体|全家|成员|钟点|钟表|段时|华侨|商户|商家|符合|代表|司机|村的|的|我|你|他|是|在|有|和|了|为|等|们|这|那|不|也"
)


@dataclass(frozen=True)
class Finding:
    """What was found from ``start`` to ``end`` of a text (characters), and of which kind."""

    start: int
    end: int
    kind: str


def find(text):
    """Return the ``Finding`` rows of a text in their order; where two overlap, the kind that is asked first stands."""
    folded = "".join(map(_fold, text))
    found = []
    for kind, pattern, check in PATTERNS:
        for match in pattern.finditer(folded):
            group = "said" if "said" in pattern.groupindex else 0
            start, end = match.span(group)
            if check is not None and not CHECKS[check](match[group]):
                continue
            if all(end <= other.start or start >= other.end for other in found):
                found.append(Finding(start, end, kind))
    return sorted(found, key=lambda finding: finding.start)


def mask(text):
    """The text with everything that ``find`` finds covered: a name keeps its surname, all else becomes its kind."""
    parts, last = [], 0
    for finding in find(text):
        parts += [text[last : finding.start], _cover(finding, text)]
        last = finding.end
    return "".join(parts) + text[last:]


def counted(texts):
    """What was found in some texts in words, such as 电话1处、姓名2处; empty where nothing was."""
    kinds = sorted(str(finding.kind) for text in texts for finding in find(text))
    return "、".join(_("%(kind)s%(n)d处") % {"kind": kind, "n": len(list(same))} for kind, same in groupby(kinds))


def _fold(sign):
    """One sign as it is compared, always one long, so that places in the folded text are those of the text."""
    plain = unicodedata.normalize("NFKC", sign)
    return plain if len(plain) == 1 else sign


def _cover(finding, text):
    if finding.kind == NAME:
        surname = re.match(DOUBLE_SURNAMES, text[finding.start :])
        return f"{surname[0] if surname else text[finding.start]}某某"
    return f"［{finding.kind}］"


def _digits(said):
    return re.sub(r"[^0-9Xx]", "", said).upper()


def _is_id(said):
    """Whether 18 signs are an ID number by their check digit (GB 11643) or at least name a day of birth in their middle."""
    digits = _digits(said)
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(digit) * weight for digit, weight in zip(digits[:17], weights, strict=True))
    if "10X98765432"[total % 11] == digits[17]:
        return True
    year, month, day = int(digits[6:10]), int(digits[10:12]), int(digits[12:14])
    return 1900 <= year <= 2099 and 1 <= month <= 12 and 1 <= day <= 31


def _is_card(said):
    """Whether 13 to 19 digits have the check digit of bank cards (Luhn, ISO/IEC 7812)."""
    digits = [int(digit) for digit in _digits(said)[::-1]]
    doubled = [digit if place % 2 == 0 else digit * 2 - 9 * (digit > 4) for place, digit in enumerate(digits)]
    return sum(doubled) % 10 == 0


def _is_name(said):
    return NO_NAMES.search(said) is None


CHECKS = {"_is_id": _is_id, "_is_card": _is_card, "_is_name": _is_name}
