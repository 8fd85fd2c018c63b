"""The roles file: who holds which granted role."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from activities.siasn.roles import RoleRow
from activities.siasn.tables.schemas import FileKind
from domain.register.facts import RoleGranted
from domain.vocabulary import Nip, Role
from tests.support.siasn_files import Row, found, read, write_csv, write_xlsx

VERIFIER: Row = {
    "PERAN": "verifier",
    "NIP": "'199107082014039002",
    "PNS ID": "X-P2",
    "NAMA": "Contoh Dua",
    "MULAI": "01-01-2026",
    "SAMPAI": "31-12-2026",
    "NOMOR SK": "188/1/2026",
}
REGENT: Row = {**VERIFIER, "PERAN": "ppk", "NIP": "", "PNS ID": "PPK-1", "NAMA": "Bupati Contoh", "SAMPAI": ""}


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_role_holds_through_its_last_day(tmp_path: Path, form: str) -> None:
    """SAMPAI is the last day; the regent has an id of the file's own, until further notice."""
    rows = [VERIFIER, REGENT]
    path = tmp_path / f"peran.{form}"
    result = read(write_csv(path, rows, ";") if form == "csv" else write_xlsx(path, {"Peran": rows}))

    assert result.kind is FileKind.ROLES
    assert list(result.rows) == [
        RoleRow(
            siasn_id="XP2",
            nip=Nip("199107082014039002", invented=True),
            name="Contoh Dua",
            fact=RoleGranted(
                valid_from=date(2026, 1, 1), valid_to=date(2027, 1, 1), role=Role.VERIFIER, decree="188/1/2026"
            ),
        ),
        RoleRow(
            siasn_id="PPK1",
            name="Bupati Contoh",
            fact=RoleGranted(valid_from=date(2026, 1, 1), role=Role.PPK, decree="188/1/2026"),
        ),
    ]


@pytest.mark.parametrize("role", list(Role))
def test_every_role_can_be_granted(tmp_path: Path, role: Role) -> None:
    """In capitals and with underscores too."""
    words = role.upper().replace("-", "_")
    (row,) = read(write_csv(tmp_path / "peran.csv", [{**VERIFIER, "PERAN": words}])).rows

    assert isinstance(row, RoleRow)
    assert row.fact.role is role


@pytest.mark.parametrize(
    ("changes", "column", "code"),
    [
        ({"PERAN": "raja"}, "PERAN", "role-unknown"),
        ({"NAMA": ""}, "NAMA", "missing-value"),
        ({"MULAI": ""}, "MULAI", "missing-value"),
        ({"SAMPAI": "31-12-2025"}, "SAMPAI", "ends-before-start"),
        ({"SAMPAI": "akhir tahun"}, "SAMPAI", "unreadable-date"),
        ({"NIP": "12345"}, "NIP", "nip-digits"),
        ({"NIP": "", "PNS ID": ""}, "PNS ID", "holder-without-id"),
    ],
)
def test_a_wrong_row_is_refused_alone(tmp_path: Path, changes: Row, column: str, code: str) -> None:
    """The other row is read."""
    result = read(write_csv(tmp_path / "peran.csv", [VERIFIER, {**VERIFIER, **changes}]))

    assert found(result) == [(3, column, code)]
    assert len(list(result.rows)) == 1


def test_a_numeric_nip_refuses_this_file_too(tmp_path: Path) -> None:
    """Roles must not go to a rounded number."""
    result = read(write_xlsx(tmp_path / "peran.xlsx", {"Peran": [{**VERIFIER, "NIP": 1.99107082014039e17}]}))

    assert [code for *_, code in found(result)] == ["numeric-nip"]
