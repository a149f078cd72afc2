"""How fast the streams of each generation are, against the host's own asyncio and others, in the same run.

    python -m benchmarks --list
    python -m benchmarks --quick --workload readline --generation v37

A measurement has two processes. One runs the *program under test* (programs/v34.py, v37.py, v38.py...), a server in the
words of one API, which measures nothing. The other is the *peer* (peer.py): raw sockets, the same for everybody; it
holds the clocks. Both are new for each measurement, and the contestants take turns.
"""
