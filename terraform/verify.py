#!/usr/bin/env python3
"""Looks at what test.sh made, with an AWS client of its own: is what was made what the program and people rely on?"""

import json
import os
import pathlib
import re
import sys

import boto3

profile, outputs = sys.argv[1], {name: one["value"] for name, one in json.load(open(sys.argv[2])).items()}
failures = []


def client(name):
    return boto3.client(name, endpoint_url=os.environ["STANDIN"], region_name="us-east-1",
                        aws_access_key_id="test", aws_secret_access_key="test")


def check(what, holds):
    if not holds:
        failures.append(what)


ecs, iam, ssm, alb = client("ecs"), client("iam"), client("ssm"), client("elbv2")
roles = ["all"] if profile == "small" else ["api", "worker"]
facts = json.loads(ssm.get_parameter(Name="/gepeto/made/facts")["Parameter"]["Value"])
check("the facts name the public address", facts["public_url"] == "https://tutor.example.org" == outputs["public_url"])
check("a service for each role", len(facts["services"]) == len(roles))

for role in roles:
    family = "gepeto" if role == "all" else f"gepeto-{role}"
    task = ecs.describe_task_definition(taskDefinition=family)["taskDefinition"]
    one = task["containerDefinitions"][0]
    environment = {pair["name"]: pair["value"] for pair in one["environment"]}
    secrets = {pair["name"] for pair in one["secrets"]}
    check(f"{role}: not root", one["user"] == "10001:10001")
    check(f"{role}: read-only root, unless a shell is wanted", one["readonlyRootFilesystem"] == (profile != "small"))
    check(f"{role}: its role is told", environment["GEPETO_ROLE"] == role)
    check(f"{role}: the secret that signs tokens is a secret", "GEPETO_JWT_SECRET" in secrets)
    check(f"{role}: no secret among the settings", not secrets & set(environment))
    check(f"{role}: somewhere to write", {mount["containerPath"] for mount in one["mountPoints"]} == {"/data", "/tmp"})
    if profile == "small":
        check("small: nothing but SQLite", not {
            "GEPETO_QUEUE", "GEPETO_DOCUMENT_QUEUE", "GEPETO_HISTORY", "GEPETO_DOCUMENTS"} & set(environment))
    else:
        check(f"{role}: queue", environment["GEPETO_QUEUE"] == "sqs:" + outputs["queue_url"])
        check(f"{role}: queue of documents", environment["GEPETO_DOCUMENT_QUEUE"] == "sqs:" + outputs["document_queue_url"])
        check(f"{role}: where sockets at the gateway are posted to",
              re.fullmatch(r"https://\w+\.execute-api\.us-east-1\.amazonaws\.com/v1", environment["GEPETO_CONNECTIONS"]))
        check(f"{role}: table", environment["GEPETO_HISTORY"] == environment["GEPETO_DIRECTORY"] == "dynamodb:gepeto")
        check(f"{role}: documents", environment["GEPETO_DOCUMENTS"] == f"s3://{outputs['documents']}/gepeto")
        check(f"{role}: Redis is a secret, for its address has the password", "GEPETO_SESSIONS" in secrets)
    for policy in iam.list_role_policies(RoleName=f"{family}-task")["PolicyNames"]:
        for statement in iam.get_role_policy(RoleName=f"{family}-task", PolicyName=policy)["PolicyDocument"]["Statement"]:
            actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
            check(f"{role}: no action is a pattern", not any("*" in action for action in actions))
            check(f"{role}: only a shell has no resource to name",
                  statement["Resource"] != "*" or all(action.startswith("ssmmessages:") for action in actions))

balancer = alb.describe_load_balancers(Names=["gepeto"])["LoadBalancers"][0]["LoadBalancerArn"]
listeners = {one["Port"]: one for one in alb.describe_listeners(LoadBalancerArn=balancer)["Listeners"]}
check("HTTP is sent on to HTTPS", listeners[80]["DefaultActions"][0]["Type"] == "redirect")
check("no old TLS", "TLS13" in listeners[443]["SslPolicy"])
rules = [rule for rule in alb.describe_rules(ListenerArn=listeners[443]["ListenerArn"])["Rules"] if rule["Priority"] != "default"]
paths = [condition.get("PathPatternConfig", {}).get("Values") or condition.get("Values")
         for rule in rules for condition in rule["Conditions"] if condition["Field"] == "path-pattern"]
check("/api/* is a rule of its own", ["/api/*"] in paths and len(rules) == 2)

alarms = {alarm["AlarmName"] for alarm in client("cloudwatch").describe_alarms()["MetricAlarms"]}
wanted = {"gepeto-critical-answer-rate", "gepeto-high-breaker-open", "gepeto-low-client-errors"}
for group in client("logs").describe_log_groups(logGroupNamePrefix="/ecs/gepeto")["logGroups"]:
    check("logs are kept for 7 days", group.get("retentionInDays") == 7)

if profile != "small":
    wanted |= {"gepeto-critical-dead-letters", "gepeto-critical-dead-letters-documents", "gepeto-medium-queue-age",
               "gepeto-medium-document-age"}
    sqs = client("sqs")
    for kind, queue, letters in [("questions", "queue_url", "dead_letters_url"),
                                 ("documents", "document_queue_url", "document_dead_letters_url")]:
        jobs = sqs.get_queue_attributes(QueueUrl=outputs[queue], AttributeNames=["All"])["Attributes"]
        redrive = json.loads(jobs["RedrivePolicy"])
        dead = sqs.get_queue_attributes(QueueUrl=outputs[letters], AttributeNames=["All"])["Attributes"]
        check(f"{kind}: the redrive leads to the dead letters", redrive["deadLetterTargetArn"] == dead["QueueArn"])
        check(f"{kind}: SQS gives up long after the worker", int(redrive["maxReceiveCount"]) >= 20)
        check(f"{kind}: the visibility is the lease", jobs["VisibilityTimeout"] == "30")
    function = client("lambda").get_function_configuration(FunctionName="gepeto-gateway")
    settings = function["Environment"]["Variables"]
    check("the function: the same stores", all(settings[name] == environment[name] for name in (
        "GEPETO_QUEUE", "GEPETO_DOCUMENT_QUEUE", "GEPETO_HISTORY", "GEPETO_DIRECTORY", "GEPETO_DOCUMENTS", "GEPETO_PUBLIC_URL")))
    check("the function: its secrets are read, not told",
          settings["GEPETO_SECRETS"] == "ssm:/gepeto/prod" and not {"GEPETO_SESSIONS", "GEPETO_JWT_SECRET"} & set(settings))
    check("the function: in the network, where Redis is", len(function["VpcConfig"]["SubnetIds"]) == 2)
    own = iam.get_role_policy(RoleName="gepeto-gateway", PolicyName="work")["PolicyDocument"]["Statement"]
    check("the function does not post to sockets", "execute-api" not in json.dumps(own))
    check("Redis' address beside the secrets",
          ssm.get_parameter(Name="/gepeto/prod/GEPETO_SESSIONS", WithDecryption=True)["Parameter"]["Value"].startswith("rediss://"))
    table = client("dynamodb").describe_table(TableName="gepeto")["Table"]
    # The form that the program refuses to start without.
    schema = (pathlib.Path(__file__).parents[1] / "Sources/ChatAdapters/AWS/Table/TableSchema.swift").read_text()
    forms = [list(pair) for pair in re.findall(r'keys\("(\w+)", "(\w+)"\)', schema)]
    check("the program says its keys", len(forms) >= 2)
    check("keys of the table", [key["AttributeName"] for key in table["KeySchema"]] == forms[0])
    check("one index", [(index["IndexName"], [key["AttributeName"] for key in index["KeySchema"]])
                        for index in table["GlobalSecondaryIndexes"]]
          == [(re.search(r'let index = "(\w+)"', schema)[1], forms[1])])
    ttl = client("dynamodb").describe_time_to_live(TableName="gepeto")["TimeToLiveDescription"]
    check("what is temporary expires", ttl.get("AttributeName") == re.search(r'let timeToLive = "(\w+)"', schema)[1])
    backups = client("dynamodb").describe_continuous_backups(TableName="gepeto")["ContinuousBackupsDescription"]
    check("point-in-time recovery",
          backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"] == "ENABLED")
    s3 = client("s3")
    check("versions", s3.get_bucket_versioning(Bucket=outputs["documents"])["Status"] == "Enabled")
    block = s3.get_public_access_block(Bucket=outputs["documents"])["PublicAccessBlockConfiguration"]
    check("private", all(block.values()))
    group = client("elasticache").describe_replication_groups()["ReplicationGroups"][0]
    check("Redis over TLS, with a password", group["TransitEncryptionEnabled"] and group["AuthTokenEnabled"])
    address = ssm.get_parameter(Name="/gepeto/made/GEPETO_SESSIONS", WithDecryption=True)["Parameter"]
    check("its address", address["Type"] == "SecureString" and address["Value"].startswith("rediss://default:0123"))
    scaling = client("application-autoscaling").describe_scaling_policies(ServiceNamespace="ecs")["ScalingPolicies"]
    check("two scalings", {policy["PolicyName"] for policy in scaling} == {"cpu", "queue-age"})

check(f"alarms {wanted - alarms}", wanted <= alarms)
for failure in failures:
    print(f"NOT: {profile}: {failure}")
if failures:
    sys.exit(1)
print(f"{profile}: what was made is what is relied on ({len(alarms)} alarms)")
