"""Many clients at once; `soak.py` by itself takes more of them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def test_a_server_with_many_hanging_callbacks_closes_and_leaves_nothing():
    soak = Path(__file__).with_name("soak.py")
    done = subprocess.run(
        [sys.executable, "-W", "error", str(soak), "100"], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
