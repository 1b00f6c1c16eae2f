"""Athena's queries: started, watched, stopped.

Rules: everything a query does is worked out when it starts and comes true a second or two later, by the world's clock;
how long it takes comes from the world's seed. Who asks again with the same ClientRequestToken gets the same query.
"""

import hashlib
import random
import uuid
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from irtui.simulator import athena_records, state
from irtui.simulator.answers import NOT_SIMULATED, Refusal
from irtui.simulator.athena_records import PRIMARY, Execution, Outcome, WorkGroup
from irtui.simulator.gaps.athena import granted, select, statements
from irtui.simulator.gaps.athena.partitions import split
from irtui.simulator.gaps.athena.results import write
from irtui.simulator.gaps.athena.workgroups import ENGINE, checked_output, here, invalid, paged, workgroup
from irtui.simulator.world import Asked

LONGEST = 262_144
"""Bytes of a query."""
_KEPT = ("QueryString", "ClientRequestToken", "QueryExecutionContext", "ResultConfiguration", "WorkGroup")


def start_query_execution(asked: Asked) -> Mapping[str, Any]:
    params, found = asked.params, here(asked)
    token = str(params.get("ClientRequestToken", ""))
    if token in found.tokens:
        before, known = found.tokens[token]
        if before != params:
            raise invalid("Idempotent parameters do not match")
        return {"QueryExecutionId": known}
    sql, group = str(params["QueryString"]), workgroup(asked, str(params.get("WorkGroup") or PRIMARY))
    if unknown := set(params) - set(_KEPT):
        raise Refusal(NOT_SIMULATED, f"athena: {', '.join(sorted(unknown))} of a query is not simulated", 501)
    if group.state != "ENABLED":
        raise invalid(f"WorkGroup {group.name} is disabled.")
    if not sql.strip() or len(sql.encode()) > LONGEST:
        raise invalid(f"QueryString must have between 1 and {LONGEST} bytes.")
    context = dict(params.get("QueryExecutionContext") or {})
    if str(context.get("Catalog", "AwsDataCatalog")).lower() != "awsdatacatalog":
        raise Refusal(NOT_SIMULATED, "athena: of the data catalogues only AwsDataCatalog is simulated", 501)
    folder, refused = _output(asked, group)
    tree = statements.parse(sql)
    kind, sub = statements.kind(tree)
    database = str(context.get("Database", "default")).lower()
    cutoff = group.configuration.get("BytesScannedCutoffPerQuery")
    if refused:
        outcome = Outcome("FAILED", refused)
    elif kind == "DDL":
        outcome = statements.ddl(asked, tree, database)
    else:
        outcome = select.run(asked, tree, database, int(cutoff) if cutoff else None)
    number = f"{asked.world.seed} {asked.caller.account} {asked.region} {len(found.tokens)} {len(found.executions)}"
    made = str(uuid.UUID(bytes=hashlib.sha256(f"athena {number}".encode()).digest()[:16], version=4))
    chance, now = random.Random(f"athena {number}"), asked.world.clock.now()
    starts = now + timedelta(seconds=chance.uniform(0.2, 1.0))
    ends = starts + timedelta(seconds=chance.uniform(0.5, 2.0))
    output = f"{folder}{made}.{'csv' if kind == 'DML' else 'txt'}"
    found.executions[made] = Execution(
        made, sql, group.name, context, output, kind, sub, now, starts, ends, outcome, write
    )
    if token:
        found.tokens[token] = (dict(params), made)
    return {"QueryExecutionId": made}


def _output(asked: Asked, group: WorkGroup) -> tuple[str, str]:
    """Where results go, ending with a slash; and why the caller may not write there."""
    own = str((group.configuration.get("ResultConfiguration") or {}).get("OutputLocation", ""))
    given = dict(asked.params.get("ResultConfiguration") or {})
    if set(given) - {"OutputLocation", "ExpectedBucketOwner"}:
        raise Refusal(NOT_SIMULATED, "athena: encryption and ACLs of results are not simulated", 501)
    enforced = bool(group.configuration.get("EnforceWorkGroupConfiguration", False))
    url = own if enforced else str(given.get("OutputLocation", "")) or own
    if not url:
        words = "No output location provided. An output location is required either through the Workgroup result "
        raise invalid(f"{words}configuration setting or as an API input.")
    bucket, prefix = split(checked_output(url).rstrip("/") + "/")
    if state.bucket(bucket) is None or granted.s3(asked, "GetBucketLocation", bucket):
        raise invalid(f"Unable to verify/create output bucket {bucket}")
    if granted.s3(asked, "PutObject", bucket, f"{prefix}result.csv"):
        words = f"Access denied when writing output to url: s3://{bucket}/{prefix} . Please ensure you are allowed to "
        return f"s3://{bucket}/{prefix}", f"{words}access the S3 bucket. Access Denied (Service: Amazon S3; 403)"
    return f"s3://{bucket}/{prefix}", ""


def execution(asked: Asked, query: str) -> Execution:
    athena_records.tick(asked.world.clock.now())
    found = here(asked).executions.get(query)
    if found is None:
        raise invalid(f"QueryExecution {query} was not found")
    return found


def get_query_execution(asked: Asked) -> Mapping[str, Any]:
    return {"QueryExecution": _told(asked, execution(asked, str(asked.params["QueryExecutionId"])))}


def batch_get_query_execution(asked: Asked) -> Mapping[str, Any]:
    athena_records.tick(asked.world.clock.now())
    wanted = [str(each) for each in asked.params["QueryExecutionIds"]]
    if not 1 <= len(wanted) <= 50:
        raise invalid("Between 1 and 50 QueryExecutionIds must be given.")
    held = here(asked).executions
    missing = [
        {"QueryExecutionId": each, "ErrorCode": "INVALID_QUERY_EXECUTION_ID",
         "ErrorMessage": f"QueryExecution {each} was not found"}
        for each in wanted
        if each not in held
    ]  # fmt: skip
    told = [_told(asked, held[each]) for each in wanted if each in held]
    return {"QueryExecutions": told, "UnprocessedQueryExecutionIds": missing}


def _told(asked: Asked, found: Execution) -> dict[str, Any]:
    now, outcome = asked.world.clock.now(), found.outcome
    status: dict[str, Any] = {"State": found.state(now), "SubmissionDateTime": found.submitted}
    end = min(now, found.ends) if not found.settled else found.ends
    queued = min(end, found.starts) - found.submitted
    times = {"QueryQueueTimeInMillis": queued, "TotalExecutionTimeInMillis": end - found.submitted,
             "EngineExecutionTimeInMillis": max(end - found.starts, timedelta())}  # fmt: skip
    statistics = {name: int(span / timedelta(milliseconds=1)) for name, span in times.items()}
    if found.settled:
        status["CompletionDateTime"] = found.ends
        statistics["DataScannedInBytes"] = outcome.scanned
        if outcome.reason:
            status["StateChangeReason"] = outcome.reason
        if outcome.state == "FAILED":
            status["AthenaError"] = {
                "ErrorCategory": 2, "ErrorType": 1006, "Retryable": False, "ErrorMessage": outcome.reason,
            }  # fmt: skip
    return {
        "QueryExecutionId": found.id, "Query": found.sql, "StatementType": found.kind, "SubstatementType": found.sub,
        "WorkGroup": found.workgroup, "QueryExecutionContext": found.context, "Status": status,
        "ResultConfiguration": {"OutputLocation": found.output}, "Statistics": statistics, "EngineVersion": ENGINE,
    }  # fmt: skip


def stop_query_execution(asked: Asked) -> Mapping[str, Any]:
    """A query that is over stays what it is; of one that is not, nothing comes."""
    found = execution(asked, str(asked.params["QueryExecutionId"]))
    if not found.settled:
        found.outcome, found.settled = Outcome("CANCELLED", "Query cancelled by user"), True
        found.ends = asked.world.clock.now()
    return {}


def list_query_executions(asked: Asked) -> Mapping[str, Any]:
    """Newest first, of one workgroup."""
    group = workgroup(asked, str(asked.params.get("WorkGroup") or PRIMARY))
    ids = [each.id for each in here(asked).executions.values() if each.workgroup == group.name]
    page, token = paged(asked, ids[::-1], 50)
    return {"QueryExecutionIds": page, **token}
