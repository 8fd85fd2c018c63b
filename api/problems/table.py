"""Every refusal that a reader can meet: its HTTP status and its words. No other place knows both.

`{name}` stands for a field of the refusal; `bare` is the detail when a field is empty, `{name: text}`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from domain.rulebook.model import Text


@dataclass(frozen=True)
class Row:
    """How one code is answered."""

    status: int
    title: Text
    detail: Text
    bare: Mapping[str, Text] = field(default_factory=dict)


def _row(status: int, title: tuple[str, str], detail: tuple[str, str], **bare: tuple[str, str]) -> Row:
    return Row(status, _text(title), _text(detail), {name: _text(words) for name, words in bare.items()})


def _text(words: tuple[str, str]) -> Text:
    return Text(id=words[0], en=words[1])


NOT_FOUND: Mapping[str, Row] = {
    "proposal-unknown": _row(
        404,
        ("Usulan tidak ditemukan", "No such proposal"),
        (
            "Tidak ada usulan dengan nomor ini yang dapat Anda lihat.",
            "There is no proposal with this number that you may see.",
        ),
    ),
    "person-not-visible": _row(
        404,
        ("Pegawai tidak ditemukan", "No such person"),
        ("Tidak ada pegawai ini yang dapat Anda lihat.", "There is no such person that you may see."),
    ),
    "receipt-unknown": _row(
        404,
        ("Tanda terima tidak ditemukan", "No such receipt"),
        (
            "Tidak ada perintah Anda dengan id ini yang tercatat. Perintah itu boleh dikirim lagi.",
            "No command of yours is recorded under this id. It may be sent again.",
        ),
    ),
    "document-unknown": _row(
        404,
        ("Dokumen tidak ditemukan", "No such document"),
        ("Usulan ini tidak memiliki dokumen tersebut.", "This proposal has no such document."),
    ),
    "path-unknown": _row(
        404,
        ("Alamat tidak ditemukan", "No such address"),
        ("Tidak ada apa pun di alamat ini.", "There is nothing at this address."),
    ),
}

NOT_YOURS: Mapping[str, Row] = {
    "unauthenticated": _row(
        401,
        ("Belum masuk", "Not signed in"),
        (
            "Token tidak ada, atau tidak berlaku (lagi). Masuk kembali.",
            "There is no token, or it is not valid (any more). Sign in again.",
        ),
    ),
    "role-missing": _row(
        403,
        ("Bukan kewenangan Anda", "Not your authority"),
        ("Hanya untuk pemegang peran: {roles}.", "Only for holders of: {roles}."),
    ),
    "not-superior": _row(
        403,
        ("Bukan atasan pegawai ini", "Not a superior of this person"),
        (
            "Hanya atasan pegawai yang dapat mengusulkan, dan tidak seorang pun untuk dirinya sendiri.",
            "Only a superior of the person may propose, and nobody for themselves.",
        ),
    ),
    "not-proposer": _row(
        403,
        ("Bukan usulan Anda", "Not your proposal"),
        ("Hanya pengusul yang dapat melakukan ini.", "Only the proposer may do this."),
    ),
    "not-your-desk": _row(
        403,
        ("Bukan meja Anda", "Not your desk"),
        ("Tahap {step} tidak menunggu di meja Anda.", "Step {step} does not wait at your desk."),
        desks=("Usulan ini tidak sedang menunggu di meja mana pun.", "This proposal does not wait at any desk now."),
    ),
    "own-case": _row(
        403,
        ("Usulan Anda sendiri", "Your own case"),
        (
            "Pengusul dan pegawai yang diusulkan tidak memutus usulannya sendiri (UU 30/2014 pasal 42-43).",
            "Proposer and subject do not decide their own case (UU 30/2014 art. 42-43).",
        ),
    ),
    "not-the-authority": _row(
        403,
        ("Bukan kewenangan Anda", "Not your authority"),
        ("Syarat {requirement} hanya dikecualikan oleh {role}.", "Only {role} may override {requirement}."),
    ),
    "two-hats": _row(
        403,
        ("Sudah memutus tahap lain", "You decided another step"),
        (
            "Anda sudah memutus tahap {decided_step}; satu orang tidak memutus dua tahap usulan yang sama.",
            "You decided step {decided_step}; nobody decides two steps of one case.",
        ),
    ),
    "acting-may-not-decide": _row(
        403,
        ("Plt dan Plh tidak berwenang", "Acting officials may not decide this"),
        (
            "Tahap {step} mengubah status hukum pegawai; Plt dan Plh tidak berwenang (SE Kepala BKN 1/SE/I/2021).",
            "Step {step} changes a person's legal status; acting officials may not (SE Kepala BKN 1/SE/I/2021).",
        ),
    ),
}

NOT_NOW: Mapping[str, Row] = {
    "version-missing": _row(
        428,
        ("Versi belum disebut", "Version missing"),
        (
            "Sebutkan di If-Match versi usulan yang Anda lihat (ETag).",
            "Name in If-Match the version of the proposal that you were shown (ETag).",
        ),
    ),
    "step-closed": _row(
        409,
        ("Tahap sudah selesai", "Step closed"),
        (
            "Tahap {step} sudah ditutup oleh {decided_by} pada {decided_at}. Keputusan Anda tidak dicatat.",
            "Step {step} was closed by {decided_by} at {decided_at}. Your decision was not recorded.",
        ),
        decided_by=(
            "Tahap {step} sedang tidak terbuka. Keputusan Anda tidak dicatat.",
            "Step {step} is not open. Your decision was not recorded.",
        ),
    ),
    "not-possible-now": _row(
        409,
        ("Tidak dapat dilakukan sekarang", "Not possible now"),
        (
            "Usulan ini {state}; {verb} tidak dapat dilakukan.",
            "This proposal is {state}; it is not possible to {verb}.",
        ),
    ),
    "open-proposal-exists": _row(
        409,
        ("Sudah ada usulan", "A proposal exists already"),
        (
            "Untuk pegawai dan TMT ini masih ada usulan terbuka: {proposal_id}.",
            "There is an open proposal for this person and TMT: {proposal_id}.",
        ),
    ),
    "post-occupied": _row(
        409,
        ("Jabatan terisi", "Post occupied"),
        (
            "Pada hari itu jabatan masih diisi pejabat lain; tidak satu pun perpindahan berlaku.",
            "On that day the post has another incumbent; no move of the set took effect.",
        ),
    ),
    "idempotency-conflict": _row(
        409,
        ("Id perintah sudah terpakai", "Command id used already"),
        (
            "Idempotency-Key ini sudah dipakai untuk isi atau orang lain. Pakai id baru untuk perintah baru.",
            "This Idempotency-Key was used for other content or by someone else. Use a new id for a new command.",
        ),
    ),
    "contended": _row(
        409,
        ("Terlalu ramai", "Others kept writing"),
        (
            "Orang lain terus menulis pada usulan ini; tidak ada yang dicatat. Coba lagi dengan id yang sama.",
            "Others kept writing to this proposal; nothing was recorded. Try again with the same id.",
        ),
    ),
    "not-yet-due": _row(
        409,
        ("Belum waktunya", "Not due yet"),
        ("Baru dapat dilakukan pada {due_at}.", "This can be done from {due_at}."),
    ),
    "stale-version": _row(
        412,
        ("Usulan sudah berubah", "The proposal has changed"),
        (
            "Anda melihat versi {expected}; kini {actual}, diubah {changed_by} pada {changed_at}. Periksa dulu.",
            "You were shown version {expected}; it is {actual} now, changed by {changed_by} at {changed_at}. Look.",
        ),
    ),
}

LAW: Mapping[str, Row] = {
    "requirements-not-met": _row(
        422,
        ("Syarat belum terpenuhi", "Requirements not met"),
        (
            "Belum memenuhi: {requirements}. Paling awal memenuhi untuk TMT {earliest_tmt}.",
            "Not met: {requirements}. The earliest TMT that meets them all is {earliest_tmt}.",
        ),
        earliest_tmt=("Belum memenuhi: {requirements}.", "Not met: {requirements}."),
    ),
    "requirement-not-blocking": _row(
        422,
        ("Syarat ini tidak menghalangi", "The requirement does not block"),
        (
            "{requirement} tidak menghalangi usulan ini, sehingga tidak ada yang dikecualikan.",
            "{requirement} does not stand against this proposal: there is nothing to override.",
        ),
        requirement=("Tidak ada syarat yang menghalangi.", "No requirement stands against it."),
    ),
    "reason-unknown": _row(
        422,
        ("Alasan tidak dikenal", "Unknown reason"),
        (
            "{reason_code} bukan alasan untuk usulan ini. Pilih salah satu: {reasons}.",
            "{reason_code} is no reason for this proposal. Choose one of: {reasons}.",
        ),
        reason_code=("Pilih salah satu alasan: {reasons}.", "Choose one of the reasons: {reasons}."),
    ),
    "note-missing": _row(
        422,
        ("Catatan diperlukan", "A note is needed"),
        (
            "Perlu perhatian: {requirements}. Tulis mengapa tetap diajukan.",
            "These need attention: {requirements}. Write why it is submitted all the same.",
        ),
    ),
    "documents-missing": _row(
        422,
        ("Dokumen belum lengkap", "Documents missing"),
        ("Belum diunggah: {documents}.", "Not attached yet: {documents}."),
    ),
    "document-not-asked": _row(
        422,
        ("Dokumen tidak diminta", "Document not asked for"),
        ("Jenis usulan ini tidak meminta dokumen tersebut.", "This kind of proposal asks for no such document."),
    ),
    "document-refused": _row(
        422,
        ("Berkas tidak diterima", "File refused"),
        (
            "Isi berkas bukan PDF, JPEG atau PNG, atau tidak sesuai dengan jenis yang disebut.",
            "The file's content is no PDF, JPEG or PNG, or not of the kind it was said to be.",
        ),
    ),
    "matter-too-large": _row(
        422,
        ("Terlalu banyak perpindahan", "Too many moves"),
        (
            "Perpindahan dan hasil pemeriksaannya tidak muat dalam satu usulan; bagi menjadi beberapa usulan.",
            "The moves and their assessment do not fit into one proposal; divide them into several.",
        ),
    ),
    "route-missing": _row(
        422,
        ("Alur tidak ada", "No route"),
        (
            "Tidak ada alur yang berlaku hari ini untuk jenis usulan tersebut.",
            "No route is valid today for that kind of proposal.",
        ),
    ),
    "person-unknown": _row(
        422,
        ("Pegawai tidak dikenal", "Person unknown"),
        ("Pegawai itu tidak ada dalam register instansi Anda.", "The person is not in your agency's register."),
    ),
    "register-gap": _row(
        422,
        ("Data register kurang", "The register lacks a fact"),
        (
            "Register tidak memuat {fact} pegawai ini; lengkapi dulu.",
            "The register has no {fact} of this person; complete it first.",
        ),
    ),
    "date-out-of-order": _row(
        422,
        ("Tanggal atau nomor tidak wajar", "Date or number out of order"),
        (
            "Tanggal tidak boleh di masa depan atau mendahului dasarnya, dan jawaban MS harus bernomor.",
            "A date may not lie in the future or before what it rests on, and an MS answer needs its number.",
        ),
    ),
}

FORM: Mapping[str, Row] = {
    "idempotency-key-missing": _row(
        400,
        ("Idempotency-Key tidak ada", "Idempotency-Key missing"),
        (
            "Setiap penulisan memerlukan Idempotency-Key: id yang dibuat saat formulir dibuka.",
            "Every write needs an Idempotency-Key: an id made when the form was opened.",
        ),
    ),
    "idempotency-key-malformed": _row(
        400,
        ("Idempotency-Key tidak sah", "Idempotency-Key malformed"),
        (
            "8 sampai 200 huruf, angka, titik, titik dua, garis bawah atau tanda hubung.",
            "8 to 200 letters, digits, dots, colons, underscores or hyphens.",
        ),
    ),
    "if-match-malformed": _row(
        400,
        ("If-Match tidak sah", "If-Match malformed"),
        ('If-Match berisi satu ETag seperti "7".', 'If-Match holds one ETag such as "7".'),
    ),
    "cursor-malformed": _row(
        400,
        ("Penanda halaman tidak sah", "Bookmark malformed"),
        ("Pakai nilai next dari halaman sebelumnya.", "Use the value of next of the page before."),
    ),
    "method-not-allowed": _row(
        405,
        ("Metode tidak didukung", "Method not allowed"),
        ("Alamat ini mengenal: {allowed}.", "This address knows: {allowed}."),
    ),
    "body-too-large": _row(
        413,
        ("Terlalu besar", "Too large"),
        ("Isi permintaan paling banyak {limit} byte.", "A request body has at most {limit} bytes."),
    ),
    "media-type-refused": _row(
        415,
        ("Jenis isi tidak didukung", "Media type refused"),
        ("Content-Type yang diterima: {accepted}.", "Accepted as Content-Type: {accepted}."),
    ),
    "body-malformed": _row(
        422,
        ("Isi tidak terbaca", "Body malformed"),
        ("Isi permintaan bukan JSON yang sah: {reason}.", "The body is no JSON that is read here: {reason}."),
    ),
    "input-invalid": _row(
        422,
        ("Isian tidak sah", "Input invalid"),
        ("Periksa isian yang disebut dalam errors.", "See the places named in errors."),
    ),
}

FAULTS: Mapping[str, Row] = {
    "history-unreadable": _row(
        503,
        ("Riwayat belum terbaca", "History not readable"),
        (
            "Usulan ini memuat kejadian dari versi layanan yang lebih baru; tidak ada yang diputus atasnya di sini.",
            "This proposal holds an event of a newer version of the service; nothing is decided on it here.",
        ),
    ),
    "database-away": _row(
        503,
        ("Basis data tidak terjangkau", "Database out of reach"),
        (
            "Belum pasti tercatat. Kirim lagi dengan Idempotency-Key yang sama; tidak akan tercatat dua kali.",
            "It is not known to be recorded. Send it again with the same Idempotency-Key; it is never recorded twice.",
        ),
    ),
    "unexpected": _row(
        500,
        ("Kesalahan layanan", "Fault of the service"),
        (
            "Terjadi kesalahan yang tidak terduga. Sebutkan nilai instance kepada pengelola.",
            "Something unexpected went wrong. Name the value of instance to the operators.",
        ),
    ),
}

PROBLEMS: Mapping[str, Row] = {**NOT_FOUND, **NOT_YOURS, **NOT_NOW, **LAW, **FORM, **FAULTS}
"""Code → how it is answered."""
