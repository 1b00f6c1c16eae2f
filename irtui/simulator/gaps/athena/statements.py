"""SQL as Athena is told it, read by sqlglot, and what a statement does to the catalogue.

Rules: one SELECT, or the DDL of databases and external tables. What cannot be read is not simulated, never guessed.
"""

from collections.abc import Callable
from typing import Any

from irtui.simulator.answers import NOT_SIMULATED, Refusal
from irtui.simulator.athena_records import Outcome, Place, Table
from irtui.simulator.gaps.athena import granted
from irtui.simulator.gaps.athena.workgroups import here, invalid
from irtui.simulator.world import Asked

_SERDES = (
    "org.apache.hive.hcatalog.data.JsonSerDe", "org.openx.data.jsonserde.JsonSerDe",
    "com.amazon.emr.hive.serde.CloudTrailSerde",
)  # fmt: skip
_CLOUDTRAIL = ("com.amazon.emr.cloudtrail.CloudTrailInputFormat", "com.amazon.emr.hive.serde.CloudTrailSerde")


def not_simulated(why: str) -> Refusal:
    return Refusal(NOT_SIMULATED, f"athena: {why}", 501)


def needed(*modules: str) -> None:
    """Raises Refusal when what runs SQL is not installed."""
    import importlib

    for name in modules:
        try:
            importlib.import_module(name)
        except ImportError:
            raise not_simulated("no query can be run without DuckDB and sqlglot: install irtui[sql]") from None


def parse(sql: str) -> Any:
    """The one statement, as sqlglot's tree. Raises Refusal."""
    needed("sqlglot", "duckdb")
    import logging

    import sqlglot
    from sqlglot import exp
    from sqlglot.errors import SqlglotError

    logging.getLogger("sqlglot").setLevel(logging.CRITICAL)
    try:
        found = [tree for tree in sqlglot.parse(sql, dialect="athena") if tree is not None]
    except (SqlglotError, RecursionError) as error:
        raise not_simulated(f"sqlglot cannot read this query: {str(error)[:200]}") from None
    if len(found) != 1:
        raise invalid(f"Only one sql statement is allowed. Got: {sql[:100]}")
    tree = found[0]
    if isinstance(tree, exp.Query):
        if tree.find(exp.Insert, exp.Update, exp.Delete, exp.Merge, exp.Create, exp.Drop, exp.Command):
            raise invalid("Queries of this type are not supported")
        return tree
    if isinstance(tree, exp.Create | exp.Drop) and tree.args["kind"] in ("DATABASE", "SCHEMA", "TABLE"):
        return tree
    if isinstance(tree, exp.Pragma | exp.Copy | exp.Attach | exp.Detach | exp.Set | exp.Use | exp.Transaction):
        raise invalid("Queries of this type are not supported")
    raise not_simulated("only SELECT, and CREATE and DROP of databases and external tables, are simulated")


def kind(tree: Any) -> tuple[str, str]:
    """StatementType and SubstatementType."""
    from sqlglot import exp

    if isinstance(tree, exp.Query):
        return "DML", "SELECT"
    word = "CREATE" if isinstance(tree, exp.Create) else "DROP"
    return "DDL", f"{word}_{'TABLE' if tree.args['kind'] == 'TABLE' else 'DATABASE'}"


def ddl(asked: Asked, tree: Any, database: str) -> Outcome:
    """What it will change when it is through."""
    from sqlglot import exp

    created = isinstance(tree, exp.Create)
    of_table = tree.args["kind"] == "TABLE"
    schema = tree.this if created else tree.args["tables"][0]
    named = schema.this if isinstance(schema, exp.Schema) else schema
    db, name = (
        (named.db.lower() or database, named.name.lower()) if of_table else ((named.name or named.db).lower(), "")
    )
    verb = f"{'Create' if created else 'Delete'}{'Table' if of_table else 'Database'}"
    if why := granted.glue(asked, verb, db, name):
        return Outcome("FAILED", f"Insufficient permissions to execute the query. {why}")
    if db in ("information_schema", "pg_catalog", "main", "temp", "system"):
        raise not_simulated(f"a database cannot be called {db}")
    table = _table(tree, schema) if created and of_table else None
    exists = bool(tree.args.get("exists"))
    return Outcome(change=_change(here(asked), db, name, created, table, exists, bool(tree.args.get("cascade"))))


def _change(
    found: Place, db: str, name: str, created: bool, table: Table | None, exists: bool, cascade: bool
) -> Callable[[], str]:
    def of_database() -> str:
        if created:
            if db in found.databases:
                return "" if exists else f"FAILED: Execution Error, return code 1. AlreadyExistsException: {db}"
            found.databases[db] = {}
        elif db not in found.databases:
            return "" if exists else f"FAILED: SemanticException [Error 10072]: Database does not exist: {db}"
        elif found.databases[db] and not cascade:
            return f"FAILED: InvalidOperationException(message:Database {db} is not empty. One or more tables exist.)"
        else:
            del found.databases[db]
        return ""

    def of_table() -> str:
        if db not in found.databases:
            return f"FAILED: SemanticException [Error 10072]: Database does not exist: {db}"
        tables = found.databases[db]
        if table is not None:
            if name in tables:
                return "" if exists else f"FAILED: Execution Error, return code 1. AlreadyExistsException: {name}"
            tables[name] = table
        elif name not in tables and not exists:
            return f"FAILED: SemanticException [Error 10001]: Table not found {db}.{name}"
        else:
            tables.pop(name, None)
        return ""

    return of_table if name else of_database


def _table(tree: Any, schema: Any) -> Table:
    from sqlglot import exp

    told = tree.args.get("properties")
    found = {type(each): each for each in (told.expressions if told else ())}
    if exp.ExternalProperty not in found or tree.expression is not None or not isinstance(schema, exp.Schema):
        raise not_simulated("only external tables are simulated")
    location = found.get(exp.LocationProperty)
    if location is None or not location.name.startswith("s3://"):
        raise invalid("A LOCATION in S3 must be given for an external table")
    properties = {each.this.name: each.args["value"].name for each in told.expressions if type(each) is exp.Property}
    serde, layout = found.get(exp.RowFormatSerdeProperty), found.get(exp.FileFormatProperty)
    written = getattr(layout.this.args.get("input_format"), "name", "") if layout is not None else ""
    reader = serde.name if serde is not None else ""
    if reader not in _SERDES or found.keys() - _known():
        raise not_simulated("only tables of JSON and of CloudTrail's logs are simulated, without further clauses")
    columns = _columns(schema.expressions)
    parts = found.get(exp.PartitionedByProperty)
    partitions = _columns(parts.this.expressions) if parts is not None else {}
    of_records = written in _CLOUDTRAIL or reader in _CLOUDTRAIL
    return Table(columns, partitions, location.name, properties, of_records)


def _known() -> set[Any]:
    """Clauses of CREATE TABLE that are understood, or change nothing here."""
    from sqlglot import exp

    return {exp.ExternalProperty, exp.LocationProperty, exp.Property, exp.RowFormatSerdeProperty,
            exp.FileFormatProperty, exp.PartitionedByProperty, exp.SchemaCommentProperty,
            exp.SerdeProperties}  # fmt: skip


def _columns(expressions: list[Any]) -> dict[str, Any]:
    found = {each.name.lower(): each.args.get("kind") for each in expressions}
    if not all(found.values()) or len(found) != len(expressions):
        raise invalid("FAILED: every column needs a name of its own and a type")
    return found
