"""Words for codes that people read, in the language they asked for; Indonesian unless they prefer English."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from domain.rulebook.model import Text

Language = Literal["id", "en"]

STATES: Mapping[str, Text] = {
    "draft": Text(id="masih draf", en="a draft"),
    "in-review": Text(id="sedang diproses", en="under review"),
    "returned": Text(id="dikembalikan untuk diperbaiki", en="returned for correction"),
    "decided": Text(id="sudah ditetapkan dan menunggu TMT", en="decreed and waiting for its TMT"),
    "in-effect": Text(id="sudah berlaku", en="in effect"),
    "closed": Text(id="sudah selesai", en="closed"),
    "rejected": Text(id="ditolak", en="rejected"),
    "withdrawn": Text(id="dibatalkan pengusul", en="withdrawn"),
}
VERBS: Mapping[str, Text] = {
    "change-draft": Text(id="perubahan isi", en="change it"),
    "attach-document": Text(id="pengunggahan dokumen", en="attach a document"),
    "override-requirement": Text(id="pengecualian syarat", en="override a requirement"),
    "submit": Text(id="pengajuan", en="submit it"),
    "approve-step": Text(id="persetujuan", en="approve it"),
    "return-proposal": Text(id="pengembalian", en="return it"),
    "reject-proposal": Text(id="penolakan", en="reject it"),
    "record-outcome": Text(id="pencatatan jawaban instansi luar", en="record an outside body's answer"),
    "issue-decree": Text(id="pencatatan SK", en="record the decree"),
    "acknowledge": Text(id="konfirmasi penerimaan SK", en="acknowledge the decree"),
    "withdraw": Text(id="pembatalan", en="withdraw it"),
}
ROLES: Mapping[str, Text] = {
    "verifier": Text(id="Verifikator BKPSDM", en="Verifier"),
    "approver": Text(id="Pemberi persetujuan", en="Approver"),
    "board": Text(id="Tim Penilai Kinerja", en="Performance panel"),
    "pyb": Text(id="Pejabat yang berwenang (PyB)", en="Authorised official (PyB)"),
    "ppk": Text(id="Pejabat pembina kepegawaian (PPK)", en="Appointing authority (PPK)"),
    "administrator": Text(id="Administrator", en="Administrator"),
    "auditor": Text(id="Auditor", en="Auditor"),
    "policy-officer": Text(id="Pengelola kebijakan", en="Policy officer"),
}
EVENTS: Mapping[str, Text] = {
    "proposal.drafted": Text(id="Draf dibuat", en="Draft made"),
    "proposal.draft-changed": Text(id="Draf diubah", en="Draft changed"),
    "proposal.document-attached": Text(id="Dokumen diunggah", en="Document attached"),
    "proposal.requirement-overridden": Text(id="Syarat dikecualikan", en="Requirement overridden"),
    "proposal.submitted": Text(id="Diajukan", en="Submitted"),
    "proposal.step-opened": Text(id="Tahap dibuka", en="Step opened"),
    "proposal.step-approved": Text(id="Disetujui", en="Approved"),
    "proposal.returned": Text(id="Dikembalikan", en="Returned"),
    "proposal.rejected": Text(id="Ditolak", en="Rejected"),
    "proposal.withdrawn": Text(id="Dibatalkan pengusul", en="Withdrawn"),
    "proposal.outcome-recorded": Text(id="Jawaban instansi luar dicatat", en="Outside body's answer recorded"),
    "proposal.decree-issued": Text(id="SK ditetapkan", en="Decree issued"),
    "proposal.reminder-sent": Text(id="Pengingat dikirim", en="Reminder sent"),
    "proposal.step-escalated": Text(id="Dialihkan ke atasan", en="Escalated to the superior"),
    "proposal.step-marked-stalled": Text(id="Ditandai macet", en="Marked as stalled"),
    "proposal.took-effect": Text(id="Mulai berlaku", en="Took effect"),
    "proposal.effect-refused": Text(id="Tidak dapat berlaku", en="Could not take effect"),
    "proposal.decree-delivered": Text(id="SK diserahkan", en="Decree handed over"),
    "proposal.receipt-acknowledged": Text(id="SK diterima pegawai", en="Decree acknowledged"),
    "proposal.closed": Text(id="Selesai", en="Closed"),
}
FACTS: Mapping[str, Text] = {
    "post": Text(id="jabatan", en="post"),
    "rank": Text(id="pangkat", en="rank"),
    "next-grade": Text(id="pangkat yang lebih tinggi", en="higher rank"),
    "target-post": Text(id="jabatan tujuan", en="target post"),
    "career-level": Text(id="jenjang jabatan fungsional tujuan", en="level (jenjang) of the target functional post"),
}
JSON_FAULTS: Mapping[str, Text] = {
    "no-json": Text(id="bukan JSON UTF-8", en="it is no UTF-8 JSON"),
    "no-number": Text(id="memuat bilangan tak hingga atau NaN", en="it holds an infinite number or NaN"),
    "duplicate-key": Text(id="sebuah kunci ditulis dua kali", en="a key is written twice"),
    "too-deep": Text(id="terlalu bertingkat", en="it is nested too deeply"),
    "hidden-characters": Text(id="memuat karakter tersembunyi", en="it holds hidden characters"),
}
LONGEST = 500
"""Characters of an `Accept-Language` that are read; browsers send fewer."""
HEAD_OF = Text(id="Kepala {unit}", en="Head of {unit}")
SYSTEM_NAME = Text(id="Sistem", en="System")


def preferred(accept_language: str) -> Language:
    """The language of an `Accept-Language` header; Indonesian when it prefers neither."""
    weights = {"id": 0.0, "en": 0.0}
    for part in accept_language[:LONGEST].lower().split(","):
        tag, _, quality = part.strip().partition(";q=")
        language = tag.partition("-")[0]
        if language in weights:
            weights[language] = max(weights[language], _weight(quality))
    return "en" if weights["en"] > weights["id"] else "id"


def said(table: Mapping[str, Text], code: str, language: Language) -> str:
    """The words for a code; the code itself when there are none."""
    return getattr(table[code], language) if code in table else code


def desk_title(code: str, unit_name: str, person: str, language: Language) -> str:
    """What a desk is called: a unit's head, a role, or a person."""
    kind, _, name = code.partition("/")
    match kind:
        case "unit":
            return str(getattr(HEAD_OF.filled({"unit": unit_name or name}), language))
        case "role":
            return said(ROLES, name, language)
        case _:
            return person


def _weight(quality: str) -> float:
    try:
        return float(quality or "1")
    except ValueError:
        return 0.0
