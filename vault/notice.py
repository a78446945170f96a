"""The privacy notice (个人信息处理说明, 个人信息保护法 art. 17): its versions, each kept as it was shown.

A version's words stand in ``templates/vault/notice_<version>.html`` and are never edited once it is in force; whoever
changes what is collected, what for, how long or who sees it adds the next one.
"""

import datetime as dt

VERSIONS = {1: dt.date(2026, 12, 1)}
CURRENT = max(VERSIONS)
