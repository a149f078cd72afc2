"""A server that tells the time by UDP, and a client that asks it.

python udp_time.py
"""

import asyncio
import re
import time


class TimeServer(asyncio.DatagramProtocol):
    def connection_made(self, transport):
        self.transport = transport

    def datagram_received(self, data, addr):
        if data == b"time?":
            self.transport.sendto(time.strftime("%H:%M:%S").encode(), addr)


class TimeClient(asyncio.DatagramProtocol):
    def __init__(self, answer):
        self.answer = answer

    def connection_made(self, transport):
        transport.sendto(b"time?")

    def datagram_received(self, data, addr):
        self.answer.set_result(data.decode())

    def error_received(self, exc):
        self.answer.set_exception(exc)


@asyncio.coroutine
def main():
    loop = asyncio.get_event_loop()
    server, _ = yield from loop.create_datagram_endpoint(TimeServer, local_addr=("127.0.0.1", 0))
    answer = asyncio.Future()
    client, _ = yield from loop.create_datagram_endpoint(
        lambda: TimeClient(answer), remote_addr=server.get_extra_info("sockname")
    )
    told = yield from asyncio.wait_for(answer, 10)
    print("a time" if re.match(r"\d\d:\d\d:\d\d$", told) else told)
    client.close()
    server.close()


if __name__ == "__main__":
    asyncio.get_event_loop().run_until_complete(main())
    asyncio.get_event_loop().close()
