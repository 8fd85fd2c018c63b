"""The words of notices. They name the case and the step, never a person: a mail may be read by others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from activities.announcement_texts import SUBJECTS as ANNOUNCED
from activities.announcement_texts import announced
from domain.rulebook.model import Text

SUBJECTS = {
    "awaiting-you": Text(id="{proposal_id} menunggu Anda", en="{proposal_id} is waiting for you"),
    "overridden": Text(
        id="Syarat {proposal_id} dikecualikan; usulan dapat diajukan",
        en="A requirement of {proposal_id} was overridden; it can be submitted",
    ),
    "reminder": Text(id="Pengingat: {proposal_id} masih menunggu", en="Reminder: {proposal_id} is still waiting"),
    "escalated": Text(id="{proposal_id} dialihkan ke Anda", en="{proposal_id} has been escalated to you"),
    "stalled": Text(id="{proposal_id} macet", en="{proposal_id} has stalled"),
    "returned": Text(id="{proposal_id} dikembalikan untuk diperbaiki", en="{proposal_id} was returned for correction"),
    "rejected": Text(id="{proposal_id} ditolak", en="{proposal_id} was rejected"),
    "withdrawn": Text(id="{proposal_id} dibatalkan pengusul", en="{proposal_id} was withdrawn by its proposer"),
    "decree-issued": Text(id="SK untuk {proposal_id} telah terbit", en="The decree for {proposal_id} was issued"),
    "took-effect": Text(id="{proposal_id} mulai berlaku", en="{proposal_id} took effect"),
    "decree-ready": Text(
        id="SK {proposal_id} siap diterima; mohon konfirmasi", en="The decree of {proposal_id} is ready; please confirm"
    ),
}
BODY = Text(
    id="{subject}.\n\nTahap: {step}\nBuka Jenjang untuk melihat kasus ini.\n",
    en="{subject}.\n\nStep: {step}\nOpen Jenjang to see this case.\n",
)


def worded(notice: Mapping[str, Any], language: str) -> tuple[str, str]:
    """Subject and body of a notice, in Indonesian ("id") or English ("en")."""
    if notice["template"] in ANNOUNCED:
        return announced(notice, language)
    values = {"proposal_id": str(notice["proposal_id"]), "step": str(notice["step"] or "-")}
    subject = getattr(SUBJECTS[notice["template"]].filled(values), language)
    return subject, getattr(BODY.filled({**values, "subject": subject}), language)
