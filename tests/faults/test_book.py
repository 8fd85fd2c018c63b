"""The lab's book: what was asked and answered is on disk before anybody goes on, and is read back from there."""

from __future__ import annotations

from pathlib import Path

from tests.faults.lab.book import Answer, Asked, Book

APPROVAL = Asked("lab-0000001", "a" * 32, "approval", {"step": "VERIF", "round": 1}, "KP-2026-000001", 7)
RECEIPT = {"command_id": "lab-0000001", "version": 9}


def test_an_intent_without_an_answer_is_unknown(tmp_path: Path) -> None:
    """Whoever was killed while sending left the question in the book."""
    with Book(tmp_path / "book") as book:
        book.intend(APPROVAL)
    [entry] = Book(tmp_path / "book").entries()

    assert entry.asked == APPROVAL
    assert entry.outcome == "unknown"


def test_an_acknowledgement_after_an_unknown_answer_is_what_counts(tmp_path: Path) -> None:
    """The repeat under the same id found the receipt."""
    with Book(tmp_path / "book") as book:
        book.intend(APPROVAL)
        book.answered(APPROVAL.command_id, Answer("unknown", code="ReadTimeout"))
        book.answered(APPROVAL.command_id, Answer("acknowledged", 200, receipt=RECEIPT))
        [entry] = book.entries()

    assert (entry.outcome, entry.receipts, entry.refusals) == ("acknowledged", [RECEIPT], [])
    assert entry.at <= entry.answered_at


def test_a_refusal_is_kept_with_its_code(tmp_path: Path) -> None:
    """A rival was faster."""
    with Book(tmp_path / "book") as book:
        book.intend(APPROVAL)
        book.answered(APPROVAL.command_id, Answer("refused", 409, "step-closed"))
        [entry] = book.entries()

    assert (entry.outcome, entry.refusals) == ("refused", ["step-closed"])


def test_a_book_is_continued_where_it_ended(tmp_path: Path) -> None:
    """A second round adds to the first."""
    for number in (1, 2):
        with Book(tmp_path / "book") as book:
            book.intend(Asked(f"lab-000000{number}", "a" * 32, "creation", {}))

    assert [entry.asked.command_id for entry in Book(tmp_path / "book").entries()] == ["lab-0000001", "lab-0000002"]


def test_a_line_that_was_cut_by_a_crash_is_no_line(tmp_path: Path) -> None:
    """Nobody was told anything before the line was whole."""
    path = tmp_path / "book"
    with Book(path) as book:
        book.intend(APPROVAL)
    path.write_bytes(path.read_bytes() + b'{"answer": {"outc')

    assert [entry.outcome for entry in Book(path).entries()] == ["unknown"]
