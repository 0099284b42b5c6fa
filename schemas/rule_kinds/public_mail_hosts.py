"""Hosts where anybody can have an e-mail address, so that two customers there need not be one company.

The largest mail providers of the world and of single countries; an account's own rules are better than a longer list.
"""

from typing import Final

_HOSTS: Final = """
126.com 163.com 21cn.com aim.com alice.it aliyun.com aol.com arcor.de att.net bbox.fr bellsouth.net bigpond.com
bigpond.net.au bluewin.ch bol.com.br btinternet.com centrum.cz charter.net comcast.net cox.net daum.net docomo.ne.jp
duck.com earthlink.net email.com email.cz ezweb.ne.jp fastmail.com foxmail.com free.fr freemail.hu freenet.de
frontier.com gmail.com gmx.at gmx.ch gmx.com gmx.de gmx.net googlemail.com hanmail.net hey.com home.nl hotmail.co.jp
hotmail.co.uk hotmail.com hotmail.de hotmail.es hotmail.fr hotmail.it hushmail.com i.softbank.jp icloud.com ig.com.br
inbox.com inbox.lv inbox.ru interia.pl juno.com kpnmail.nl laposte.net libero.it list.ru live.co.uk live.com live.de
live.fr live.nl mac.com mail.com mail.de mail.ru me.com msn.com naver.com neuf.fr nifty.com ntlworld.com o2.pl onet.pl
online.de online.no optonline.net optusnet.com.au orange.fr outlook.co.uk outlook.com outlook.de outlook.es outlook.fr
outlook.it outlook.jp pm.me posteo.de proton.me protonmail.ch protonmail.com qq.com rambler.ru rediffmail.com
rocketmail.com sapo.pt sbcglobal.net seznam.cz sfr.fr shaw.ca sina.com sky.com skynet.be sohu.com sympatico.ca
t-online.de talktalk.net telenet.be telia.com telus.net terra.com.br tin.it tiscali.it tuta.com tutanota.com ukr.net
uol.com.br verizon.net virgilio.it virginmedia.com wanadoo.fr web.de wp.pl xtra.co.nz yahoo.ca yahoo.co.id yahoo.co.in
yahoo.co.jp yahoo.co.uk yahoo.com yahoo.com.ar yahoo.com.au yahoo.com.br yahoo.com.mx yahoo.com.sg yahoo.de yahoo.es
yahoo.fr yahoo.in yahoo.it yandex.com yandex.ru yeah.net ymail.com ziggo.nl zoho.com
"""

PUBLIC_MAIL_HOSTS: Final = frozenset(_HOSTS.split())
"""The hosts, in lower case."""
