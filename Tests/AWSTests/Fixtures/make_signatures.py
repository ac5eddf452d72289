"""Writes signatures.json: what botocore sends, and how it signs it, for the calls that Sources/AWS makes.

    python3 -m venv V && V/bin/pip install botocore==1.44.5 && V/bin/python Tests/AWSTests/Fixtures/make_signatures.py

botocore builds, serialises and signs each request as for a real call; a hook takes it just before it would be sent. The
clock stands at one moment, and the keys are made up.
"""
import base64, datetime, json, pathlib
from urllib.parse import urlsplit

import botocore
import botocore.auth
import botocore.session
from botocore.awsrequest import AWSResponse
from botocore.config import Config

VERSION = "1.44.5"
MOMENT = datetime.datetime(2024, 12, 10, 0, 48, 40, tzinfo=datetime.timezone.utc)
ACCESS, SECRET, TOKEN = "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "FwoGZXIvYXdzEJr//////////wEaDEXAMPLE+/=="
# Made by the HTTP library or for statistics: not part of what a call means.
LEFT_OUT = {"user-agent", "content-length", "expect", "accept-encoding", "authorization", "x-amz-date",
            "x-amz-security-token", "x-amz-content-sha256"}

if botocore.__version__ != VERSION:
    raise SystemExit(f"this file belongs to botocore {VERSION}, and {botocore.__version__} is installed")
botocore.auth.get_current_datetime = lambda *a, **k: MOMENT


class Nothing:
    def stream(self, **_):
        return iter([b"{}"])

    def read(self, *_):
        return b""


def record(name, service, operation, arguments, region="eu-west-1", token=None, endpoint=None, plain=None):
    session = botocore.session.Session()
    session.set_credentials(ACCESS, SECRET, token)
    client = session.create_client(
        service, region_name=region, endpoint_url=endpoint,
        config=Config(retries={"max_attempts": 0}, s3={"addressing_style": "path", "payload_signing_enabled": True},
                      request_checksum_calculation="when_required", response_checksum_validation="when_required"))
    sent = []

    def take(request, **_):
        sent.append(request)
        return AWSResponse(request.url, 200, {}, Nothing())

    client.meta.events.register("before-send", take)
    # Tracing and statistics are signed with the rest: they go before the signature is made.
    def strip(request, **_):
        for header in ("amz-sdk-invocation-id", "amz-sdk-request"):
            if header in request.headers:
                del request.headers[header]

    client.meta.events.register("before-sign", strip)
    client.meta.events.register("request-created", strip)
    try:
        getattr(client, operation)(**arguments)
    except Exception:
        # The made-up answer is nobody's: only the request matters.
        pass
    request = sent[0]
    parts = urlsplit(request.url)
    headers = {k.lower(): v.decode() if isinstance(v, bytes) else v for k, v in request.headers.items()}
    signed = headers["authorization"].split("SignedHeaders=")[1].split(",")[0].split(";")
    body = request.body if isinstance(request.body, bytes) else \
        request.body.read() if hasattr(request.body, "read") else (request.body or "").encode()
    return {
        "name": name, "service": {"apigatewaymanagementapi": "execute-api"}.get(service, service), "region": region,
        "sessionToken": token, "origin": f"{parts.scheme}://{parts.netloc}", "method": request.method,
        "path": parts.path, "query": parts.query, "plain": plain,
        "headers": {k: headers[k] for k in signed if k in headers and k not in LEFT_OUT},
        "body": base64.b64encode(body).decode(), "authorization": headers["authorization"],
    }


queue = "https://sqs.eu-west-1.amazonaws.com/123456789012/gepeto"
cases = [
    record("SendMessage", "sqs", "send_message", {"QueueUrl": queue, "MessageBody": "olá €", "MessageAttributes": {
        "traceparent": {"DataType": "String", "StringValue": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"}}}),
    record("SendMessage with a session token", "sqs", "send_message", {"QueueUrl": queue, "MessageBody": "a"}, token=TOKEN),
    record("ReceiveMessage at a stand-in", "sqs", "receive_message", {"QueueUrl": queue, "WaitTimeSeconds": 20},
           endpoint="http://127.0.0.1:5000"),
    record("GetItem", "dynamodb", "get_item", {"TableName": "gepeto", "Key": {"pk": {"S": "USER#1"}, "sk": {"S": "CHAT#2"}}}),
    record("GetItem in China", "dynamodb", "get_item", {"TableName": "g", "Key": {"pk": {"S": "1"}}}, region="cn-north-1"),
    record("GetParametersByPath", "ssm", "get_parameters_by_path",
           {"Path": "/gepeto/prod", "Recursive": False, "WithDecryption": True}, token=TOKEN),
    record("PostToConnection", "apigatewaymanagementapi", "post_to_connection",
           {"ConnectionId": "AbC=", "Data": b'{"event":"connected"}'},
           endpoint="https://a1b2c3.execute-api.eu-west-1.amazonaws.com/prod", plain="AbC="),
    record("DeleteConnection", "apigatewaymanagementapi", "delete_connection", {"ConnectionId": "x/+y_z-~.=="},
           endpoint="https://a1b2c3.execute-api.eu-west-1.amazonaws.com/prod", token=TOKEN, plain="x/+y_z-~.=="),
]
keys = ["plain.txt", "with space", "a+b&c=d", "percent%20sign%", "olá/ação.pdf", "日本語/キー", "emoji-😀", "tilde~-_.", "a//b///c",
        "/leading", "trailing/", "dots/./and/../more", "..", "quotes\"'`", "brackets[](){}<>", "symbols!*'();:@&=+$,?#|\\^",
        "at@sign", "tab\there", "new\nline", "é composed", "e\u0301 decomposed", "?query=like", "#fragment", "a%2Fb", "colon:colon"]
for key in keys:
    cases.append(record(f"GetObject {key!r}", "s3", "get_object", {"Bucket": "bucket.with.dots", "Key": key}, plain=key))
cases += [
    record("PutObject", "s3", "put_object", {"Bucket": "b", "Key": "k", "Body": b"content", "ContentType": "text/plain",
           "IfNoneMatch": "*", "Metadata": {"spaces": "  several   spaces  inside "}}, token=TOKEN, plain="k"),
    record("PutObject if it is that one", "s3", "put_object",
           {"Bucket": "b", "Key": "k", "Body": b"", "IfMatch": '"9a0364b9e99bb480dd25e1f0284c8555"'}, plain="k"),
    record("DeleteObject", "s3", "delete_object", {"Bucket": "b", "Key": "k"}, plain="k"),
    record("CreateMultipartUpload", "s3", "create_multipart_upload", {"Bucket": "b", "Key": "k"}, plain="k"),
    record("UploadPart", "s3", "upload_part", {"Bucket": "b", "Key": "k", "UploadId": "a+b/c=&d", "PartNumber": 10,
           "Body": b"x"}, plain="k"),
    record("ListObjectsV2", "s3", "list_objects_v2", {"Bucket": "b", "Prefix": "cursos/olá &=+ /", "Delimiter": "/",
           "ContinuationToken": "1ueGcxLPRx1Tr/XYExHnhbYLgveDs2J/wm36Hy4vbOwM=", "MaxKeys": 7, "EncodingType": "url"}),
    record("GetObject in another region", "s3", "get_object", {"Bucket": "b", "Key": "k"}, region="sa-east-1", plain="k"),
]
path = pathlib.Path(__file__).with_name("signatures.json")
path.write_text(json.dumps({
    "botocore": VERSION, "accessKeyID": ACCESS, "secretAccessKey": SECRET,
    "moment": int(MOMENT.timestamp() * 1000), "cases": cases}, indent=1, ensure_ascii=False) + "\n")
print(f"{len(cases)} cases")
