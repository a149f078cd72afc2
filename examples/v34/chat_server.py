"""A chat: whoever connects says a name first, and then hears what everybody says.

python chat_server.py [port]
"""

import asyncio
import sys


class Room:
    def __init__(self):
        self.writers = {}

    def say(self, text):
        for writer in self.writers.values():
            writer.write((text + "\n").encode())

    @asyncio.coroutine
    def visit(self, reader, writer):
        name = (yield from reader.readline()).decode().strip()
        self.writers[name] = writer
        self.say("{} comes in".format(name))
        try:
            while True:
                line = yield from reader.readline()
                if not line:
                    break
                self.say("{}: {}".format(name, line.decode().strip()))
                yield from writer.drain()
        finally:
            del self.writers[name]
            writer.close()
            self.say("{} goes".format(name))


def main():
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 0
    loop = asyncio.get_event_loop()
    server = loop.run_until_complete(asyncio.start_server(Room().visit, "127.0.0.1", port, loop=loop))
    print("serving on port", server.sockets[0].getsockname()[1], flush=True)
    try:
        loop.run_forever()
    except KeyboardInterrupt:
        pass
    server.close()
    loop.run_until_complete(server.wait_closed())
    loop.close()


if __name__ == "__main__":
    main()
