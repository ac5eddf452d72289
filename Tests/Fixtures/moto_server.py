"""Stand-ins for SQS, DynamoDB, S3 and SSM on a free port of this machine, for Tests/TestSupport/MotoServer.swift.

Prints the port when it answers; ends when its standard input does, and so with the process that started it.
"""
import logging
import os
import sys

os.environ.setdefault("AWS_ACCESS_KEY_ID", "test")
os.environ.setdefault("AWS_SECRET_ACCESS_KEY", "test")

from moto.server import ThreadedMotoServer  # noqa: E402

logging.getLogger("werkzeug").setLevel(logging.ERROR)
server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
print(server.get_host_and_port()[1], flush=True)
sys.stdin.buffer.read()
os._exit(0)
