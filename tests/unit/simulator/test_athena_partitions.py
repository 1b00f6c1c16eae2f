"""Athena's partition projection: which folders a query reads, and so how many bytes it scans."""

import pytest

from tests.support.athena_lab import Athena
from tests.support.lab import Lab

FIRST, SECOND = "111122223333", "444455556666"
HERE, THERE = "us-east-1", "eu-central-1"


@pytest.fixture(scope="module")
def sizes(lab: Lab) -> dict[tuple[str, str, str], int]:
    """Three days in two accounts and Regions, and what no projected partition holds; bytes of each log."""
    made = Athena(lab).prepared()
    found: dict[tuple[str, str, str], int] = {}
    days = ("2026/11/01", "2026/11/02", "2026/11/03")
    for account in (FIRST, SECOND, "777788889999"):
        for region in (HERE, THERE):
            for day in (*days, "2019/01/01"):
                name = f"{account}-{region}-{day}" * len(found)
                found[account, region, day] = made.put(account, region, day, {"eventName": name})
    return found


@pytest.fixture(scope="module")
def athena(lab: Lab, sizes: dict[tuple[str, str, str], int]) -> Athena:
    return Athena(lab)


def scanned(athena: Athena, where: str) -> int:
    told = athena.ended(f"SELECT count(*) FROM logs.trail AS t {where}")
    assert told["Status"]["State"] == "SUCCEEDED", told["Status"]
    return int(told["Statistics"]["DataScannedInBytes"])


@pytest.mark.parametrize(
    ("where", "accounts", "regions", "days"),
    [
        ("", (FIRST, SECOND), (HERE, THERE), ("01", "02", "03")),
        (f"WHERE account = '{FIRST}'", (FIRST,), (HERE, THERE), ("01", "02", "03")),
        (f"WHERE t.region IN ('{HERE}') AND eventname <> ''", (FIRST, SECOND), (HERE,), ("01", "02", "03")),
        ('WHERE "timestamp" BETWEEN \'2026/11/02\' AND \'2026/11/03\'', (FIRST, SECOND), (HERE, THERE), ("02", "03")),
        (
            f"WHERE (\"timestamp\" > '2026/11/02' OR \"timestamp\" < '2000/01/01') AND NOT account = '{SECOND}'",
            (FIRST,),
            (HERE, THERE),
            ("03",),
        ),
        ("WHERE account LIKE '4444%' AND substr(region, 1, 2) = 'eu'", (SECOND,), (THERE,), ("01", "02", "03")),
        ("WHERE account = '000000000000'", (), (), ()),
        (f"WHERE account = '{FIRST}' OR eventname = 'x'", (FIRST, SECOND), (HERE, THERE), ("01", "02", "03")),
        (f"CROSS JOIN UNNEST(resources) AS u(r) WHERE t.account = '{FIRST}'", (FIRST,), (HERE, THERE),
         ("01", "02", "03")),
    ],
)  # fmt: skip
def test_only_matching_partitions_are_scanned(
    athena: Athena, sizes: dict[tuple[str, str, str], int], where: str, accounts: tuple[str, ...],
    regions: tuple[str, ...], days: tuple[str, ...],
) -> None:  # fmt: skip
    """Bytes are those of the partitions that WHERE leaves; folders outside of the projection are never read."""
    wanted = sum(sizes[a, r, f"2026/11/{day}"] for a in accounts for r in regions for day in days)
    assert scanned(athena, where) == wanted


def test_an_outer_join_prunes_nothing_that_matters(athena: Athena) -> None:
    """A condition on the side that may be missing is asked after the join, not of the partitions."""
    sql = (
        f"SELECT count(*) FROM (SELECT 1 AS one) AS x LEFT JOIN logs.trail AS t ON t.account = '{FIRST}' "
        "WHERE t.account IS NULL"
    )
    assert athena.rows(sql) == [["0"]]
    assert athena.rows(sql.replace(FIRST, "nobody")) == [["1"]]


def test_partition_columns_are_columns(athena: Athena) -> None:
    """The folder's values can be selected and grouped by."""
    where = "WHERE \"timestamp\" = '2026/11/01' GROUP BY 1, 2 ORDER BY 1, 2"
    assert athena.rows(f"SELECT account, region, count(*) FROM logs.trail {where}") == [
        [a, r, "1"] for a in (FIRST, SECOND) for r in (THERE, HERE)
    ]


def test_days_after_now_are_not_projected(athena: Athena) -> None:
    """A range that ends with NOW grows with the world's clock."""
    day = f"{athena.lab.world.now():%Y}".replace("20", "29", 1) + "/01/01"
    athena.put(FIRST, HERE, day, {"eventName": "later"})
    assert scanned(athena, f"WHERE \"timestamp\" = '{day}'") == 0


def test_injected_values_must_be_told(athena: Athena) -> None:
    """Without an equality on an injected column the query fails; with one any folder is found."""
    ddl = (
        "CREATE EXTERNAL TABLE logs.injected (`eventname` string) PARTITIONED BY (`account` string, `n` int) "
        "ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe' LOCATION 's3://data/lines/' "
        "TBLPROPERTIES ('projection.enabled'='true', 'projection.account.type'='injected', "
        "'projection.n.type'='integer', 'projection.n.range'='1,20', 'projection.n.digits'='2')"
    )
    assert athena.ended(ddl)["Status"]["State"] == "SUCCEEDED"
    for number in ("03", "3", "21"):
        body = b'{"EventName": "one"}\n{"eventname": 2}\n'
        athena.lab.client("s3").put_object(Bucket="data", Key=f"lines/account=me/n={number}/f.json", Body=body)
    failed = athena.ended("SELECT * FROM logs.injected")["Status"]
    assert failed["StateChangeReason"].startswith("CONSTRAINT_VIOLATION: For the injected projected partition column")
    athena.lab.client("s3").put_object(Bucket="data", Key="lines/account=me/n=04/f.json", Body=b"[1]")
    told = "SELECT eventname, n FROM logs.injected WHERE account = 'me' AND n BETWEEN 2 AND 3 ORDER BY 1"
    assert athena.rows(told) == [["2", "3"], ["one", "3"]]
    assert "HIVE_BAD_DATA" in athena.ended(told.replace("3", "4"))["Status"]["StateChangeReason"]


def test_a_table_without_projection(athena: Athena) -> None:
    """Without partitions every object below LOCATION is read; with partitions that nobody added, none."""
    ddl = "CREATE EXTERNAL TABLE logs.{} (`eventname` string) {} ROW FORMAT SERDE "
    ddl += "'org.apache.hive.hcatalog.data.JsonSerDe' LOCATION 's3://data/plain/'"
    athena.lab.client("s3").put_object(Bucket="data", Key="plain/deep/f.json", Body=b'{"eventname": "x"}')
    athena.lab.client("s3").put_object(Bucket="data", Key="plain/_hidden", Body=b"nothing")
    for name, parts in (("flat", ""), ("parted", "PARTITIONED BY (`day` string)")):
        assert athena.ended(ddl.format(name, parts))["Status"]["State"] == "SUCCEEDED"
    assert athena.rows("SELECT eventname FROM logs.flat") == [["x"]]
    assert athena.rows("SELECT eventname FROM logs.parted") == []


def test_a_broken_log_fails_the_query(athena: Athena) -> None:
    """An object that is no gzip makes the query fail; nothing is left out in silence."""
    key = f"AWSLogs/{FIRST}/CloudTrail/{HERE}/2020/05/05/broken.json.gz"
    athena.lab.client("s3").put_object(Bucket="data", Key=key, Body=b"broken")
    told = athena.ended("SELECT * FROM logs.trail WHERE \"timestamp\" = '2020/05/05'")["Status"]
    assert told["State"] == "FAILED" and "HIVE_CURSOR_ERROR" in told["StateChangeReason"]
