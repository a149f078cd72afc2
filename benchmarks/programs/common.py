"""What the programs share and asyncio has no part in. It is read by Python 3.6 too."""

import argparse
import json
import ssl
import time

LINE = b"x" * 59 + b"\n"
SEPARATOR = b"\r\n\r\n"
# Of these the first never comes.
SEPARATORS = (b"\r\n\0\r\n", SEPARATOR, b"\n.\n\n")
# A block of the benchmarks without a socket: as many operations' worth of bytes as one read of a transport brings.
OPERATIONS_A_BLOCK = 1000


def arguments():
    """Return what the program is asked to do: the name of a handler, and what that wants to know."""
    parser = argparse.ArgumentParser()
    parser.add_argument("handler")
    parser.add_argument("--size", type=int, default=0, help="bytes that one operation reads or writes")
    parser.add_argument("--total", type=int, default=0, help="bytes, or blocks, to read or write in all")
    parser.add_argument("--drain-every", type=int, default=1, help="writes from one drain() to the next")
    parser.add_argument("--limit", type=int, default=2**16, help="the readers' limit")
    parser.add_argument("--connections", type=int, default=1, help="how many there will be")
    parser.add_argument("--tls", help="file with the server's certificate and key")
    return parser.parse_args()


def server_context(path):
    """Return the TLS context of a server whose certificate is in *path*; None for None."""
    if path is None:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER if hasattr(ssl, "PROTOCOL_TLS_SERVER") else ssl.PROTOCOL_TLS)
    context.load_cert_chain(path)
    return context


def listening(port):
    """Tell whoever started the program where it listens."""
    print(port, flush=True)


class Stopwatch:
    """Measures what the program does without a peer, and tells it to whoever started the program."""

    def __init__(self):
        self._wall = time.perf_counter()
        self._cpu = time.process_time()

    def stop(self, operations):
        wall = time.perf_counter() - self._wall
        cpu = time.process_time() - self._cpu
        print(json.dumps({"wall": wall / operations, "cpu": cpu / operations}), flush=True)
