"""Which schema this code is made for, and what of it the log's safety rests on; asked at every start.

What migrates is not loaded for it. `expected_schema.txt`, beside the migrations, holds one fact a line, as the
statement that would make it true; `python -m deploy.expected_schema` renews it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

REVISION = "0002"
"""The newest revision in `migrations/versions`."""
EXPECTED = files("activities.store") / "migrations" / "expected_schema.txt"

# NOT NULL is read from the columns: PostgreSQL 18 lists it among the constraints, older ones do not.
# Who else may read is the operator's business; who may write is ours.
DESCRIBED = """
WITH ours AS (
    SELECT c.*, format('%I.%I', nspname, relname) AS name
    FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace WHERE nspname IN ('public', 'vault') AND relkind = 'r'
), held AS (
    SELECT 'schema ' || quote_ident(nspname) AS name, 'SCHEMA ' || quote_ident(nspname) AS thing, '' AS part,
        nspowner AS owner, nspacl AS acl
    FROM pg_namespace WHERE nspname IN ('public', 'vault')
    UNION ALL SELECT name, name, '', relowner, relacl FROM ours
    UNION ALL SELECT name, name, format(' (%I)', attname), relowner, attacl
    FROM ours JOIN pg_attribute ON attrelid = ours.oid AND attacl IS NOT NULL
), granted AS (
    SELECT name, privilege_type || part || ' ON ' || thing AS right,
        CASE WHEN grantee = 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(grantee)) END AS who,
        CASE WHEN is_grantable THEN ' WITH GRANT OPTION' ELSE '' END AS option
    FROM held, aclexplode(acl)
    WHERE grantee <> owner AND (grantee = 0 OR pg_get_userbyid(grantee) IN ('jenjang_app', 'jenjang_auditor')
        OR privilege_type NOT IN ('SELECT', 'USAGE', 'MAINTAIN'))
)
SELECT name, format('ALTER TABLE %s ADD CONSTRAINT %I %s', name, conname, pg_get_constraintdef(c.oid)) AS made,
    format('ALTER TABLE %s DROP CONSTRAINT %I', name, conname) AS undone
FROM ours JOIN pg_constraint c ON conrelid = ours.oid WHERE contype <> 'n'
UNION ALL
SELECT name, format('ALTER TABLE %s ALTER %I SET NOT NULL', name, attname),
    format('ALTER TABLE %s ALTER %I DROP NOT NULL', name, attname)
FROM ours JOIN pg_attribute ON attrelid = ours.oid WHERE attnotnull AND attnum > 0 AND NOT attisdropped
UNION ALL
SELECT name, pg_get_indexdef(indexrelid), format('DROP INDEX %s', indexrelid::regclass)
FROM ours JOIN pg_index ON indrelid = ours.oid
WHERE indisunique AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)
UNION ALL
SELECT name, pg_get_triggerdef(t.oid), format('DROP TRIGGER %I ON %s', tgname, name)
FROM ours JOIN pg_trigger t ON tgrelid = ours.oid WHERE NOT tgisinternal
UNION ALL
SELECT name, format('ALTER TABLE %s %s TRIGGER %I', name, CASE tgenabled WHEN 'A' THEN 'ENABLE ALWAYS'
    WHEN 'R' THEN 'ENABLE REPLICA' WHEN 'D' THEN 'DISABLE' ELSE 'ENABLE' END, tgname), NULL
FROM ours JOIN pg_trigger ON tgrelid = ours.oid WHERE NOT tgisinternal
UNION ALL
SELECT name, btrim(replace(pg_get_ruledef(r.oid), E'\\n', ' ')), format('DROP RULE %I ON %s', rulename, name)
FROM ours JOIN pg_rewrite r ON ev_class = ours.oid
UNION ALL
SELECT name, format('ALTER TABLE %s SET UNLOGGED', name), format('ALTER TABLE %s SET LOGGED', name)
FROM ours WHERE relpersistence = 'u'
UNION ALL
SELECT name, format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', name),
    format('ALTER TABLE %s DISABLE ROW LEVEL SECURITY', name)
FROM ours WHERE relrowsecurity
UNION ALL
SELECT format('function %I.%I', nspname, proname), btrim(replace(pg_get_functiondef(p.oid), E'\\n', ' ')), NULL
FROM pg_proc p JOIN pg_namespace n ON n.oid = pronamespace JOIN pg_language l ON l.oid = prolang
WHERE nspname IN ('public', 'vault') AND prokind = 'f' AND lanname IN ('sql', 'plpgsql')
UNION ALL
SELECT name, 'GRANT ' || "right" || ' TO ' || who || option, 'REVOKE ' || "right" || ' FROM ' || who FROM granted
"""


@dataclass(frozen=True)
class Fact:
    """Something that holds in a database: of what, the statement that made it so, and the one that undoes it.

    `undone` is None where another fact took the place of the expected one: making that so again undoes this.
    """

    name: str
    made: str
    undone: str | None

    @property
    def line(self) -> str:
        """As `expected_schema.txt` has it."""
        return f"{self.name}: {self.made}"


async def revision(connection: AsyncConnection) -> str | None:
    """The database's revision, or None when it has none."""
    if not await connection.scalar(text("SELECT to_regclass('alembic_version') IS NOT NULL")):
        return None
    found: str | None = await connection.scalar(text("SELECT version_num FROM alembic_version"))
    return found


async def behind(connection: AsyncConnection) -> bool:
    """Whether the database is at another revision than this code, older or newer."""
    return await revision(connection) != REVISION


async def described(connection: AsyncConnection) -> list[Fact]:
    """What holds in the database, in the order of the lines. Asks the catalogue only, so every role may."""
    rows = await connection.execute(text(DESCRIBED))
    return sorted((Fact(*row) for row in rows), key=lambda fact: fact.line)


@cache
def expected() -> Sequence[str]:
    """The lines of `expected_schema.txt`."""
    return EXPECTED.read_text().splitlines()


async def differences(connection: AsyncConnection) -> tuple[list[Fact], list[str]]:
    """What holds and should not, and the statements that make true what should and does not, in the order to run them.

    Tables and functions that no migration of ours made are their owner's business.
    """
    found = await described(connection)
    lines = {fact.line for fact in found}
    known = set(expected())
    ours = {line.partition(": ")[0] for line in known}
    surplus = [fact for fact in found if fact.undone and fact.name in ours and fact.line not in known]
    missing = [line.partition(": ")[2] for line in expected() if line not in lines]
    # A trigger is created before it is switched to ALWAYS.
    return surplus, sorted(missing, key=lambda statement: statement.startswith("ALTER"))
