"""Routes as they are written: several kinds may share the steps and differ in their documents."""

from __future__ import annotations

from collections.abc import Iterator

from domain.rulebook.model import DocumentRule, Route


class DocumentEntry(DocumentRule):
    """A document, for all kinds of the route or for those that are named."""

    kinds: list[str] = []


class RouteEntry(Route):
    """One entry of a route file."""

    documents: list[DocumentEntry] = []  # type: ignore[assignment]

    def routes(self) -> Iterator[Route]:
        """The route itself, or one for each kind where documents differ."""
        differs = any(document.kinds for document in self.documents)
        for kinds in [[kind] for kind in self.kinds] if differs else [self.kinds]:
            documents = [_rule(entry) for entry in self.documents if not entry.kinds or kinds[0] in entry.kinds]
            yield Route(**{**dict(self), "kinds": kinds, "documents": documents})

    def unknown_kinds(self) -> list[tuple[int, str]]:
        """Kinds that a document names and the route does not take, with the document's place in the list."""
        named = ((index, kind) for index, document in enumerate(self.documents) for kind in document.kinds)
        return [(index, kind) for index, kind in named if kind not in self.kinds]


def _rule(entry: DocumentEntry) -> DocumentRule:
    return DocumentRule(code=entry.code, title=entry.title, required=entry.required, grades=entry.grades)
