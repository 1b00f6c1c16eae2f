"""Athena in a simulated world: a bucket with CloudTrail's logs, their table, and questions asked of it."""

import gzip
import json
from typing import Any

from tests.support.lab import Lab

TABLE = """
CREATE EXTERNAL TABLE IF NOT EXISTS `logs`.`trail` (
  `eventversion` STRING,
  `useridentity` STRUCT<type: STRING, username: STRING, sessioncontext: STRUCT<sessionissuer: STRUCT<arn: STRING>>>,
  `eventname` STRING, `errorcode` STRING, `requestparameters` STRING,
  `resources` ARRAY<STRUCT<arn: STRING, accountid: STRING, type: STRING>>)
PARTITIONED BY (`account` STRING, `region` STRING, `timestamp` STRING)
ROW FORMAT SERDE 'org.apache.hive.hcatalog.data.JsonSerDe'
STORED AS INPUTFORMAT 'com.amazon.emr.cloudtrail.CloudTrailInputFormat'
OUTPUTFORMAT 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat'
LOCATION 's3://data/AWSLogs/'
TBLPROPERTIES ('projection.enabled' = 'true',
  'projection.account.type' = '{account}', 'projection.account.values' = '111122223333,444455556666',
  'projection.region.type' = 'enum', 'projection.region.values' = 'eu-central-1,us-east-1',
  'projection.timestamp.type' = 'date', 'projection.timestamp.format' = 'yyyy/MM/dd',
  'projection.timestamp.range' = '2020/01/01,NOW',
  'storage.location.template' = 's3://data/AWSLogs/${{account}}/CloudTrail/${{region}}/${{timestamp}}')
"""


class Athena:
    """Asks as `key`, by default as the operator; results go to the bucket `answers`."""

    def __init__(self, lab: Lab, key: Any = None) -> None:
        self.lab, self.client = lab, lab.client("athena", key)

    def prepared(self, account: str = "enum") -> "Athena":
        """With buckets, the database `logs` and the table `trail` in it."""
        for name in ("data", "answers"):
            self.lab.client("s3").create_bucket(Bucket=name)
        for sql in ("CREATE DATABASE logs", TABLE.format(account=account)):
            assert self.ended(sql)["Status"]["State"] == "SUCCEEDED"
        return self

    def put(self, account: str, region: str, day: str, *events: dict[str, Any]) -> int:
        """One log; its bytes."""
        body = gzip.compress(json.dumps({"Records": events}).encode())
        key = f"AWSLogs/{account}/CloudTrail/{region}/{day}/log.json.gz"
        self.lab.client("s3").put_object(Bucket="data", Key=key, Body=body)
        return len(body)

    def start(self, sql: str, **more: Any) -> str:
        more = {"ResultConfiguration": {"OutputLocation": "s3://answers/found/"}} | more
        return str(self.client.start_query_execution(QueryString=sql, **more)["QueryExecutionId"])

    def told(self, query: str) -> Any:
        return self.client.get_query_execution(QueryExecutionId=query)["QueryExecution"]

    def ended(self, sql: str, **more: Any) -> Any:
        """What is told of it four seconds later."""
        query = self.start(sql, **more)
        self.lab.world.advance(4)
        return self.told(query)

    def rows(self, sql: str, **more: Any) -> list[list[str | None]]:
        """The answer, without its header."""
        ended = self.ended(sql, **more)
        assert ended["Status"]["State"] == "SUCCEEDED", ended["Status"]
        found = self.client.get_query_results(QueryExecutionId=ended["QueryExecutionId"])["ResultSet"]["Rows"]
        return [[cell.get("VarCharValue") for cell in row["Data"]] for row in found[1:]]
