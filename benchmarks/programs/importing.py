"""How long it takes to have asyncio: the host's, or that of a version.

python importing.py host|API
"""

import sys
from time import perf_counter, process_time

sys.path[:] = [entry for entry in sys.path if not entry.endswith("programs")]
wall, cpu = perf_counter(), process_time()
if sys.argv[1] == "host":
    from asyncio import open_connection
else:
    import asyncio_compat

    open_connection = asyncio_compat.load(sys.argv[1]).open_connection
wall, cpu = perf_counter() - wall, process_time() - cpu
print('{"wall": %r, "cpu": %r}' % (wall, cpu))  # noqa: UP031 - json would have to be imported
