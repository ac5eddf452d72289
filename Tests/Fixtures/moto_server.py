"""Stand-ins for SQS, DynamoDB, S3 and SSM on a free port of this machine, for Tests/TestSupport/MotoServer.swift.

Prints the port when it answers; ends when its standard input does, and so with the process that started it.
"""
import os

# Before all else: sockets of other tests, inherited, would stay open here when those tests close them.
os.closerange(3, os.sysconf("SC_OPEN_MAX"))

import logging  # noqa: E402
import sys  # noqa: E402
import threading  # noqa: E402

os.environ.setdefault("AWS_ACCESS_KEY_ID", "test")
os.environ.setdefault("AWS_SECRET_ACCESS_KEY", "test")

import moto.moto_server.threaded_moto_server as moto_server  # noqa: E402
import quick_moto  # noqa: E402
from moto.server import ThreadedMotoServer  # noqa: E402

logging.getLogger("werkzeug").setLevel(logging.ERROR)


class Atomic(moto_server.DomainDispatcherApplication):
    """One call to DynamoDB or S3 after the other: between looking at a condition and writing, moto lets others in, which
    AWS does not. SQS is left as it is, for its long polling waits."""

    turn = threading.Lock()
    # Where more than so many wait, the next ones are throttled as by DynamoDB: else who has given up long ago is served first.
    places = threading.BoundedSemaphore(int(os.environ.get("MOTO_MOST_WAITING", "100000")))

    def __call__(self, environ, start_response):
        scope = environ.get("HTTP_AUTHORIZATION", "")
        if "/dynamodb/" in scope or "/s3/" in scope:
            if not self.places.acquire(blocking=False):
                return self.throttle(environ, start_response)
            try:
                with self.turn:
                    return super().__call__(environ, start_response)
            finally:
                self.places.release()
        return super().__call__(environ, start_response)

    @staticmethod
    def throttle(environ, start_response):
        environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        body = b'{"__type": "com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException"}'
        start_response("400 Bad Request", [("Content-Type", "application/x-amz-json-1.0"), ("Content-Length", str(len(body)))])
        return [body]


moto_server.DomainDispatcherApplication = Atomic
quick_moto.install()
server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
print(server.get_host_and_port()[1], flush=True)
sys.stdin.buffer.read()
os._exit(0)
