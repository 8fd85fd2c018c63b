"""Overriding: an authority that the rule names lets a case pass a requirement, with a reason and a file."""

from __future__ import annotations

from domain.errors import DocumentsMissing, NotTheAuthority, OwnCase, RequirementNotBlocking
from domain.proposal import events as e
from domain.proposal.asking import assessed
from domain.proposal.commands import OverrideRequirement
from domain.proposal.facts import Facts
from domain.proposal.guards import asked_of, existing, impossible, on_shown_version
from domain.proposal.proposal import Draft, Proposal, Returned
from domain.rulebook.model import Finding

OVERRIDE_DOCUMENT = "PENGECUALIAN"
"""The file on which an override rests; the proposer attaches it, whatever the route asks for."""


def override_requirement(state: Proposal, command: OverrideRequirement, facts: Facts) -> list[e.ProposalEvent]:
    """One event for each person whom the requirement stands against and who was not let pass yet."""
    state = existing(state, command.proposal_id)
    case = state.case
    if not isinstance(state, Draft | Returned):
        raise impossible(state, asked_of(command))
    if case.involves(command.actor):
        raise OwnCase(step="")
    role = facts.rulebook.override_by(command.requirement, case.matter.matter, case.matter.target_tmt)
    blocking = assessed(case.matter, facts, case.filed).blocking
    findings = [finding for finding in blocking if _is_meant(finding, command)]
    if role is None or not findings:
        raise RequirementNotBlocking(requirement=command.requirement if blocking else "")
    if f"role/{role}" not in facts.desks:
        raise NotTheAuthority(requirement=command.requirement, role=role)
    on_shown_version(case, command)
    if OVERRIDE_DOCUMENT not in case.documents:
        raise DocumentsMissing(documents=[OVERRIDE_DOCUMENT])
    return [
        e.RequirementOverridden(
            requirement=finding.requirement,
            subject=finding.subject,
            role=role,
            document_sha256=case.documents[OVERRIDE_DOCUMENT],
            reason=command.reason,
        )
        for finding in findings
        if finding.subject and not case.passes_by_override(finding)
    ]


def _is_meant(finding: Finding, command: OverrideRequirement) -> bool:
    return finding.requirement == command.requirement and command.subject in (None, finding.subject)
