# SPDX-License-Identifier: GPL-2.0-or-later
"""The newest kernel that the mirror offers: it boots as the others do, and vCPUs come and go."""
from support import OST_DEVICE_CHECK, HotplugTest

import fetch
import vm as guestvm


class NewKernel(HotplugTest):
    """Kernels that a mirror need not have; without them there is nothing to test."""

    timeout = 3600 * guestvm.SCALE

    def setUp(self):
        super().setUp()
        for kernel in ('cloud-7', 'generic-7'):
            try:
                fetch.fetch([kernel])
            except fetch.FetchError as e:
                self.cancel(str(e))

    def boots(self, kernel, cpu, vcpus, acpi):
        """Boot, look, power off."""
        self.log.info('boot: %s, %s, %d vCPUs, acpi=%s', kernel, cpu, vcpus, acpi)
        vm, guest = self.boot(kernel, cpu=cpu, smp=str(vcpus), machine=f'virt,acpi={acpi}',
                              memory='1G', timeout=300)
        every = set(range(vcpus))
        self.assert_masks(guest, enabled=every, possible=every, online=every)
        for number in every:
            self.assertEqual(guest.load(number, 2000), number, f'load pinned to CPU {number}')
        self.assert_healthy(vm, guest)
        vm.console.send('poweroff -f')
        self.assertEqual(vm.wait_exit(), 0, 'exit status after poweroff')

    def plugs(self, kernel, model):
        """Two vCPUs come, work and go, twice."""
        self.model = model
        vm, guest = self.boot_slots(2, 4, kernel=kernel, machine='virt,acpi=on', memory='1G',
                                    timeout=300)
        for _ in range(2):
            for cpu in (2, 3):
                self.plug(vm, guest, cpu)
                self.assertEqual(guest.load(cpu, 2000), cpu)
            self.assert_masks(guest, enabled={0, 1, 2, 3}, online={0, 1, 2, 3})
            for cpu in (3, 2):
                self.unplug(vm, guest, cpu)
            self.assert_masks(guest, enabled={0, 1}, online={0, 1})
        self.add(vm, 3)
        self.assertEqual(self.wait_ost(vm, 3, OST_DEVICE_CHECK), 0)
        self.assert_healthy(vm, guest)

    def test_boots(self):
        """
        :avocado: tags=soak
        """
        for kernel in ('cloud-7', 'generic-7'):
            for cpu in ('max', 'cortex-a57', 'neoverse-n1'):
                for vcpus in (1, 4):
                    for acpi in ('off', 'on'):
                        self.boots(kernel, cpu, vcpus, acpi)

    def test_hotplug_cloud(self):
        """
        :avocado: tags=soak
        """
        self.plugs('cloud-7', 'max')

    def test_hotplug_generic(self):
        """
        :avocado: tags=soak
        """
        self.plugs('generic-7', 'neoverse-n1')
