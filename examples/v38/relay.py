"""Pass every connection on to another address, and say how much went each way.

asyncio-compat run --api 3.8 relay.py PORT OTHER_HOST OTHER_PORT
"""

import asyncio
import sys


async def pass_on(source, sink):
    count = 0
    while data := await source.read(2**16):
        # Awaited, so that a slow reader at one end slows the writer at the other end down.
        await sink.write(data)
        count += len(data)
    if sink.can_write_eof():
        sink.write_eof()
    return count


async def relay(stream, host, port):
    async with stream, asyncio.connect(host, port) as other:
        there, back = await asyncio.gather(pass_on(stream, other), pass_on(other, stream))
    print(f"{there} bytes there, {back} bytes back", flush=True)


async def main(port, host, other_port):
    async with asyncio.StreamServer(lambda stream: relay(stream, host, other_port), "127.0.0.1", port) as server:
        print("listening on", server.sockets[0].getsockname()[1], flush=True)
        await server.serve_forever()


try:
    asyncio.run(main(int(sys.argv[1]), sys.argv[2], int(sys.argv[3])))
except KeyboardInterrupt:
    print("goodbye")
