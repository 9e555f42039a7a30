# SPDX-License-Identifier: GPL-2.0-or-later
"""vCPU hotplug with a Linux guest, scenario by scenario (S numbers: docs/devel/testing.md)."""
import random
import re
import time

from support import HotplugTest, OST_DEVICE_CHECK
import vm as guestvm


class Plug(HotplugTest):
    """Plugging and unplugging as users do it."""

    def test_s02_no_room(self):
        """All slots are taken: device_add says which CPU sits there.

        :avocado: tags=check
        """
        vm, guest = self.boot_slots(2, 2, machine='virt,acpi=on')
        self.assert_qmp_error(lambda: self.add(vm, 1), r'^cpu\(id1=0:0:1:0\) with arch-id 1 exist')
        self.assert_masks(guest, enabled={0, 1}, possible={0, 1}, online={0, 1})
        self.assert_healthy(vm, guest)

    def test_s03_ascending_with_load(self):
        """Plug in order, online, load each CPU, unplug; all views agree at each step.

        :avocado: tags=check
        """
        vm, guest = self.boot_slots(2, 4)
        self.assert_masks(guest, enabled={0, 1}, possible=set(range(4)), online={0, 1})
        for cpu in (2, 3):
            self.plug(vm, guest, cpu)
            here = set(range(cpu + 1))
            self.assert_masks(guest, enabled=here, possible=set(range(4)), online=here)
            self.assertEqual(self.enabled_slots(vm), here)
            self.assertEqual(self.occupied(vm)[cpu], f'/machine/peripheral/cpu{cpu}')
            before = guest.interrupts()[cpu]
            self.assertEqual(guest.load(cpu), cpu)
            self.assertGreater(guest.interrupts()[cpu], before, f'timer interrupts of CPU {cpu}')
        for cpu in (3, 2):
            self.unplug(vm, guest, cpu)
            here = set(range(cpu))
            self.assert_masks(guest, enabled=here, possible=set(range(4)), online=here)
            self.assertEqual(self.enabled_slots(vm), here)
            self.assertNotIn(cpu, self.occupied(vm))
        self.assert_healthy(vm, guest)

    def test_s03_other_models(self):
        """The same path on models without the newer features.

        :avocado: tags=check
        """
        for self.model in ('cortex-a57', 'neoverse-n1'):
            vm, guest = self.boot_slots(1, 2)
            self.plug(vm, guest, 1)
            self.assertEqual(guest.load(1, 3000), 1)
            self.unplug(vm, guest, 1)
            self.assert_healthy(vm, guest)
            vm.stop()

    def test_s04_any_order_any_ids(self):
        """Sparse and descending order; full topology ids; ids left out take the lowest free slot.

        :avocado: tags=check
        """
        vm, guest = self.boot_slots(
            smp='cpus=1,maxcpus=16,sockets=2,clusters=2,cores=2,threads=2', memory='1G')
        self.plug(vm, guest, 15, socket_id=1, cluster_id=1, core_id=1, thread_id=1)
        self.plug(vm, guest, 6, socket_id=0, cluster_id=1, core_id=1, thread_id=0)
        self.plug(vm, guest, 9, socket_id=1, cluster_id=0, core_id=0, thread_id=1)
        # Lowest free slot of core 1: slot 2 (socket 0, cluster 0).
        self.plug(vm, guest, 2, core_id=1)
        here = {0, 2, 6, 9, 15}
        self.assert_masks(guest, enabled=here, possible=set(range(16)), online=here)
        self.assertEqual(self.enabled_slots(vm), here)
        for cpu in (9, 15, 2, 6):
            self.assertEqual(guest.load(cpu, 2000), cpu)
        for cpu in (6, 15, 9, 2):
            self.unplug(vm, guest, cpu)
        self.assert_masks(guest, enabled={0}, online={0})
        self.assert_healthy(vm, guest)

    def test_s06_offline_unplug(self):
        """Unplug a CPU that never ran: no PSCI call for it.

        :avocado: tags=check
        """
        vm, guest = self.boot_slots(1, 2)
        before = len(re.findall(r'CPU_ON|CPU_OFF', vm.debug_log()))
        self.plug(vm, guest, 1, online=False)
        self.assert_masks(guest, enabled={0, 1}, online={0})
        self.unplug(vm, guest, 1)
        self.assertEqual(len(re.findall(r'CPU_ON|CPU_OFF', vm.debug_log())), before,
                         'PSCI calls in the hotplug log')
        self.assert_healthy(vm, guest)

    def test_s07_offline_by_user(self):
        """Online, offline in the guest, unplug.

        :avocado: tags=check
        """
        vm, guest = self.boot_slots(1, 2)
        self.plug(vm, guest, 1)
        guest.offline(1)
        self.unplug(vm, guest, 1)
        self.assert_healthy(vm, guest)

    def test_s08_unplug_under_load(self):
        """Unplug a CPU that is busy: its work moves.

        :avocado: tags=check
        """
        vm, guest = self.boot_slots(1, 2)
        self.plug(vm, guest, 1)
        guest.console.check("taskset -c 0,1 sh -c 'while :; do :; done' > /dev/null 2>&1 &"
                            "taskset -c 1 sh -c 'while :; do :; done' > /dev/null 2>&1 &")
        time.sleep(1)
        self.unplug(vm, guest, 1)
        self.assert_masks(guest, enabled={0}, online={0})
        self.assert_healthy(vm, guest)

    def test_s09_burst(self):
        """Add 14 CPUs without waiting for the guest; remove them all at once.

        :avocado: tags=check
        """
        vm, guest = self.boot_slots(2, 16, memory='1G')
        cpus = list(range(2, 16))
        for cpu in cpus:
            self.add(vm, cpu)
        for cpu in cpus:
            self.assertEqual(self.wait_ost(vm, cpu, OST_DEVICE_CHECK), 0, f'cpu{cpu}')
        every = set(range(16))
        self.assert_masks(guest, enabled=every, possible=every, online={0, 1})
        for cpu in cpus[:4]:
            guest.online(cpu)
        for cpu in cpus:
            self.remove(vm, cpu)
        for cpu in cpus:
            self.wait_deleted(vm, cpu)
        guest.wait_cpu(cpus[-1], exists=False)
        self.assert_masks(guest, enabled={0, 1}, possible=every, online={0, 1})
        self.assert_healthy(vm, guest)

    def test_s10_add_and_remove_pending_together(self):
        """While the guest stands still: add and remove; remove and add again.

        :avocado: tags=check
        """
        vm, guest = self.boot_slots(1, 2)
        vm.qmp.command('stop')
        self.add(vm, 1)
        self.remove(vm, 1)
        vm.qmp.command('cont')
        self.wait_deleted(vm, 1)
        guest.wait_cpu(1, exists=False)

        self.plug(vm, guest, 1)
        vm.qmp.command('stop')
        self.remove(vm, 1)
        self.assert_qmp_error(lambda: self.add(vm, 1), r'exist|Duplicate')
        vm.qmp.command('cont')
        self.wait_deleted(vm, 1)
        guest.wait_cpu(1, exists=False)

        self.plug(vm, guest, 1)
        self.assertEqual(guest.load(1, 2000), 1)
        self.assert_healthy(vm, guest)

    def test_s11_refusals(self):
        """Each wrong request is one clear error and changes nothing.

        :avocado: tags=check
        """
        vm, guest = self.boot_slots(2, 4)

        def add(driver='max-arm-cpu', **args):
            args = {k.replace('_', '-'): v for k, v in args.items()}
            return lambda: vm.qmp.command('device_add', driver=driver, **args)

        def remove(name):
            return lambda: vm.qmp.command('device_del', id=name)

        for call, pattern, cls in (
                (add(id='x', core_id=4), r'^Invalid core-id 4 specified, correct range 0:3', None),
                (add(id='x', core_id=-1), r'core-id.*-1', None),
                (add(id='x', core_id=2, socket_id=1), r'^Invalid socket-id 1 specified', None),
                (add(id='x', core_id=2, cluster_id=1), r'^Invalid cluster-id 1 specified', None),
                (add(id='x', core_id=2, thread_id=1), r'^Invalid thread-id 1 specified', None),
                (add(id='x', core_id=1), r'^cpu\(id1=0:0:1:0\) with arch-id 1 exist', None),
                (add(id='x', core_id='two'), r'core-id', None),
                (add(id='x', core_id=2, colour='red'), r'colour', None),
                (add('cortex-a57-arm-cpu', id='x', core_id=2),
                 r"^Invalid CPU type, expected cpu type: 'max-arm-cpu'", None),
                (add('nosuch', id='x'), r"'nosuch' is not a valid device model name", None),
                (lambda: vm.qmp.command('device_add', id='x'), r'driver', None),
                (remove('nosuch'), r"^Device 'nosuch' not found", 'DeviceNotFound'),
                (lambda: vm.qmp.command('device_del'), r'id', None)):
            self.assert_qmp_error(call, pattern, cls or 'GenericError')
        self.assertEqual(self.enabled_slots(vm), {0, 1})
        self.assertIn('not found', vm.qmp.hmp('device_del nosuch'))

        self.plug(vm, guest, 2)
        self.assert_qmp_error(add(id='cpu2', core_id=3), r"Duplicate.*'cpu2'")
        vm.qmp.command('stop')
        self.remove(vm, 2)
        self.assert_qmp_error(remove('cpu2'), r'^Device cpu2 is already in the process of unplug')
        vm.qmp.command('cont')
        self.wait_deleted(vm, 2)
        guest.wait_cpu(2, exists=False)
        self.assert_masks(guest, enabled={0, 1}, online={0, 1})
        self.assert_healthy(vm, guest)

    def test_s12_cold_booted(self):
        """S13 too: CPUs that the machine started with stay, the boot CPU and the others.

        :avocado: tags=check
        """
        vm, guest = self.boot_slots(2, 4)
        for path in ('/machine/unattached/device[0]', '/machine/unattached/device[1]'):
            self.assert_qmp_error(lambda path=path: vm.qmp.command('device_del', id=path),
                                  r'^Hot-unplug of cold-booted CPU not supported!')
        self.assert_masks(guest, enabled={0, 1}, online={0, 1})

    def test_s14_guest_refuses(self):
        """A guest that cannot let go keeps the CPU; the next request succeeds.

        :avocado: tags=check
        """
        vm, guest = self.boot_slots(1, 2)
        self.plug(vm, guest, 1)
        # With CPU 0 offline, CPU 1 is the last one.
        status, text = guest.console.run('echo 0 > /sys/devices/system/cpu/cpu0/online')
        if status:
            self.cancel(f'this kernel does not take CPU 0 offline: {text.strip()}')
        self.remove(vm, 1)
        self.assertNotEqual(self.wait_ost(vm, 1, 3), 0, '_OST of the refusal')
        refused = vm.qmp.wait_event('DEVICE_UNPLUG_GUEST_ERROR')
        self.assertEqual(refused, {'device': 'cpu1', 'path': '/machine/peripheral/cpu1'})
        self.assert_masks(guest, enabled={0, 1}, online={1})
        self.assertEqual(self.enabled_slots(vm), {0, 1})
        guest.online(0)
        self.unplug(vm, guest, 1)
        self.assert_masks(guest, enabled={0}, online={0})

    def test_s15_eject_by_guest_user(self):
        """Root in the guest ejects a CPU: DEVICE_DELETED without device_del.

        :avocado: tags=check
        """
        vm, guest = self.boot_slots(1, 2)
        self.plug(vm, guest, 1)
        guest.console.check('for d in /sys/bus/acpi/devices/ACPI0007:*; do'
                            ' [ "$(cat $d/uid)" = 1 ] && echo 1 > $d/eject; done; true')
        self.wait_deleted(vm, 1)
        guest.wait_cpu(1, exists=False)
        self.plug(vm, guest, 1)
        self.assert_healthy(vm, guest)

    def test_s16_device_tree(self):
        """Without ACPI, hotplug is refused and only the CPUs there exist.

        :avocado: tags=check
        """
        vm, guest = self.boot_slots(2, 4, machine='virt,acpi=off')
        self.assert_qmp_error(lambda: self.add(vm, 2), r'GED|ACPI')
        masks = guest.cpu_masks()
        self.assertEqual(masks['online'], {0, 1})
        self.assertEqual(self.enabled_slots(vm), {0, 1})
        self.assert_healthy(vm, guest)

    def test_s18_old_kernel(self):
        """A kernel older than 6.11: the plug has no effect there and does no harm.

        :avocado: tags=check
        """
        vm, guest = self.boot_slots(2, 4, kernel='cloud-6.1')
        self.add(vm, 2)
        time.sleep(2)
        self.assertEqual(guest.cpu_masks()['online'], {0, 1})
        self.assertEqual(guest.load(1, 2000), 1)
        self.assertEqual(vm.qmp.command('query-status')['status'], 'running')

    def test_hmp(self):
        """The monitor commands do the same, and print what people read.

        :avocado: tags=check
        """
        vm, guest = self.boot_slots(1, 2)
        self.assertEqual(vm.qmp.hmp('device_add max-arm-cpu,id=cpu1,core-id=1').strip(), '')
        self.assertEqual(self.wait_ost(vm, 1, OST_DEVICE_CHECK), 0)
        text = vm.qmp.hmp('info hotpluggable-cpus')
        self.assertIn('qom_path: "/machine/peripheral/cpu1"', text)
        self.assertIn('core-id: "1"', text)
        self.assertRegex(vm.qmp.hmp('info cpus'), r'CPU #1')
        self.assertEqual(vm.qmp.hmp('device_del cpu1').strip(), '')
        self.wait_deleted(vm, 1)
        guest.wait_cpu(1, exists=False)
        self.assert_healthy(vm, guest)


class Cycles(HotplugTest):
    """S05: plugging again and again costs the host nothing that stays."""

    timeout = 3600 * guestvm.SCALE

    def cycles(self, count, seed=1):
        """COUNT times: plug some CPUs, use them, unplug them."""
        rng = random.Random(seed)
        vm, guest = self.boot_slots(2, 4)
        before, at_half = None, None
        for cycle in range(count):
            cpus = rng.sample((2, 3), rng.randint(1, 2))
            for cpu in cpus:
                self.plug(vm, guest, cpu, online=rng.random() < 0.9)
            for cpu in rng.sample(cpus, len(cpus)):
                self.unplug(vm, guest, cpu)
            figures = vm.figures()
            self.log.info('cycle %d: %s, own memory %.1f MiB', cycle, figures,
                          figures.own_kib / 1024)
            if cycle == count // 4:
                before = figures
            if cycle == count // 2:
                at_half = figures
        end = vm.figures()
        self.assertEqual(end.threads, before.threads, 'host threads')
        self.assertEqual(end.fds, before.fds, 'host file descriptors')
        # A vCPU's own memory is far more than this; what is allowed is the allocator's drift.
        allowed = 1024 + 8 * count
        self.assertLess(end.own_kib - at_half.own_kib, allowed, 'KiB the emulator has grown by')
        self.assert_masks(guest, enabled={0, 1}, online={0, 1})
        self.assert_healthy(vm, guest)

    def test_s05_24_cycles(self):
        """
        :avocado: tags=check
        """
        self.cycles(24)

    def test_s05_200_cycles(self):
        """
        :avocado: tags=soak
        """
        self.cycles(200)

    def test_s05_many_cpus(self):
        """All of 14 CPUs, ten times over.

        :avocado: tags=soak
        """
        vm, guest = self.boot_slots(2, 16, memory='1G')
        for _ in range(10):
            for cpu in range(2, 16):
                self.plug(vm, guest, cpu)
            for cpu in range(15, 1, -1):
                self.unplug(vm, guest, cpu)
        self.assert_healthy(vm, guest)
