"""Runs a command and prints what it took: `{"wall_s", "peak_mib"}`; what the command prints goes to standard error.

    python usage.py COMMAND ARGUMENT...      ends with the command's own status

A process of its own, and small: Linux counts the memory of who starts a process as the process's own peak.
"""

import json
import os
import subprocess
import sys
import time

started = time.perf_counter()
process = subprocess.Popen(sys.argv[1:], stdout=sys.stderr)
_, status, usage = os.wait4(process.pid, 0)
print(json.dumps({"wall_s": time.perf_counter() - started, "peak_mib": usage.ru_maxrss / 1024}))
sys.exit(os.waitstatus_to_exitcode(status))
