"""Writes invented careers as SIASN's history objects (JSON Lines), and the roles as Jenjang's own sheet."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

from activities.siasn.codes import RATING_OF, RATINGS
from deploy.demo.careers import GOOD, SLTA, Employee, Post
from deploy.demo.cast import Member
from deploy.demo.credits import paks
from deploy.demo.months import first_of
from deploy.demo.register_files import hyphened
from domain.vocabulary import Role

Document = dict[str, Any]
QUADRANTS = {rating: number for number, rating in RATINGS.items()}
EXPECTATIONS = {1: "DIATAS EKSPEKTASI", 2: "SESUAI EKSPEKTASI", 3: "DIBAWAH EKSPEKTASI"}
WRONG_QUADRANT = {(1, 3): "3"}
"""What one program in use makes of good results with bad behaviour; the reader must notice."""


def write_histories(folder: Path, employees: Iterable[Employee]) -> tuple[Path, ...]:
    """One file per object; the ratings as plain rows, the others wrapped with the object's name."""
    everybody = list(employees)
    return tuple(
        _write(folder / f"{name}.jsonl", name, (row for one in everybody for row in rows(one)))
        for name, rows in _OBJECTS.items()
    )


def write_ratings(folder: Path, employees: Iterable[Employee], year: int) -> Path:
    """Everybody's rating of one more year, all of them good."""
    rows = (row for one in employees for row in _ratings(one.changed(ratings={year: GOOD})))
    return _write(folder / f"rw-skp22-{year}.jsonl", "rw-skp22", rows)


def write_roles(path: Path, roles: Iterable[tuple[Role, Member]], since: date) -> None:
    """Who holds which granted role; the regent's row has no NIP."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";", lineterminator="\r\n")
        writer.writerow(("PERAN", "NIP", "PNS ID", "NAMA", "MULAI", "SAMPAI", "NOMOR SK"))
        for number, (role, member) in enumerate(roles, 1):
            nip = f"'{member.nip}" if member.nip else ""
            decree = f"188/{number:03d}/{since.year}"
            writer.writerow((role, nip, member.siasn_id, member.name, f"{since:%d-%m-%Y}", "", decree))


def _write(path: Path, name: str, rows: Iterable[Document]) -> Path:
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for number, row in enumerate(rows, 1):
            numbered = {"id": f"{name}-{number}"} | row
            line = numbered if name == "rw-skp22" else {"object": name, "data": numbered}
            file.write(json.dumps(line, ensure_ascii=False) + "\n")
    return path


def _ranks(employee: Employee) -> Iterator[Document]:
    for rank in employee.ranks:
        years, months = divmod(rank.service, 12)
        yield {
            "idPns": hyphened(employee.pns_id),
            "nipBaru": employee.nip,
            "golonganId": rank.grade.code,
            "golongan": rank.grade,
            "pangkat": rank.grade.pangkat,
            "skNomor": f"823/{rank.grade.code}/{rank.tmt.year}",
            "skTanggal": _day(first_of(rank.tmt, -1)),
            "tmtGolongan": _day(rank.tmt),
            "jenisKPId": rank.kind,
            "masaKerjaGolonganTahun": str(years),
            "masaKerjaGolonganBulan": str(months),
        }


def _posts(employee: Employee) -> Iterator[Document]:
    for post in employee.posts:
        yield {
            "idPns": hyphened(employee.pns_id),
            "nipBaru": employee.nip,
            "jenisJabatan": post.kind,
            "unorId": hyphened(post.unit.unit_id),
            "unorNama": post.unit.name,
            "eselonId": post.unit.eselon if post.kind == "1" else "",
            **_post_names(post),
            "jenisPenugasanId": "D",
            "nomorSk": f"821/{post.tmt:%m}/{post.tmt.year}",
            "tmtJabatan": _day(post.tmt),
        }


def _post_names(post: Post) -> Document:
    match post.kind:
        case "1":
            return {"namaJabatan": post.name}
        case "2":
            return {"jabatanFungsionalId": post.post_id, "jabatanFungsionalNama": post.name}
        case _:
            return {"jabatanFungsionalUmumId": post.post_id, "jabatanFungsionalUmumNama": post.name}


def _ratings(employee: Employee) -> Iterator[Document]:
    for year, (result, behaviour) in employee.ratings.items():
        rating = RATING_OF[str(result), str(behaviour)]
        yield {
            "pnsDinilaiId": hyphened(employee.pns_id),
            "tahun": str(year),
            "hasilKinerja": EXPECTATIONS[result],
            "hasilKinerjaNilai": str(result),
            "perilakuKerja": EXPECTATIONS[behaviour],
            "PerilakuKerjaNilai": str(behaviour),
            "kuadranKinerja": rating.replace("-", " ").upper(),
            "KuadranKinerjaNilai": WRONG_QUADRANT.get((result, behaviour), QUADRANTS[rating]),
            "statusPenilai": "ASN",
        }


def _credits(employee: Employee) -> Iterator[Document]:
    for pak in paks(employee):
        points = f"{pak.points}".replace(".", ",")
        yield {
            "pns": hyphened(employee.pns_id),
            "nomorSk": f"800/{pak.first_month:02d}/{pak.year}",
            "tanggalSk": _day(date(pak.year + 1, 1, 15)),
            "bulanMulaiPenailan": str(pak.first_month),
            "tahunMulaiPenailan": str(pak.year),
            "bulanSelesaiPenailan": "12",
            "tahunSelesaiPenailan": str(pak.year),
            "kreditUtamaBaru": points,
            "kreditPenunjangBaru": "0",
            "kreditBaruTotal": points,
            "namaJabatan": employee.post.name,
            "isKonversi": "1",
        }


def _sanctions(employee: Employee) -> Iterator[Document]:
    for sanction in employee.sanctions:
        yield {
            "pnsOrang": hyphened(employee.pns_id),
            "jenisHukuman": sanction.code,
            "jenisTingkatHukumanId": sanction.level,
            "skNomor": f"862/{sanction.code}/{sanction.start.year}",
            "skTanggal": _day(first_of(sanction.start, -1)),
            "hukumanTanggal": _day(sanction.start),
            "akhirHukumTanggal": _day(sanction.last_day) if sanction.last_day else "",
            "skPembatalanNomor": sanction.cancelled_by,
        }


def _educations(employee: Employee) -> Iterator[Document]:
    years_of_study = employee.education.age - SLTA.age
    if years_of_study:
        yield _diploma(employee, SLTA.code, employee.graduated_in - years_of_study)
    yield _diploma(employee, employee.education.code, employee.graduated_in)


def _diploma(employee: Employee, level: str, year: int) -> Document:
    return {
        "idPns": hyphened(employee.pns_id),
        "tkPendidikanId": level,
        "tahunLulus": str(year),
        "tglLulus": f"31-12-{year}",
        "namaSekolah": "SEKOLAH CONTOH",
    }


def _trainings(employee: Employee) -> Iterator[Document]:
    """Each training in the year before the present post, the lower ones earlier."""
    for earlier, code in enumerate(reversed(employee.trainings), 1):
        completed = first_of(employee.post.tmt, -12 * earlier)
        yield {"idPns": hyphened(employee.pns_id), "latihanStrukturalId": code, "tanggal": _day(completed)}


_OBJECTS: dict[str, Callable[[Employee], Iterator[Document]]] = {
    "rw-golongan": _ranks,
    "rw-jabatan": _posts,
    "rw-skp22": _ratings,
    "rw-angkakredit": _credits,
    "rw-hukdis": _sanctions,
    "rw-pendidikan": _educations,
    "rw-diklat": _trainings,
}


def _day(value: date) -> str:
    return f"{value:%d-%m-%Y}"
