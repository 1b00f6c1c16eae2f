"""A world with a trail, its log group and an alarm on root, for the tests of that chain."""

import json
from typing import Any

from irtui.actions.alarm_chain import PATTERN
from tests.support.lab import Lab
from tests.support.trails import policy

ACCOUNT = "111122223333"
MAIL = "oncall@example.com"
GROUP_ARN = f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:trail:*"
ROLE_ARN = f"arn:aws:iam::{ACCOUNT}:role/writer"
ALARM = {
    "AlarmName": "root", "MetricName": "Root", "Namespace": "Tests", "Statistic": "Sum", "Period": 300,
    "EvaluationPeriods": 1, "Threshold": 1.0, "ComparisonOperator": "GreaterThanOrEqualToThreshold",
    "TreatMissingData": "notBreaching",
}  # fmt: skip
TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "cloudtrail.amazonaws.com"}, "Action": "sts:AssumeRole"}
    ],
}
WRITES = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": ["logs:CreateLogStream", "logs:PutLogEvents"], "Resource": "*"}],
}


class Alarmed:
    """Made link by link; `topic` is its ARN."""

    def __init__(self, lab: Lab) -> None:
        self.lab = lab
        self.logs, self.alarms, self.sns = lab.client("logs"), lab.client("cloudwatch"), lab.client("sns")
        self.trail, self.iam = lab.client("cloudtrail"), lab.client("iam")
        s3 = lab.client("s3")
        s3.create_bucket(Bucket="alarmed")
        s3.put_bucket_policy(Bucket="alarmed", Policy=json.dumps(policy("alarmed")))
        self.trail.create_trail(Name="main", S3BucketName="alarmed", IsMultiRegionTrail=True)
        self.trail.start_logging(Name="main")
        self.logs.create_log_group(logGroupName="trail")
        self.iam.create_role(RoleName="writer", AssumeRolePolicyDocument=json.dumps(TRUST))
        self.iam.put_role_policy(RoleName="writer", PolicyName="p", PolicyDocument=json.dumps(WRITES))
        self.topic = str(self.sns.create_topic(Name="root")["TopicArn"])

    def connected(self) -> None:
        self.trail.update_trail(Name="main", CloudWatchLogsLogGroupArn=GROUP_ARN, CloudWatchLogsRoleArn=ROLE_ARN)

    def counted(self) -> None:
        made = [{"metricName": "Root", "metricNamespace": "Tests", "metricValue": "1"}]
        self.logs.put_metric_filter(
            logGroupName="trail", filterName="root", filterPattern=PATTERN, metricTransformations=made
        )
        self.alarms.put_metric_alarm(**ALARM, AlarmActions=[self.topic])

    def state(self) -> str:
        (found,) = self.alarms.describe_alarms(AlarmNames=["root"])["MetricAlarms"]
        return str(found["StateValue"])

    def told(self) -> list[str]:
        """What its history says, oldest first."""
        asked: Any = {"AlarmName": "root", "ScanBy": "TimestampAscending"}
        return [
            str(item["HistorySummary"]) for item in self.alarms.describe_alarm_history(**asked)["AlarmHistoryItems"]
        ]
