"""The demo's story: one promotion and one swap of two officials, from the first idea to the register."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from deploy.clock import TimeMachine
from deploy.demo.cast import Agency, Member
from deploy.demo.people_at_work import Actor, StoryFailed
from domain.rulebook.model import Text

PROMOTION_DOCUMENTS = ("SK_PANGKAT", "SKP_1", "SKP_2")
ROTATION_DOCUMENTS = ("ANJAB_ABK", "SK_JABATAN", "PERNYATAAN_DISIPLIN")
SILENCE = timedelta(days=6)
"""How long the head of office says nothing: long enough for a reminder and an escalation."""

OFFICE = timedelta(hours=7)
LAST_GOOD_START, WINDOW_CLOSES = 3, 15

Cast = Callable[[Member], Awaitable[Actor]]
Telling = Callable[[datetime, Text], None]


async def into_a_window(time: TimeMachine) -> None:
    """Begin where a correction still meets the window of the monthly calendar, which closes on the 15th."""
    now = await time.now() + OFFICE
    if LAST_GOOD_START < now.day <= WINDOW_CLOSES:
        await time.advance_to(now.replace(day=WINDOW_CLOSES + 1, hour=8) - OFFICE)


@dataclass(frozen=True)
class Story:
    """The agency, its people, the power over time, and somebody to tell it to."""

    agency: Agency
    cast: Cast
    time: TimeMachine
    tell: Telling

    async def promotion(self) -> str:
        """A regular promotion, left lying once, returned once, in effect, acknowledged; the answer is its id."""
        cast, agency = self.cast, self.agency
        supervisor, employee = await cast(agency.promotee_supervisor), await cast(agency.promotee)
        verifier = await cast(agency.verifier)
        proposal_id = await self._lodge(supervisor, employee)
        await self._pass(SILENCE, proposal_id, employee)
        await (await cast(agency.office_head)).act(proposal_id, "approval")
        await self._say("kepala perangkat daerah menyetujui", "the head of office approves")
        reason = {"reason_code": "data-mismatch", "note": "SKP tahun terakhir belum ditandatangani."}
        await verifier.act(proposal_id, "return", **reason)
        await self._say(
            "verifikator mengembalikan untuk diperbaiki, dengan kode alasan",
            "the verifier returns it for correction, with a reason code",
        )
        await supervisor.attach(proposal_id, "IJAZAH")
        await supervisor.act(proposal_id, "submission", note="SKP sudah ditandatangani.")
        await self._say(
            "atasan memperbaiki dan mengajukan lagi (putaran 2)", "the superior corrects and submits again (round 2)"
        )
        await (await cast(agency.office_head)).act(proposal_id, "approval")
        await verifier.act(proposal_id, "approval")
        await (await cast(agency.approver)).act(proposal_id, "approval")
        await self._say(
            "kepala perangkat daerah, verifikator dan pemberi persetujuan menyetujui; dikirim ke BKN",
            "head of office, verifier and approver approve; sent to BKN",
        )
        await self._pass(timedelta(days=1), proposal_id, employee)
        await verifier.act(proposal_id, "outcome", outcome="MS", number="PT-DEMO-0001", dated=await self.today())
        await self._say(
            "pertimbangan teknis BKN dicatat: memenuhi syarat (MS)",
            "BKN's technical approval is recorded: requirements met (MS)",
        )
        await self._decree(proposal_id, "SK-DEMO-KP-0001")
        await self._until_effect(proposal_id, employee)
        await employee.act(proposal_id, "acknowledgement")
        await self._say("pegawai menerima SK; kasus selesai", "the employee has the decree; the case is closed")
        return proposal_id

    async def _lodge(self, supervisor: Actor, employee: Actor) -> str:
        asked = {"matter": "promotion", "kind": "REG", "subject": employee.subject}
        proposal_id = await supervisor.create(asked, "Sudah memenuhi masa kerja empat tahun.")
        await self._say(
            "{id}: usulan kenaikan pangkat dibuat oleh atasan langsung",
            "{id}: the direct superior begins a rank promotion",
            proposal_id,
        )
        for document in PROMOTION_DOCUMENTS:
            await supervisor.attach(proposal_id, document)
        await supervisor.act(proposal_id, "submission")
        await self._say(
            "berkas lengkap, usulan diajukan; menunggu kepala perangkat daerah",
            "documents complete, submitted; waits for the head of office",
        )
        return proposal_id

    async def swap(self) -> str:
        """Two officials change posts in one act; the answer is the rotation's id."""
        cast, agency = self.cast, self.agency
        planner = await cast(agency.second_verifier)
        first, second = await cast(agency.swap[0]), await cast(agency.swap[1])
        moves = [
            {"subject": first.subject, "to_post": agency.swap[1].post},
            {"subject": second.subject, "to_post": agency.swap[0].post},
        ]
        tmt = (await self.next_month()).isoformat()
        asked = {"matter": "rotation", "kind": "internal", "moves": moves, "target_tmt": tmt}
        proposal_id = await planner.create(asked, "Penyegaran dua seksi setelah tiga tahun.")
        for document in ROTATION_DOCUMENTS:
            await planner.attach(proposal_id, document)
        await planner.act(proposal_id, "submission")
        await self._say(
            "{id}: usulan tukar jabatan dua pejabat diajukan", "{id}: a swap of two officials is submitted", proposal_id
        )
        for office in await self._both_heads(proposal_id, planner):
            await office.act(proposal_id, "approval")
        await self._say("kepala kedua perangkat daerah menyetujui", "the heads of both offices approve")
        await (await cast(agency.verifier)).act(proposal_id, "approval")
        await (await cast(agency.board[0])).act(proposal_id, "approval")
        await self._say(
            "BKPSDM memverifikasi, tim penilai kinerja merekomendasikan",
            "BKPSDM verifies, the performance panel recommends",
        )
        await self._decree(proposal_id, "SK-DEMO-MT-0001")
        await self._until_effect(proposal_id, planner)
        for official in (first, second):
            await official.act(proposal_id, "acknowledgement")
        await self._say(
            "kedua pejabat serah terima; kasus selesai", "both officials have handed over; the case is closed"
        )
        return proposal_id

    async def _decree(self, proposal_id: str, number: str) -> None:
        ppk = await self.cast(self.agency.ppk)
        await ppk.act(proposal_id, "decree", number=number, dated=await self.today())
        await self._say(
            "PPK menetapkan keputusan {id}; menunggu TMT",
            "the appointing authority issues decree {id}; waits for the TMT",
            number,
        )

    async def _until_effect(self, proposal_id: str, reader: Actor) -> None:
        shown = await reader.get(f"/proposals/{proposal_id}")
        due_at = datetime.fromisoformat(shown["waiting"]["due_at"])
        await self.time.advance_to(due_at + timedelta(minutes=1))
        if (await reader.get(f"/proposals/{proposal_id}"))["waiting"]["kind"] != "delivery":
            message = f"{proposal_id} did not take effect on its TMT"
            raise StoryFailed(message)
        await self._say("TMT tiba: register berubah", "the TMT comes: the register changes")

    async def _pass(self, duration: timedelta, proposal_id: str, reader: Actor) -> None:
        """Let time pass and tell what the service did meanwhile."""
        before = len((await reader.get(f"/proposals/{proposal_id}/timeline"))["items"])
        await self.time.advance(duration)
        for item in (await reader.get(f"/proposals/{proposal_id}/timeline"))["items"][before:]:
            what = CHASING.get(item["type"], Text(id=item["type"], en=item["type"]))
            said = Text(id=f"  layanan: {what.id}", en=f"  service: {what.en}")
            self.tell(datetime.fromisoformat(item["at"]), said)

    async def _both_heads(self, proposal_id: str, reader: Actor) -> list[Actor]:
        desks = (await reader.get(f"/proposals/{proposal_id}"))["waiting"]["desks"]
        heads = {f"unit/{member.unit}": member for member in self.agency.swap_office_heads}
        return [await self.cast(heads[desk]) for desk in desks]

    async def today(self) -> str:
        """The office's date, by the ledger's clock."""
        return (await self.time.now() + OFFICE).date().isoformat()

    async def next_month(self) -> date:
        """The first day of the month after."""
        today = (await self.time.now() + OFFICE).date()
        return (today.replace(day=1) + timedelta(days=32)).replace(day=1)

    async def _say(self, indonesian: str, english: str, about: str = "") -> None:
        self.tell(await self.time.now(), Text(id=indonesian, en=english).filled({"id": about}))


CHASING = {
    "proposal.reminder-sent": Text(id="pengingat dikirim", en="a reminder is sent"),
    "proposal.step-escalated": Text(
        id="lewat batas waktu: atasannya kini juga dapat memutus", en="overdue: the superior may decide as well now"
    ),
    "proposal.step-marked-stalled": Text(
        id="ditandai macet di papan administrator", en="marked as stalled on the administrators' board"
    ),
}
