"""Athena, all of it that is simulated: moto's results are canned. SQL is run by DuckDB over the simulated buckets."""

from collections.abc import Mapping

from irtui.simulator.gaps.athena import workgroups
from irtui.simulator.gaps.athena.catalogue import list_table_metadata
from irtui.simulator.gaps.athena.queries import (
    batch_get_query_execution,
    get_query_execution,
    list_query_executions,
    start_query_execution,
    stop_query_execution,
)
from irtui.simulator.gaps.athena.results import get_query_results
from irtui.simulator.world import Gap

OPERATIONS: Mapping[str, Gap] = {
    "CreateWorkGroup": workgroups.create_work_group,
    "GetWorkGroup": workgroups.get_work_group,
    "ListWorkGroups": workgroups.list_work_groups,
    "UpdateWorkGroup": workgroups.update_work_group,
    "DeleteWorkGroup": workgroups.delete_work_group,
    "StartQueryExecution": start_query_execution,
    "StopQueryExecution": stop_query_execution,
    "GetQueryExecution": get_query_execution,
    "BatchGetQueryExecution": batch_get_query_execution,
    "ListQueryExecutions": list_query_executions,
    "GetQueryResults": get_query_results,
    "ListTableMetadata": list_table_metadata,
}
