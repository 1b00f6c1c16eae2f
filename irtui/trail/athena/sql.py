"""A query in Athena's SQL, and the table it is asked of. Pure: nothing is sent from here.

The table is that of the Athena user guide (create-cloudtrail-table-partition-projection.html; for an organization
create-cloudtrail-table-org-wide-trail.html, projection types in partition-projection-supported-types.html), so no
partition is ever added by hand. Tried against DuckDB and the simulated Athena, never against the real one.

Rules: the SELECT gives every event of its partitions for which `matches` is true, and some more (a part of a name, an
address of the same block): each row is compared again with `matches`. A time that cannot be read rules nothing out.
Partitions are days of delivery: from a quarter of an hour before the first time to a day after the last. Every value
becomes SQL through `literal` alone; names and places hold only the letters that are allowed here.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from ipaddress import IPv4Network, IPv6Network

from irtui.errors import UsageError
from irtui.trail.athena.columns import PARTITIONS, SELECTED, TYPES
from irtui.trail.search.query import ANY, Query, network_of

LONGEST = 262_144
"""Bytes of a query that Athena takes (its service quotas)."""
_EARLY, _LATE = timedelta(minutes=15), timedelta(days=1)
_LETTERS = {
    "bucket": r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", "prefix": r"(?:[A-Za-z0-9!_.*()-]+/)*",
    "organization": r"(?:o-[a-z0-9]{10,32})?", "database": r"[a-z][a-z0-9_]{0,126}",
    "table": r"[a-z][a-z0-9_]{0,126}",
}  # fmt: skip
_PLAIN = re.compile(r"[A-Za-z0-9_.:-]+")
_TIME = (
    "^[1-9][0-9]{3}-((0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])|(0[13-9]|1[0-2])-(29|30)|(0[13578]|1[02])-31)"
    "T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z$"
)
"""How CloudTrail writes a time; only such times are compared in SQL."""
_WHO, _ISSUER = "useridentity", "useridentity.sessioncontext.sessionissuer"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a trail writes, and the table that is made of it. Raises UsageError for what SQL would have to escape."""

    bucket: str
    accounts: tuple[str, ...]
    regions: tuple[str, ...]
    prefix: str = ""
    """Before `AWSLogs/`; empty, or ends with a slash."""
    organization: str = ""
    """`o-…` when it is the trail of an organization."""
    database: str = "irtui"
    table: str = "cloudtrail"

    def __post_init__(self) -> None:
        for name, letters in _LETTERS.items():
            if not re.fullmatch(letters, getattr(self, name)):
                raise UsageError(f"The {name} {getattr(self, name)!r} cannot be written into a query for Athena.")
        for name, values, letters in (
            ("account", self.accounts, r"\d{12}"),
            ("Region", self.regions, r"[a-z]{2,4}(-[a-z]+)+-\d"),
        ):
            if not values:
                raise UsageError(f"No {name} was named for Athena.")
            for value in values:
                if not re.fullmatch(letters, value):
                    raise UsageError(f"{value!r} is no {name}.")

    @property
    def root(self) -> str:
        """Key prefix of all its logs."""
        return f"{self.prefix}AWSLogs/" + (f"{self.organization}/" if self.organization else "")

    def folder(self, account: str, region: str, day: date) -> str:
        """Key prefix of one partition."""
        return f"{self.root}{account}/CloudTrail/{region}/{day:%Y/%m/%d}/"


def literal(value: str) -> str:
    """The one way of a value into SQL: a string literal of Athena (Trino), in which only the quote is special."""
    if "\0" in value or any("\ud800" <= letter <= "\udfff" for letter in value):
        raise UsageError(f"{value!r} cannot be asked of Athena.", advice="Search the logs themselves for it.")
    return "'" + value.replace("'", "''") + "'"


def days(query: Query) -> tuple[date, date | None]:
    """The first and the last day of delivery that is read; None: up to now. Raises UsageError without a beginning."""
    if query.since is None:
        raise UsageError("Athena needs --since.", advice="What it reads is paid for; name the day to begin with.")
    since = query.since.astimezone(UTC)
    last = (query.until.astimezone(UTC) + _LATE).date() if query.until and query.until.year < 9999 else None
    return (since - _EARLY).date() if since.year > 1 else since.date(), last


def database_ddl(place: Place) -> str:
    return f"CREATE DATABASE IF NOT EXISTS {place.database}"


def table_ddl(place: Place, first: date) -> str:
    """The table, with the days from `first` on. Hive escapes otherwise than Trino: Place has refused what needs it."""
    columns = ",\n  ".join(f"`{name}` {kind}" for name, kind in TYPES.items())
    location = f"s3://{place.bucket}/{place.root}"
    values = {"account": ",".join(place.accounts), "region": ",".join(place.regions)}
    properties = {"projection.enabled": "true"}
    for name, value in values.items():
        properties |= {f"projection.{name}.type": "enum", f"projection.{name}.values": value}
    properties |= {
        "projection.timestamp.type": "date", "projection.timestamp.format": "yyyy/MM/dd",
        "projection.timestamp.range": f"{_day(first)},NOW", "projection.timestamp.interval": "1",
        "projection.timestamp.interval.unit": "DAYS",
        "storage.location.template": location + "${account}/CloudTrail/${region}/${timestamp}",
    }  # fmt: skip
    told = ",\n  ".join(f"{literal(name)} = {literal(value)}" for name, value in properties.items())
    return (
        f"CREATE EXTERNAL TABLE IF NOT EXISTS `{place.database}`.`{place.table}` (\n  {columns}\n)\n"
        f"PARTITIONED BY ({', '.join(f'`{name}` STRING' for name in PARTITIONS)})\n"
        "ROW FORMAT SERDE 'org.apache.hive.hcatalog.data.JsonSerDe'\n"
        "STORED AS INPUTFORMAT 'com.amazon.emr.cloudtrail.CloudTrailInputFormat'\n"
        "OUTPUTFORMAT 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat'\n"
        f"LOCATION {literal(location)}\nTBLPROPERTIES (\n  {told}\n)"
    )


def drop_table(place: Place) -> str:
    return f"DROP TABLE IF EXISTS `{place.database}`.`{place.table}`"


def drop_database(place: Place) -> str:
    """Fails while another table is in it, as it should."""
    return f"DROP DATABASE IF EXISTS {place.database}"


def query_sql(query: Query, place: Place) -> str:
    """The SELECT. Raises UsageError for a query that Athena cannot be asked."""
    columns = [f"{'.'.join(path).lower()} AS {name}" for name, path in SELECTED.items()]
    columns.append("json_format(CAST(resources AS JSON)) AS resources")
    wanted = "\n  AND ".join(f"({part})" for part in (*_partitions(query, place), *_asked(query)))
    told = f'SELECT\n  {", ".join(columns)}\nFROM "{place.database}"."{place.table}"\nWHERE {wanted}'
    if len(told.encode()) > LONGEST:
        raise UsageError("The query is longer than Athena takes.", advice="Ask for fewer values at a time.")
    return told


def _partitions(query: Query, place: Place) -> list[str]:
    first, last = days(query)
    found = [_among("account", place.accounts), _among("region", place.regions)]
    found.append(f'"timestamp" >= {literal(_day(first))}')
    return found + ([f'"timestamp" <= {literal(_day(last))}'] if last else [])


def _asked(query: Query) -> list[str]:
    found = [
        _among(f"{_WHO}.accesskeyid", query.access_keys),
        _any(_named(name) for name in query.event_names),
        "errorcode <> ''" if ANY in query.error_codes else _among("errorcode", query.error_codes),
        _any(_from(value) for value in query.source_ips),
        _principals(query.principals),
        _any(_session(value) for value in query.sessions),
        _any(_resource(value) for value in query.resources),
        _timely(query),
    ]
    return [part for part in found if part]


def _among(column: str, values: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(map(literal, dict.fromkeys(values)))})" if values else ""


def _any(parts: Iterable[str]) -> str:
    return " OR ".join(dict.fromkeys(parts))


def _holds(column: str, value: str) -> str:
    return f"strpos({column}, {literal(value)}) > 0"


def _begins(column: str, value: str) -> str:
    return f"strpos({column}, {literal(value)}) = 1"


def _named(wanted: str) -> str:
    service, _, name = wanted.rpartition(".")
    named = f"coalesce(eventname, '') = {literal(name)}"
    return f"({named} AND split_part(eventsource, '.', 1) = {literal(service)})" if service else named


def _principals(wanted: tuple[str, ...]) -> str:
    columns = (
        name
        for who in (_WHO, _ISSUER)
        for name in (f"{who}.arn", f"{who}.username", f"{who}.principalid", f"split_part({who}.principalid, ':', 1)")
    )
    return _any(_among(name, wanted) for name in columns) if wanted else ""


def _session(wanted: str) -> str:
    return f"{_holds(f'{_WHO}.arn', wanted)} OR {_holds(f'{_WHO}.principalid', wanted)}"


def _resource(wanted: str) -> str:
    """Its longest run of letters that JSON never escapes, anywhere; and whatever was written with such escapes."""
    longest = max(_PLAIN.findall(wanted), key=len, default="")
    if not longest:
        return "TRUE"
    places = ("requestparameters", "responseelements", "json_format(CAST(resources AS JSON))")
    return _any(_holds(place, word) for place in places for word in (longest, "\\u00"))


def _from(wanted: str) -> str:
    exact = f"sourceipaddress = {literal(wanted)}"
    network = network_of(wanted)
    if isinstance(network, IPv4Network):
        octets = str(network.network_address).split(".")[: network.prefixlen // 8]
        block = ".".join(octets) + ("." if 0 < len(octets) < 4 else "")
        plain = _begins("sourceipaddress", block) if block else "TRUE"
        # an IPv4 address written as IPv6 holds this group, however it is written
        return f"{exact} OR {plain} OR {_holds('lower(sourceipaddress)', 'ffff:')}"
    if isinstance(network, IPv6Network):
        group = f"{network.network_address.packed[0]:02x}{network.network_address.packed[1]:02x}"
        if network.prefixlen >= 16 and group[0] != "0":  # no other way to write this group
            return f"{exact} OR {_begins('lower(sourceipaddress)', f'{group}:')}"
        return f"{exact} OR {_holds('sourceipaddress', ':')}"
    return exact


def _timely(query: Query) -> str:
    bounds = []
    if query.since:
        bounds.append(f"eventtime >= {literal(_stamp(query.since))}")
    if query.until:
        bounds.append(f"eventtime <= {literal(_stamp(query.until))}")
    readable = f"length(eventtime) = 20 AND regexp_like(eventtime, {literal(_TIME)})"
    return f"NOT coalesce({readable}, FALSE) OR ({' AND '.join(bounds)})"


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def _day(day: date) -> str:
    """With four digits of the year, which strftime does not promise."""
    return day.isoformat().replace("-", "/")
