"""What people who translate the labels of a Stripe export call its columns; the Dashboard itself has English ones only.

Compared as the labels of `column_words` are, which also has the words for e-mail, name and phone.
"""

from collections.abc import Mapping
from typing import Final

STRIPE_WORDS: Final[Mapping[str, tuple[str, ...]]] = {
    "id": (
        *("Stripe ID", "Stripe-ID", "Stripe Customer ID", "Customer ID", "Kunden-ID", "Stripe-Kunden-ID", "ID client"),
        *("Identifiant client", "ID de cliente", "ID del cliente", "ID do cliente", "ID cliente", "Klant-ID", "顧客ID"),
        *("客户ID", "客戶ID", "고객 ID", "ID клиента", "ID klienta", "ID zákazníka", "Kund-ID", "Kunde-ID"),
    ),
    "created": (
        *("Created", "Created at", "Created date", "Date created"),
        *("Erstellt", "Erstellt am", "Erstellungsdatum", "Angelegt am"),
        *("Créé", "Créé le", "Date de création", "Creado", "Fecha de creación", "Creado el", "Criado", "Criado em"),
        *("Data de criação", "Creato", "Creato il", "Data di creazione", "Gemaakt", "Gemaakt op", "Aanmaakdatum"),
        *("Skapad", "Oprettet", "Opprettet", "Utworzono", "Data utworzenia", "Vytvořeno", "Datum vytvoření", "Создано"),
        *("Дата создания", "作成日時", "作成日", "创建时间", "建立時間", "创建日期", "생성일", "생성 날짜", "생성됨"),
    ),
    "description": (
        *("Beschreibung", "Description", "Descripción", "Descrição", "Descrizione", "Beschrijving", "Beskrivning"),
        *("Beskrivelse", "Opis", "Popis", "Описание", "説明", "描述", "说明", "說明", "설명"),
    ),
    "metadata": (
        *("metadata", "Metadaten", "métadonnées", "metadatos", "metadados", "metadati", "metagegevens", "metadane"),
        *("metaadata", "метаданные", "メタデータ", "元数据", "中繼資料", "메타데이터"),
    ),
}
"""Our field, or what stands in brackets after a key of metadata, in any language."""
