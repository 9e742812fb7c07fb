"""The runner's commands, apart from any pass."""
import os
import subprocess
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))

# The kernel's signal may come at any time, in the middle of the check that it calls for too.
STORM = """
import os, signal, subprocess, sys
sys.path.insert(0, %r)
reader, writer = os.pipe()
os.dup2(reader, 0)
from gilbench.commands import Commands
commands = Commands()
commands.watch(lambda: os._exit(3))
kill = "import os, signal\\nfor _ in range(40000): os.kill(%%d, signal.SIGIO)" %% os.getpid()
storm = subprocess.Popen([sys.executable, "-c", kill])
while storm.poll() is None:
    for _ in range(200):
        commands.guard(lambda: None)
commands.unwatch()
""" % os.path.dirname(HERE)


class Commands(unittest.TestCase):
    @unittest.skipUnless(hasattr(__import__("signal"), "SIGIO"), "the system has no SIGIO")
    def test_a_signal_in_the_middle_of_its_own_check(self):
        done = subprocess.run([sys.executable, "-c", STORM], stderr=subprocess.PIPE, timeout=60)
        self.assertEqual((done.returncode, done.stderr), (0, b""))


if __name__ == "__main__":
    unittest.main()
