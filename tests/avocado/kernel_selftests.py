# SPDX-License-Identifier: GPL-2.0-or-later
"""A kernel with every self test it has: crypto with random inputs against the generic code, KUnit,
lib/, RAID6, atomics, locking, torture. tests/guest/build_kernel.py builds it from Debian's source.

SPARECORE_BINARY=qemu-system-aarch64 runs the same on another emulator.
"""
from support import SystemTest

import build_kernel
import fetch
import selftests
import vm as guestvm

# What each model's own instructions carry.
CE = ('aes-ce', 'ecb-aes-ce', 'ctr-aes-ce', 'xts-aes-ce', 'xts-aes-neonbs', 'gcm-aes-ce',
      'ccm-aes-ce', 'sha1-ce', 'sha256-ce', 'sha256-arm64-neon', 'chacha20-neon', 'poly1305-neon',
      'polyval-ce', 'nhpoly1305-neon', 'crct10dif-arm64-ce', 'ctr-sm4-neon', 'sm3-neon')
V8_2 = ('sha512-ce', 'sha3-256-ce', 'sm3-ce', 'sm4-ce', 'gcm-sm4-ce')

# A log that passes, for what reads it.
GOOD_LOG = '''[    0.1] KTAP version 1
[    0.1] 1..2
[    0.2]     # Subtest: one
[    0.2]     1..1
[    0.2]     ok 1 first
[    0.2] ok 1 one
[    0.3]     ok 1 second # SKIP not here
[    0.3] ok 2 two
[    0.4] vvv Ignore "not allocated" warnings
[    0.4] WARNING: CPU: 0 PID: 1 at ida_free+0xd8/0x13c
[    0.4] ^^^ "not allocated" warnings over
[    0.5] atomic64_test: passed
'''
GOOD_CRYPTO = '''driver       : aes-ce
selftest     : passed

driver       : sha1-ce
selftest     : passed
'''


class Reading(SystemTest):
    """What reads the kernel's log sees every kind of failure."""

    def assert_bad(self, pattern, log=GOOD_LOG, crypto=GOOD_CRYPTO):
        """Exactly one complaint, which matches PATTERN."""
        bad, _ = selftests.read(log, crypto, {'atomics': 'atomic64_test: passed'}, ('aes-ce',))
        self.assertEqual(len(bad), 1, bad)
        self.assertRegex(bad[0], pattern)

    def test_reading(self):
        """
        :avocado: tags=check
        """
        bad, figures = selftests.read(GOOD_LOG, GOOD_CRYPTO, {'atomics': 'atomic64_test: passed'},
                                      ('aes-ce', 'sha1-ce'))
        self.assertEqual(bad, [])
        self.assertIn('KUnit: 1 tests of 2 suites passed, 1 skipped', figures)
        self.assert_bad('not ok 1 first', GOOD_LOG.replace(' ok 1 first', ' not ok 1 first'))
        self.assert_bad('not ok 2 two', GOOD_LOG.replace('ok 2 two', 'not ok 2 two'))
        self.assert_bad('1 suites of 2', GOOD_LOG.replace('[    0.3] ok 2 two\n', ''))
        self.assert_bad('no plan', GOOD_LOG.replace('[    0.1] 1..2\n', ''))
        self.assert_bad('atomics.*never said', GOOD_LOG.replace('passed', ''))
        self.assert_bad('no driver aes-ce', crypto=GOOD_CRYPTO.replace('aes-ce', 'aes-arm64'))
        self.assert_bad('sha1-ce: self test unknown',
                        crypto='unknown'.join(GOOD_CRYPTO.rsplit('passed', 1)))
        for line in ('alg: self-tests for ctr(aes) using ctr-aes-ce failed (rc=-22)',
                     'alg: hash: sha1-ce test failed (wrong result) on test vector 3',
                     'WARNING: CPU: 0 PID: 9 at crypto/testmgr.c:5900 alg_test+0x1/0x2',
                     'test_bpf: Summary: 1048 PASSED, 1 FAILED, [1037/1037 JIT\'ed]',
                     'raid6test: complete (2429 tests, 3 failures)',
                     'test_bitmap: failed 1 out of 99 tests',
                     'rcu-torture:--- End of test: FAILURE: nreaders=3'):
            self.assert_bad('.', GOOD_LOG + f'[    1.000001] {line}\n')


class KernelSelftests(SystemTest):
    """One boot runs them all; every part has to have spoken, and well."""

    timeout = 7200 * guestvm.SCALE

    def run_selftests(self, cpu, drivers, kernel='selftest-6.12'):
        """All of it on CPU, whose DRIVERS of crypto have to be there."""
        try:
            files = build_kernel.guest(kernel)
        except fetch.FetchError as e:
            self.cancel(str(e))
        vm = self.machine(kernel=files.kernel, initrd=files.initrd, cpu=cpu, smp='4', memory='2G',
                          machine='virt,gic-version=3', append='ignore_loglevel')
        vm.start()
        vm.console.wait_ready(3600)
        status, text = vm.console.run('sh /software/selftests.sh', 3600)
        log = vm.console.check('dmesg', 300)
        vm.path('dmesg').write_text(log, encoding='utf-8')
        crypto = vm.console.check('cat /proc/crypto', 300)
        bad, figures = selftests.read(log, crypto, drivers=drivers)
        self.log.info('%s\n%s', '\n'.join(figures), text)
        self.assertEqual(bad, [], 'self tests of the kernel')
        self.assertEqual(status, 0, text)
        self.assertEqual(vm.errors(), '', 'the emulator complains')
        vm.stop()

    def test_max(self):
        """
        :avocado: tags=soak
        """
        self.run_selftests('max', CE + V8_2)

    def test_cortex_a57(self):
        """
        :avocado: tags=soak
        """
        self.run_selftests('cortex-a57', CE)

    def test_neoverse_n1(self):
        """
        :avocado: tags=soak
        """
        self.run_selftests('neoverse-n1', CE)
