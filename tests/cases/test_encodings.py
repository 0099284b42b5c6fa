"""Encodings that nothing in a file proves: refused, with the setting that says which one it is, and read with it."""

from pathlib import Path

import pytest

from resources.exports.netsuite import read_netsuite_export
from schemas.errors import ExportError
from tests.cases.running import CASES, planned

pytestmark = pytest.mark.rule("X17")

FIELDS = {"internal_id": "Internal ID", "company_name": "Company Name"}


@pytest.mark.parametrize(("name", "codec"), [("cp1252", "cp1252"), ("sjis", "cp932"), ("utf16_nobom", "utf-16-le")])
def test_the_sentence_names_the_setting_that_reads_the_file(name: str, codec: str, tmp_path: Path) -> None:
    with planned(name, tmp_path) as case:
        assert f"`encoding: {codec}` beside `export`" in case.refusal
    netsuite = {"export": str(tmp_path / name / "netsuite.csv"), "encoding": codec}
    with planned(name, tmp_path / "again", netsuite=netsuite) as case:
        assert case.records == {"A1": 11}


@pytest.mark.parametrize(
    ("content", "encoding", "says"),
    [
        pytest.param(
            "Müller".encode(), "cp1252", r"is UTF-8, and the declaration says .*; take `encoding` out", id="UTF-8"
        ),
        pytest.param("Müller".encode("cp1252"), "cp932", "Line 3 of .* is not cp932", id="another"),
        pytest.param(
            "株式".encode("iso2022_jp"), None, "ISO-2022-JP; .* `encoding: iso2022_jp`", id="escape sequences"
        ),
        pytest.param("Müller".encode("cp1252"), None, "is not UTF-8 .line 3., perhaps Windows-1252", id="none"),
    ],
)
def test_an_encoding_must_be_that_of_the_file(content: bytes, encoding: str | None, says: str, tmp_path: Path) -> None:
    path = tmp_path / "netsuite.csv"
    path.write_bytes(b"Internal ID,Company Name\n1,Acme\n2," + content + b"\n")
    with pytest.raises(ExportError, match=says):
        read_netsuite_export(path, FIELDS, encoding=encoding)


def test_a_mark_at_the_beginning_contradicts_another_encoding(tmp_path: Path) -> None:
    path = tmp_path / "netsuite.csv"
    path.write_bytes((CASES / "semicolon" / "netsuite.csv").read_text("utf-8").encode("utf-16"))
    with pytest.raises(ExportError, match=r"begins with the mark of UTF-16, and .* `encoding: cp1252`; take"):
        read_netsuite_export(path, FIELDS, encoding="cp1252")


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16-le", "cp932"])
def test_no_codec_loses_a_letter(encoding: str, tmp_path: Path) -> None:
    path = tmp_path / "netsuite.csv"
    path.write_bytes("Internal ID,Company Name\n1,Acme & Co\n".encode(encoding))
    frame = read_netsuite_export(path, FIELDS, encoding=encoding).frame
    assert frame.item(0, "company_name") == "Acme & Co"


@pytest.mark.parametrize("content", [b"1,Ac\0me\n2,Beta\n", b"1,Acme\n2,Beta\n" + b"\0" * 40])
def test_a_nul_in_a_text_is_no_utf16(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "netsuite.csv"
    path.write_bytes(b"Internal ID,Company Name\n" + content)
    with pytest.raises(ExportError, match=r"has a NUL character \(near byte \d+\): it is damaged, or a cell holds one"):
        read_netsuite_export(path, FIELDS)


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
def test_a_text_of_utf16_without_a_mark_is_known_in_any_script(codec: str, tmp_path: Path) -> None:
    path = tmp_path / "netsuite.csv"
    path.write_bytes("内部ID,会社名\n1,株式会社日本\n2,東京商事株式会社\n".encode(codec))
    with pytest.raises(ExportError, match=f"write `encoding: {codec}` beside `export`"):
        read_netsuite_export(path, {"internal_id": "内部ID", "company_name": "会社名"})


@pytest.mark.parametrize("row", ["1,M\ufffdller \ufffd", '1,"M\ufffdller" \ufffd'])
def test_letters_that_were_lost_before_are_told(row: str, tmp_path: Path) -> None:
    path = tmp_path / "netsuite.csv"
    path.write_text(f"Internal ID,Company Name\n{row}\n", encoding="utf-8")
    [warning] = read_netsuite_export(path, FIELDS).warnings
    assert warning.startswith("In 2 places the file has \ufffd, which stands for a letter that was lost before: names")


@pytest.mark.parametrize(
    ("name", "codec", "says"),
    [
        ("Müller Café", "cp1252", "perhaps Windows-1252;"),
        ("Müller Café", "mac_roman", "perhaps that of a Macintosh;"),
        ("Société Générale", "mac_roman", "perhaps that of a Macintosh;"),
        ("Žluťoučký kůň", "cp1250", "Windows-1250"),
        ("Газпром", "cp1251", "Windows-1251"),
        ("阿里巴巴集团", "gb18030", "GB 18030"),
        ("삼성전자", "cp949", "Korean"),
        ("株式会社トヨタ", "cp932", "perhaps Shift JIS;"),
        ("山田太郎", "cp932", "perhaps Shift JIS, "),
        *((name, "big5", "perhaps Big5, ") for name in ("台灣貿易", "台積電", "許功蓋", "光華 Trading Co.")),
        *((name, "big5", "or Big5;") for name in ("客戶名稱", "新竹科學園區")),
        *((name, "cp1250", "perhaps Windows-1250[^B]*;") for name in ("Małgorzata Żak", "Grażyna", "Śląska Spółka")),
        *((name, "cp1252", "perhaps [^B]*;") for name in ("ÅÄÖ AB", "São Paulo – SP", "Às Éo", "30 € Æro")),
    ],
)
def test_the_true_encoding_is_among_those_that_are_named(name: str, codec: str, says: str, tmp_path: Path) -> None:
    path = tmp_path / "netsuite.csv"
    path.write_bytes(f"Internal ID,Company Name\n1,{name}\n2,Acme".encode(codec))
    with pytest.raises(
        ExportError, match=rf"is not UTF-8 \(line 2\), {says if says.startswith('perhaps') else 'perhaps .*' + says}"
    ):
        read_netsuite_export(path, FIELDS)


def test_two_encodings_in_one_file_are_told(tmp_path: Path) -> None:
    path = tmp_path / "netsuite.csv"
    path.write_bytes("Internal ID,Company Name\n1,Müller\n".encode() + "2,Café\n".encode("cp1252"))
    with pytest.raises(ExportError, match="is UTF-8 before line 3, and not there: texts of two encodings were joined"):
        read_netsuite_export(path, FIELDS)


@pytest.mark.parametrize(
    ("labels", "codec", "says"),
    [
        ("內部 ID,公司名稱", "big5", "or Big5;"),
        ("内部ID,会社名", "cp932", "Shift JIS"),
        ("Interne ID,Straße", "cp1252", "perhaps Windows-1252;"),
    ],
)
def test_labels_of_another_encoding_are_told_as_that(labels: str, codec: str, says: str, tmp_path: Path) -> None:
    path = tmp_path / "netsuite.csv"
    path.write_bytes(f"\n{labels}\n1,Acme\n".encode(codec))
    internal_id, name = labels.split(",")
    with pytest.raises(ExportError, match=rf"is not UTF-8 \(line 2\), .*{says}"):
        read_netsuite_export(path, {"internal_id": internal_id, "company_name": name})


def test_a_label_whose_letters_were_lost_before_is_a_label(tmp_path: Path) -> None:
    path = tmp_path / "netsuite.csv"
    path.write_text("Internal ID,Stra\ufffde\n1,Acme\n", encoding="utf-8")
    assert read_netsuite_export(path, {"internal_id": "Internal ID", "company_name": "Stra\ufffde"}).rows_read == 1
