# SPDX-License-Identifier: GPL-2.0-or-later
"""Real software inside the guest: its own self tests, and answers that are known.

The guests are those of tests/guest/packages.py, the scripts in tests/guest/software. A failure is
best compared with another emulator: SPARECORE_BINARY=qemu-system-aarch64 runs the same there.
"""
import os

from support import SystemTest

import build_openssl
import fetch
import packages
import vm as guestvm


class SoftwareTest(SystemTest):
    """One boot of one guest, some of its scripts."""

    timeout = 7200 * guestvm.SCALE

    def run_scripts(self, name, cpu, *commands):
        """Boot the guest NAME of packages.py on CPU and run scripts."""
        if name == 'kernel' and os.environ.get('KERNEL'):
            self.cancel('the modules belong to another kernel than KERNEL')
        self.run_guest(packages.guest(name), cpu, *commands)

    def run_guest(self, files, cpu, *commands, smp='2'):
        """Boot FILES on CPU; every script has to end well and the kernel to stay content."""
        vm = self.machine(kernel=files.kernel, initrd=files.initrd, cpu=cpu, smp=smp, memory='2G',
                          machine='virt,gic-version=3')
        vm.start()
        vm.console.wait_ready(300)
        for command in commands:
            status, text = vm.console.run(f'sh /software/{command}', 3600)
            self.log.info('%s: %s: %d\n%s', cpu, command, status, text)
            self.assertEqual(status, 0, f'{command} on {cpu}:\n{text[-6000:]}')
        self.assert_healthy(vm, guestvm.Guest(vm))
        vm.stop()


class Software(SoftwareTest):
    """make check: everything a little."""

    def test_tools(self):
        """
        :avocado: tags=check
        """
        self.run_scripts('tools', 'max', 'openssl.sh quick', 'sqlite.sh', 'text.sh')

    def test_kernel(self):
        """
        :avocado: tags=check
        """
        self.run_scripts('kernel', 'max', 'kernel.sh quick')

    def test_gcc(self):
        """
        :avocado: tags=check
        """
        self.run_scripts('gcc', 'neoverse-n1', 'gcc.sh')

    def test_python(self):
        """
        :avocado: tags=check
        """
        self.run_scripts('python', 'cortex-a57', 'python.sh test_float test_struct')


class OnMax(SoftwareTest):
    """make soak: all of it. The other models inherit these tests."""

    cpu = 'max'

    def test_all_openssl(self):
        """
        :avocado: tags=soak
        """
        self.run_scripts('tools', self.cpu, 'openssl.sh', 'speed.sh')

    def test_all_openssl_self(self):
        """
        :avocado: tags=soak
        """
        try:
            files = build_openssl.guest()
        except fetch.FetchError as e:
            self.cancel(str(e))
        self.run_guest(files, self.cpu, 'opensslself.sh')

    def test_all_tools(self):
        """
        :avocado: tags=soak
        """
        self.run_scripts('tools', self.cpu, 'sqlite.sh', 'text.sh')

    def test_all_kernel(self):
        """
        :avocado: tags=soak
        """
        self.run_scripts('kernel', self.cpu, 'kernel.sh')

    def test_all_gcc(self):
        """
        :avocado: tags=soak
        """
        self.run_scripts('gcc', self.cpu, 'gcc.sh')

    def test_all_python(self):
        """
        :avocado: tags=soak
        """
        self.run_scripts(
            'python', self.cpu,
            'python.sh test_float test_math test_cmath test_struct test_fractions',
            'python.sh test_statistics test_random test_json', 'python.sh test_decimal',
            'python.sh test_hashlib test_zlib test_threading')


class OnCortexA57(OnMax):
    """Armv8.0: no LSE, no optional arithmetic."""

    cpu = 'cortex-a57'


class OnNeoverseN1(OnMax):
    """Armv8.2: LSE, FP16, no PAuth."""

    cpu = 'neoverse-n1'
