"""History objects as JSON Lines and as sheets: one fact per row, with its owner."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from activities.siasn.history import HistoryRow
from activities.siasn.reader import ReadResult
from activities.siasn.tables.schemas import FileKind
from domain.register.facts import (
    Assignment,
    CreditsGranted,
    EducationEarned,
    Fact,
    PostHeld,
    PostKind,
    RankHeld,
    RatingGiven,
    SanctionLevel,
    SanctionServed,
    TrainingCompleted,
)
from domain.vocabulary import Grade, Nip, Rating
from tests.support.siasn_files import Row, found, read, write_csv, write_lines, write_xlsx

RANK: Row = {
    "id": "r-1",
    "idPns": "x-p2",
    "nipBaru": "199107082014039002",
    "golonganId": "32",
    "golongan": "III/b",
    "pangkat": "Penata Muda Tingkat I",
    "skNomor": "823/7/2021",
    "tmtGolongan": "01-12-2021",
    "jenisKPId": "101",
    "masaKerjaGolonganTahun": "7",
    "masaKerjaGolonganBulan": "9",
    "path": {"872": {"dok_id": "872", "dok_uri": "peremajaan/usulan/872_x.pdf"}},
}
POST: Row = {
    "idPns": "X-P1",
    "jenisJabatan": "1",
    "unorId": "x-u2",
    "unorNama": "Seksi Contoh",
    "eselonId": "41",
    "namaJabatan": "Kepala Seksi Contoh",
    "jenisPenugasanId": "D",
    "nomorSk": "821/1/2022",
    "tmtJabatan": "02-05-2022",
}
RATING: Row = {
    "pnsDinilaiId": "X-P2",
    "tahun": "2025",
    "hasilKinerjaNilai": "2",
    "PerilakuKerjaNilai": "2",
    "KuadranKinerjaNilai": "2",
}
CREDITS: Row = {
    "pns": "X-P2",
    "nomorSk": "800/7/2026",
    "bulanMulaiPenailan": "1",
    "tahunMulaiPenailan": "2025",
    "bulanSelesaiPenailan": "12",
    "tahunSelesaiPenailan": "2025",
    "kreditUtamaBaru": "12.5",
    "kreditPenunjangBaru": "0",
    "kreditBaruTotal": "12.5",
    "isKonversi": "1",
}
SANCTION: Row = {
    "pnsOrang": "X-P2",
    "jenisHukuman": "7",
    "jenisTingkatHukumanId": "S",
    "skNomor": "862/1/2025",
    "hukumanTanggal": "01-08-2025",
    "akhirHukumTanggal": "31-07-2026",
    "skPembatalanNomor": "",
}
EDUCATION: Row = {"idPns": "X-P2", "tkPendidikanId": "40", "tahunLulus": "2013", "tglLulus": "20-09-2013"}
TRAINING: Row = {"idPns": "X-P1", "latihanStrukturalId": "2", "tanggal": "10-11-2021", "jumlahJam": 900}


def read_object(folder: Path, name: str, *rows: Row) -> ReadResult:
    """The rows as one history object's file, read."""
    return read(write_lines(folder / f"{name}.jsonl", rows))


def only_fact(result: ReadResult) -> Fact:
    """The fact of a file's one row."""
    (row,) = result.rows
    assert isinstance(row, HistoryRow)
    return row.fact


FACTS = {
    "rw-golongan": (
        RANK,
        RankHeld(
            valid_from=date(2021, 12, 1),
            grade=Grade("III/b"),
            service_years=7,
            service_months=9,
            decree="823/7/2021",
        ),
    ),
    "rw-jabatan": (
        POST,
        PostHeld(
            valid_from=date(2022, 5, 2),
            post="unit/XU2",
            name="Kepala Seksi Contoh",
            post_kind=PostKind.STRUCTURAL,
            unit="XU2",
            eselon="IV.a",
            decree="821/1/2022",
        ),
    ),
    "rw-skp22": (
        RATING,
        RatingGiven(valid_from=date(2025, 1, 1), valid_to=date(2026, 1, 1), year=2025, rating=Rating.BAIK),
    ),
    "rw-angkakredit": (
        CREDITS,
        CreditsGranted(valid_from=date(2026, 1, 1), points=Decimal("12.5"), decree="800/7/2026"),
    ),
    "rw-hukdis": (
        SANCTION,
        SanctionServed(
            valid_from=date(2025, 8, 1),
            valid_to=date(2026, 8, 1),
            level=SanctionLevel.MEDIUM,
            code="7",
            decree="862/1/2025",
        ),
    ),
    "rw-pendidikan": (EDUCATION, EducationEarned(valid_from=date(2013, 9, 20), level="40", year=2013)),
    "rw-diklat": (TRAINING, TrainingCompleted(valid_from=date(2021, 11, 10), code="pim-4")),
}


@pytest.mark.parametrize("name", FACTS)
def test_each_object_becomes_its_fact(tmp_path: Path, name: str) -> None:
    """A plain row in a file named after the object."""
    row, fact = FACTS[name]
    result = read_object(tmp_path, name, row)

    assert result.kind is FileKind.HISTORY
    assert only_fact(result) == fact
    assert found(result) == []


@pytest.mark.parametrize("name", FACTS)
def test_a_line_may_name_its_object(tmp_path: Path, name: str) -> None:
    """One file of wrapped objects, whatever it is called."""
    row, fact = FACTS[name]

    assert only_fact(read(write_lines(tmp_path / "riwayat.jsonl", [row], wrapped_as=name))) == fact


@pytest.mark.parametrize("name", FACTS)
@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_a_sheet_with_the_objects_fields_is_the_same(tmp_path: Path, name: str, form: str) -> None:
    """The object is named by the sheet, by the file, or by nothing but its columns."""
    row, fact = FACTS[name]
    flat = {key: value for key, value in row.items() if not isinstance(value, dict)}
    by_columns = write_csv(tmp_path / "unduhan.csv", [flat], ";")
    by_name = write_xlsx(tmp_path / "unduhan.xlsx", {name.replace("-", "_"): [flat]})

    assert only_fact(read(by_name if form == "xlsx" else by_columns)) == fact


def test_several_objects_in_one_workbook_are_read_together(tmp_path: Path) -> None:
    """A sheet per object."""
    sheets = {name: [{k: v for k, v in row.items() if k != "path"}] for name, (row, _) in FACTS.items()}
    result = read(write_xlsx(tmp_path / "riwayat.xlsx", sheets))

    assert [row.fact for row in result.rows if isinstance(row, HistoryRow)] == [fact for _, fact in FACTS.values()]


def test_an_answer_of_the_web_service_is_unwrapped(tmp_path: Path) -> None:
    """Data is a list, an object, null or a sentence; the last two hold nothing."""
    path = tmp_path / "rw-skp22.jsonl"
    path.write_text(
        '{"code": 1, "data": [{"pnsDinilaiId": "X-P2", "tahun": 2025, "kuadranKinerjaNilai": 1}]}\n'
        '{"code": 1, "data": null}\n'
        '{"code": 0, "data": "Data tidak ditemukan"}\n'
    )
    result = read(path)

    assert found(result) == []
    assert isinstance(fact := only_fact(result), RatingGiven)
    assert fact.rating is Rating.SANGAT_BAIK


@pytest.mark.parametrize("owner", ["idPns", "pnsDinilaiId", "pnsOrang", "pnsOrangId", "pns", "PNS ID"])
def test_the_owner_has_many_names(tmp_path: Path, owner: str) -> None:
    """Each object calls its owner differently; the id comes in its normal spelling."""
    row = {**{key: value for key, value in EDUCATION.items() if key != "idPns"}, owner: "0af3c2d1-0000"}
    (read_row,) = read_object(tmp_path, "rw-pendidikan", row).rows

    assert isinstance(read_row, HistoryRow)
    assert (read_row.siasn_id, read_row.nip) == ("0AF3C2D10000", None)


def test_the_owner_may_be_named_by_nip(tmp_path: Path) -> None:
    """Sheets made by hand often have nothing else."""
    row = {**EDUCATION, "idPns": "", "nipBaru": "'199107082014039002"}
    (read_row,) = read_object(tmp_path, "rw-pendidikan", row).rows

    assert isinstance(read_row, HistoryRow)
    assert (read_row.siasn_id, read_row.nip) == ("", Nip("199107082014039002", invented=True))


def test_a_row_of_nobody_is_refused(tmp_path: Path) -> None:
    """A number is no NIP, and there is no id."""
    result = read_object(tmp_path, "rw-pendidikan", {**EDUCATION, "idPns": "", "nipBaru": 199107082014039002})

    assert found(result) == [(1, "idPns", "no-owner")]
    assert list(result.rows) == []


REFUSALS = {
    "a grade that is none": ("rw-golongan", RANK, {"golonganId": "99", "golongan": ""}, "grade-unknown"),
    "a rank without TMT": ("rw-golongan", RANK, {"tmtGolongan": ""}, "missing-value"),
    "a post of no kind": ("rw-jabatan", POST, {"jenisJabatan": "9"}, "post-kind-unknown"),
    "a post in no unit": ("rw-jabatan", POST, {"unorId": ""}, "missing-value"),
    "an unknown assignment": ("rw-jabatan", POST, {"jenisPenugasanId": "XX"}, "assignment-unknown"),
    "a rating of no year": ("rw-skp22", RATING, {"tahun": "25"}, "year-unreadable"),
    "a rating that is none": (
        "rw-skp22",
        RATING,
        {"hasilKinerjaNilai": "", "KuadranKinerjaNilai": "9"},
        "rating-unknown",
    ),
    "points that are no number": ("rw-angkakredit", CREDITS, {"kreditBaruTotal": "dua belas"}, "points-unreadable"),
    "no points": ("rw-angkakredit", CREDITS, {"kreditBaruTotal": ""}, "points-unreadable"),
    "a period of no month": ("rw-angkakredit", CREDITS, {"bulanSelesaiPenailan": "13"}, "month-unreadable"),
    "a period of no year": ("rw-angkakredit", CREDITS, {"tahunSelesaiPenailan": "25"}, "year-unreadable"),
    "a period that ends before it starts": (
        "rw-angkakredit",
        CREDITS,
        {"tahunMulaiPenailan": "2026"},
        "period-reversed",
    ),
    "a sanction of no kind": (
        "rw-hukdis",
        SANCTION,
        {"jenisHukuman": "99", "jenisTingkatHukumanId": ""},
        "sanction-unknown",
    ),
    "a sanction of no day": ("rw-hukdis", SANCTION, {"hukumanTanggal": "null"}, "missing-value"),
    "an end that is no day": ("rw-hukdis", SANCTION, {"akhirHukumTanggal": "99-99-2026"}, "unreadable-date"),
    "an unknown diploma": ("rw-pendidikan", EDUCATION, {"tkPendidikanId": "99"}, "education-unknown"),
}


@pytest.mark.parametrize(("name", "row", "changes", "code"), REFUSALS.values(), ids=REFUSALS)
def test_a_row_that_says_nothing_usable_is_refused(
    tmp_path: Path, name: str, row: Row, changes: Row, code: str
) -> None:
    """The good row beside it is read."""
    result = read_object(tmp_path, name, row, {**row, **changes})

    assert [(problem.row, problem.code) for problem in result.problems] == [(2, code)]
    assert len(list(result.rows)) == 1


def test_a_line_that_is_no_object_is_refused_alone(tmp_path: Path) -> None:
    """Broken JSON, a list, an unknown object: each with its line."""
    path = write_lines(tmp_path / "riwayat.jsonl", [RATING], wrapped_as="rw-skp22")
    path.write_text(path.read_text() + '{"object": "rw-skp22", \n[1, 2]\n{"object": "rw-lain", "data": {"a": 1}}\n')
    result = read(path)

    assert found(result) == [(2, "", "not-json"), (3, "", "not-json"), (4, "", "unknown-object")]
    assert len(list(result.rows)) == 1


@pytest.mark.parametrize(
    ("written", "points"),
    [("12,50", "12.50"), ("12.5", "12.5"), (12.5, "12.5"), (100, "100"), (100.0, "100"), ("0", "0"), ("2,08", "2.08")],
)
def test_points_are_exact_however_they_are_written(tmp_path: Path, written: object, points: str) -> None:
    """Text with a comma or a point, or the number of a sheet."""
    fact = only_fact(read_object(tmp_path, "rw-angkakredit", {**CREDITS, "kreditBaruTotal": written}))

    assert isinstance(fact, CreditsGranted)
    assert fact.points == Decimal(points)


@pytest.mark.parametrize("written", ["1.050", "1.050,00", "-12.5", "12.345", 9.379999, "1e2", "123456"])
def test_points_that_can_be_read_in_two_ways_are_asked_about(tmp_path: Path, written: object) -> None:
    """Three digits behind a point may be thousands; a float's tail is no hundredth."""
    result = read_object(tmp_path, "rw-angkakredit", {**CREDITS, "kreditBaruTotal": written})

    assert found(result) == [(1, "kreditBaruTotal", "points-unreadable")]


def test_points_count_from_the_month_after_their_period(tmp_path: Path) -> None:
    """Also in the middle of a year, without the first month, and in the spelling of the other catalogue."""
    row = {
        "pnsId": "X-P2",
        "bulanSelesaiPenilaian": 6,
        "tahunSelesaiPenilaian": 2025,
        "kreditBaruTotal": "6,25",
    }
    fact = only_fact(read_object(tmp_path, "rw-angkakredit", row))

    assert fact == CreditsGranted(valid_from=date(2025, 7, 1), points=Decimal("6.25"))


def test_the_points_of_two_decrees_for_one_period_add_up(tmp_path: Path) -> None:
    """Neither replaces the other."""
    result = read_object(tmp_path, "rw-angkakredit", CREDITS, {**CREDITS, "nomorSk": "800/8/2026"})

    assert len({row.fact.slot for row in result.rows if isinstance(row, HistoryRow)}) == 2


MATRIX = [
    *[("1", "1", Rating.SANGAT_BAIK), ("1", "2", Rating.BAIK), ("2", "1", Rating.BAIK), ("2", "2", Rating.BAIK)],
    *[("3", "1", Rating.BUTUH_PERBAIKAN), ("3", "2", Rating.BUTUH_PERBAIKAN)],
    *[("1", "3", Rating.KURANG), ("2", "3", Rating.KURANG), ("3", "3", Rating.SANGAT_KURANG)],
]


@pytest.mark.parametrize(("result", "behaviour", "rating"), MATRIX)
def test_the_rating_follows_the_matrix(tmp_path: Path, result: str, behaviour: str, rating: Rating) -> None:
    """Result and behaviour decide, as PermenPANRB 6/2022 says."""
    row = {**RATING, "hasilKinerjaNilai": result, "PerilakuKerjaNilai": behaviour, "KuadranKinerjaNilai": ""}
    fact = only_fact(read_object(tmp_path, "rw-skp22", row))

    assert isinstance(fact, RatingGiven)
    assert fact.rating is rating


def test_a_wrong_quadrant_is_recomputed_and_named(tmp_path: Path) -> None:
    """One program writes max(result, behaviour) = 3 where the matrix says 4."""
    row = {**RATING, "hasilKinerjaNilai": "1", "PerilakuKerjaNilai": "3", "KuadranKinerjaNilai": "3"}
    result = read_object(tmp_path, "rw-skp22", row)
    fact = only_fact(result)

    assert found(result) == [(1, "KuadranKinerjaNilai", "rating-recomputed")]
    assert isinstance(fact, RatingGiven)
    assert fact.rating is Rating.KURANG


def test_a_quadrant_may_be_a_word(tmp_path: Path) -> None:
    """Sheets write the name."""
    row = {"pnsDinilaiId": "X-P2", "tahun": "2025", "kuadranKinerja": "Sangat Baik"}
    fact = only_fact(read_object(tmp_path, "rw-skp22", row))

    assert isinstance(fact, RatingGiven)
    assert fact.rating is Rating.SANGAT_BAIK


@pytest.mark.parametrize(
    ("changes", "ends"),
    [
        ({"akhirHukumTanggal": "", "masaTahun": "1", "masaBulan": "6"}, date(2027, 2, 1)),
        ({"akhirHukumTanggal": ""}, date(2026, 8, 1)),
        ({"akhirHukumTanggal": "", "jenisHukuman": "2", "jenisTingkatHukumanId": "R"}, date(2025, 8, 2)),
        ({"akhirHukumTanggal": "", "akhirHukumanTanggal": "31-12-2025"}, date(2026, 1, 1)),
        ({"skPembatalanNomor": "862/BATAL/2025"}, date(2025, 8, 1)),
    ],
    ids=["length in the row", "length of the kind", "a reprimand", "the other spelling", "cancelled"],
)
def test_a_sanction_ends_as_its_row_its_kind_or_its_cancellation_says(tmp_path: Path, changes: Row, ends: date) -> None:
    """Ends are exclusive: the first day on which it is not served any more."""
    fact = only_fact(read_object(tmp_path, "rw-hukdis", {**SANCTION, **changes}))

    assert fact.valid_to == ends


def test_a_cancelled_sanction_holds_on_no_day(tmp_path: Path) -> None:
    """It replaces the one that was imported before, under the same slot and first day."""
    served = only_fact(read_object(tmp_path, "rw-hukdis", SANCTION))
    cancelled = only_fact(read_object(tmp_path, "rw-hukdis", {**SANCTION, "skPembatalanNomor": "1"}))

    assert (cancelled.slot, cancelled.valid_from) == (served.slot, served.valid_from)
    assert not cancelled.holds_on(date(2025, 8, 1))
    assert served.holds_on(date(2025, 8, 1))


def test_a_sanction_without_end_holds_on_and_is_asked_about(tmp_path: Path) -> None:
    """Dismissal has no length."""
    row = {**SANCTION, "jenisHukuman": "10", "jenisTingkatHukumanId": "B", "akhirHukumTanggal": "31-12-9999"}
    result = read_object(tmp_path, "rw-hukdis", row)

    assert [code for *_, code in found(result)] == ["sanction-without-end"]
    assert only_fact(result).valid_to is None


def test_a_reactivation_is_no_sanction(tmp_path: Path) -> None:
    """Kind 12 ends one."""
    result = read_object(tmp_path, "rw-hukdis", SANCTION, {**SANCTION, "jenisHukuman": "12"})

    assert len(list(result.rows)) == 1
    assert found(result) == []


@pytest.mark.parametrize(
    ("said", "assignment"),
    [("D", Assignment.DEFINITIVE), ("", Assignment.DEFINITIVE), ("PLT", Assignment.PLT), ("plh", Assignment.PLH)],
)
def test_how_a_post_is_held_is_kept(tmp_path: Path, said: str, assignment: Assignment) -> None:
    """Acting officials stand beside the definitive one."""
    fact = only_fact(read_object(tmp_path, "rw-jabatan", {**POST, "jenisPenugasanId": said}))

    assert isinstance(fact, PostHeld)
    assert fact.assignment is assignment


def test_an_extra_task_is_no_post(tmp_path: Path) -> None:
    """It is named and not recorded."""
    result = read_object(tmp_path, "rw-jabatan", POST, {**POST, "jenisPenugasanId": "TT"})

    assert found(result) == [(2, "jenisPenugasanId", "extra-task")]
    assert len(list(result.rows)) == 1


@pytest.mark.parametrize(
    ("row", "post", "name", "level"),
    [
        (
            {"jenisJabatan": "2", "jabatanFungsionalId": "X-J2", "jabatanFungsionalNama": "Auditor Ahli Muda"},
            "jf/XJ2@XU2",
            "Auditor Ahli Muda",
            "ahli-muda",
        ),
        (
            {
                "jenisJabatan": "PELAKSANA",
                "jabatanFungsionalUmumId": "X-J4",
                "jabatanFungsionalUmumNama": "Pengadministrasi",
            },
            "jfu/XJ4@XU2",
            "Pengadministrasi",
            "",
        ),
    ],
)
def test_other_posts_are_named_by_their_own_ids(tmp_path: Path, row: Row, post: str, name: str, level: str) -> None:
    """The same reference as in the bulk export, so that both speak of one post."""
    fact = only_fact(read_object(tmp_path, "rw-jabatan", {**POST, **row}))

    assert isinstance(fact, PostHeld)
    assert (fact.post, fact.name, fact.eselon, fact.career_level) == (post, name, "", level)


def test_training_that_is_not_leadership_is_skipped(tmp_path: Path) -> None:
    """It is named and not recorded."""
    result = read_object(tmp_path, "rw-diklat", TRAINING, {**TRAINING, "latihanStrukturalId": "8"})

    assert found(result) == [(2, "latihanStrukturalId", "training-skipped")]


def test_a_fact_claims_only_what_its_row_says(tmp_path: Path) -> None:
    """An export without decree numbers must not erase the ones that are known."""
    row = {key: value for key, value in RANK.items() if key not in ("skNomor", "masaKerjaGolonganTahun")}
    fact = only_fact(read_object(tmp_path, "rw-golongan", row))

    assert fact.model_fields_set == {"valid_from", "grade", "service_months"}
