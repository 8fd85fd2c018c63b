"""The words of announcements. They give numbers and dates, never a person: a mail may be read by others."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from domain.rulebook.model import Text

SUBJECTS = {
    "period-first": Text(
        id="Kenaikan pangkat TMT {tmt}: {eligible} pegawai memenuhi syarat, {nearly} hampir",
        en="Promotions of {tmt}: {eligible} of your staff are eligible, {nearly} nearly",
    ),
    "period-last": Text(
        id="Kenaikan pangkat TMT {tmt}: {unproposed} pegawai belum diusulkan",
        en="Promotions of {tmt}: {unproposed} of your staff are not proposed yet",
    ),
}
BODIES = {
    "period-first": Text(
        id=(
            "{subject}.\n\nBelum diusulkan: {unproposed}\nData belum lengkap: {data_gaps}\n"
            "Usul diterima sampai {closes}. Buka Jenjang untuk melihat siapa saja dan menyiapkan drafnya.\n"
        ),
        en=(
            "{subject}.\n\nNot proposed yet: {unproposed}\nData incomplete: {data_gaps}\n"
            "Proposals are taken until {closes}. Open Jenjang to see who they are and to prepare their drafts.\n"
        ),
    ),
    "period-last": Text(
        id=(
            "{subject}.\n\nMasa pengusulan berakhir {closes}. Yang terlewat menunggu TMT berikutnya.\n"
            "Buka Jenjang untuk melihat siapa saja dan menyiapkan drafnya.\n"
        ),
        en=(
            "{subject}.\n\nThe window closes on {closes}. Whoever is left out waits for the next TMT.\n"
            "Open Jenjang to see who they are and to prepare their drafts.\n"
        ),
    ),
}


def announced(notice: Mapping[str, Any], language: str) -> tuple[str, str]:
    """Subject and body of what a desk is told of a TMT, in Indonesian ("id") or English ("en")."""
    values = {name: str(value) for name, value in notice.items()}
    values |= {name: f"{date.fromisoformat(notice[name]):%d-%m-%Y}" for name in ("tmt", "closes")}
    subject = str(getattr(SUBJECTS[notice["template"]].filled(values), language))
    return subject, str(getattr(BODIES[notice["template"]].filled({**values, "subject": subject}), language))
