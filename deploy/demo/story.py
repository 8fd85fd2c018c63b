"""The demo's story: two rank promotions, then a swap of two officials and a promotion to a vacant post."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from deploy.demo.chronicle import Chronicle
from deploy.demo.people_at_work import Actor
from domain.promotion.announcements import Outlook
from domain.rulebook.model import Text

REGULAR_DOCUMENTS = ("SK_PANGKAT", "SKP_1", "SKP_2")
FUNCTIONAL_DOCUMENTS = (*REGULAR_DOCUMENTS, "SK_JABATAN", "PAK")
ROTATION_DOCUMENTS = ("ANJAB_ABK", "SK_JABATAN", "PERNYATAAN_DISIPLIN")
POST_DOCUMENTS = (*ROTATION_DOCUMENTS, *REGULAR_DOCUMENTS, "IJAZAH", "HASIL_KOMPETENSI", "SURAT_SEHAT")
SILENCE = timedelta(days=6)
"""How long the head of office says nothing: long enough for a reminder and an escalation."""


async def outlook(chronicle: Chronicle) -> None:
    """Who could rise on the next TMT, as the personnel office sees it before anybody asks."""
    planner = await chronicle.cast(chronicle.agency.second_verifier)
    counts, page, tmt = Counter[str](), "/upcoming?limit=200", ""
    while page:
        answer = await planner.get(page)
        tmt = answer["tmt"]
        counts.update(row["outlook"] for row in answer["items"])
        page = f"/upcoming?limit=200&tmt={tmt}&after={answer['next']}" if answer["next"] else ""
    found = {"tmt": tmt} | {outlook.name.lower(): str(counts[outlook]) for outlook in Outlook}
    said = Text(
        id="TMT {tmt}: {eligible} pegawai memenuhi syarat naik pangkat, {nearly} hampir, {data_gap} datanya kurang",
        en="TMT {tmt}: {eligible} employees are eligible to rise in rank, {nearly} nearly, {data_gap} lack data",
    )
    chronicle.tell(await chronicle.time.now(), said.filled(found))


async def promotions(chronicle: Chronicle) -> tuple[str, str]:
    """A regular promotion, left lying once and returned once, and one by credit points; the answer is their ids."""
    agency, say = chronicle.agency, chronicle.say
    supervisor = await chronicle.cast(agency.promotee_supervisor)
    regular = await _regular(chronicle, supervisor)
    functional = await _functional(chronicle, supervisor)
    for proposal_id in (regular, functional):
        await chronicle.approve(proposal_id, agency.office_head, agency.verifier, agency.approver)
    await say(
        "kepala perangkat daerah, verifikator dan pemberi persetujuan menyetujui keduanya; dikirim ke BKN",
        "head of office, verifier and approver approve both; sent to BKN",
    )
    await chronicle.let_pass(timedelta(days=1), regular)
    await chronicle.agreed_by_bkn(regular, "PT-DEMO-0001")
    await chronicle.agreed_by_bkn(functional, "PT-DEMO-0002")
    await say(
        "pertimbangan teknis BKN dicatat: memenuhi syarat (MS)",
        "BKN's technical approvals are recorded: requirements met (MS)",
    )
    await chronicle.decree(regular, "SK-DEMO-KP-0001")
    await chronicle.decree(functional, "SK-DEMO-KP-0002")
    await chronicle.until_effect(regular, functional)
    await (await chronicle.cast(agency.promotee)).act(regular, "acknowledgement")
    await (await chronicle.cast(agency.functional)).act(functional, "acknowledgement")
    await say("kedua pegawai menerima SK; kasus selesai", "both employees have the decree; the cases are closed")
    return regular, functional


async def _regular(chronicle: Chronicle, supervisor: Actor) -> str:
    """The regular promotion until it is corrected and lodged again."""
    agency, say = chronicle.agency, chronicle.say
    verifier, employee = await chronicle.cast(agency.verifier), await chronicle.cast(agency.promotee)
    asked = {"matter": "promotion", "kind": "REG", "subject": employee.subject}
    reason = "Sudah memenuhi masa kerja empat tahun."
    proposal_id = await chronicle.begin(supervisor, asked, reason, REGULAR_DOCUMENTS)
    await say(
        "{about}: usulan kenaikan pangkat dibuat oleh atasan langsung",
        "{about}: the direct superior begins a rank promotion",
        proposal_id,
    )
    await supervisor.act(proposal_id, "submission")
    await say(
        "berkas lengkap, usulan diajukan; menunggu kepala perangkat daerah",
        "documents complete, submitted; waits for the head of office",
    )
    await chronicle.let_pass(SILENCE, proposal_id)
    await chronicle.approve(proposal_id, agency.office_head)
    await say("kepala perangkat daerah menyetujui", "the head of office approves")
    why = {"reason_code": "data-mismatch", "note": "SKP tahun terakhir belum ditandatangani."}
    await verifier.act(proposal_id, "return", **why)
    await say(
        "verifikator mengembalikan untuk diperbaiki, dengan kode alasan",
        "the verifier returns it for correction, with a reason code",
    )
    await supervisor.attach(proposal_id, "IJAZAH")
    await supervisor.act(proposal_id, "submission", note="SKP sudah ditandatangani.")
    await say("atasan memperbaiki dan mengajukan lagi (putaran 2)", "the superior corrects and submits again (round 2)")
    return proposal_id


async def _functional(chronicle: Chronicle, supervisor: Actor) -> str:
    """The promotion of a functional official, lodged."""
    employee = await chronicle.cast(chronicle.agency.functional)
    asked = {"matter": "promotion", "kind": "JF", "subject": employee.subject}
    proposal_id = await chronicle.begin(supervisor, asked, "Angka kredit mencukupi.", FUNCTIONAL_DOCUMENTS)
    await supervisor.act(proposal_id, "submission")
    await chronicle.say(
        "{about}: usulan lain diajukan, kenaikan pangkat jabatan fungsional (JF) dengan angka kredit",
        "{about}: another one is submitted, a promotion by functional post (JF) with its credit points",
        proposal_id,
    )
    return proposal_id


async def moves(chronicle: Chronicle) -> tuple[str, str]:
    """Two officials change posts in one act, and staff become head of a vacant section; the answer is the ids."""
    agency, say = chronicle.agency, chronicle.say
    swap, post = await _swap(chronicle), await _to_vacant_post(chronicle)
    await chronicle.approve(swap, agency.verifier, agency.board[0])
    await chronicle.approve(post, agency.office_head, agency.verifier, agency.board[0], agency.pyb)
    await say(
        "BKPSDM memverifikasi, tim penilai kinerja merekomendasikan keduanya; PyB mengusulkan promosi jabatan ke BKN",
        "BKPSDM verifies, the performance panel recommends both; the PyB sends the promotion to the post to BKN",
    )
    await chronicle.agreed_by_bkn(post, "PT-DEMO-0003")
    await chronicle.decree(swap, "SK-DEMO-MT-0001")
    await chronicle.decree(post, "SK-DEMO-PJ-0001")
    await chronicle.until_effect(swap, post)
    for member in agency.swap:
        await (await chronicle.cast(member)).act(swap, "acknowledgement")
    await (await chronicle.cast(agency.successor)).act(post, "acknowledgement")
    await say(
        "kedua pejabat serah terima, kepala seksi baru dilantik; kasus selesai",
        "both officials have handed over, the new head of section is sworn in; the cases are closed",
    )
    return swap, post


async def _swap(chronicle: Chronicle) -> str:
    """The swap, until the heads of both offices have agreed."""
    agency = chronicle.agency
    planner = await chronicle.cast(agency.second_verifier)
    first, second = [(await chronicle.cast(member)).subject for member in agency.swap]
    asked = {
        "matter": "rotation",
        "kind": "internal",
        "moves": [
            {"subject": first, "to_post": agency.swap[1].post},
            {"subject": second, "to_post": agency.swap[0].post},
        ],
        "target_tmt": f"{await chronicle.next_month()}",
    }
    reason = "Penyegaran dua seksi setelah tiga tahun."
    proposal_id = await chronicle.begin(planner, asked, reason, ROTATION_DOCUMENTS)
    await planner.act(proposal_id, "submission")
    await chronicle.say(
        "{about}: usulan tukar jabatan dua pejabat diajukan",
        "{about}: a swap of two officials is submitted",
        proposal_id,
    )
    desks = (await planner.get(f"/proposals/{proposal_id}"))["waiting"]["desks"]
    heads = {f"unit/{member.unit}": member for member in agency.swap_office_heads}
    await chronicle.approve(proposal_id, *(heads[desk] for desk in desks))
    await chronicle.say("kepala kedua perangkat daerah menyetujui", "the heads of both offices approve")
    return proposal_id


async def _to_vacant_post(chronicle: Chronicle) -> str:
    """The promotion to head of section, lodged with a note on what the rules warn about."""
    agency = chronicle.agency
    supervisor = await chronicle.cast(agency.successor_supervisor)
    asked = {
        "matter": "rotation",
        "kind": "PENGAWAS",
        "moves": [{"subject": (await chronicle.cast(agency.successor)).subject, "to_post": agency.vacant_post}],
        "target_tmt": f"{await chronicle.next_month()}",
    }
    proposal_id = await chronicle.begin(supervisor, asked, "Seksi tidak berpimpinan.", POST_DOCUMENTS)
    await supervisor.act(proposal_id, "submission", note="PKP dijadwalkan dalam satu tahun setelah pelantikan.")
    await chronicle.say(
        "{about}: usulan promosi jabatan pengawas diajukan; pelatihannya (PKP) menyusul, dengan catatan",
        "{about}: a promotion to head of section is submitted; the training (PKP) follows, says its note",
        proposal_id,
    )
    return proposal_id
