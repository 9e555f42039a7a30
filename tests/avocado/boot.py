# SPDX-License-Identifier: GPL-2.0-or-later
"""Debian kernels boot to a shell: kernel x CPU model x number of vCPUs x device tree or ACPI."""
import re
import socket
import tempfile

from support import SystemTest

MIDR = {'cortex-a57': ('0x41', '0xd07'), 'cortex-a72': ('0x41', '0xd08'),
        'neoverse-n1': ('0x41', '0xd0c')}


class Boot(SystemTest):
    """Boots; each test names kernel, model, vCPUs and tables."""

    def boots(self, kernel, cpu, vcpus, acpi):
        """Boot one configuration and look at what the guest sees."""
        self.log.info('boot: %s, %s, %d vCPUs, acpi=%s', kernel, cpu, vcpus, acpi)
        vm, guest = self.boot(kernel, cpu=cpu, smp=str(vcpus), machine=f'virt,acpi={acpi}',
                              memory='1G')
        every = set(range(vcpus))
        self.assert_masks(guest, enabled=every, possible=every, online=every)
        self.check_tables(guest, acpi)
        self.check_cpuinfo(guest, cpu, vcpus)
        for number in every:
            self.assertEqual(guest.load(number, 2000), number, f'load pinned to CPU {number}')
        counts = guest.interrupts()
        self.assertEqual(set(counts), every)
        for number, count in counts.items():
            self.assertGreater(count, 0, f'timer interrupts of CPU {number}')
        self.assert_healthy(vm, guest)
        vm.console.send('poweroff -f')
        self.assertEqual(vm.wait_exit(), 0, 'exit status after poweroff')

    def check_tables(self, guest, acpi):
        """The kernel took the tables it was meant to take."""
        status, _ = guest.console.run('ls /sys/firmware/acpi/tables/APIC')
        self.assertEqual(status == 0, acpi == 'on', 'ACPI in use')

    def check_cpuinfo(self, guest, cpu, vcpus):
        """/proc/cpuinfo lists each CPU, with the model's identification."""
        text = guest.console.check('cat /proc/cpuinfo')
        self.assertEqual(re.findall(r'^processor\s*: (\d+)', text, re.M),
                         [str(i) for i in range(vcpus)])
        self.assertRegex(text, r'Features\s*: fp asimd')
        if cpu in MIDR:
            implementer, part = MIDR[cpu]
            self.assertEqual(re.findall(r'CPU implementer\s*: (\S+)', text), [implementer] * vcpus)
            self.assertEqual(re.findall(r'CPU part\s*: (\S+)', text), [part] * vcpus)

    def matrix(self, kernel, cpu):
        """All vCPU counts and both kinds of tables."""
        for vcpus in (1, 2, 4, 8):
            for acpi in ('off', 'on'):
                self.boots(kernel, cpu, vcpus, acpi)

    def test_second_serial(self):
        """A second -serial is ttyAMA1, with interrupts, by device tree and by ACPI.

        :avocado: tags=check
        """
        for acpi in ('off', 'on'):
            with tempfile.TemporaryDirectory() as folder:
                path = folder + '/serial1'
                vm, guest = self.boot(machine=f'virt,acpi={acpi}',
                                      extra=['-serial', f'unix:{path},server=on,wait=off'])
                with socket.socket(socket.AF_UNIX) as line:
                    line.settimeout(60)
                    line.connect(path)
                    guest.console.check('stty -F /dev/ttyAMA1 raw -echo; '
                                        '(head -c 5 <> /dev/ttyAMA1 > /tmp/in) &')
                    guest.console.check('sleep 1; echo out > /dev/ttyAMA1')
                    self.assertEqual(line.recv(100), b'out\n', f'from the guest, acpi={acpi}')
                    line.sendall(b'hello')
                    text = guest.console.check('wait; cat /tmp/in')
                    self.assertEqual(text.strip(), 'hello', f'to the guest, acpi={acpi}')
                    counts = guest.console.check(
                        '(grep uart-pl011 /proc/interrupts) 3<>/dev/ttyAMA1')
                    self.assertEqual(len(counts.splitlines()), 2, counts)
                self.assert_healthy(vm, guest)
                vm.stop()

    # A selection in which each value of each kind comes up, with device tree and with ACPI.

    def test_cloud612_max_1_dt(self):
        """
        :avocado: tags=check
        """
        self.boots('cloud-6.12', 'max', 1, 'off')

    def test_cloud612_max_4_acpi(self):
        """
        :avocado: tags=check
        """
        self.boots('cloud-6.12', 'max', 4, 'on')

    def test_cloud612_a57_2_acpi(self):
        """
        :avocado: tags=check
        """
        self.boots('cloud-6.12', 'cortex-a57', 2, 'on')

    def test_cloud612_a57_8_dt(self):
        """
        :avocado: tags=check
        """
        self.boots('cloud-6.12', 'cortex-a57', 8, 'off')

    def test_cloud612_a72_1_acpi(self):
        """
        :avocado: tags=check
        """
        self.boots('cloud-6.12', 'cortex-a72', 1, 'on')

    def test_cloud612_n1_8_acpi(self):
        """
        :avocado: tags=check
        """
        self.boots('cloud-6.12', 'neoverse-n1', 8, 'on')

    def test_generic612_max_2_acpi(self):
        """
        :avocado: tags=check
        """
        self.boots('generic-6.12', 'max', 2, 'on')

    def test_generic612_n1_4_dt(self):
        """
        :avocado: tags=check
        """
        self.boots('generic-6.12', 'neoverse-n1', 4, 'off')

    def test_cloud61_max_2_acpi(self):
        """
        :avocado: tags=check
        """
        self.boots('cloud-6.1', 'max', 2, 'on')

    def test_cloud61_a57_1_dt(self):
        """
        :avocado: tags=check
        """
        self.boots('cloud-6.1', 'cortex-a57', 1, 'off')

    def test_matrix_cloud612_max(self):
        """
        :avocado: tags=soak
        """
        self.matrix('cloud-6.12', 'max')

    def test_matrix_cloud612_a57(self):
        """
        :avocado: tags=soak
        """
        self.matrix('cloud-6.12', 'cortex-a57')

    def test_matrix_cloud612_n1(self):
        """
        :avocado: tags=soak
        """
        self.matrix('cloud-6.12', 'neoverse-n1')

    def test_matrix_generic612_max(self):
        """
        :avocado: tags=soak
        """
        self.matrix('generic-6.12', 'max')

    def test_matrix_generic612_a57(self):
        """
        :avocado: tags=soak
        """
        self.matrix('generic-6.12', 'cortex-a57')

    def test_matrix_generic612_n1(self):
        """
        :avocado: tags=soak
        """
        self.matrix('generic-6.12', 'neoverse-n1')

    def test_matrix_cloud61_max(self):
        """
        :avocado: tags=soak
        """
        self.matrix('cloud-6.1', 'max')

    def test_matrix_cloud61_a57(self):
        """
        :avocado: tags=soak
        """
        self.matrix('cloud-6.1', 'cortex-a57')


class Slots(SystemTest):
    """S01: cold boot with N of M vCPUs, and what the tables say about the others."""

    def cold_boot(self, cpus, maxcpus):
        """Boot and count."""
        self.log.info('slots: %d of %d', cpus, maxcpus)
        vm, guest = self.boot(cpu='max', smp=f'cpus={cpus},maxcpus={maxcpus}', memory='1G',
                              machine='virt,acpi=on', timeout=300)
        self.assert_masks(guest, enabled=set(range(cpus)), possible=set(range(maxcpus)),
                          online=set(range(cpus)))
        tables = guest.console.check(
            'cd /sys/firmware/acpi/tables; for t in APIC PPTT DSDT; do md5sum $t; done;'
            ' hexdump -v -e \'1/1 "%02x"\' APIC')
        self.check_madt(bytes.fromhex(tables.split()[-1]), cpus, maxcpus)
        listed = vm.qmp.command('query-hotpluggable-cpus')
        self.assertEqual(len(listed), maxcpus)
        self.assertEqual(sum('qom-path' in slot for slot in listed), cpus)
        self.assertEqual(len(vm.qmp.command('query-cpus-fast')), cpus)
        self.assert_healthy(vm, guest)

    def check_madt(self, madt, cpus, maxcpus):
        """One GICC per slot: Enabled for the CPUs there, Online Capable for the others."""
        at, flags = 44, []
        while at < len(madt):
            if madt[at] == 0x0b:
                flags.append(int.from_bytes(madt[at + 12:at + 16], 'little'))
            at += madt[at + 1]
        self.assertEqual(flags, [1] * cpus + [8] * (maxcpus - cpus), 'GICC flags')

    def test_1_of_2(self):
        """
        :avocado: tags=check
        """
        self.cold_boot(1, 2)

    def test_2_of_124(self):
        """
        :avocado: tags=check
        """
        self.cold_boot(2, 124)

    def test_2_of_512(self):
        """
        :avocado: tags=check
        """
        self.cold_boot(2, 512)

    def test_every_size(self):
        """
        :avocado: tags=soak
        """
        for maxcpus in (4, 16, 17, 123, 124, 255, 256, 511, 512):
            self.cold_boot(1, maxcpus)
        for maxcpus in (4, 8):
            self.cold_boot(maxcpus, maxcpus)
            self.cold_boot(maxcpus // 2, maxcpus)
