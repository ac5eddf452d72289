#!/usr/bin/env python3
"""Makes in a stand-in for AWS what terraform/ makes on AWS: queues and dead letters, table, bucket. For compose.yaml and tests.

    AWS_ENDPOINT_URL=http://127.0.0.1:5000 python deploy/stand-ins.py [QUEUE TABLE BUCKET [DOCUMENT-QUEUE]]
                                                                          jobs gepeto documents document-jobs

Without DOCUMENT-QUEUE it is QUEUE with `document-` before it. Run again it changes nothing. Needs boto3; the keys, index and attribute names are those of terraform/table.tf.
"""

import json
import sys

import boto3
from botocore.exceptions import ClientError

queue, table, bucket = sys.argv[1:4] if len(sys.argv) in (4, 5) else ("jobs", "gepeto", "documents")
document_queue = sys.argv[4] if len(sys.argv) == 5 else f"document-{queue}"

sqs = boto3.client("sqs")


def make_queue(name):
    """Its address, and that of its dead letters."""
    dead = sqs.create_queue(QueueName=f"{name}-dead-letters")["QueueUrl"]
    dead_arn = sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    return sqs.create_queue(QueueName=name, Attributes={
        "VisibilityTimeout": "30", "ReceiveMessageWaitTimeSeconds": "20",
        # At least 20: each try of a job is a receive, and so is each look at a message whose job somebody else has.
        "RedrivePolicy": json.dumps({"deadLetterTargetArn": dead_arn, "maxReceiveCount": 20})})["QueueUrl"], dead


url, dead = make_queue(queue)
document_url, document_dead = make_queue(document_queue)

dynamodb = boto3.client("dynamodb")
try:
    dynamodb.create_table(
        TableName=table, BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk", "gpk", "gsk")],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        GlobalSecondaryIndexes=[{
            "IndexName": "gsi1", "Projection": {"ProjectionType": "KEYS_ONLY"},
            "KeySchema": [{"AttributeName": "gpk", "KeyType": "HASH"}, {"AttributeName": "gsk", "KeyType": "RANGE"}]}])
    dynamodb.update_time_to_live(
        TableName=table, TimeToLiveSpecification={"Enabled": True, "AttributeName": "ttl"})
except ClientError as error:
    if error.response["Error"]["Code"] != "ResourceInUseException":
        raise

s3 = boto3.client("s3")
if bucket not in [one["Name"] for one in s3.list_buckets()["Buckets"]]:
    region = s3.meta.region_name
    elsewhere = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
    s3.create_bucket(Bucket=bucket, **elsewhere)
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})

print(json.dumps({
    "queue": url, "dead_letters": dead, "document_queue": document_url, "document_dead_letters": document_dead,
    "table": table, "bucket": bucket}))
