# SPDX-License-Identifier: GPL-2.0-or-later
"""The memory model tests of tests/tcg/litmus for minutes; the short run belongs to meson."""
import subprocess
import sys

from support import BINARY, BUILD, TOP, SystemTest


class MemoryModel(SystemTest):
    """No forbidden outcome on two and on four vCPUs."""

    timeout = 5400

    def litmus(self, *args):
        """Run the plans; what is reported goes to the log.

        Ten minutes each at most: a loaded host, which seldom runs two vCPUs together, tries less.
        """
        image = BUILD / 'tests' / 'tcg' / 'litmus.img'
        if not image.exists():
            self.cancel(f'{image} is not built: no aarch64-linux-gnu-gcc')
        command = [sys.executable, str(TOP / 'tests/tcg/litmus/run.py'), str(BINARY), str(image),
                   '--seconds', '600', '--timeout', '1700', *args]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        self.log.info('%s', done.stdout)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_max(self):
        """
        :avocado: tags=soak
        """
        self.litmus('--iterations', '400000', 'cpus=2', 'cpus=3', 'cpus=4', 'unfenced')

    def test_without_lse(self):
        """
        :avocado: tags=soak
        """
        self.litmus('--cpu', 'cortex-a57', '--iterations', '200000', 'cpus=2', 'cpus=4')

    def test_interpreter(self):
        """
        :avocado: tags=soak
        """
        self.litmus('--iterations', '10000', 'interp=2')
