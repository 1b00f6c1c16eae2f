"""What moto lacks or answers wrongly, one file per service; each lists its operations in OPERATIONS."""

from collections.abc import Mapping

from irtui.simulator.gaps import (
    account,
    athena,
    cloudtrail,
    cloudwatch,
    ec2,
    events,
    iam,
    kms,
    logs,
    object_lock,
    organizations,
    replication,
    sns,
    sts,
)
from irtui.simulator.world import Gap

GAPS: Mapping[tuple[str, str], Gap] = {
    (service, operation): gap
    for service, module in (
        ("iam", iam),
        ("sts", sts),
        ("cloudtrail", cloudtrail),
        ("organizations", organizations),
        ("athena", athena),
        ("ec2", ec2),
        ("logs", logs),
        ("cloudwatch", cloudwatch),
        ("sns", sns),
        ("kms", kms),
        ("events", events),
        ("s3", object_lock),
        ("s3", replication),
        ("account", account),
    )
    for operation, gap in module.OPERATIONS.items()
}
