# SPDX-License-Identifier: GPL-2.0-or-later
"""Reboot, reset, power off, pause, with and without plugged vCPUs."""
import time

from support import HotplugTest, guestvm, material


class Lifecycle(HotplugTest):
    """What a machine goes through besides running."""

    def test_reboot_keeps_plugged(self):
        """S21, S23: after a guest reboot, plugged CPUs are there, unplugged ones are not.

        :avocado: tags=check
        """
        vm, guest = self.boot_slots(1, 4)
        self.plug(vm, guest, 1)
        self.plug(vm, guest, 2)
        self.unplug(vm, guest, 1)
        vm.console.send('reboot -f')
        vm.qmp.wait_event('RESET')
        vm.console.wait_ready()
        self.assert_masks(guest, enabled={0, 2}, possible=set(range(4)))
        vm.qmp.drain()
        self.unplug(vm, guest, 2)
        self.assert_masks(guest, enabled={0}, online={0})
        self.assert_healthy(vm, guest)

    def test_system_reset_keeps_plugged(self):
        """S22, S24: system_reset, with a request of the guest still pending.

        :avocado: tags=check
        """
        vm, guest = self.boot_slots(1, 4)
        self.plug(vm, guest, 1)
        vm.qmp.command('stop')
        self.add(vm, 2)
        self.remove(vm, 1)
        vm.qmp.command('system_reset')
        vm.qmp.command('cont')
        vm.console.wait_ready()
        self.assert_masks(guest, enabled={0, 1, 2}, possible=set(range(4)))
        vm.qmp.drain()
        # The reset has dropped the request: it can be made again.
        self.unplug(vm, guest, 1)
        self.unplug(vm, guest, 2)
        self.assert_healthy(vm, guest)

    def test_reboots_in_a_row(self):
        """By device tree and by ACPI, three boots from one process.

        :avocado: tags=check
        """
        for acpi in ('off', 'on'):
            vm, guest = self.boot(smp='2', machine=f'virt,acpi={acpi}')
            for _ in range(2):
                vm.console.send('reboot -f')
                vm.console.wait_ready()
            self.assert_masks(guest, enabled={0, 1}, online={0, 1})
            self.assert_healthy(vm, guest)
            vm.stop()

    def test_no_reboot(self):
        """-no-reboot turns the guest's reboot into an exit with status 0.

        :avocado: tags=check
        """
        vm, _ = self.boot(extra=['-no-reboot'])
        vm.console.send('reboot -f')
        self.assertEqual(vm.wait_exit(), 0)

    def test_no_shutdown(self):
        """-no-shutdown stops the machine instead of exiting; quit ends it.

        :avocado: tags=check
        """
        vm, _ = self.boot(extra=['-no-shutdown'])
        vm.console.send('poweroff -f')
        vm.qmp.wait_event('SHUTDOWN', lambda data: data.get('guest') is True)
        end = time.monotonic() + 20
        while vm.qmp.command('query-status')['status'] != 'shutdown':
            self.assertLess(time.monotonic(), end, 'query-status does not say "shutdown"')
            time.sleep(0.05)
        vm.qmp.command('quit')
        self.assertEqual(vm.wait_exit(), 0)

    def powerdown(self, kernel, machine, modules):
        """system_powerdown reaches the guest as a press of the power button."""
        vm, guest = self.boot(kernel, smp='2', machine=machine)
        for module in modules:
            guest.console.check(f'insmod /lib/modules/{module}.ko')
        name = guest.console.check('cat /sys/class/input/event*/device/name')
        self.log.info('input devices: %s', name.split('\n'))
        guest.console.check('for e in /dev/input/event*; do'
                            ' (dd if=$e bs=24 count=1 > /tmp/key 2> /dev/null; mv /tmp/key'
                            ' /tmp/pressed) & done; sleep 1')
        vm.qmp.command('system_powerdown')
        vm.qmp.wait_event('POWERDOWN')
        event = guest.console.check(
            'n=0; until [ -s /tmp/pressed ]; do n=$((n+1)); [ $n -gt 300 ] && exit 1;'
            ' usleep 100000; done; hexdump -v -e \'1/1 "%02x"\' /tmp/pressed')
        kind, code, value = (int.from_bytes(bytes.fromhex(event)[a:b], 'little')
                             for a, b in ((16, 18), (18, 20), (20, 24)))
        self.assertEqual((kind, code, value), (1, 116, 1), 'an input event "KEY_POWER pressed"')
        self.assert_healthy(vm, guest)

    def test_powerdown_acpi(self):
        """
        :avocado: tags=check
        """
        self.powerdown('cloud-6.12', 'virt,acpi=on', ['evdev'])

    def test_powerdown_device_tree(self):
        """
        :avocado: tags=check
        """
        self.powerdown('generic-6.12', 'virt,acpi=off', ['evdev', 'gpio_keys'])

    def test_stop_cont(self):
        """The guest's time stands still while the machine is stopped.

        :avocado: tags=check
        """
        vm, guest = self.boot(smp='2')

        def uptime():
            return float(guest.console.check('cat /proc/uptime').split()[0])

        before, host_before = uptime(), time.monotonic()
        vm.qmp.command('stop')
        vm.qmp.wait_event('STOP')
        self.assertEqual(vm.qmp.command('query-status')['status'], 'paused')
        time.sleep(3)
        vm.qmp.command('cont')
        vm.qmp.wait_event('RESUME')
        passed, host_passed = uptime() - before, time.monotonic() - host_before
        self.assertLess(passed, host_passed - 2, 'guest seconds over a stop of 3 s')
        self.assert_healthy(vm, guest)

    def test_plug_while_stopped(self):
        """S26: plug and unplug while paused take effect when the guest goes on.

        :avocado: tags=check
        """
        vm, guest = self.boot_slots(1, 2)
        vm.qmp.command('stop')
        self.add(vm, 1)
        vm.qmp.command('cont')
        self.assertEqual(self.wait_ost(vm, 1, 1), 0)
        guest.online(1)
        vm.qmp.command('stop')
        self.remove(vm, 1)
        vm.qmp.command('cont')
        self.wait_deleted(vm, 1)
        guest.wait_cpu(1, exists=False)
        self.assert_healthy(vm, guest)

    def test_cold_plug(self):
        """-device and device_add before the first instruction: there from the start.

        :avocado: tags=check
        """
        vm, guest = self.boot_slots(1, 4, extra=['-device', 'max-arm-cpu,id=cpu3,core-id=3'])
        self.assert_masks(guest, enabled={0, 3}, possible=set(range(4)))
        self.unplug(vm, guest, 3)
        self.assert_healthy(vm, guest)

    def test_plug_during_boot(self):
        """S25: a plug while the kernel starts is not lost.

        :avocado: tags=check
        """
        files = material.guest('cloud-6.12')
        vm = self.machine(kernel=files.kernel, initrd=files.initrd, cpu=self.model,
                          smp='cpus=1,maxcpus=3', debug='hotplug')
        vm.start()
        vm.console.wait_for('Linux version|Booting Linux', 60)
        self.add(vm, 1)
        vm.console.wait_for('Run /init', 120)
        self.add(vm, 2)
        vm.console.wait_ready()
        guest = guestvm.Guest(vm)
        guest.wait_cpu(1)
        guest.wait_cpu(2)
        self.assert_masks(guest, enabled={0, 1, 2})
        self.assert_healthy(vm, guest)
