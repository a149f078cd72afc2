"""A calculator behind a Unix socket, for which a thread and a signal are no trouble.

python unix_calculator.py
"""

import asyncio
import os
import signal
import tempfile
import threading


@asyncio.coroutine
def calculate(reader, writer):
    while True:
        line = yield from reader.readline()
        if not line:
            break
        try:
            answer = sum(map(int, line.split(b"+")))
        except ValueError as error:
            answer = error
        writer.write("{}\n".format(answer).encode())
    writer.close()


@asyncio.coroutine
def ask(path, question):
    reader, writer = yield from asyncio.open_unix_connection(path)
    writer.write(question)
    answer = yield from reader.readline()
    writer.close()
    return answer.decode().strip()


def main():
    loop = asyncio.get_event_loop()
    path = os.path.join(tempfile.mkdtemp(), "calculator")
    server = loop.run_until_complete(asyncio.start_unix_server(calculate, path))
    loop.add_signal_handler(signal.SIGUSR1, loop.stop)

    def from_a_thread():
        print(asyncio.run_coroutine_threadsafe(ask(path, b"3+4+5\n"), loop).result())
        print(asyncio.run_coroutine_threadsafe(ask(path, b"three+4\n"), loop).result())
        os.kill(os.getpid(), signal.SIGUSR1)

    thread = threading.Thread(target=from_a_thread)
    thread.start()
    loop.run_forever()
    thread.join()
    server.close()
    loop.run_until_complete(server.wait_closed())
    loop.close()
    os.remove(path)
    os.rmdir(os.path.dirname(path))


if __name__ == "__main__":
    main()
