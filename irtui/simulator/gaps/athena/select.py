"""A SELECT over the catalogue: which tables, which of their partitions, how many bytes, what comes out.

Partitions are pruned by those parts of WHERE that concern nothing but partition columns; a part that also has a
subquery, or stands beside an outer join, prunes nothing, so more is scanned than by AWS.
"""

from typing import Any

from irtui.simulator.athena_records import Outcome, Table
from irtui.simulator.gaps.athena import engine, granted, partitions, reading
from irtui.simulator.gaps.athena.reading import Failed
from irtui.simulator.gaps.athena.statements import not_simulated
from irtui.simulator.gaps.athena.workgroups import here
from irtui.simulator.world import Asked

_DENIED = "Access Denied (Service: Amazon S3; Status Code: 403; Error Code: AccessDenied)"
_CATALOGS = ("", "awsdatacatalog")


def run(asked: Asked, tree: Any, database: str, cutoff: int | None) -> Outcome:
    """What it comes to; all of it happens now. Raises Refusal for what is not simulated."""
    tree = _at(tree, asked)
    scanned = 0
    try:
        found = _found(asked, tree, database)
        with engine.engine() as connection:
            wanted: dict[tuple[str, str], dict[tuple[str, ...], list[Any]]] = {}
            for node, db, table in found:
                parts = _pruned(connection, asked, node, table)
                _readable(asked, table, parts)
                scanned += sum(len(key.value) for keys in parts.values() for key in keys)
                wanted.setdefault((db, node.name), {}).update(parts)
            if cutoff is not None and scanned > cutoff:
                raise Failed("Bytes scanned limit was exceeded", "CANCELLED", cutoff)
            for (db, name), parts in wanted.items():
                table = here(asked).databases[db][name]
                rows = [
                    row for values, keys in parts.items() for key in keys for row in reading.rows(table, values, key)
                ]
                engine.load(connection, db, name, table, rows)
            columns, answered = engine.answer(connection, _named(tree).sql("duckdb"))
    except Failed as failed:
        return Outcome(failed.state, failed.reason, failed.scanned or scanned)
    return Outcome("SUCCEEDED", "", scanned, columns, answered)


def _at(tree: Any, asked: Asked) -> Any:
    """The world's time in place of DuckDB's, which is the machine's."""
    from sqlglot import exp

    now = asked.world.clock.now()
    stamp = exp.cast(exp.Literal.string(f"{now:%Y-%m-%d %H:%M:%S.%f}+00"), "timestamptz")

    def timed(node: Any) -> Any:
        if isinstance(node, exp.CurrentTimestamp):
            return stamp.copy()
        if isinstance(node, exp.CurrentDate):
            return exp.cast(exp.Literal.string(f"{now:%Y-%m-%d}"), "date")
        if isinstance(node, exp.CurrentTime | exp.CurrentDatetime | exp.Localtime | exp.Localtimestamp):
            raise not_simulated("of the clock only current_timestamp, now() and current_date")
        if isinstance(node, exp.Rand | exp.Uuid):
            raise not_simulated("random values in a query")
        return node

    return tree.copy().transform(timed)


def _found(asked: Asked, tree: Any, database: str) -> list[tuple[Any, str, Table]]:
    """Every mention of a table of the catalogue, with its database; the mention is made a full name."""
    from sqlglot import exp

    named = {each.alias.lower() for each in tree.find_all(exp.CTE)}
    found = []
    for node in list(tree.find_all(exp.Table)):
        if not isinstance(node.this, exp.Identifier):
            raise not_simulated("table functions")
        if not node.db and node.name.lower() in named:
            continue
        db, name = (node.db or database).lower(), node.name.lower()
        table = here(asked).databases.get(db, {}).get(name)
        if why := granted.glue(asked, "GetTable", db, name):
            raise Failed(f"Insufficient permissions to execute the query. {why}")
        if table is None or node.catalog.lower() not in _CATALOGS:
            raise Failed(f"TABLE_NOT_FOUND: line 1:1: Table 'awsdatacatalog.{db}.{name}' does not exist")
        node.set("catalog", None)
        node.set("db", exp.to_identifier(db, quoted=True))
        node.set("this", exp.to_identifier(name, quoted=True))
        found.append((node, db, table))
    return found


def _pruned(connection: Any, asked: Asked, node: Any, table: Table) -> dict[tuple[str, ...], list[Any]]:
    """The partitions that this mention of the table reads."""
    from sqlglot import exp

    parts = partitions.objects(table, asked.world.clock.now())
    conditions = _conditions(node, table)
    told = {
        part.this.name.lower()
        for part in conditions
        if isinstance(part, exp.EQ | exp.In) and isinstance(part.this, exp.Column) and not part.find(exp.Query)
    }
    for name in partitions.injected(table):
        if name not in told:
            raise Failed(
                f"CONSTRAINT_VIOLATION: For the injected projected partition column {name}, the WHERE clause must "
                "contain only static equality conditions, and at least one such condition must be present."
            )
    if not conditions or not parts:
        return parts
    columns = ", ".join(f"{engine.quoted(name)} {kind.sql('duckdb')}" for name, kind in table.partitions.items())
    connection.execute(f'CREATE OR REPLACE TEMP TABLE "irtui parts" ("irtui part" BIGINT, {columns})')
    marks = ", ".join("?" * (len(table.partitions) + 1))
    listed = list(parts)
    connection.executemany(f'INSERT INTO "irtui parts" VALUES ({marks})', [[n, *row] for n, row in enumerate(listed)])
    where = exp.and_(*conditions).sql("duckdb")
    kept = connection.execute(f'SELECT "irtui part" FROM "irtui parts" WHERE {where}').fetchall()
    return {listed[number]: parts[listed[number]] for (number,) in kept}


def _conditions(node: Any, table: Table) -> list[Any]:
    """Parts of the WHERE around a mention that concern its partition columns only, without qualifiers."""
    from sqlglot import exp

    select = node.find_ancestor(exp.Select)
    where = select.args.get("where") if select is not None and isinstance(node.parent, exp.From | exp.Join) else None
    joins = (select.args.get("joins") or []) if select is not None else []
    if where is None or any(join.side or join.method for join in joins):
        return []
    names = {"", node.alias_or_name.lower()}
    kept = []
    for part in where.this.flatten() if isinstance(where.this, exp.And) else [where.this]:
        columns = list(part.find_all(exp.Column))
        ours = all(each.name.lower() in table.partitions and each.table.lower() in names for each in columns)
        if columns and ours and not part.find(exp.Query):
            bare = part.copy().transform(lambda n: exp.column(n.this.copy()) if isinstance(n, exp.Column) else n)
            kept.append(exp.paren(bare) if isinstance(bare, exp.Or) else bare)
    return kept


def _readable(asked: Asked, table: Table, parts: dict[tuple[str, ...], list[Any]]) -> None:
    """The caller's own permissions on the bucket."""
    bucket, prefix = partitions.location(table)
    refused = granted.s3(asked, "ListBucket", bucket, Prefix=prefix)
    if refused or any(granted.s3(asked, "GetObject", bucket, key.name) for keys in parts.values() for key in keys):
        raise Failed(f"PERMISSION_DENIED: {_DENIED}")


def _named(tree: Any) -> Any:
    """With Athena's names for columns that have none."""
    from sqlglot import exp

    first = tree
    while isinstance(first, exp.SetOperation | exp.Subquery):
        first = first.this
    if isinstance(first, exp.Select):
        chosen = [
            exp.alias_(each, f"_col{number}", quoted=True) if not (each.output_name or each.is_star) else each
            for number, each in enumerate(first.expressions)
        ]
        first.set("expressions", chosen)
    return tree
