"""Goes to the chat, says its lines, and prints what it hears until it has heard the last of its own.

python chat_client.py port name line...
"""

import asyncio
import sys


@asyncio.coroutine
def talk(port, name, lines, loop):
    reader, writer = yield from asyncio.open_connection("127.0.0.1", port, loop=loop)
    writer.write((name + "\n").encode())
    for line in lines:
        writer.write((line + "\n").encode())
    yield from writer.drain()
    last = "{}: {}".format(name, lines[-1])
    while True:
        heard = (yield from reader.readline()).decode().rstrip()
        print(heard)
        if heard in (last, ""):
            break
    writer.close()


def main():
    loop = asyncio.get_event_loop()
    try:
        loop.run_until_complete(talk(int(sys.argv[1]), sys.argv[2], sys.argv[3:], loop))
    finally:
        loop.close()


if __name__ == "__main__":
    main()
