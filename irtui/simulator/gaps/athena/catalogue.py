"""Athena's catalogue as it is read: which tables there are. Only AwsDataCatalog, that of Glue, is simulated."""

import re
from collections.abc import Mapping
from typing import Any

from irtui.simulator.answers import NOT_SIMULATED, Refusal
from irtui.simulator.athena_records import Table
from irtui.simulator.gaps.athena import granted
from irtui.simulator.gaps.athena.workgroups import here, invalid, paged
from irtui.simulator.world import Asked


def list_table_metadata(asked: Asked) -> Mapping[str, Any]:
    """The tables of a database whose whole name the expression matches, by name."""
    params = asked.params
    if str(params["CatalogName"]).lower() != "awsdatacatalog":
        raise Refusal(NOT_SIMULATED, "athena: of the data catalogues only AwsDataCatalog is simulated", 501)
    database = str(params["DatabaseName"]).lower()
    if why := granted.glue(asked, "GetTables", database, "*"):
        raise Refusal("MetadataException", why)
    if (tables := here(asked).databases.get(database)) is None:
        raise Refusal("MetadataException", f"Database {database} not found.")
    try:
        wanted = re.compile(str(params.get("Expression") or ".*"))
    except re.error:
        raise invalid("The expression is not valid.") from None
    found = [_told(name, table) for name, table in sorted(tables.items()) if wanted.fullmatch(name)]
    page, token = paged(asked, found, 50)
    return {"TableMetadataList": page, **token}


def _told(name: str, table: Table) -> Mapping[str, Any]:
    return {
        "Name": name,
        "TableType": "EXTERNAL_TABLE",
        "Columns": _columns(table.columns),
        "PartitionKeys": _columns(table.partitions),
    }


def _columns(columns: Mapping[str, Any]) -> list[Mapping[str, str]]:
    return [{"Name": name, "Type": kind.sql("hive").lower()} for name, kind in columns.items()]
