"""Two processes, the output of the one into the other: what a shell does with |.

python pipeline.py
"""

import asyncio
import asyncio.subprocess
import sys

NUMBERS = "for n in range(2000): print(n)"
SUM = "import sys; print(sum(int(line) for line in sys.stdin))"


@asyncio.coroutine
def main():
    numbers = yield from asyncio.create_subprocess_exec(sys.executable, "-c", NUMBERS, stdout=asyncio.subprocess.PIPE)
    total = yield from asyncio.create_subprocess_exec(
        sys.executable, "-c", SUM, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    while True:
        data = yield from numbers.stdout.read(100)
        if not data:
            break
        total.stdin.write(data)
        yield from total.stdin.drain()
    total.stdin.close()
    print((yield from total.stdout.readline()).decode().strip())
    yield from numbers.wait()
    yield from total.wait()
    print(numbers.returncode, total.returncode)


if __name__ == "__main__":
    loop = asyncio.get_event_loop()
    loop.run_until_complete(main())
    loop.close()
