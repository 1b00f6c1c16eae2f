"""The table of a trail's logs as Athena is told it, and which member of an event each selected column is.

The columns are those of the Athena user guide, "Create the table for CloudTrail logs in Athena using partition
projection" (create-cloudtrail-table-partition-projection.html). JsonSerDe matches members without regard to case, and
gives a number or an object that stands where text belongs as its text; CloudTrailInputFormat gives the parameters and
the answer of a call as JSON text.
"""

IDENTITY = """STRUCT<
    type: STRING, principalid: STRING, arn: STRING, accountid: STRING, invokedby: STRING, accesskeyid: STRING,
    username: STRING,
    onbehalfof: STRUCT<userid: STRING, identitystorearn: STRING>,
    sessioncontext: STRUCT<
      attributes: STRUCT<mfaauthenticated: STRING, creationdate: STRING>,
      sessionissuer: STRUCT<type: STRING, principalid: STRING, arn: STRING, accountid: STRING, username: STRING>,
      ec2roledelivery: STRING,
      webidfederationdata: STRUCT<federatedprovider: STRING, attributes: MAP<STRING, STRING>>>>"""
_TEXTS = (
    "eventTime", "eventSource", "eventName", "awsRegion", "sourceIPAddress", "userAgent", "errorCode", "errorMessage",
    "requestID", "eventID", "readOnly", "eventType", "apiVersion", "recipientAccountId", "sharedEventID",
    "vpcEndpointId", "eventCategory",
)  # fmt: skip
DOCUMENTS = ("requestParameters", "responseElements", "additionalEventData", "serviceEventDetails")
"""JSON as text."""
TYPES: dict[str, str] = (
    {"eventversion": "STRING", "useridentity": IDENTITY}
    | {name.lower(): "STRING" for name in (*_TEXTS, *DOCUMENTS)}
    | {"resources": "ARRAY<STRUCT<arn: STRING, accountid: STRING, type: STRING>>"}
)
"""Column of the table → its type."""
PARTITIONS = ("account", "region", "timestamp")

_ISSUER = ("userIdentity", "sessionContext", "sessionIssuer")
_MEMBERS: tuple[tuple[str, ...], ...] = (
    ("eventVersion",),
    *(
        ("userIdentity", name)
        for name in ("type", "principalId", "arn", "accountId", "invokedBy", "accessKeyId", "userName")
    ),
    *((*_ISSUER, name) for name in ("type", "principalId", "arn", "accountId", "userName")),
    *(("userIdentity", "sessionContext", "attributes", name) for name in ("mfaAuthenticated", "creationDate")),
    *((name,) for name in (*_TEXTS, *DOCUMENTS)),
)
SELECTED: dict[str, tuple[str, ...]] = {"_".join(path).lower(): path for path in _MEMBERS}
"""Name in the answer → where it stands in the event; `resources` comes besides, as JSON."""
RESOURCES = {"arn": "ARN", "accountid": "accountId", "type": "type"}
