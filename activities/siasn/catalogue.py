"""Every fault the reader knows: its stable code, what it does, and its sentences in both languages.

Codes in capitals are BKN's own data-quality indicators; the others are ours. `{found}` and `{expected}` are
filled per fault; `{row}` and `{column}` say where, the column as the file spells it.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from domain.rulebook.model import Text


class Severity(StrEnum):
    """What a fault does."""

    REFUSE_FILE = "refuse-file"
    REFUSE_ROW = "refuse-row"
    WARN = "warn"


class Cure(StrEnum):
    """Where a fault is put right."""

    FILE = "file"
    SIASN = "SIASN"
    JENJANG = "Jenjang"


class Explanation(NamedTuple):
    """One fault of the catalogue."""

    severity: Severity
    cure: Cure
    wrong: Text
    right: Text


def _fault(severity: Severity, cure: Cure, indonesian: str, english: str) -> Explanation:
    """Each language in one line: what is wrong, " => ", what would be right."""
    wrong_id, right_id = indonesian.split(" => ")
    wrong_en, right_en = english.split(" => ")
    return Explanation(severity, cure, Text(id=wrong_id, en=wrong_en), Text(id=right_id, en=right_en))


def _file(indonesian: str, english: str) -> Explanation:
    return _fault(Severity.REFUSE_FILE, Cure.FILE, indonesian, english)


def _row(indonesian: str, english: str, cure: Cure = Cure.SIASN) -> Explanation:
    return _fault(Severity.REFUSE_ROW, cure, indonesian, english)


def _warn(indonesian: str, english: str, cure: Cure = Cure.SIASN) -> Explanation:
    return _fault(Severity.WARN, cure, indonesian, english)


WHOLE_FILE = {
    "file-too-large": _file(
        "berkas {found} MB, lebih besar dari {expected} MB => bagi menjadi beberapa berkas",
        "the file has {found} MB, more than {expected} MB => split it into several files",
    ),
    "workbook-too-large": _file(
        "isi buku kerja mengembang melewati {expected} MB => simpan ulang hanya lembar yang diperlukan",
        "the workbook inflates to more than {expected} MB => save only the needed sheet again",
    ),
    "sheet-too-large": _file(
        "lembar menjangkau sampai baris {row}, kolom {column} => hapus baris dan kolom kosong di akhirnya",
        "the sheet reaches as far as row {row}, column {column} => delete the empty ones at its end",
    ),
    "damaged-workbook": _file(
        "buku kerja rusak atau bukan XLSX => buka di Excel dan simpan ulang sebagai XLSX",
        "the workbook is damaged or no XLSX => open it in Excel and save it again as XLSX",
    ),
    "old-workbook": _file(
        "buku kerja berformat XLS lama atau bersandi => simpan sebagai XLSX tanpa sandi",
        "the workbook is an old XLS or has a password => save it as XLSX without a password",
    ),
    "not-utf8": _file(
        "teks tidak berkode UTF-8 => simpan sebagai CSV UTF-8",
        "the text is not UTF-8 => save it as CSV UTF-8",
    ),
    "unreadable-csv": _file(
        "berkas CSV tidak dapat dibaca mulai baris {row} => periksa tanda kutip dan ekspor ulang",
        "the CSV file cannot be read from row {row} on => check its quotes and export it again",
    ),
    "line-too-long": _file(
        "baris {row} terlalu panjang untuk satu objek => satu objek JSON per baris",
        "line {row} is too long for one object => one JSON object per line",
    ),
    "mixed-delimiters": _file(
        "pemisah kolom bercampur di baris {row} => satu pemisah untuk seluruh berkas; ekspor ulang",
        "column delimiters are mixed in row {row} => one delimiter for the whole file; export it again",
    ),
    "empty-file": _file(
        "berkas tidak berisi baris data => ekspor ulang",
        "the file has no row of data => export it again",
    ),
    "unknown-kind": _file(
        "jenis berkas tidak dikenali dari judul kolom atau namanya => Data ASN, unor, rw-… atau peran",
        "neither headings nor name tell the kind of file => Data ASN, unor, rw-… or peran",
    ),
    "missing-column": _file(
        "kolom {column} tidak ada => ekspor ulang dengan kolom {column}",
        "column {column} is absent => export again with column {column}",
    ),
    "duplicate-header": _file(
        "judul kolom {column} ada dua kali => hapus salah satu",
        "the heading {column} stands twice => remove one of them",
    ),
    "numeric-nip": _file(
        "Excel telah membulatkan NIP (mulai baris {row}) => ubah kolom menjadi Teks; ekspor ulang dari SIASN",
        "Excel has rounded the NIPs (from row {row} on) => make the column Text and export again from SIASN",
    ),
    "no-row-of-agency": _file(
        "tidak ada baris milik instansi {expected} => pilih berkas instansi ini",
        "no row belongs to agency {expected} => choose this agency's file",
    ),
    "no-root-unit": _file(
        "tidak ada unit tanpa atasan => satu unit puncak dengan atasan kosong",
        "no unit is without a parent => one root unit with an empty parent",
    ),
}

ROWS = {
    "ragged-row": _row(
        "{found} kolom, padahal judulnya {expected} => periksa pemisah dan tanda kutip di baris ini",
        "{found} columns where the heading has {expected} => check delimiters and quotes in this row",
        Cure.FILE,
    ),
    "not-json": _row(
        "baris bukan objek JSON => satu objek JSON per baris",
        "the line is no JSON object => one JSON object per line",
        Cure.FILE,
    ),
    "unknown-object": _row(
        "objek {found} tidak dikenal => {expected}", "object {found} is unknown => {expected}", Cure.FILE
    ),
    "missing-value": _row("{column} kosong => isi {column}", "{column} is empty => fill in {column}"),
    "unreadable-date": _row(
        "{found} bukan tanggal berformat {expected} => {expected}, sama untuk seluruh kolom",
        "{found} is no date in the format {expected} => {expected}, the same for the whole column",
        Cure.FILE,
    ),
    "identifier-too-long": _row(
        "{found} bukan ID SIASN => ID sampai 36 karakter",
        "{found} is no SIASN id => an id of up to 36 characters",
    ),
    "nip-digits": _row("NIP bukan 18 angka => 18 angka", "the NIP has not 18 digits => 18 digits"),
    "nip-impossible": _row(
        "NIP memuat bulan atau nomor urut yang tidak mungkin => periksa NIP di SIASN",
        "the NIP holds an impossible month or sequence => check the NIP in SIASN",
    ),
    "nip-sex-impossible": _row(
        "angka 15 NIP ({found}) bukan 1 atau 2 => periksa NIP di SIASN",
        "digit 15 of the NIP ({found}) is neither 1 nor 2 => check the NIP in SIASN",
    ),
    "nip-twice": _row(
        "NIP …{found} ada di lebih dari satu baris => satu baris per orang",
        "NIP …{found} stands in more than one row => one row per person",
    ),
    "siasn-id-twice": _row(
        "{column} {found} ada di lebih dari satu baris => satu baris per orang",
        "{column} {found} stands in more than one row => one row per person",
    ),
    "nip-birth": _row(
        "tanggal lahir tidak cocok dengan angka 1-8 NIP => perbaiki tanggal lahir atau NIP di SIASN",
        "the date of birth does not fit digits 1-8 of the NIP => correct either in SIASN",
    ),
    "nip-sex": _row(
        "jenis kelamin {found} tidak cocok dengan angka 15 NIP ({expected}) => samakan di SIASN",
        "sex {found} does not fit digit 15 of the NIP ({expected}) => correct it in SIASN",
    ),
    "CON_1": _row(
        "{found} tidak cocok dengan NIP ({expected}) => 01-{suggested}, atau perbaiki NIP di SIASN",
        "{found} does not fit the NIP ({expected}) => 01-{suggested}, or correct the NIP in SIASN",
    ),
    "CON_4": _row(
        "tahun {found} tidak cocok dengan NIP PPPK ({expected}) => {expected}, atau perbaiki NIP di SIASN",
        "year {found} does not fit the PPPK's NIP ({expected}) => {expected}, or correct the NIP in SIASN",
    ),
    "sex-unknown": _row("{found} bukan M atau F => M atau F", "{found} is neither M nor F => M or F"),
    "grade-unknown": _row(
        "golongan {found} tidak dikenal => 11-45 atau I/a-IV/e",
        "golongan {found} is unknown => 11-45 or I/a-IV/e",
    ),
    "grade-contradiction": _row(
        "ID golongan {found} tidak sama dengan nama {expected} => samakan ID dan nama di SIASN",
        "golongan id {found} is not the name {expected} => make id and name agree in SIASN",
    ),
    "post-kind-unknown": _row(
        "jenis jabatan {found} tidak dikenal => 1, 2, 3 atau 4",
        "kind of post {found} is unknown => 1, 2, 3 or 4",
    ),
    "unit-unknown": _row(
        "unit {found} tidak ada di pohon unit => impor daftar unor terbaru lebih dahulu",
        "unit {found} is not in the unit tree => import the newest unit list first",
        Cure.JENJANG,
    ),
    "other-agency": _row(
        "baris milik instansi {found} => hanya pegawai instansi {expected}",
        "the row belongs to agency {found} => only employees of agency {expected}",
        Cure.FILE,
    ),
    "unit-twice": _row(
        "unit {found} ada di lebih dari satu baris => satu baris per unit",
        "unit {found} stands in more than one row => one row per unit",
    ),
    "parent-unknown": _row(
        "unit atasan {found} tidak ada di daftar => tambahkan unit atasan, atau perbaiki kolom ini",
        "parent unit {found} is not in the list => add the parent, or correct this column",
    ),
    "parent-refused": _row(
        "unit atasan {found} ditolak => perbaiki dahulu unit atasan itu",
        "parent unit {found} is refused => put that parent right first",
    ),
    "unit-cycle": _row(
        "unit menjadi atasan dirinya sendiri lewat {found} => perbaiki unit atasan",
        "the unit is above itself by way of {found} => correct its parent",
    ),
    "no-owner": _row(
        "baris tidak menyebut pemilik ({expected}) => isi salah satunya",
        "the row names no owner ({expected}) => fill in one of them",
        Cure.FILE,
    ),
    "rating-unknown": _row(
        "predikat {found} tidak dikenal => 1-5, atau hasil dan perilaku 1-3",
        "rating {found} is unknown => 1-5, or result and behaviour 1-3",
    ),
    "sanction-unknown": _row(
        "jenis hukuman {found} tidak dikenal => kode jenis hukuman SIASN",
        "kind of sanction {found} is unknown => SIASN's code",
    ),
    "education-unknown": _row(
        "tingkat pendidikan {found} tidak dikenal => kode dua angka, misalnya 40",
        "level of education {found} is unknown => a two-digit code such as 40",
    ),
    "points-unreadable": _row(
        "angka kredit {found} tidak terbaca => angka dengan paling banyak dua desimal, misalnya 12,50",
        "credit points {found} cannot be read => a number with two decimals at most, such as 12.50",
    ),
    "month-unreadable": _row("{found} bukan bulan => 1-12", "{found} is no month => 1-12"),
    "period-reversed": _row(
        "masa penilaian berakhir {found}, sebelum mulai {expected} => bulan selesai tidak sebelum bulan mulai",
        "the assessed period ends {found}, before it starts {expected} => a last month not before the first",
    ),
    "year-unreadable": _row("{found} bukan tahun => empat angka", "{found} is no year => four digits"),
    "assignment-unknown": _row(
        "jenis penugasan {found} tidak dikenal => D, PLT, PLH atau PJ",
        "kind of assignment {found} is unknown => D, PLT, PLH or PJ",
    ),
    "holder-without-id": _row(
        "pemegang peran tanpa NIP dan PNS ID => NIP; untuk yang bukan ASN, ID sendiri di PNS ID (misalnya PPK-1)",
        "the holder has neither NIP nor PNS ID => a NIP; for others an id of your own as PNS ID (such as PPK-1)",
        Cure.FILE,
    ),
    "role-unknown": _row(
        "peran {found} tidak dikenal => {expected}", "role {found} is unknown => {expected}", Cure.FILE
    ),
    "ends-before-start": _row(
        "berakhir {found}, sebelum mulai {expected} => tanggal akhir sesudah tanggal mulai",
        "it ends {found}, before it starts on {expected} => an end after the start",
        Cure.FILE,
    ),
}

WARNINGS = {
    "date-ignored": _warn(
        "{found} bukan tanggal berformat {expected}; diabaikan => tanggal berformat {expected}",
        "{found} is no date in the format {expected} and is ignored => a date as {expected}",
    ),
    "pns-date-missing": _warn("PNS tanpa TMT PNS => isi TMT PNS", "a PNS without TMT PNS => fill in TMT PNS"),
    "status-missing": _warn(
        "status CPNS/PNS {found} tidak dikenal; dibaca {expected} => C atau P",
        "status CPNS/PNS {found} is unknown and read as {expected} => C or P",
    ),
    "cpns-after-pns": _warn(
        "TMT CPNS {found} sesudah TMT PNS {expected} => TMT CPNS sebelum TMT PNS",
        "TMT CPNS {found} is after TMT PNS {expected} => TMT CPNS before TMT PNS",
    ),
    "cpns-too-long": _warn(
        "masih CPNS lebih dari satu tahun sejak {found} => angkat menjadi PNS, atau perbarui status",
        "still CPNS more than a year after {found} => appointment as PNS, or a newer status",
    ),
    "not-active": _warn(
        "kedudukan hukum {found}: perlu diperiksa => 01 bila aktif",
        "legal position {found} needs a look => 01 when active",
    ),
    "COM_2": _warn(
        "JABATAN ID kosong untuk jabatan fungsional atau pelaksana => isi jabatan di SIASN",
        "JABATAN ID is blank for a functional or general post => fill in the post in SIASN",
    ),
    "general-post-named-functional": _warn(
        "pelaksana bernama {found} => jenis jabatan 2, atau nama jabatan pelaksana",
        "a general post is named {found} => kind 2, or the name of a general post",
    ),
    "post-kind-contradiction": _warn(
        "jenis jabatan 3 (rangkap) bernama {found}; dibaca sebagai pelaksana => 4",
        "kind 3 (double) is named {found} and read as a general post => 4",
    ),
    "structural-short-service": _warn(
        "jabatan struktural dengan masa kerja {found} tahun => sekurangnya 2 tahun; periksa MK",
        "a structural post with {found} years of service => at least 2; check MK",
    ),
    "service-unread": _warn(
        "masa kerja {found} tidak terbaca; dihitung 0 => tahun 0 atau lebih, bulan 0-11",
        "service {found} cannot be read and counts as 0 => years of 0 or more, months 0-11",
    ),
    "TIM_4": _warn(
        "unit {found} mempunyai dua pejabat; kursinya dibiarkan kosong => satu pejabat definitif per unit",
        "unit {found} has two heads; its seat is left open => one definitive head per unit",
    ),
    "unit-inactive": _warn(
        "unit {found} sudah tidak aktif => unit yang aktif", "unit {found} is inactive => an active unit"
    ),
    "past-retirement": _warn(
        "melewati batas usia pensiun {found} tahun, tetapi masih aktif => perbarui kedudukan hukum",
        "past the retirement age of {found} but still active => a newer legal position",
    ),
    "seconded-same-agency": _warn(
        "jenis pegawai {found} (dipekerjakan), tetapi instansi induk dan kerja sama => samakan",
        "kind of employee {found} (seconded), but home and work agency are the same => make them agree",
    ),
    "agencies-differ": _warn(
        "instansi induk dan kerja berbeda, tetapi jenis pegawai {found} => samakan",
        "home and work agency differ, but the kind of employee is {found} => make them agree",
    ),
    "not-first-day": _warn(
        "TMT golongan {found} bukan tanggal 1 => tanggal 1",
        "the rank's TMT {found} is not the first of a month => the first",
    ),
    "education-unread": _warn(
        "tingkat pendidikan {found} tidak dikenal; tidak dicatat => kode dua angka, misalnya 40",
        "level of education {found} is unknown and not recorded => a two-digit code such as 40",
    ),
    "rating-recomputed": _warn(
        "kuadran {found} berbeda dari matriks hasil dan perilaku, {expected} => samakan di SIASN",
        "kuadran {found} differs from the matrix of result and behaviour, {expected} => correct it in SIASN",
    ),
    "extra-task": _warn(
        "tugas tambahan bukan jabatan; tidak dicatat => D, PLT, PLH atau PJ bila jabatan",
        "an extra task is no post and is not recorded => D, PLT, PLH or PJ for a post",
    ),
    "training-skipped": _warn(
        "latihan {found} bukan pelatihan kepemimpinan; tidak dicatat => 2, 3, 4 atau 5",
        "training {found} is no leadership training and is not recorded => 2, 3, 4 or 5",
    ),
    "sanction-without-end": _warn(
        "hukuman tanpa akhir berlaku terus => isi tanggal akhir atau masa hukuman",
        "a sanction without end holds on => fill in its last day or its length",
    ),
    "several-roots": _warn(
        "lebih dari satu unit tanpa atasan => satu unit puncak",
        "more than one unit without a parent => one root",
    ),
    "sheet-skipped": _warn(
        "lembar {found} berisi jenis data lain dan tidak dibaca => satu jenis data per berkas",
        "sheet {found} holds another kind of data and is not read => one kind of data per file",
        Cure.FILE,
    ),
}

EXPLANATIONS = WHOLE_FILE | ROWS | WARNINGS
