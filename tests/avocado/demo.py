# SPDX-License-Identifier: GPL-2.0-or-later
"""The demo of the README does what it says."""
import subprocess
import sys

from support import BINARY, BUILD, TOP, SystemTest, guestvm


class Demo(SystemTest):
    """scripts/demo.py."""

    def test_demo(self):
        """
        :avocado: tags=check
        """
        done = subprocess.run([sys.executable, TOP / 'scripts/demo.py', '--build', BUILD,
                               '--binary', BINARY], stdin=subprocess.DEVNULL, text=True,
                              capture_output=True, timeout=300 * guestvm.SCALE, check=False)
        self.log.info('%s', done.stdout)
        self.assertEqual(done.returncode, 0, done.stdout[-6000:] + done.stderr)
        self.assertIn('Everything was as expected.', done.stdout)
