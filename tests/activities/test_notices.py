"""Notices: who gets which words, sent at least once, marked once, tried again when the channel is away."""

from __future__ import annotations

import ast
import inspect
from datetime import timedelta

import pytest

from activities.notice_texts import BODY, SUBJECTS, worded
from activities.notices import DELAY, Letter, NoticeActivities
from activities.store.outbox import owed
from activities.store.vault import Identity, references, set_contact
from activities.wiring import Backbone
from domain.proposal import notices
from domain.register.changes import PersonFacts
from domain.vocabulary import Role
from tests.support.fakes import FakeMailroom, FakeNotifier
from tests.support.people import AGENCY, CHIEF, everybody, granted, ref
from tests.support.story import Office

LETTERS = [
    Letter(message_id=f"019a/role/verifier/{n}", address=f"{n}@contoh.test", subject="KP-1", text="…") for n in "ab"
]


# The activities.


async def test_everyone_at_the_desk_gets_a_letter() -> None:
    """The answer is how many went out."""
    notifier = FakeNotifier()

    assert await NoticeActivities(FakeMailroom({7: LETTERS}), notifier).send_notice(7) == 2
    assert [address for address, _, _ in notifier.sent.values()] == ["a@contoh.test", "b@contoh.test"]


async def test_a_notice_that_is_sent_twice_arrives_once() -> None:
    """The message id is the same, and receivers drop repeats."""
    notifier = FakeNotifier()
    activities = NoticeActivities(FakeMailroom({7: LETTERS}), notifier)
    await activities.send_notice(7)
    await activities.send_notice(7)

    assert len(notifier.sent) == 2


async def test_a_notice_that_is_done_sends_nothing() -> None:
    """Marked by an activity of its own."""
    notifier, mailroom = FakeNotifier(), FakeMailroom({7: LETTERS})
    activities = NoticeActivities(mailroom, notifier)
    await activities.mark_sent(7)

    assert (await activities.send_notice(7), notifier.sent, mailroom.owed) == (0, {}, {})


async def test_a_channel_that_is_away_is_told_and_the_notice_stays_owed() -> None:
    """Sending and marking are two acts: what failed is not marked."""
    mailroom = FakeMailroom({7: LETTERS})
    activities = NoticeActivities(mailroom, FakeNotifier(away=1))
    with pytest.raises(ConnectionError):
        await activities.send_notice(7)
    await activities.defer_notice(7)

    assert (list(mailroom.owed), mailroom.deferred) == ([7], [(7, DELAY)])
    assert timedelta(minutes=5) == DELAY


# The words.


def templates() -> set[str]:
    """Every template that the domain can name, read from its source."""
    tree = ast.parse(inspect.getsource(notices))
    told = next(node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name == "_told")
    tuples = [node.elts[0] for node in ast.walk(told) if isinstance(node, ast.Tuple) and len(node.elts) == 3]
    chosen = [part for node in ast.walk(told) if isinstance(node, ast.IfExp) for part in (node.body, node.orelse)]
    return {node.value for node in (*tuples, *chosen) if isinstance(node, ast.Constant)}


def test_every_template_has_words_and_every_word_a_template() -> None:
    """In both languages."""
    assert templates() == set(SUBJECTS)
    assert all(text.id and text.en and text.id != text.en for text in (*SUBJECTS.values(), BODY))


@pytest.mark.parametrize("template", SUBJECTS)
@pytest.mark.parametrize("language", ["id", "en"])
def test_a_notice_names_case_and_step(template: str, language: str) -> None:
    """And leaves no placeholder; without a step it shows a dash."""
    notice = {"template": template, "desk": "role/verifier", "proposal_id": "KP-2026-000001", "step": "VERIF"}
    subject, body = worded(notice, language)

    assert "KP-2026-000001" in subject
    assert (subject in body, "VERIF" in body) == (True, True)
    assert "{" not in subject + body
    assert ": -\n" in worded({**notice, "step": ""}, language)[1]


def test_the_two_languages_differ() -> None:
    """Indonesian first."""
    notice = {"template": "awaiting-you", "proposal_id": "KP-1", "step": "VERIF"}

    assert worded(notice, "id")[0] == "KP-1 menunggu Anda"
    assert worded(notice, "en")[0] == "KP-1 is waiting for you"


# The mailroom on a real ledger.


async def test_a_notice_is_made_out_to_whoever_holds_the_desk(parts: Backbone) -> None:
    """Two verifiers get a copy each, at their own address; somebody without one is named by reference."""
    office = Office(parts)
    second = PersonFacts(subject=ref(50), facts=granted(Role.VERIFIER))
    await office.settle_in([*everybody(), second])
    async with parts.store.engine.begin() as connection:
        known = (await references(connection, AGENCY, [Identity("A1", None, "Seseorang")]))[0]
        await set_contact(connection, known, "seseorang@contoh.test")
    third = PersonFacts(subject=known, facts=granted(Role.VERIFIER))
    await office.settle_in([third])
    await office.submitted()
    await office.approve(CHIEF, "PENGANTAR_OPD")
    async with parts.reads.connect() as connection:
        waiting = await owed(connection, f"proposal/{office.proposal_id}")
    letters = await parts.mailroom.letters(waiting[-1].notice_id)

    assert max(letter.address for letter in letters) == "seseorang@contoh.test"
    assert len(letters) == len({letter.message_id for letter in letters}) == 3
    assert {letter.subject for letter in letters} == {f"{office.proposal_id} menunggu Anda"}


async def test_a_notice_is_owed_until_it_is_done(parts: Backbone) -> None:
    """Deferring counts the tries and sets the next one; done takes it off the list."""
    office = Office(parts)
    await office.settle_in()
    await office.submitted()
    stream = f"proposal/{office.proposal_id}"
    async with parts.reads.connect() as connection:
        first = (await owed(connection, stream))[0]
        await parts.mailroom.defer([first.notice_id], DELAY)
        deferred = (await owed(connection, stream))[0]
        await parts.mailroom.done([first.notice_id])
        left = await owed(connection, stream)

    assert (deferred.attempt, deferred.not_before - first.not_before >= DELAY) == (1, True)
    assert (left, await parts.mailroom.letters(first.notice_id)) == ([], [])
    assert (await parts.briefs.brief(office.proposal_id)).owed == []
