"""Countries by their ISO 3166-1 alpha-2 code, and the English names that mean them.

Written by hand. The codes and the first name of each are those of ISO 3166-1 (short names, without the article); then
come full, common and former names of the same country. Kosovo, the Canary Islands, and Ceuta and Melilla have codes
that ISO keeps free for them, and that NetSuite's list of countries has, too. A name that stands at two countries means
neither; names of countries that became several, such as Yugoslavia, are not here.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

_TABLE: Final = """
AD Andorra|Principality of Andorra; AE United Arab Emirates|UAE|U.A.E.
AF Afghanistan|Islamic Republic of Afghanistan; AG Antigua and Barbuda; AI Anguilla; AL Albania|Republic of Albania
AM Armenia|Republic of Armenia; AO Angola|Republic of Angola; AQ Antarctica; AR Argentina|Argentine Republic
AS American Samoa; AT Austria|Republic of Austria; AU Australia|Commonwealth of Australia; AW Aruba
AX Åland Islands|Åland; AZ Azerbaijan|Republic of Azerbaijan
BA Bosnia and Herzegovina|Republic of Bosnia and Herzegovina|Bosnia-Herzegovina|Bosnia
BB Barbados; BD Bangladesh|People's Republic of Bangladesh
BE Belgium|Kingdom of Belgium; BF Burkina Faso|Upper Volta; BG Bulgaria|Republic of Bulgaria
BH Bahrain|Kingdom of Bahrain; BI Burundi|Republic of Burundi; BJ Benin|Republic of Benin|Dahomey
BL Saint Barthélemy; BM Bermuda; BN Brunei Darussalam|Brunei
BO Bolivia (Plurinational State of)|Plurinational State of Bolivia|Bolivia
BQ Bonaire, Sint Eustatius and Saba|Caribbean Netherlands
BR Brazil|Federative Republic of Brazil
BS Bahamas|Commonwealth of the Bahamas; BT Bhutan|Kingdom of Bhutan; BV Bouvet Island
BW Botswana|Republic of Botswana; BY Belarus|Republic of Belarus|Byelorussia; BZ Belize
CA Canada; CC Cocos (Keeling) Islands|Cocos Islands|Keeling Islands
CD Congo (the Democratic Republic of the)|Congo (Democratic Republic of the)
CD Democratic Republic of the Congo|Democratic Republic of Congo|DR Congo|DRC|Congo-Kinshasa|Zaire|Congo
CF Central African Republic
CG Congo (the)|Congo (Republic of the)|Republic of the Congo|Republic of Congo
CG Congo-Brazzaville|Congo
CH Switzerland|Swiss Confederation; CI Côte d'Ivoire|Republic of Côte d'Ivoire|Ivory Coast; CK Cook Islands
CL Chile|Republic of Chile; CM Cameroon|Republic of Cameroon; CN China|People's Republic of China|Mainland China
CO Colombia|Republic of Colombia; CR Costa Rica|Republic of Costa Rica; CU Cuba|Republic of Cuba
CV Cabo Verde|Republic of Cabo Verde|Cape Verde; CW Curaçao; CX Christmas Island; CY Cyprus|Republic of Cyprus
CZ Czechia|Czech Republic; DE Germany|Federal Republic of Germany; DJ Djibouti|Republic of Djibouti
DK Denmark|Kingdom of Denmark; DM Dominica|Commonwealth of Dominica; DO Dominican Republic
DZ Algeria|People's Democratic Republic of Algeria; EC Ecuador|Republic of Ecuador; EE Estonia|Republic of Estonia
EG Egypt|Arab Republic of Egypt; EH Western Sahara; ER Eritrea|State of Eritrea; ES Spain|Kingdom of Spain
ET Ethiopia|Federal Democratic Republic of Ethiopia; FI Finland|Republic of Finland; FJ Fiji|Republic of Fiji
FK Falkland Islands (Malvinas)|Falkland Islands; FM Micronesia (Federated States of)|Federated States of Micronesia
FM Micronesia; FO Faroe Islands|Faeroe Islands; FR France|French Republic
GA Gabon|Gabonese Republic
GB United Kingdom of Great Britain and Northern Ireland|United Kingdom|UK|U.K.|Great Britain|Britain
GB United Kingdom (GB)|England|Scotland|Wales|Northern Ireland; GD Grenada; GE Georgia; GF French Guiana; GG Guernsey
GH Ghana|Republic of Ghana; GI Gibraltar; GL Greenland; GM Gambia|Republic of the Gambia
GN Guinea|Republic of Guinea; GP Guadeloupe; GQ Equatorial Guinea|Republic of Equatorial Guinea
GR Greece|Hellenic Republic; GS South Georgia and the South Sandwich Islands
GT Guatemala|Republic of Guatemala
GU Guam; GW Guinea-Bissau|Republic of Guinea-Bissau; GY Guyana|Co-operative Republic of Guyana
HK Hong Kong|Hong Kong SAR|Hong Kong SAR China|Hong Kong Special Administrative Region of China
HM Heard Island and McDonald Islands; HN Honduras|Republic of Honduras
HR Croatia|Republic of Croatia
HT Haiti|Republic of Haiti; HU Hungary; ID Indonesia|Republic of Indonesia
IE Ireland|Republic of Ireland|Eire; IL Israel|State of Israel; IM Isle of Man; IN India|Republic of India
IO British Indian Ocean Territory; IQ Iraq|Republic of Iraq; IR Iran (Islamic Republic of)|Islamic Republic of Iran|Iran
IS Iceland|Republic of Iceland; IT Italy|Republic of Italy|Italian Republic; JE Jersey; JM Jamaica
JO Jordan|Hashemite Kingdom of Jordan; JP Japan; KE Kenya|Republic of Kenya; KG Kyrgyzstan|Kyrgyz Republic
KH Cambodia|Kingdom of Cambodia; KI Kiribati|Republic of Kiribati; KM Comoros|Union of the Comoros
KN Saint Kitts and Nevis
KP Korea (the Democratic People's Republic of)|Democratic People's Republic of Korea|North Korea
KP Korea (Democratic People's Republic of)|Korea
KR Korea (the Republic of)|Korea (Republic of)|Republic of Korea|South Korea|Korea
KW Kuwait|State of Kuwait; KY Cayman Islands; KZ Kazakhstan|Republic of Kazakhstan
LA Lao People's Democratic Republic|Laos|Lao PDR; LB Lebanon|Lebanese Republic; LC Saint Lucia
LI Liechtenstein|Principality of Liechtenstein; LK Sri Lanka|Democratic Socialist Republic of Sri Lanka|Ceylon
LR Liberia|Republic of Liberia; LS Lesotho|Kingdom of Lesotho; LT Lithuania|Republic of Lithuania
LU Luxembourg|Grand Duchy of Luxembourg; LV Latvia|Republic of Latvia; LY Libya|State of Libya|Libyan Arab Jamahiriya
MA Morocco|Kingdom of Morocco; MC Monaco|Principality of Monaco; MD Moldova (the Republic of)|Moldova (Republic of)
MD Republic of Moldova|Moldova; ME Montenegro; MF Saint Martin (French part)|Saint Martin
MG Madagascar|Republic of Madagascar; MH Marshall Islands|Republic of the Marshall Islands
MK North Macedonia|Republic of North Macedonia|Macedonia|Macedonia (the former Yugoslav Republic of)
ML Mali|Republic of Mali; MM Myanmar|Republic of the Union of Myanmar|Republic of Myanmar|Burma|Myanmar (Burma)
MN Mongolia; MO Macao|Macau|Macao SAR|Macau SAR|Macao SAR China|Macao Special Administrative Region of China
MP Northern Mariana Islands|Commonwealth of the Northern Mariana Islands; MQ Martinique
MR Mauritania|Islamic Republic of Mauritania; MS Montserrat; MT Malta|Republic of Malta
MU Mauritius|Republic of Mauritius
MV Maldives|Republic of Maldives; MW Malawi|Republic of Malawi; MX Mexico|México|United Mexican States; MY Malaysia
MZ Mozambique|Republic of Mozambique; NA Namibia|Republic of Namibia; NC New Caledonia; NE Niger|Republic of the Niger
NF Norfolk Island; NG Nigeria|Federal Republic of Nigeria; NI Nicaragua|Republic of Nicaragua
NL Netherlands (Kingdom of the)|Netherlands|Kingdom of the Netherlands|Holland; NO Norway|Kingdom of Norway
NP Nepal|Federal Democratic Republic of Nepal; NR Nauru|Republic of Nauru; NU Niue; NZ New Zealand
OM Oman|Sultanate of Oman; PA Panama|Republic of Panama; PE Peru|Republic of Peru; PF French Polynesia
PG Papua New Guinea; PH Philippines|Republic of the Philippines
PK Pakistan|Islamic Republic of Pakistan; PL Poland|Republic of Poland; PM Saint Pierre and Miquelon
PN Pitcairn|Pitcairn Islands; PR Puerto Rico; PS Palestine (State of)|State of Palestine|Palestine
PS Palestinian Territory (Occupied)|Palestinian Territories; PT Portugal|Portuguese Republic; PW Palau|Republic of Palau
PY Paraguay|Republic of Paraguay; QA Qatar|State of Qatar; RE Réunion; RO Romania
RS Serbia|Republic of Serbia
RU Russian Federation|Russia; RW Rwanda|Rwandese Republic; SA Saudi Arabia|Kingdom of Saudi Arabia; SB Solomon Islands
SC Seychelles|Republic of Seychelles; SD Sudan|Republic of the Sudan; SE Sweden|Kingdom of Sweden
SG Singapore|Republic of Singapore; SH Saint Helena, Ascension and Tristan da Cunha|Saint Helena
SI Slovenia|Republic of Slovenia; SJ Svalbard and Jan Mayen; SK Slovakia|Slovak Republic
SL Sierra Leone|Republic of Sierra Leone; SM San Marino|Republic of San Marino; SN Senegal|Republic of Senegal
SO Somalia|Federal Republic of Somalia; SR Suriname|Republic of Suriname; SS South Sudan|Republic of South Sudan
ST Sao Tome and Principe|Democratic Republic of Sao Tome and Principe|São Tomé and Príncipe
SV El Salvador|Republic of El Salvador
SX Sint Maarten (Dutch part)|Sint Maarten|Saint Martin; SY Syrian Arab Republic|Syria
SZ Eswatini|Kingdom of Eswatini|Swaziland; TC Turks and Caicos Islands; TD Chad|Republic of Chad
TF French Southern Territories; TG Togo|Togolese Republic; TH Thailand|Kingdom of Thailand|Siam
TJ Tajikistan|Republic of Tajikistan; TK Tokelau; TL Timor-Leste|Democratic Republic of Timor-Leste|East Timor
TM Turkmenistan; TN Tunisia|Republic of Tunisia; TO Tonga|Kingdom of Tonga; TR Türkiye|Republic of Türkiye|Turkey
TT Trinidad and Tobago|Republic of Trinidad and Tobago; TV Tuvalu
TW Taiwan (Province of China)|Taiwan
TZ Tanzania (the United Republic of)|Tanzania (United Republic of)|United Republic of Tanzania|Tanzania
UA Ukraine; UG Uganda|Republic of Uganda; UM United States Minor Outlying Islands
US United States of America|United States|USA|U.S.A.|US|U.S.; UY Uruguay|Eastern Republic of Uruguay
UZ Uzbekistan|Republic of Uzbekistan; VA Holy See|Vatican City|Vatican City State|Holy See (Vatican City State)
VC Saint Vincent and the Grenadines; VE Venezuela (Bolivarian Republic of)|Bolivarian Republic of Venezuela|Venezuela
VG Virgin Islands (British)|British Virgin Islands|Virgin Islands
VI Virgin Islands (U.S.)|US Virgin Islands|U.S. Virgin Islands|United States Virgin Islands
VI Virgin Islands of the United States|Virgin Islands; VN Viet Nam|Socialist Republic of Viet Nam|Vietnam
VU Vanuatu|Republic of Vanuatu|New Hebrides; WF Wallis and Futuna|Wallis and Futuna Islands
WS Samoa|Independent State of Samoa|Western Samoa; YE Yemen|Republic of Yemen; YT Mayotte
ZA South Africa|Republic of South Africa; ZM Zambia|Republic of Zambia; ZW Zimbabwe|Republic of Zimbabwe|Rhodesia
EA Ceuta and Melilla; IC Canary Islands|Canaries; XK Kosovo|Republic of Kosovo
"""

_OF_NETSUITE: Final = """
BO Bolivia; BQ Bonaire, Saint Eustatius and Saba; CD Congo, Democratic Republic of; CG Congo, Republic of
CI Cote d'Ivoire; FK Falkland Islands; FM Micronesia, Federal State of; GB United Kingdom; GS South Georgia
HM Heard and McDonald Islands; HR Croatia/Hrvatska; KP Korea, Democratic People's Republic; KR Korea, Republic of
MD Moldova, Republic of; MF Saint Martin; MM Myanmar (Burma); MO Macau; NL Netherlands; PM St. Pierre and Miquelon
PN Pitcairn Island; PS State of Palestine; RE Reunion Island; SH Saint Helena; SJ Svalbard and Jan Mayen Islands
SK Slovak Republic; SX Sint Maarten; TW Taiwan; TZ Tanzania; UM US Minor Outlying Islands; US United States
VA Holy See (City Vatican State); VE Venezuela; VI Virgin Islands (USA); VN Vietnam
"""
"""What NetSuite's own list calls a country where that is not ISO's short name: SOAP's enumerations are these names in
camel case (NetSuite help, chapter_N3784994, section_N3785183). What was renamed of late has ISO's name there."""


def _names(table: str) -> dict[str, tuple[str, ...]]:
    names: dict[str, tuple[str, ...]] = {}
    for entry in table.strip().replace("\n", "; ").split("; "):
        code, _, listed = entry.partition(" ")
        names[code] = (*names.get(code, ()), *listed.split("|"))
    return names


NETSUITE_NAMES: Final[Mapping[str, str]] = MappingProxyType(
    {code: names[0] for code, names in _names(_TABLE).items()}
    | {code: name for code, [name] in _names(_OF_NETSUITE).items()}
)
"""Code → what a CSV import of NetSuite calls the country in English; it takes names, no codes (section_N353446)."""

COUNTRY_NAMES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    _names(f"{_TABLE.strip()}; {_OF_NETSUITE.strip()}")
)
"""Code → its names; the first is ISO's short one."""
