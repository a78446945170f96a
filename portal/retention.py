"""All kinds of personal data that are removed by age, whichever app keeps them."""

from deputies import retention as deputies
from petitions import retention as petitions
from programmes import retention as programmes

KINDS = [*petitions.KINDS, *deputies.KINDS, *programmes.KINDS]
