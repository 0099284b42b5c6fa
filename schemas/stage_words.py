"""How NetSuite's languages say customer, lead and prospect: what a saved search shows for a stage, or before a status.

The languages are those that NetSuite has translations for (docs.oracle.com, section_N3796595), and some that accounts
translate to themselves. Whether a word means lead or prospect matters to nobody here; that it is no customer does.
"""

from collections.abc import Mapping
from typing import Final, Literal

Stage = Literal["customer", "lead", "prospect"]

STAGE_WORDS: Final[Mapping[Stage, tuple[str, ...]]] = {
    "customer": (
        *("Customer", "Client", "Kunde", "Kundin", "Cliente", "Clienta", "Klant", "Kund", "Asiakas"),
        *("Zákazník", "Klient", "Müşteri", "Pelanggan", "Khách hàng", "Ügyfél", "Vevő", "Stranka", "Kupac"),
        *("Клиент", "Заказчик", "Покупатель", "Клієнт", "Πελάτης", "לקוח", "عميل", "ग्राहक"),
        *("顧客", "お客様", "得意先", "カスタマー", "고객", "客户", "顾客", "客戶", "ลูกค้า"),
    ),
    "lead": (
        *("Lead", "Piste", "Liidi", "Salgsemne", "Kundeemne", "Emne", "Aday", "Müşteri adayı", "Prospek"),
        *("Candidato", "Contatto", "Příležitost", "Đầu mối", "Лид", "Лід", "ליד", "लीड"),
        *("リード", "見込み客", "見込客", "리드", "线索", "销售线索", "潜在顾客", "線索", "銷售線索", "潛在顧客", "ลีด"),
        *("ผู้มุ่งหวัง", "โอกาสในการขาย", "ลูกค้าเป้าหมาย", "Calon pelanggan", "Érdeklődő"),
    ),
    "prospect": (
        *("Prospect", "Prospecto", "Prospekt", "Prospekti", "Suspect", "Interessent", "Zielkunde", "Zájemce"),
        *("Potenzieller Kunde", "Potentieller Kunde", "Client potentiel", "Client potențial", "Cliente potencial"),
        *("Posible cliente", "Possível cliente", "Cliente em potencial", "Cliente potenziale", "Potenziale cliente"),
        *("Potentiële klant", "Potentiell kund", "Presumtiv kund", "Potentiel kunde", "Potensiell kunde"),
        *("Potentiaalinen asiakas", "Mahdollinen asiakas", "Potenciální zákazník", "Potencjalny klient"),
        *("Potansiyel müşteri", "Olası müşteri", "Pelanggan potensial"),
        *("Khách hàng tiềm năng", "Khách hàng triển vọng"),
        *("Потенциальный клиент", "Потенциальный заказчик", "Перспективный клиент", "Потенційний клієнт"),
        *("Potenciális ügyfél", "Lehetséges ügyfél", "Δυνητικός πελάτης", "Υποψήφιος πελάτης", "לקוח פוטנציאלי"),
        *("見込み顧客", "見込顧客", "潜在顧客", "プロスペクト", "잠재 고객", "가망 고객", "유망 고객"),
        *("潜在客户", "意向客户", "准客户", "潛在客戶", "準客戶", "ลูกค้าที่คาดหวัง", "ผู้ที่อาจเป็นลูกค้า"),
    ),
}
