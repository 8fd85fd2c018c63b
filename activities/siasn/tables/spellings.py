"""Every column of every kind of file, in each spelling seen, and how a kind is told from its headings.

Fields are named as Jenjang names them; a file's column is matched by name, never by position.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from activities.siasn.tables.schemas import FileKind, Schema, squashed

LIKELY = 0.5


def _history(
    name: str, columns: dict[str, tuple[str, ...]], required: tuple[str, ...], dates: tuple[str, ...] = ()
) -> Schema:
    owner = {
        "siasn_id": ("idPns", "pnsDinilaiId", "pnsDinilaiOrang", "pnsOrang", "pnsOrangId", "pns", "pnsId", "PNS ID"),
        "nip": ("nipBaru", "nip"),
    }
    return Schema(name, FileKind.HISTORY, owner | columns, required, dates)


_ALL = (
    Schema(
        name="data-asn",
        kind=FileKind.EMPLOYEES,
        columns={
            "siasn_id": ("PNS ID",),
            "nip": ("NIP BARU",),
            "name": ("NAMA",),
            "front_title": ("GELAR DEPAN",),
            "back_title": ("GELAR BELAKANG",),
            "born_on": ("TANGGAL LAHIR",),
            "sex": ("JENIS KELAMIN",),
            "legal_position": ("KEDUDUKAN HUKUM ID",),
            "service_status": ("STATUS CPNS PNS",),
            "cpns_from": ("TMT CPNS",),
            "pns_from": ("TMT PNS",),
            "grade": ("GOL AKHIR ID",),
            "grade_name": ("GOL AKHIR NAMA",),
            "grade_from": ("TMT GOLONGAN",),
            "service_years": ("MK TAHUN",),
            "service_months": ("MK BULAN",),
            "post_kind": ("JENIS JABATAN ID",),
            "post_kind_name": ("JENIS JABATAN NAMA",),
            "post": ("JABATAN ID",),
            "post_name": ("JABATAN NAMA",),
            "post_from": ("TMT JABATAN",),
            "eselon": ("ESELON ID",),
            "education": ("TINGKAT PENDIDIKAN ID",),
            "education_year": ("TAHUN LULUS",),
            "unit": ("UNOR ID",),
            "home_agency": ("INSTANSI INDUK ID",),
            "work_agency": ("INSTANSI KERJA ID",),
            "employment_kind": ("JENIS PEGAWAI ID",),
        },
        required=(
            *("siasn_id", "nip", "name", "born_on", "sex", "legal_position", "service_status", "cpns_from"),
            *("pns_from", "grade", "grade_from", "service_years", "service_months", "post_kind", "post"),
            *("post_name", "post_from", "education", "unit", "home_agency", "work_agency"),
        ),
        dates=("born_on", "cpns_from", "pns_from", "grade_from", "post_from"),
        unique=("siasn_id", "nip"),
    ),
    Schema(
        name="unor",
        kind=FileKind.UNITS,
        columns={
            "unit": ("ID",),
            "name": ("NAMA_UNOR",),
            "parent": ("ID_ATASAN", "DiatasanId"),
            "eselon": ("EselonId",),
            "head_name": ("NamaJabatan",),
            "active": ("aktif",),
        },
        required=("unit", "name", "parent"),
        unique=("unit",),
    ),
    Schema(
        name="peran",
        kind=FileKind.ROLES,
        columns={
            "role": ("PERAN",),
            "nip": ("NIP", "NIP BARU"),
            "siasn_id": ("PNS ID",),
            "name": ("NAMA",),
            "valid_from": ("MULAI",),
            "last_day": ("SAMPAI",),
            "decree": ("NOMOR SK",),
        },
        required=("role", "name", "valid_from"),
        dates=("valid_from", "last_day"),
    ),
    _history(
        "rw-golongan",
        {
            "grade": ("golonganId",),
            "grade_name": ("golongan",),
            "valid_from": ("tmtGolongan",),
            "service_years": ("masaKerjaGolonganTahun",),
            "service_months": ("masaKerjaGolonganBulan",),
            "decree": ("skNomor",),
        },
        required=("grade", "valid_from"),
        dates=("valid_from",),
    ),
    _history(
        "rw-jabatan",
        {
            "post_kind": ("jenisJabatan", "jenisJabatanId"),
            "unit": ("unorId",),
            "unit_name": ("unorNama",),
            "eselon": ("eselonId",),
            "functional": ("jabatanFungsionalId",),
            "functional_name": ("jabatanFungsionalNama",),
            "general": ("jabatanFungsionalUmumId",),
            "general_name": ("jabatanFungsionalUmumNama",),
            "post_name": ("namaJabatan",),
            "assignment": ("jenisPenugasanId",),
            "valid_from": ("tmtJabatan",),
            "decree": ("nomorSk", "skNomor"),
        },
        required=("post_kind", "unit", "valid_from"),
        dates=("valid_from",),
    ),
    _history(
        "rw-skp22",
        {
            "year": ("tahun",),
            "result": ("hasilKinerjaNilai",),
            "behaviour": ("perilakuKerjaNilai",),
            "quadrant": ("kuadranKinerjaNilai",),
            "quadrant_name": ("kuadranKinerja",),
        },
        required=("year", "quadrant"),
    ),
    _history(
        "rw-angkakredit",
        {
            "points": ("kreditBaruTotal",),
            "start_month": ("bulanMulaiPenailan", "bulanMulaiPenilaian"),
            "start_year": ("tahunMulaiPenailan", "tahunMulaiPenilaian"),
            "end_month": ("bulanSelesaiPenailan", "bulanSelesaiPenilaian"),
            "end_year": ("tahunSelesaiPenailan", "tahunSelesaiPenilaian"),
            "decree": ("nomorSk",),
        },
        required=("points", "end_month", "end_year"),
    ),
    _history(
        "rw-hukdis",
        {
            "code": ("jenisHukuman", "jenisHukumanId"),
            "level": ("jenisTingkatHukumanId",),
            "valid_from": ("hukumanTanggal",),
            "last_day": ("akhirHukumTanggal", "akhirHukumanTanggal"),
            "years": ("masaTahun",),
            "months": ("masaBulan",),
            "decree": ("skNomor",),
            "cancelled_by": ("skPembatalanNomor",),
        },
        required=("code", "valid_from"),
        dates=("valid_from", "last_day"),
    ),
    _history(
        "rw-pendidikan",
        {
            "level": ("tkPendidikanId",),
            "year": ("tahunLulus",),
            "valid_from": ("tglLulus",),
        },
        required=("level", "year"),
        dates=("valid_from",),
    ),
    _history(
        "rw-diklat",
        {"code": ("latihanStrukturalId",), "valid_from": ("tanggal",)},
        required=("code", "valid_from"),
        dates=("valid_from",),
    ),
)

SCHEMAS = {schema.name: schema for schema in _ALL}
HISTORY_OBJECTS = [name for name, schema in SCHEMAS.items() if schema.kind is FileKind.HISTORY]

DROPPED = (
    *("NIK", "NOMOR HP", "EMAIL", "EMAIL GOV", "ALAMAT", "NPWP NOMOR", "BPJS", "AGAMA", "JENIS KAWIN"),
    *("TEMPAT LAHIR", "KARTU ASN VIRTUAL", "KPKN", "LOKASI KERJA", "SATUAN KERJA", "SATUAN KERJA INDUK"),
    *("SATUAN KERJA KERJA", "NIP LAMA", "IS VALID NIK", "FLAG IKD"),
)
"""Columns that the mission does not need; each may also come as "… ID" and "… NAMA"."""

UNREAD = (
    *("JENIS PEGAWAI NAMA", "KEDUDUKAN HUKUM NAMA", "NOMOR SK CPNS", "TANGGAL SK CPNS", "NOMOR SK PNS"),
    *("TANGGAL SK PNS", "GOL AWAL ID", "GOL AWAL NAMA", "ESELON NAMA", "TINGKAT PENDIDIKAN NAMA"),
    *("PENDIDIKAN ID", "PENDIDIKAN NAMA", "NAMA SEKOLAH", "UNOR NAMA", "INSTANSI INDUK NAMA"),
    *("INSTANSI KERJA NAMA", "INSTANSI ID", "INSTANSI NAMA"),
)
"""Columns of the export that are known and harmless, and that nothing reads yet."""

_DROPPED = {squashed(name + ending) for name in DROPPED for ending in ("", " ID", " NAMA")}
_UNREAD = {squashed(name) for name in UNREAD}


def named(name: str) -> Schema | None:
    """The schema of the history object that a sheet, a file or an object is named after ("rw_golongan 2025")."""
    words = squashed(name).replace("-", "")
    return next((SCHEMAS[one] for one in HISTORY_OBJECTS if words.startswith(squashed(one).replace("-", ""))), None)


def recognised(names: Iterable[str], headings: Collection[str]) -> Schema | None:
    """The schema of a table: by the first name that names an object, else by its headings."""
    for name in names:
        if schema := named(name):
            return schema
    likeliest = max(SCHEMAS.values(), key=lambda schema: schema.likeness(headings))
    return likeliest if likeliest.likeness(headings) >= LIKELY else None


def is_dropped(heading: str) -> bool:
    """Whether a column is refused at the door."""
    return squashed(heading) in _DROPPED


def is_unread(heading: str) -> bool:
    """Whether a column is one of SIASN's own that nothing reads."""
    return squashed(heading) in _UNREAD
