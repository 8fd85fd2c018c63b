"""What every chapter of the demo's story needs: its people, the power over time, and somebody to tell it to."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from deploy.clock import TimeMachine
from deploy.demo.cast import Agency, Member
from deploy.demo.people_at_work import Actor, StoryFailed
from domain.rulebook.model import Text

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
class Chronicle:
    """The agency at work, day by day."""

    agency: Agency
    cast: Cast
    time: TimeMachine
    tell: Telling

    async def begin(self, proposer: Actor, asked: Mapping[str, object], reason: str, documents: Sequence[str]) -> str:
        """A draft with its documents; the answer is its id."""
        proposal_id = await proposer.create(asked, reason)
        for document in documents:
            await proposer.attach(proposal_id, document)
        return proposal_id

    async def approve(self, proposal_id: str, *members: Member) -> None:
        """They approve one after another."""
        for member in members:
            await (await self.cast(member)).act(proposal_id, "approval")

    async def agreed_by_bkn(self, proposal_id: str, number: str) -> None:
        """The verifier records BKN's technical approval."""
        verifier = await self.cast(self.agency.verifier)
        await verifier.act(proposal_id, "outcome", outcome="MS", number=number, dated=await self.today())

    async def decree(self, proposal_id: str, number: str) -> None:
        """The PPK's decree."""
        ppk = await self.cast(self.agency.ppk)
        await ppk.act(proposal_id, "decree", number=number, dated=await self.today())
        await self.say(
            "PPK menetapkan keputusan {about}; menunggu TMT",
            "the appointing authority issues decree {about}; waits for the TMT",
            number,
        )

    async def until_effect(self, *proposal_ids: str) -> None:
        """Let time pass until the TMT that all of them have; raises StoryFailed when one has no effect on it."""
        verifier = await self.cast(self.agency.verifier)
        shown = await verifier.get(f"/proposals/{proposal_ids[0]}")
        due_at = datetime.fromisoformat(shown["waiting"]["due_at"])
        await self.time.advance_to(due_at + timedelta(minutes=1))
        for proposal_id in proposal_ids:
            if (await verifier.get(f"/proposals/{proposal_id}"))["waiting"]["kind"] != "delivery":
                message = f"{proposal_id} did not take effect on its TMT"
                raise StoryFailed(message)
        await self.say("TMT tiba: register berubah", "the TMT comes: the register changes")

    async def let_pass(self, duration: timedelta, proposal_id: str) -> None:
        """Let time pass and tell what the service did with the case meanwhile."""
        verifier = await self.cast(self.agency.verifier)
        before = len((await verifier.get(f"/proposals/{proposal_id}/timeline"))["items"])
        await self.time.advance(duration)
        for item in (await verifier.get(f"/proposals/{proposal_id}/timeline"))["items"][before:]:
            what = CHASING.get(item["type"], Text(id=item["type"], en=item["type"]))
            said = Text(id=f"  layanan: {what.id}", en=f"  service: {what.en}")
            self.tell(datetime.fromisoformat(item["at"]), said)

    async def today(self) -> str:
        """The office's date, by the ledger's clock."""
        return (await self.time.now() + OFFICE).date().isoformat()

    async def next_month(self) -> date:
        """The first day of the month after."""
        today = (await self.time.now() + OFFICE).date()
        return (today.replace(day=1) + timedelta(days=32)).replace(day=1)

    async def say(self, indonesian: str, english: str, about: str = "") -> None:
        """One line of the story, told now."""
        self.tell(await self.time.now(), Text(id=indonesian, en=english).filled({"about": about}))


CHASING = {
    "proposal.reminder-sent": Text(id="pengingat dikirim", en="a reminder is sent"),
    "proposal.step-escalated": Text(
        id="lewat batas waktu: atasannya kini juga dapat memutus", en="overdue: the superior may decide as well now"
    ),
    "proposal.step-marked-stalled": Text(
        id="ditandai macet di papan administrator", en="marked as stalled on the administrators' board"
    ),
}
