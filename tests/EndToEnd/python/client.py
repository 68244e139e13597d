"""Two connections on two gateways talk the JSON protocol: python3 client.py <ws url> <ws url of a gateway that pings>."""
import asyncio
import json
import sys
import traceback
import uuid

import websockets

PATIENCE = 20


class Client:
    """One connection: answers pings, and keeps replies and pushes apart."""

    def __init__(self, socket):
        self.socket = socket
        self.pings = 0
        self._inbox = []

    async def send(self, *commands):
        """Sends all commands in one frame."""
        await self.socket.send("\n".join(json.dumps(c) for c in commands))

    async def receive(self):
        """The next reply or push."""
        while not self._inbox:
            await self._read_frame()
        return self._inbox.pop(0)

    async def receive_ping(self):
        """Waits for one more ping."""
        pings = self.pings
        while self.pings == pings:
            await self._read_frame()

    async def _read_frame(self):
        frame = await asyncio.wait_for(self.socket.recv(), PATIENCE)
        for line in frame.split("\n"):
            message = json.loads(line) if line else None
            if message == {}:
                self.pings += 1
                await self.socket.send("{}")
            elif message is not None:
                self._inbox.append(message)

    async def reply(self, command_id):
        """The reply to that command; pushes before it are dropped."""
        while True:
            message = await self.receive()
            if message.get("id") == command_id:
                return message

    async def publication(self):
        while True:
            message = await self.receive()
            if "pub" in message.get("push", {}):
                return message["push"]


async def run(first_url, second_url):
    channel = "chat:python-" + uuid.uuid4().hex[:8]
    async with websockets.connect(first_url) as one, websockets.connect(second_url) as two:
        first, second = Client(one), Client(two)

        # Everything in one frame, the replies in the order of the commands.
        await first.send(
            {"id": 1, "connect": {"name": "python"}},
            {"id": 2, "subscribe": {"channel": channel}},
            {"id": 3, "publish": {"channel": channel, "data": {"text": "früh"}}},
            {"id": 4, "history": {"channel": channel, "limit": 10}},
            {"id": 5, "presence_stats": {"channel": channel}},
            {"id": 6, "rpc": {"method": "nothing", "data": {}}},
            {"id": 7, "unsubscribe": {"channel": "plain:never"}},
        )
        replies = {}
        while len(replies) < 7:
            message = await first.receive()
            if "id" in message:
                replies[message["id"]] = message
        assert list(replies) == [1, 2, 3, 4, 5, 6, 7], list(replies)
        assert replies[1]["connect"]["client"] and replies[1]["connect"]["ping"] > 0, replies[1]
        assert replies[2]["subscribe"]["recoverable"] is True, replies[2]
        assert replies[3]["publish"] == {}, replies[3]
        assert [p["data"] for p in replies[4]["history"]["publications"]] == [{"text": "früh"}], replies[4]
        assert replies[5]["presence_stats"] == {"num_clients": 1, "num_users": 1}, replies[5]
        assert replies[6]["error"] == {"code": 108, "message": "not available"}, replies[6]
        assert replies[7]["unsubscribe"] == {}, replies[7]

        await second.send({"id": 1, "connect": {}})
        assert (await second.reply(1))["connect"]["ping"] == 1
        position = replies[2]["subscribe"]
        await second.send({"id": 2, "subscribe": {"channel": channel, "recover": True, "epoch": position["epoch"]}})
        recovered = (await second.reply(2))["subscribe"]
        assert recovered["recovered"] and [p["offset"] for p in recovered["publications"]] == [1], recovered

        await second.send({"id": 3, "publish": {"channel": channel, "data": [1, None, "x"]}})
        for client in (first, second):
            push = await client.publication()
            while push["pub"]["offset"] < 2:
                push = await client.publication()
            assert push["channel"] == channel and push["pub"]["data"] == [1, None, "x"], push

        # Stays connected by answering pings: without the answers the gateway would close after the first one.
        while second.pings < 3:
            await second.receive_ping()
        await second.send({"id": 999, "unsubscribe": {"channel": channel}})
        assert (await second.reply(999))["unsubscribe"] == {}


try:
    asyncio.run(run(sys.argv[1], sys.argv[2]))
    print(json.dumps({"outcome": "passed"}))
except BaseException:
    print(json.dumps({"outcome": "failed", "error": traceback.format_exc()}))
    sys.exit(1)
