# SPDX-License-Identifier: GPL-2.0-or-later
"""What the system tests share: booting guests, QMP by qemu.qmp, plugging, reports of failures."""
import asyncio
import os
import sys
from pathlib import Path

import avocado
from qemu.qmp import ConnectError
from qemu.qmp.legacy import QEMUMonitorProtocol

TOP = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TOP / 'tests' / 'guest'))

import material  # noqa: E402  pylint: disable=wrong-import-position
import vm as guestvm  # noqa: E402  pylint: disable=wrong-import-position

BUILD = Path(os.environ.get('BUILD', TOP / 'build')).resolve()
BINARY = Path(os.environ.get('SPARECORE_BINARY', BUILD / 'qemu-system-aarch64')).resolve()

OST_DEVICE_CHECK = 1
OST_EJECT = 3


class QmpPyClient:
    """The client of vm.QmpSession by the qemu.qmp package."""

    def __init__(self, path, log):
        self.log = log
        self.events = []
        self.protocol = QEMUMonitorProtocol(str(path))
        try:
            self.greeting = self.protocol.connect()
        except ConnectError as e:
            # The caller tells "not there yet" from "broken" by the plain OSError.
            raise e.exc from e
        self.protocol.settimeout(60 * guestvm.SCALE)

    def command(self, name, **arguments):
        """Execute NAME; its return value or vm.QmpError."""
        self.log('->', {'execute': name, 'arguments': arguments})
        reply = self.protocol.cmd_raw(name, arguments)
        self.log('<-', reply)
        if 'error' in reply:
            raise guestvm.QmpError(name, reply['error'])
        return reply['return']

    def poll_event(self, timeout):
        """Move one more event into `events` if one comes within TIMEOUT."""
        try:
            event = self.protocol.pull_event(wait=max(float(timeout), 0.001))
        except asyncio.TimeoutError:
            return False
        self.log('<-', event)
        self.events.append(event)
        return True

    def close(self):
        """End the session, also when the emulator has gone first."""
        try:
            self.protocol.close()
        except Exception:  # pylint: disable=broad-except
            # The peer may have closed in the middle of anything: the session is over either way.
            pass


class SystemTest(avocado.Test):
    """Base of all system tests."""

    timeout = 600 * guestvm.SCALE
    maxDiff = None

    def setUp(self):
        self.machines = []
        if not BINARY.exists():
            self.cancel(f'{BINARY} is not built')

    def tearDown(self):
        for vm in self.machines:
            vm.stop()
            if self.status != 'PASS':
                text = vm.report()
                vm.path('report.txt').write_text(text, encoding='utf-8')
                self.log.error('%s', text)

    def machine(self, **kwargs):
        """A machine that is not started; its logs go to the test's output directory."""
        workdir = Path(self.outputdir) / f'vm{len(self.machines)}'
        vm = guestvm.Machine(kwargs.pop('binary', BINARY), workdir=workdir,
                             qmp_factory=QmpPyClient, **kwargs)
        self.machines.append(vm)
        return vm

    def boot(self, kernel='cloud-6.12', timeout=guestvm.BOOT_TIMEOUT, **kwargs):
        """Boot a guest until it answers commands; (machine, guest)."""
        files = material.guest(kernel)
        vm = self.machine(kernel=files.kernel, initrd=files.initrd, **kwargs)
        vm.start()
        vm.console.wait_ready(timeout)
        return vm, guestvm.Guest(vm)

    def assert_healthy(self, vm, guest, allow=()):
        """The guest's kernel has nothing to complain about, the emulator neither."""
        bad = guest.complaints(allow) or guestvm.complaints(vm.console.text(), allow)
        self.assertEqual(bad, [], 'the guest kernel complains')
        self.assertEqual(vm.errors(), '', 'the emulator complains')

    def assert_masks(self, guest, enabled, possible=None, online=None):
        """The guest's CPU masks; `present` follows `possible` or `enabled`, as its kernel likes."""
        masks = guest.cpu_masks()
        self.assertEqual(guestvm.format_cpu_list(masks['enabled'] or masks['present']),
                         guestvm.format_cpu_list(enabled), 'enabled')
        if possible is not None:
            self.assertEqual(guestvm.format_cpu_list(masks['possible']),
                             guestvm.format_cpu_list(possible), 'possible')
            self.assertIn(masks['present'], (set(possible), set(enabled)), 'present')
        if online is not None:
            self.assertEqual(guestvm.format_cpu_list(masks['online']),
                             guestvm.format_cpu_list(online), 'online')

    def assert_qmp_error(self, call, pattern, cls='GenericError'):
        """CALL fails as a QMP error of class CLS whose text matches PATTERN."""
        try:
            result = call()
        except guestvm.QmpError as e:
            self.assertRegex(e.desc, pattern)
            self.assertEqual(e.cls, cls, e.desc)
        else:
            self.fail(f'succeeded with {result}; expected an error like "{pattern}"')


class HotplugTest(SystemTest):
    """Base of tests that plug and unplug vCPUs; the id of vCPU n is cpuN."""

    model = 'max'

    def boot_slots(self, cpus=2, maxcpus=4, **kwargs):
        """Boot with CPUS of MAXCPUS vCPUs and the hotplug log."""
        smp = kwargs.pop('smp', f'cpus={cpus},maxcpus={maxcpus}')
        vm, guest = self.boot(cpu=self.model, smp=smp, debug='hotplug', **kwargs)
        vm.qmp.drain()
        return vm, guest

    def add(self, vm, cpu, **props):
        """device_add, without waiting for the guest."""
        props = {k.replace('_', '-'): v for k, v in props.items()} or {'core-id': cpu}
        return vm.qmp.command('device_add', driver=f'{self.model}-arm-cpu', id=f'cpu{cpu}', **props)

    def remove(self, vm, cpu):
        """device_del, without waiting for the guest."""
        return vm.qmp.command('device_del', id=f'cpu{cpu}')

    def wait_ost(self, vm, cpu, source, timeout=60):
        """Status of the final _OST of SOURCE for CPU."""
        in_progress = (0x84,) if source == OST_EJECT else (0x80,)
        data = vm.qmp.wait_event(
            'ACPI_DEVICE_OST', what=f'for slot {cpu}, source {source}', timeout=timeout,
            match=lambda d: d['info']['slot'] == str(cpu) and d['info']['source'] == source
            and d['info']['status'] not in in_progress)
        return data['info']['status']

    def wait_deleted(self, vm, cpu, timeout=60):
        """Wait for DEVICE_DELETED with the id of CPU."""
        return vm.qmp.wait_event('DEVICE_DELETED', lambda d: d.get('device') == f'cpu{cpu}',
                                 timeout, f'for cpu{cpu}')

    def plug(self, vm, guest, cpu, online=True, **props):
        """Plug CPU and wait for the guest; bring it online unless told not to."""
        self.add(vm, cpu, **props)
        self.assertEqual(self.wait_ost(vm, cpu, OST_DEVICE_CHECK), 0, f'_OST of plugging cpu{cpu}')
        guest.wait_cpu(cpu)
        if online:
            guest.online(cpu)

    def unplug(self, vm, guest, cpu):
        """Unplug CPU and wait for the guest and for the emulator."""
        self.remove(vm, cpu)
        deleted = self.wait_deleted(vm, cpu)
        self.assertEqual(deleted.get('path'), f'/machine/peripheral/cpu{cpu}')
        self.assertEqual(self.wait_ost(vm, cpu, OST_EJECT), 0, f'_OST of unplugging cpu{cpu}')
        guest.wait_cpu(cpu, exists=False)

    def enabled_slots(self, vm):
        """Indices that query-cpus-fast lists."""
        return {c['cpu-index'] for c in vm.qmp.command('query-cpus-fast')}

    def occupied(self, vm):
        """{core-id: path} of query-hotpluggable-cpus entries that are plugged."""
        return {c['props']['core-id']: c['qom-path']
                for c in vm.qmp.command('query-hotpluggable-cpus') if 'qom-path' in c}
