"""The states of the three countries whose addresses have them in nearly every form, by the short names they go by.

Written by hand: the postal services' codes, which NetSuite's own list of states has as short names, too.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

_TABLE: Final = {
    "US": """
AL Alabama; AK Alaska; AZ Arizona; AR Arkansas; CA California; CO Colorado; CT Connecticut; DE Delaware
DC District of Columbia; FL Florida; GA Georgia; HI Hawaii; ID Idaho; IL Illinois; IN Indiana; IA Iowa; KS Kansas
KY Kentucky; LA Louisiana; ME Maine; MD Maryland; MA Massachusetts; MI Michigan; MN Minnesota; MS Mississippi
MO Missouri; MT Montana; NE Nebraska; NV Nevada; NH New Hampshire; NJ New Jersey; NM New Mexico; NY New York
NC North Carolina; ND North Dakota; OH Ohio; OK Oklahoma; OR Oregon; PA Pennsylvania; RI Rhode Island
SC South Carolina; SD South Dakota; TN Tennessee; TX Texas; UT Utah; VT Vermont; VA Virginia; WA Washington
WV West Virginia; WI Wisconsin; WY Wyoming; PR Puerto Rico
AA Armed Forces Americas; AE Armed Forces Europe; AP Armed Forces Pacific
""",
    "CA": """
AB Alberta; BC British Columbia; MB Manitoba; NB New Brunswick; NL Newfoundland and Labrador; NS Nova Scotia
NT Northwest Territories; NU Nunavut; ON Ontario; PE Prince Edward Island; QC Québec; SK Saskatchewan; YT Yukon
""",
    "AU": """
ACT Australian Capital Territory; NSW New South Wales; NT Northern Territory; QLD Queensland; SA South Australia
TAS Tasmania; VIC Victoria; WA Western Australia
""",
}


def _states(table: str) -> Mapping[str, str]:
    entries = (entry.partition(" ") for entry in table.strip().replace("\n", "; ").split("; "))
    return MappingProxyType({code: name for code, _, name in entries})


STATE_NAMES: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {country: _states(table) for country, table in _TABLE.items()}
)
"""Country code → short name → name."""
