# SPDX-License-Identifier: GPL-2.0-or-later
"""Hotplug in less usual circumstances (S numbers: docs/devel/testing.md)."""
import re
import resource
import time

from support import HotplugTest, OST_DEVICE_CHECK, guestvm, material


class Circumstances(HotplugTest):
    """Machines, kernels and moments that are not the ordinary ones."""

    # -- S17, S36, S37: the machine ----------------------------------------------------------------

    def test_s17_one_thread(self):
        """thread=single: vCPUs run in turns, plugged ones too; two busy ones take one host CPU.

        :avocado: tags=check
        """
        vm, guest = self.boot_slots(2, 3, extra=['-accel', 'tcg,thread=single'])
        self.plug(vm, guest, 2)
        guest.console.check('for c in 0 1 2; do '
                            'taskset $((1 << c)) sh -c "while :; do :; done" & '
                            'echo $! >> /tmp/busy; done')

        begin, used = time.monotonic(), guestvm.cpu_seconds(vm.process.pid)
        time.sleep(3)
        used = guestvm.cpu_seconds(vm.process.pid) - used
        self.assertLess(used / (time.monotonic() - begin), 1.25, 'host CPUs in use')
        guest.console.check('kill $(cat /tmp/busy)')
        for cpu in range(3):
            self.assertEqual(guest.load(cpu, 1000), cpu)
        self.unplug(vm, guest, 2)
        self.assert_healthy(vm, guest)

    def test_s36_second_redistributor_region(self):
        """CPUs above 123, whose redistributors are in the second region; via the first 16 too.

        :avocado: tags=check
        """
        vm, guest = self.boot_slots(1, 300, memory='1G', timeout=300)
        for cpu in (122, 123, 17, 299):
            self.plug(vm, guest, cpu)
            self.assertEqual(guest.load(cpu, 1000), cpu)
        self.assert_masks(guest, enabled={0, 17, 122, 123, 299}, online={0, 17, 122, 123, 299})
        for cpu in (123, 299, 122, 17):
            self.unplug(vm, guest, cpu)
        self.assert_healthy(vm, guest)

    def test_s37_small_code_cache(self):
        """The code cache fills and is flushed again and again while CPUs come and go.

        :avocado: tags=soak
        """
        vm, guest = self.boot_slots(1, 4, extra=['-accel', 'tcg,tb-size=8'])
        for _ in range(3):
            for cpu in (1, 2, 3):
                self.plug(vm, guest, cpu)
                self.assertEqual(guest.load(cpu, 500), cpu)
            for cpu in (2, 3, 1):
                self.unplug(vm, guest, cpu)
        flushes = re.search(r'(?i)flush\D*(\d+)', vm.qmp.hmp('info jit'))
        self.assertGreater(int(flushes[1]), 3, 'flushes of the code cache')
        self.assert_healthy(vm, guest)

    def test_s35_pmu(self):
        """With and without a PMU; a plugged CPU takes part in the one there is.

        :avocado: tags=check
        """
        pmu = '/sys/bus/event_source/devices/armv8_pmuv3_0/cpus'
        for option, there in (('', True), (',pmu=off', False)):
            vm, guest = self.boot_model(f'max{option}')
            self.plug(vm, guest, 1)
            status, text = guest.console.run(f'cat {pmu}')
            self.assertEqual(status == 0, there, f'-cpu max{option}: {pmu}: {text}')
            if there:
                self.assertEqual(guestvm.parse_cpu_list(text.strip()), {0, 1})
            self.unplug(vm, guest, 1)
            self.assert_healthy(vm, guest)
            vm.stop()

    def boot_model(self, cpu):
        """Boot 1 of 2 vCPUs with `-cpu CPU`."""
        vm, guest = self.boot(cpu=cpu, smp='cpus=1,maxcpus=2', debug='hotplug',
                              machine='virt,acpi=on')
        vm.qmp.drain()
        return vm, guest

    # -- S33: topology -----------------------------------------------------------------------------

    def test_s33_topologies(self):
        """Where the guest sees a plugged CPU is where its ids say.

        :avocado: tags=soak
        """
        for sockets, clusters, cores, threads in ((2, 2, 1, 1), (1, 1, 6, 1), (2, 1, 2, 2),
                                                  (1, 2, 2, 2)):
            total = sockets * clusters * cores * threads
            vm, guest = self.boot_slots(
                smp=f'cpus=1,maxcpus={total},sockets={sockets},clusters={clusters},cores={cores},'
                    f'threads={threads}', memory='1G', machine='virt,acpi=on')
            for cpu in range(total - 1, 0, -1):
                self.plug(vm, guest, cpu, thread_id=cpu % threads, core_id=cpu // threads % cores,
                          cluster_id=cpu // threads // cores % clusters,
                          socket_id=cpu // threads // cores // clusters)
            for cpu in range(total):
                self.check_topology(guest, cpu, total, cores * clusters * threads, threads)
            self.assert_healthy(vm, guest)
            vm.stop()

    def check_topology(self, guest, cpu, total, in_socket, in_core):
        """Package and core of CPU have the members they should."""
        text = guest.console.check(f'cd /sys/devices/system/cpu/cpu{cpu}/topology;'
                                   ' cat package_cpus_list core_cpus_list')
        package, core = (guestvm.parse_cpu_list(line) for line in text.split())
        first, first_of_core = cpu - cpu % in_socket, cpu - cpu % in_core
        self.assertEqual(package, set(range(first, first + in_socket)) & set(range(total)),
                         f'the package of CPU {cpu}')
        self.assertEqual(core, set(range(first_of_core, first_of_core + in_core)),
                         f'the core of CPU {cpu}')

    # -- S21, S25, S27: moments --------------------------------------------------------------------

    def test_s21_sysrq_and_panic(self):
        """Reboots that the guest did not prepare: a plugged CPU comes back, also from its panic.

        :avocado: tags=check
        """
        vm, guest = self.boot_slots(1, 4, append='panic=1 sysrq_always_enabled')
        self.plug(vm, guest, 2)
        for commands in ('echo b > /proc/sysrq-trigger',
                         'taskset -c 2 sh -c "echo c > /proc/sysrq-trigger"'):
            guest.console.run('echo 1 > /sys/devices/system/cpu/cpu2/online')
            vm.console.send(commands)
            vm.qmp.wait_event('RESET')
            vm.console.wait_ready()
            self.assert_masks(guest, enabled={0, 2}, possible=set(range(4)))
        vm.qmp.drain()
        self.unplug(vm, guest, 2)
        self.plug(vm, guest, 3)
        self.assertEqual(guest.complaints(), [])

    def boot_and_plug(self, moments):
        """Plug CPU 1 when the first of MOMENTS has been printed, and so on; (machine, guest)."""
        files = material.guest('cloud-6.12')
        vm = self.machine(kernel=files.kernel, initrd=files.initrd, cpu=self.model,
                          smp=f'cpus=1,maxcpus={len(moments) + 1}', debug='hotplug', extra=['-S'],
                          memory='1G')
        vm.start()
        vm.qmp.command('cont')
        for cpu, moment in enumerate(moments, 1):
            vm.console.wait_for(moment, 120)
            self.add(vm, cpu)
        vm.console.wait_ready()
        return vm, guestvm.Guest(vm)

    def test_s25_before_the_driver(self):
        """A plug of before the guest has set up its interrupt, and none after it: still told.

        :avocado: tags=check
        """
        for moment in ('Booting Linux', 'smp: Brought up'):
            vm, guest = self.boot_and_plug([moment])
            self.assertEqual(self.wait_ost(vm, 1, OST_DEVICE_CHECK), 0, f'plugged at "{moment}"')
            self.assert_masks(guest, enabled={0, 1})
            self.assert_healthy(vm, guest)
            vm.stop()

    def test_s25_any_moment_of_the_boot(self):
        """Plugs all along the boot: each gets its _OST.

        :avocado: tags=check
        """
        vm, guest = self.boot_and_plug(
            ('Booting Linux', 'GICv3: ', 'smp: Brought up', 'ACPI: Interpreter enabled',
             'clocksource: Switched', 'NET: Registered', 'Run /init'))
        every = set(range(8))
        for cpu in sorted(every - {0}):
            self.assertEqual(self.wait_ost(vm, cpu, OST_DEVICE_CHECK), 0, f'_OST of cpu{cpu}')
            guest.wait_cpu(cpu)
        self.assert_masks(guest, enabled=every, possible=every)
        for cpu in sorted(every - {0}):
            self.unplug(vm, guest, cpu)
        self.assert_healthy(vm, guest)

    def test_s27_power_button_too(self):
        """Three events in one interrupt: a plug, an unplug and the power button.

        :avocado: tags=check
        """
        vm, guest = self.boot_slots(1, 3)
        guest.console.check('insmod /lib/modules/evdev.ko')
        guest.console.check('for e in /dev/input/event*; do'
                            ' (dd if=$e bs=24 count=1 > /tmp/key 2> /dev/null; mv /tmp/key'
                            ' /tmp/pressed) & done; sleep 1')
        self.plug(vm, guest, 1)
        vm.qmp.command('stop')
        self.add(vm, 2)
        vm.qmp.command('system_powerdown')
        self.remove(vm, 1)
        vm.qmp.command('cont')
        self.assertEqual(self.wait_ost(vm, 2, OST_DEVICE_CHECK), 0)
        self.wait_deleted(vm, 1)
        guest.console.check('n=0; until [ -s /tmp/pressed ]; do n=$((n+1)); [ $n -gt 300 ] &&'
                            ' exit 1; usleep 100000; done')
        guest.wait_cpu(1, exists=False)
        self.assert_masks(guest, enabled={0, 2})
        self.assert_healthy(vm, guest)

    def test_s26_reset_while_stopped(self):
        """Everything pending, the machine stopped, reset twice, then let go.

        :avocado: tags=check
        """
        vm, guest = self.boot_slots(1, 4)
        self.plug(vm, guest, 1)
        self.plug(vm, guest, 2)
        vm.qmp.command('stop')
        self.remove(vm, 1)
        vm.qmp.command('system_reset')
        self.remove(vm, 1)
        self.add(vm, 3)
        vm.qmp.command('system_reset')
        vm.qmp.command('cont')
        vm.console.wait_ready()
        self.assert_masks(guest, enabled={0, 1, 2, 3})
        vm.qmp.drain()
        for cpu in (3, 1, 2):
            self.unplug(vm, guest, cpu)
        self.assert_healthy(vm, guest)

    # -- S39: the kernel's own limits --------------------------------------------------------------

    def test_s39_kernel_maxcpus(self):
        """`maxcpus=1` for the kernel: CPUs are brought online later, the plugged one too.

        :avocado: tags=check
        """
        vm, guest = self.boot_slots(2, 3, append='maxcpus=1')
        self.assert_masks(guest, enabled={0, 1}, online={0})
        self.plug(vm, guest, 2)
        guest.online(1)
        self.assert_masks(guest, enabled={0, 1, 2}, online={0, 1, 2})
        self.unplug(vm, guest, 2)
        self.assert_healthy(vm, guest)

    def test_s39_kernel_nr_cpus(self):
        """`nr_cpus=2`: the kernel does not take the third CPU; the second comes and goes.

        :avocado: tags=check
        """
        vm, guest = self.boot_slots(1, 4, append='nr_cpus=2')
        self.add(vm, 3)
        self.wait_ost(vm, 3, OST_DEVICE_CHECK)      # whatever it says: 6.12 says 0
        self.assert_masks(guest, enabled={0}, possible={0, 1}, online={0})
        self.plug(vm, guest, 1)
        self.assertEqual(guest.load(1, 1000), 1)
        self.unplug(vm, guest, 1)
        self.assert_masks(guest, enabled={0}, online={0})

    def test_s39_isolated(self):
        """isolcpus= and nohz_full= with CPUs that are not there yet.

        :avocado: tags=check
        """
        vm, guest = self.boot_slots(1, 3, append='isolcpus=1,2 nohz_full=2')
        self.plug(vm, guest, 1)
        self.plug(vm, guest, 2)
        self.assertEqual(guest.load(2, 1000), 2)
        self.unplug(vm, guest, 2)
        self.unplug(vm, guest, 1)
        self.assert_healthy(vm, guest)


class Observers(HotplugTest):
    """Those who look on, and a host that refuses."""

    def test_s43_queries_meanwhile(self):
        """All queries, all the time, while CPUs come and go without anybody waiting.

        :avocado: tags=check
        """
        vm, guest = self.boot_slots(1, 4)
        for cycle in range(12):
            cpu = cycle % 3 + 1
            self.add(vm, cpu)
            self.look(vm)
            self.assertEqual(self.wait_ost(vm, cpu, OST_DEVICE_CHECK), 0)
            guest.wait_cpu(cpu)
            self.remove(vm, cpu)
            while not vm.qmp.take_event('DEVICE_DELETED'):
                self.look(vm)
                vm.qmp.client.poll_event(0.01)
            guest.wait_cpu(cpu, exists=False)
        self.assert_healthy(vm, guest)

    def look(self, vm):
        """One of each; the views agree, whatever the moment."""
        slots = vm.qmp.command('query-hotpluggable-cpus')
        self.assertEqual([s['props']['core-id'] for s in slots], [3, 2, 1, 0])
        for cpu in vm.qmp.command('query-cpus-fast'):
            self.assertIn(cpu['cpu-index'], range(4))
        self.assertEqual(len(vm.qmp.command('query-acpi-ospm-status')), 4)
        self.assertIn('CPU#0', vm.qmp.hmp('info registers -a'))
        self.assertIn('slot 0: enabled', vm.qmp.hmp('info hotplug'))
        vm.qmp.hmp('info cpus')
        vm.qmp.hmp('info qtree')
        vm.qmp.command('qom-list', path='/machine/peripheral')

    def test_s44_one_uevent(self):
        """User space hears of each plug and unplug exactly once.

        :avocado: tags=check
        """
        vm, guest = self.boot_slots(1, 3)
        guest.console.check('uevent sh -c \'echo "$SUBSYSTEM $ACTION ${DEVPATH##*/}" >> /tmp/seen\''
                            ' > /dev/null 2>&1 & sleep 1')
        for _ in range(2):
            self.plug(vm, guest, 1, online=False)
            self.plug(vm, guest, 2, online=False)
            self.unplug(vm, guest, 1)
            self.unplug(vm, guest, 2)
        end = time.monotonic() + 30 * guestvm.SCALE
        want = [f'cpu {action} cpu{cpu}' for action in ('add', 'remove') for cpu in (1, 2)] * 2
        seen = []
        while len(seen) < len(want) and time.monotonic() < end:
            seen = [line for line in guest.console.check('cat /tmp/seen').splitlines()
                    if re.match(r'cpu (add|remove)', line)]
        self.assertEqual(seen, want)
        self.assert_healthy(vm, guest)

    def test_s46_host_refuses_a_thread(self):
        """No memory for one more thread: an error, nothing changed, and later it goes well.

        :avocado: tags=check
        """
        vm, guest = self.boot_slots(1, 3)
        pid = vm.process.pid
        limits = resource.prlimit(pid, resource.RLIMIT_AS)
        size = int(re.search(r'VmSize:\s*(\d+)', open(f'/proc/{pid}/status').read())[1]) << 10
        resource.prlimit(pid, resource.RLIMIT_AS, (size + (1 << 20), limits[1]))
        self.assert_qmp_error(lambda: self.add(vm, 1), r'could not|memory|thread')
        resource.prlimit(pid, resource.RLIMIT_AS, limits)
        self.assertEqual(self.enabled_slots(vm), {0})
        self.assert_masks(guest, enabled={0}, online={0})
        self.plug(vm, guest, 1)
        self.assertEqual(guest.load(1, 1000), 1)
        self.unplug(vm, guest, 1)
        self.assert_healthy(vm, guest)
