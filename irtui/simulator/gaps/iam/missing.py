"""Which context keys a decision asked for that nobody gave: of statements that fit action and resource."""

import re
from collections.abc import Iterable
from dataclasses import replace

from irtui.policy.document import Document, Statement
from irtui.policy.evaluate import Policies, Request, evaluate

_VARIABLE = re.compile(r"\$\{([^},*?$]+)[^}]*\}")


def missing_context(request: Request, documents: Iterable[Document]) -> list[str]:
    """In the order in which the policies ask for them, each once."""
    asked: dict[str, None] = {}
    for document in documents:
        for statement in document.statements:
            if not statement.flaw and _fits(statement, request):
                asked |= dict.fromkeys(_keys(statement))
    return [key for key in asked if key.lower() not in request.context]


def _fits(statement: Statement, request: Request) -> bool:
    """Whatever its principals and conditions, and with every variable matching anything."""
    resources = tuple(_VARIABLE.sub("*", resource) for resource in statement.resources)
    bare = replace(statement, effect="Allow", principals=None, conditions={}, resources=resources)
    own = replace(request, resource_account="")
    return evaluate(own, Policies((Document(statement.document, (bare,)),))).allowed


def _keys(statement: Statement) -> list[str]:
    texts = [*statement.resources]
    keys: list[str] = []
    for conditions in statement.conditions.values():
        keys += conditions
        texts += [value for values in conditions.values() for value in values]
    variables = [name.strip() for text in texts for name in _VARIABLE.findall(text)] if statement.variables else []
    return keys + variables
