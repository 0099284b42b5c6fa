"""Hosts where anybody can have an e-mail address or a page, so that two customers there need not be one company.

The largest providers of the world and of single countries; an account's own rules are better than a longer list.
"""

from typing import Final

import polars as pl

_MAIL_HOSTS: Final = """
012.net.il 126.com 139.com 163.com 189.cn 21cn.com a1.net abv.bg aim.com alice.it aliyun.com aon.at arcor.de att.net
au.com azet.sk bbox.fr bellnet.ca bellsouth.net bezeqint.net bigmir.net bigpond.com bigpond.net.au bk.ru bluewin.ch
bol.com.br btinternet.com casema.nl centrum.cz centurylink.net charter.net chello.at citromail.hu comcast.net cox.net
daum.net docomo.ne.jp duck.com earthlink.net eircom.net email.com email.cz ezweb.ne.jp fastmail.com fastweb.it
foxmail.com free.fr freemail.de freemail.hu freenet.de frontier.com gmail.com guerrillamail.com hanmail.net hetnet.nl
hey.com hispeed.ch home.nl hushmail.com i.softbank.jp i.ua iafrica.com ig.com.br inbox.com inbox.lv inbox.ru
indamail.hu indiatimes.com interia.pl internet.ru iol.ie juno.com kabelmail.de kakao.com kpn.com kpnmail.nl
laposte.net libero.it list.ru mac.com mail.bg mail.com mail.de mail.kz mail.ru mailbox.org mailinator.com me.com
meta.ua movistar.es mozmail.com mweb.co.za narod.ru nate.com naver.com neuf.fr nifty.com ntlworld.com o2.pl
o2online.de onet.pl online.de online.no ono.com optimum.net optonline.net optusnet.com.au orange.fr otenet.gr
planet.nl pm.me post.cz poste.it posteo.de privaterelay.appleid.com proton.ch proton.me protonmail.ch protonmail.com
qq.com quicknet.nl rambler.ru rediffmail.com rocketmail.com rogers.com runbox.com sapo.pt sbcglobal.net seznam.cz
sfr.fr shaw.ca sify.com simplelogin.com sina.cn sina.com sky.com skynet.be softbank.ne.jp sohu.com sunrise.ch
sympatico.ca t-online.de t-online.hu talktalk.net telefonica.net telenet.be telia.com telkomsa.net telus.net
terra.com.br tim.it tin.it tiscali.it tut.by tuta.com tuta.io tutanota.com ukr.net unitybox.de uol.com.br upcmail.nl
users.noreply.github.com verizon.net videotron.ca vip.qq.com virgilio.it virginmedia.com vivaldi.net vodafone.de
volny.cz walla.co.il wanadoo.fr web.de windstream.net wp.pl xs4all.nl xtra.co.nz ya.ru yeah.net yopmail.com ziggo.nl
zoho.com zoznam.sk
localhost.localdomain none.com noemail.com nomail.com test.com
"""
_HOSTS: Final = frozenset(_MAIL_HOSTS.split())
"""In lower case; the last ones are those of addresses that are typed for nobody."""

_IN_EVERY_COUNTRY: Final = (
    r"^(?:aol|gmx|googlemail|hotmail|icloud|live|msn|outlook|windowslive|yahoo|yandex|ymail"
    r"|marketplace\.amazon|members\.ebay)\.(?:com?\.)?[a-z]{2,4}$"
)
"""Providers with an end for each country, and what shops put in place of a buyer's address."""

_WITH_PAGES: Final = (
    r"^(?:[a-z]{1,3}\.|business\.|sites\.|maps\.|docs\.|play\.|apps\.)?(?:(?:facebook|fb|linkedin|instagram|twitter|x"
    r"|youtube|tiktok|pinterest|vk|xing|yelp|etsy|shopify|wixsite|wordpress|medium|github|gitlab|calendly|crunchbase"
    r"|tripadvisor|squarespace|weebly|apple|airbnb)\.com|(?:amazon|booking|ebay|google)\.(?:com?\.)?[a-z]{2,3}"
    r"|github\.io|goo\.gl|bit\.ly|linktr\.ee|t\.me|wa\.me|g\.page|wikipedia\.org|notion\.site)$"
)
"""Where anybody can have a page; without a path they are the company itself."""


def is_everybodys(host: pl.Expr) -> pl.Expr:
    """Return whether anybody can have an e-mail address at a host, in lower case.

    >>> pl.select(is_everybodys(pl.lit(pl.Series(["gmail.com", "yahoo.com.tr", "acme.example"])))).to_series().to_list()
    [True, True, False]
    """
    return host.is_in(_HOSTS) | host.str.contains(_IN_EVERY_COUNTRY)


def has_pages_of_anybody(host: pl.Expr) -> pl.Expr:
    """Return whether anybody can have a page at a host, in lower case, as at `facebook.com/acme`."""
    return host.str.contains(_WITH_PAGES)
