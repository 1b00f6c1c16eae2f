"""Centralized root access: who becomes the root user of a member, for which task, and what it then sees and does."""

import json
from typing import Any

import pytest

from tests.support.lab import Lab, Tell

TASK = "arn:aws:iam::aws:policy/root-task/"
DELETE, AUDIT = f"{TASK}IAMDeleteRootUserCredentials", f"{TASK}IAMAuditRootUserCredentials"


@pytest.fixture(scope="module")
def member(lab: Lab) -> str:
    """A member account whose root user has one of everything; trusted access and the feature are off."""
    organizations = lab.client("organizations")
    organizations.create_organization(FeatureSet="ALL")
    made = organizations.create_account(AccountName="member", Email="member@example.com")
    account = str(made["CreateAccountStatus"]["AccountId"])
    for more in ({}, {"device": "old-phone"}, {"certificate": True}):
        lab.world._ask("root", {"account": account, **more})
    return account


def assumed(lab: Lab, account: str, task: str = AUDIT, **more: Any) -> Any:
    return lab.client("sts").assume_root(TargetPrincipal=account, TaskPolicyArn={"arn": task}, **more)


def test_the_feature_needs_trusted_access_first(lab: Lab, member: str, tell: Tell) -> None:
    """The features can be asked and switched on once IAM is trusted, and AssumeRoot works only then."""
    iam, organizations = lab.client("iam"), lab.client("organizations")
    assert tell(iam.list_organizations_features) == "ServiceAccessNotEnabledException"
    organizations.enable_aws_service_access(ServicePrincipal="iam.amazonaws.com")
    assert iam.list_organizations_features()["EnabledFeatures"] == []
    assert tell(assumed, lab=lab, account=member) == "AccessDenied"
    iam.enable_organizations_root_credentials_management()
    assert iam.list_organizations_features()["EnabledFeatures"] == ["RootCredentialsManagement"]
    assert assumed(lab, f"arn:aws:iam::{member}:root")["Credentials"]["SessionToken"]


def test_who_may_not(lab: Lab, member: str, tell: Tell) -> None:
    """No root user, no member account, nobody for the management account or a stranger's, no other task, not longer."""
    opened(lab)
    root = lab.world._ask("root", {"account": lab.world.account})
    asked = {"TargetPrincipal": member, "TaskPolicyArn": {"arn": AUDIT}}
    assert tell(lab.client("sts", root).assume_root, **asked) == "AccessDenied"
    inside = lab.client("sts").assume_role(
        RoleArn=f"arn:aws:iam::{member}:role/OrganizationAccountAccessRole", RoleSessionName="inside"
    )
    assert tell(lab.client("sts", inside).assume_root, **asked) == "AccessDenied"
    for account in (lab.world.account, "999999999999"):
        assert tell(assumed, lab=lab, account=account) == "AccessDenied"
    assert tell(assumed, lab=lab, account=member, task=f"{TASK}S3UnlockBucketPolicy") == "AccessDenied"
    assert tell(assumed, lab=lab, account=member, task="arn:aws:iam::aws:policy/IAMFullAccess") == "ValidationError"
    assert tell(assumed, lab=lab, account=member, DurationSeconds=901) == "ValidationError"


def opened(lab: Lab) -> None:
    lab.client("organizations").enable_aws_service_access(ServicePrincipal="iam.amazonaws.com")
    lab.client("iam").enable_organizations_root_credentials_management()


def test_a_delegated_administrator_may(lab: Lab, member: str, tell: Tell) -> None:
    """An account that administers IAM opens sessions on the other members, not on itself."""
    opened(lab)
    organizations = lab.client("organizations")
    made = organizations.create_account(AccountName="security", Email="security@example.com")
    account = str(made["CreateAccountStatus"]["AccountId"])
    inside = lab.client("sts").assume_role(
        RoleArn=f"arn:aws:iam::{account}:role/OrganizationAccountAccessRole", RoleSessionName="inside"
    )
    asked = {"TargetPrincipal": member, "TaskPolicyArn": {"arn": AUDIT}}
    sts, iam = lab.client("sts", inside), lab.client("iam", inside)
    assert tell(sts.assume_root, **asked) == "AccessDenied"
    assert tell(iam.list_organizations_features) == "AccountNotManagementOrDelegatedAdministratorException"
    organizations.register_delegated_administrator(AccountId=account, ServicePrincipal="iam.amazonaws.com")
    assert tell(sts.assume_root, **asked) == "ok"
    assert tell(iam.list_organizations_features) == "ok"
    found = organizations.list_delegated_administrators()["DelegatedAdministrators"]
    assert [each["Id"] for each in found] == [account]


def test_the_audit_task_sees_and_changes_nothing(lab: Lab, member: str, tell: Tell) -> None:
    """Its session is the member's root user; it lists root's credentials, and no other account's."""
    opened(lab)
    session = assumed(lab, member)
    iam, sts = lab.client("iam", session), lab.client("sts", session)
    assert sts.get_caller_identity()["Arn"] == f"arn:aws:iam::{member}:root"
    keys = iam.list_access_keys()["AccessKeyMetadata"]
    assert iam.get_login_profile()["LoginProfile"]["CreateDate"]
    assert [d["SerialNumber"] for d in iam.list_mfa_devices()["MFADevices"]] == [f"arn:aws:iam::{member}:mfa/old-phone"]
    assert len(iam.list_signing_certificates()["Certificates"]) == 1
    summary = iam.get_account_summary()["SummaryMap"]
    assert [summary[f"Account{name}Present"] for name in ("AccessKeys", "Password", "SigningCertificates")] == [1, 1, 1]
    assert tell(iam.delete_access_key, AccessKeyId=keys[0]["AccessKeyId"]) == "AccessDenied"
    assert tell(iam.list_users) == "AccessDenied"
    assert tell(lab.client("s3", session).list_buckets) == "AccessDenied"


def test_the_delete_task_deletes_and_does_nothing_else(lab: Lab, member: str, tell: Tell) -> None:
    """Every credential of the root user goes one by one; nothing else is allowed, and CloudTrail says who it was."""
    opened(lab)
    session = assumed(lab, member, DELETE)
    iam = lab.client("iam", session)
    assert tell(iam.create_access_key) == "AccessDenied"
    assert tell(iam.delete_user, UserName="anybody") == "AccessDenied"
    for key in iam.list_access_keys()["AccessKeyMetadata"]:
        iam.delete_access_key(AccessKeyId=key["AccessKeyId"])
    iam.delete_login_profile()
    assert tell(iam.get_login_profile) == "NoSuchEntity"
    for one in iam.list_signing_certificates()["Certificates"]:
        iam.delete_signing_certificate(CertificateId=one["CertificateId"])
    iam.deactivate_mfa_device(SerialNumber=iam.list_mfa_devices()["MFADevices"][0]["SerialNumber"])
    left = lab.client("iam", assumed(lab, member)).get_account_summary()["SummaryMap"]
    names = ("AccessKeysPresent", "PasswordPresent", "SigningCertificatesPresent", "MFAEnabled")
    assert [left[f"Account{name}"] for name in names] == [0, 0, 0, 0]
    mine = [
        e for e in lab.world.events() if e["userIdentity"].get("accessKeyId") == session["Credentials"]["AccessKeyId"]
    ]
    assert {(e["userIdentity"]["type"], e["userIdentity"]["sessionContext"]["assumedRoot"]) for e in mine} == {
        ("Root", "true")
    }


def test_the_password_task_allows_one_again_and_nothing_else(lab: Lab, member: str, tell: Tell) -> None:
    """Only where there is none, without giving one; root by itself is not known to be able to."""
    opened(lab)
    iam = lab.client("iam", assumed(lab, member, f"{TASK}IAMCreateRootUserPassword"))
    deleting = lab.client("iam", assumed(lab, member, DELETE))
    if tell(iam.get_login_profile) == "ok":
        assert tell(iam.create_login_profile) == "EntityAlreadyExists"
        deleting.delete_login_profile()
    assert tell(iam.create_login_profile, Password="Chosen-by-nobody-1") == "ValidationError"
    assert tell(deleting.create_login_profile) == "AccessDenied"
    assert iam.create_login_profile()["LoginProfile"]["CreateDate"]
    assert tell(iam.get_login_profile) == "ok"
    assert tell(iam.delete_login_profile) == "AccessDenied"
    own = lab.client("iam", lab.world._ask("root", {"account": member}))
    assert tell(own.create_login_profile) == "NotSimulated"


def test_an_scp_on_root_spares_the_sessions(lab: Lab, member: str, tell: Tell) -> None:
    """A deny for root that asks for no aws:AssumedRoot stops root's key and lets AssumeRoot in."""
    opened(lab)
    organizations = lab.client("organizations")
    root = organizations.list_roots()["Roots"][0]["Id"]
    organizations.enable_policy_type(RootId=root, PolicyType="SERVICE_CONTROL_POLICY")
    statement = {"Effect": "Deny", "Action": "*", "Resource": "*",
                 "Condition": {"ArnLike": {"aws:PrincipalArn": "arn:*:iam::*:root"},
                               "Null": {"aws:AssumedRoot": "true"}}}  # fmt: skip
    made = organizations.create_policy(
        Name="deny-root", Description="d", Type="SERVICE_CONTROL_POLICY",
        Content=json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
    )  # fmt: skip
    key = lab.world._ask("root", {"account": member})
    own = lab.world._ask("root", {"account": lab.world.account})
    assert tell(lab.client("iam", key).list_users) == "ok"
    organizations.attach_policy(PolicyId=made["Policy"]["PolicySummary"]["Id"], TargetId=root)
    assert tell(lab.client("iam", key).list_users) == "AccessDenied"
    assert tell(lab.client("iam", own).list_users) == "ok"
    assert tell(lab.client("iam", assumed(lab, member)).list_access_keys) == "ok"
    nothing = {"PolicyId": "p-00000000", "TargetId": root}
    assert tell(organizations.attach_policy, **nothing) == "PolicyNotFoundException"


def test_contacts_are_read_by_the_account_and_by_its_organization(lab: Lab, member: str, tell: Tell) -> None:
    """One's own without a number, a member's with it and trusted access; the management account's never with it."""
    account, organizations = lab.client("account"), lab.client("organizations")
    assert account.get_contact_information()["ContactInformation"]["FullName"]
    assert tell(account.get_alternate_contact, AlternateContactType="SECURITY") == "ResourceNotFoundException"
    account.put_alternate_contact(
        AlternateContactType="SECURITY", EmailAddress="eve@example.net", Name="Eve", PhoneNumber="+1 555", Title="x"
    )
    found = account.get_alternate_contact(AlternateContactType="SECURITY")["AlternateContact"]
    assert found["EmailAddress"] == "eve@example.net"
    assert tell(account.get_primary_email, AccountId=member) == "AccessDeniedException"
    organizations.enable_aws_service_access(ServicePrincipal="account.amazonaws.com")
    assert account.get_primary_email(AccountId=member)["PrimaryEmail"] == "member@example.com"
    assert tell(account.get_primary_email, AccountId=lab.world.account) == "AccessDeniedException"
