#!/usr/bin/env python3
"""What a WebSocket over TLS costs a gateway in embedded mode: memory of an idle connection, and deliveries per CPU second.

    bench/tls.py [Gateway/bin/Release/net10.0] [idle connections] [subscribers]

It needs .NET, python3 and openssl, and a gateway built in Release. The clients are asyncio's, and their time is not counted.
"""
import asyncio
import json
import os
import random
import socket
import ssl
import subprocess
import sys
import tempfile
import time
import urllib.request

GATEWAY = sys.argv[1] if len(sys.argv) > 1 else "Gateway/bin/Release/net10.0"
IDLE = int(sys.argv[2]) if len(sys.argv) > 2 else 2000
SUBSCRIBERS = int(sys.argv[3]) if len(sys.argv) > 3 else 300
RATE, SECONDS = 50, 8  # publications
KEY = "bench-api-key-0123456789"
TRUST = ssl.create_default_context()
TRUST.check_hostname, TRUST.verify_mode = False, ssl.CERT_NONE


def free_port():
    while True:
        port = random.randint(20000, 32000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except OSError:
                pass


def frame(text):
    """A client's text frame, with a mask of zeros."""
    payload = text.encode()
    head = bytes([0x81, 0x80 | len(payload)]) if len(payload) < 126 else bytes([0x81, 0xFE, len(payload) >> 8, len(payload) & 255])
    return head + bytes(4) + payload


class Client(asyncio.Protocol):
    """Connects, subscribes to one channel, counts what comes and answers pings."""

    def __init__(self, channel):
        self.channel, self.seen, self.begin = channel, 0, b""
        self.ready = asyncio.get_running_loop().create_future()

    def connection_made(self, transport):
        self.transport = transport
        transport.write(
            b"GET /connection/websocket HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
            + frame('{"id":1,"connect":{}}\n{"id":2,"subscribe":{"channel":"%s"}}' % self.channel))

    def data_received(self, data):
        if self.ready.done():
            self.seen += data.count(b'"pub"')
            if data.endswith(b"\x81\x02{}"):
                self.transport.write(frame("{}"))
            return
        self.begin += data
        if b'"error"' in self.begin:
            self.ready.set_exception(RuntimeError(self.begin))
        elif b'"id":2' in self.begin:
            self.ready.set_result(None)
            self.begin = b""

    def connection_lost(self, reason):
        if not self.ready.done():
            self.ready.set_exception(reason or RuntimeError(self.begin))


class Gateway:
    def __init__(self, folder):
        self.plain, self.secure = free_port(), free_port()
        certificate, key = f"{folder}/cert.pem", f"{folder}/key.pem"
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
             "-subj", "/CN=localhost", "-keyout", key, "-out", certificate], check=True, stderr=subprocess.DEVNULL)
        settings = {
            "urls": f"http://127.0.0.1:{self.plain};https://127.0.0.1:{self.secure}",
            "WsCluster:Silo:Port": free_port(), "WsCluster:Silo:GatewayPort": free_port(), "WsCluster:Api:Keys:0": KEY,
            "WsCluster:Gateway:CertificateFile": certificate, "WsCluster:Gateway:CertificateKeyFile": key,
            "WsCluster:Channels:WithoutNamespace:AllowSubscribeForClient": "true",
            "WsCluster:Channels:WithoutNamespace:AllowSubscribeForAnonymous": "true",
        }
        self.process = subprocess.Popen(
            ["dotnet", f"{GATEWAY}/WsCluster.Gateway.dll"] + [f"--{name}={value}" for name, value in settings.items()],
            stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT)

    async def wait_ready(self):
        for _ in range(150):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{self.plain}/health/ready", timeout=2).read()
                return
            except OSError:
                await asyncio.sleep(0.2)
        raise RuntimeError("The gateway is not ready.")

    def resident(self):
        """In kilobytes."""
        with open(f"/proc/{self.process.pid}/statm") as statm:
            return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1024

    def cpu(self):
        """In seconds."""
        with open(f"/proc/{self.process.pid}/stat") as stat:
            fields = stat.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def publish(self, channel):
        body = json.dumps({"channel": channel, "data": "x" * 128}).encode()
        request = urllib.request.Request(f"http://127.0.0.1:{self.plain}/api/publish", body, {"X-API-Key": KEY})
        urllib.request.urlopen(request, timeout=10).read()

    async def connect(self, count, channel):
        places = asyncio.Semaphore(20)

        async def one(number):
            async with places:
                _, client = await asyncio.get_running_loop().create_connection(
                    lambda: Client(channel(number)), "127.0.0.1", self.secure, ssl=TRUST)
                await asyncio.wait_for(client.ready, 20)
                return client

        return await asyncio.gather(*[one(number) for number in range(count)])


async def measure(gateway):
    await gateway.wait_ready()
    subscribers = await gateway.connect(SUBSCRIBERS, lambda _: "fan")
    await asyncio.sleep(4)
    before = gateway.resident()
    await gateway.connect(IDLE, lambda number: f"idle{number % 100}")
    await asyncio.sleep(8)
    print(f"idle connection with one subscription: {(gateway.resident() - before) / IDLE:.1f} kB", flush=True)

    cpu, begin = gateway.cpu(), time.time()
    for number in range(RATE * SECONDS):
        await asyncio.get_running_loop().run_in_executor(None, gateway.publish, "fan")
        await asyncio.sleep(max(0, begin + (number + 1) / RATE - time.time()))
    await asyncio.sleep(1)
    seen = sum(client.seen for client in subscribers)
    cpu = gateway.cpu() - cpu
    print(f"{RATE}/s x {SUBSCRIBERS}: {seen} of {RATE * SECONDS * SUBSCRIBERS} deliveries, {seen / cpu:,.0f} per CPU second")


with tempfile.TemporaryDirectory() as scratch:
    server = Gateway(scratch)
    try:
        asyncio.run(measure(server))
    finally:
        server.process.terminate()
        server.process.wait()
