"""The invented agency's organisation: a regency with its secretariat, two supporting bodies and three offices."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from random import Random

REGENCY = "Pemerintah Kabupaten Contoh"
ROOT = "kab"


@dataclass(frozen=True)
class Unit:
    """One unit; `code` tells the place in the tree ("pu/bm/jalan"), `eselon` is SIASN's id ("41") or ""."""

    code: str
    unit_id: str
    name: str
    head_name: str
    eselon: str

    @property
    def parent(self) -> str | None:
        """The code of the unit above, None for the root."""
        return None if self.code == ROOT else self.code.rpartition("/")[0] or ROOT

    @property
    def office(self) -> str:
        """The code of the office directly below the root."""
        return self.code.split("/")[0]


_HALLS = {
    "kab/setda": ("Sekretariat Daerah", "Sekretaris Daerah", "21"),
    "kab/setda/asisten": ("Asisten Administrasi Umum", "Asisten Administrasi Umum", "22"),
    "kab/setda/asisten/umum": ("Bagian Umum", "Kepala Bagian Umum", "31"),
    "kab/setda/asisten/organisasi": ("Bagian Organisasi", "Kepala Bagian Organisasi", "31"),
    "kab/setda/hukum": ("Bagian Hukum", "Kepala Bagian Hukum", "31"),
    "kab/inspektorat": ("Inspektorat", "Inspektur", "22"),
    "kab/inspektorat/sekretariat": ("Sekretariat Inspektorat", "Sekretaris Inspektorat", "31"),
    "kab/inspektorat/irban1": ("Inspektur Pembantu I", "Inspektur Pembantu I", "31"),
    "kab/inspektorat/irban2": ("Inspektur Pembantu II", "Inspektur Pembantu II", "31"),
    "kab/bkpsdm": (
        "Badan Kepegawaian dan Pengembangan Sumber Daya Manusia",
        "Kepala Badan Kepegawaian dan Pengembangan Sumber Daya Manusia",
        "22",
    ),
}
"""Units that follow no pattern, by code."""

_SUBDIVISIONS = {
    "kab/setda/asisten/umum": ("Subbagian", ("Rumah Tangga", "Tata Usaha Pimpinan")),
    "kab/setda/asisten/organisasi": ("Subbagian", ("Kelembagaan", "Tata Laksana", "Kinerja")),
    "kab/setda/hukum": ("Subbagian", ("Perundang-undangan", "Bantuan Hukum")),
    "kab/inspektorat/sekretariat": ("Subbagian", ("Perencanaan", "Evaluasi dan Pelaporan")),
}

_OFFICES = {
    "kab/disdik": (
        "Dinas Pendidikan",
        {
            "sd": ("Pembinaan SD", ("Kurikulum dan Penilaian SD", "Sarana SD", "Peserta Didik SD")),
            "smp": ("Pembinaan SMP", ("Kurikulum dan Penilaian SMP", "Sarana SMP", "Peserta Didik SMP")),
            "ptk": ("Pembinaan Ketenagaan", ("Ketenagaan SD", "Ketenagaan SMP", "Ketenagaan PAUD")),
        },
    ),
    "kab/dinkes": (
        "Dinas Kesehatan",
        {
            "kesmas": ("Kesehatan Masyarakat", ("Gizi dan Keluarga", "Promosi Kesehatan", "Kesehatan Kerja")),
            "p2p": ("Pengendalian Penyakit", ("Surveilans", "Penyakit Menular", "Penyakit Tidak Menular")),
            "yankes": ("Pelayanan Kesehatan", ("Pelayanan Primer", "Pelayanan Rujukan", "Mutu Pelayanan")),
        },
    ),
    "kab/pu": (
        "Dinas Pekerjaan Umum",
        {
            "bm": ("Bina Marga", ("Pembangunan Jalan", "Pemeliharaan Jalan", "Jembatan")),
            "sda": ("Sumber Daya Air", ("Irigasi", "Sungai dan Drainase", "Air Baku")),
            "ck": ("Cipta Karya", ("Gedung", "Air Minum", "Penyehatan Lingkungan")),
        },
    ),
}

_PERSONNEL = {
    "mutasi": ("Mutasi dan Promosi", ("Kepangkatan", "Mutasi Jabatan")),
    "informasi": ("Pengadaan dan Informasi", ("Pengadaan", "Data dan Informasi")),
    "pengembangan": ("Pengembangan Kompetensi", ("Diklat", "Penilaian Kinerja")),
}


def invented_units(random: Random) -> dict[str, Unit]:
    """All units by code, parents before children; about eighty."""
    units = (
        Unit(path.removeprefix(f"{ROOT}/"), f"{random.getrandbits(128):032X}", name, head, eselon)
        for path, (name, head, eselon) in _all_units()
    )
    return {unit.code: unit for unit in units}


def _all_units() -> Iterator[tuple[str, tuple[str, str, str]]]:
    yield ROOT, (REGENCY, "", "")
    for code, described in _HALLS.items():
        yield code, described
        kind, names = _SUBDIVISIONS.get(code, ("", ()))
        yield from _numbered(code, kind, names)
    yield from _secretariat("kab/bkpsdm", "BKPSDM")
    yield from _divisions("kab/bkpsdm", "Subbidang", _PERSONNEL)
    for code, (name, divisions) in _OFFICES.items():
        yield code, (name, f"Kepala {name}", "22")
        yield from _secretariat(code, name)
        yield from _divisions(code, "Seksi", divisions)


def _secretariat(office: str, name: str) -> Iterator[tuple[str, tuple[str, str, str]]]:
    yield f"{office}/sekretariat", (f"Sekretariat {name}", f"Sekretaris {name}", "31")
    yield from _numbered(f"{office}/sekretariat", "Subbagian", ("Umum dan Kepegawaian", "Keuangan"))


def _divisions(
    office: str, kind: str, divisions: Mapping[str, tuple[str, tuple[str, ...]]]
) -> Iterator[tuple[str, tuple[str, str, str]]]:
    for code, (name, sections) in divisions.items():
        yield f"{office}/{code}", (f"Bidang {name}", f"Kepala Bidang {name}", "32")
        yield from _numbered(f"{office}/{code}", kind, sections)


def _numbered(parent: str, kind: str, names: tuple[str, ...]) -> Iterator[tuple[str, tuple[str, str, str]]]:
    for number, name in enumerate(names, 1):
        yield f"{parent}/{number}", (f"{kind} {name}", f"Kepala {kind} {name}", "41")
