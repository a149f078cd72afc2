"""Run a program on uvloop.

python on_uvloop.py PROGRAM [ARGUMENT ...]
"""

import runpy
import sys
import warnings

import uvloop

del sys.argv[0]
# It says that policies will go; a program that knows nothing of uvloop gets it in no other way.
warnings.simplefilter("ignore", DeprecationWarning)
uvloop.install()
runpy.run_path(sys.argv[0], run_name="__main__")
