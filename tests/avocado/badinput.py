# SPDX-License-Identifier: GPL-2.0-or-later
"""What users get wrong: each mistake is one clear sentence and exit status 1, or a QMP error."""
import gzip
import json
import os
import re
import socket
import subprocess
from pathlib import Path

from support import BINARY, SystemTest, guestvm, material

VIRT = ('-M', 'virt', '-display', 'none', '-nodefaults')
SLOTS = ('-M', 'virt,acpi=on', '-display', 'none', '-nodefaults', '-smp', '1,maxcpus=2',
         '-cpu', 'max')

# (arguments, what the sentence must contain). {tmp}: a directory with the files of make_files.
BAD_COMMAND_LINES = (
    (('-nosuchoption',), r'nosuchoption'),
    (('-M',), r'-M.*requires an argument|requires an argument.*-M'),
    (('-M', 'nosuch'), r"unsupported machine type.*nosuch|nosuch.*unsupported machine type"),
    (('-M', 'virt,nosuch=1'), r'nosuch'),
    (('-M', 'virt,acpi=maybe'), r'maybe'),
    (('-M', 'virt,gic-version=2'), r'gic-version'),
    (('-M', 'virt,gic-version=9'), r'gic-version'),
    ((), r'[Nn]o machine specified'),
    ((*VIRT, '-cpu', 'nosuch'), r"unable to find CPU model 'nosuch'"),
    ((*VIRT, '-cpu', 'max,nosuch=on'), r'nosuch'),
    ((*VIRT, '-cpu', 'max,=on'), r'.'),
    ((*VIRT, '-accel', 'nosuch'), r'invalid accelerator nosuch'),
    ((*VIRT, '-accel', 'kvm'), r'invalid accelerator kvm'),
    ((*VIRT, '-accel', 'tcg,nosuch=1'), r'nosuch'),
    ((*VIRT, '-accel', 'tcg,thread=some'), r'thread'),
    ((*VIRT, '-accel', 'tcg,tb-size=big'), r'tb-size'),
    ((*VIRT, '-smp', '0'), r'.'),
    ((*VIRT, '-smp', 'x'), r'x'),
    ((*VIRT, '-smp', '-1'), r'-1'),
    ((*VIRT, '-smp', '4,maxcpus=2'), r'maxcpus'),
    ((*VIRT, '-smp', '600'), r'600'),
    ((*VIRT, '-smp', '1,maxcpus=513'), r'513'),
    ((*VIRT, '-smp', '2,sockets=2,cores=2,threads=1,maxcpus=3'), r'maxcpus'),
    ((*VIRT, '-smp', 'cpus=2,nosuch=1'), r'nosuch'),
    ((*VIRT, '-smp', '2,sockets=0'), r'sockets'),
    ((*VIRT, '-m', '1X'), r'1X|-m'),
    ((*VIRT, '-m', '-5'), r'-5|-m'),
    ((*VIRT, '-m', 'size=512M,nosuch=1'), r'nosuch'),
    ((*VIRT, '-m', '99999999T'), r'.'),
    ((*VIRT, '-kernel', '{tmp}/missing'), r"could not load kernel '.*/missing'"),
    ((*VIRT, '-kernel', '{tmp}'), r'could not load kernel'),
    ((*VIRT, '-kernel', '{tmp}/empty'), r'could not load kernel.*/empty'),
    ((*VIRT, '-kernel', '{tmp}/random'), r'could not load kernel.*/random'),
    ((*VIRT, '-kernel', '{tmp}/truncated'), r'could not load kernel.*truncated'),
    ((*VIRT, '-kernel', '{tmp}/broken.gz'), r'could not load kernel.*broken.gz'),
    ((*VIRT, '-kernel', '{tmp}/text.gz'), r'could not load kernel.*text.gz'),
    ((*VIRT, '-m', '16M', '-kernel', '{kernel}'), r'RAM'),
    ((*VIRT, '-kernel', '{kernel}', '-initrd', '{tmp}/missing'), r'could not load.*missing'),
    ((*VIRT, '-m', '64M', '-kernel', '{kernel}', '-initrd', '{tmp}/large'), r'RAM|fit'),
    ((*VIRT, '-append', 'x'), r'-append only allowed with -kernel'),
    ((*VIRT, '-initrd', '{tmp}/random'), r'-initrd only allowed with -kernel'),
    ((*VIRT, '-kernel', '{kernel}', '-dtb', '{tmp}/missing'), r'missing'),
    ((*VIRT, '-kernel', '{kernel}', '-dtb', '{tmp}/random'), r'random'),
    ((*VIRT, '-serial', 'nosuch:1'), r'nosuch'),
    ((*VIRT, '-serial', 'file:/nonexistent/x'), r'/nonexistent/x'),
    ((*VIRT, '-serial', 'chardev:missing'), r'missing'),
    ((*VIRT, '-chardev', 'nosuch,id=a'), r'nosuch'),
    ((*VIRT, '-chardev', 'null'), r'id'),
    ((*VIRT, '-chardev', 'null,id=a', '-chardev', 'null,id=a'), r"'?a'?"),
    ((*VIRT, '-chardev', 'socket,id=a'), r'path|host|port|socket'),
    ((*VIRT, '-chardev', 'socket,id=a,path=/nonexistent/s,server=on,wait=off'), r'/nonexistent/s'),
    ((*VIRT, '-qmp', 'unix:/nonexistent/s,server=on,wait=off'), r'/nonexistent/s'),
    ((*VIRT, '-qmp', 'tcp:127.0.0.1:notaport,server=on,wait=off'), r'notaport'),
    ((*VIRT, '-mon', 'chardev=missing'), r'missing'),
    ((*VIRT, '-monitor', 'nosuch'), r'nosuch'),
    ((*VIRT, '-d', 'nosuch'), r'nosuch'),
    ((*VIRT, '-d', 'int', '-D', '/nonexistent/x'), r'/nonexistent/x'),
    ((*VIRT, '-pidfile', '/nonexistent/x'), r'/nonexistent/x'),
    ((*VIRT, '-device', 'nosuch'), r"'nosuch' is not a valid device model name"),
    ((*VIRT, '-smp', '1,maxcpus=2', '-cpu', 'max', '-device', 'max-arm-cpu,id=c,core-id=1'),
     r'GED.*does not exist'),
    ((*SLOTS, '-device', 'max-arm-cpu,id=c,core-id=5'), r'core-id 5'),
    ((*SLOTS, '-device', 'max-arm-cpu,id=c,core-id=0'), r'exist'),
    ((*SLOTS, '-device', 'cortex-a57-arm-cpu,id=c,core-id=1'), r'Invalid CPU type'),
    ((*SLOTS, '-device', 'max-arm-cpu,id=c,core-id=1', '-device', 'max-arm-cpu,id=c'),
     r"exist|Duplicate.*'c'"),
)

# Every help form ends with status 0 and prints something like this.
HELP_FORMS = (
    (('-version',), r'^QEMU emulator version \d+\.\d+\.\d+ \(.+\)\n'),
    (('--version',), r'^QEMU emulator version \d+\.\d+\.\d+ \(.+\)\n'),
    (('-help',), r'-machine'),
    (('-h',), r'-machine'),
    (('-M', 'help'), r'(?m)^virt\b'),
    (('-machine', '?'), r'(?m)^virt\b'),
    (('-M', 'virt,help'), r'gic-version'),
    (('-cpu', 'help'), r'cortex-a57'),
    (('-cpu', '?'), r'neoverse-n1'),
    (('-accel', 'help'), r'(?m)^tcg$'),
    (('-accel', 'tcg,help'), r'tb-size'),
    (('-device', 'help'), r'max-arm-cpu'),
    (('-device', 'max-arm-cpu,help'), r'core-id'),
    (('-chardev', 'help'), r'socket'),
    (('-smp', 'help'), r'maxcpus'),
    (('-d', 'help'), r'hotplug'),
)


def make_files(tmp, kernel):
    """Files that are wrong in a way each."""
    image = Path(kernel).read_bytes()[:1 << 20]
    (tmp / 'empty').write_bytes(b'')
    (tmp / 'random').write_bytes(os.urandom(1 << 16))
    (tmp / 'truncated').write_bytes(image)
    (tmp / 'broken.gz').write_bytes(gzip.compress(image)[:5000])
    (tmp / 'text.gz').write_bytes(gzip.compress(b'no kernel at all\n' * 4096))
    with open(tmp / 'large', 'wb') as f:
        f.truncate(200 << 20)


class CommandLine(SystemTest):
    """One run of the emulator per row."""

    def run_binary(self, args, timeout=20):
        """(exit status, stdout, stderr)."""
        done = subprocess.run([BINARY, *args], stdin=subprocess.DEVNULL, capture_output=True,
                              timeout=timeout * guestvm.SCALE, check=False)
        return (done.returncode, done.stdout.decode('utf-8', 'replace'),
                done.stderr.decode('utf-8', 'replace'))

    def judge_bad(self, status, out, err, pattern):
        """None, or what is wrong with the answer to a bad command line."""
        if status != 1:
            return f'exit status {status}, expected 1 (stderr: {err.strip()})'
        if out:
            return f'it prints to stdout: {out[:200]}'
        if not re.search(pattern, err):
            return f'the message does not contain "{pattern}": {err.strip() or "no message"}'
        if len(err.splitlines()) > 3 or any(len(line) > 400 for line in err.splitlines()):
            return f'not one clear sentence: {err.strip()}'
        return None

    def judge_help(self, status, out, err, pattern):
        """None, or what is wrong with the answer to a help form."""
        if status != 0 or err or not re.search(pattern, out):
            return (f'status {status}, stderr "{err.strip()[:200]}", stdout "{out[:200]}",'
                    f' expected status 0 and "{pattern}"')
        return None

    def run_rows(self, rows, judge):
        """Run each row's arguments; JUDGE says what is wrong."""
        wrong = []
        for args, pattern in rows:
            try:
                verdict = judge(*self.run_binary(args), pattern)
            except subprocess.TimeoutExpired:
                verdict = 'it keeps running'
            text = ' '.join(args) or '(no arguments)'
            self.log.info('%s: %s', text, verdict or 'good')
            if verdict:
                wrong.append(f'{text}: {verdict}')
        if wrong:
            self.fail(f'{len(wrong)} of {len(rows)} command lines:\n' + '\n'.join(wrong))

    def test_bad_command_lines(self):
        """
        :avocado: tags=check
        """
        kernel = material.guest('cloud-6.12').kernel
        tmp = Path(self.workdir)
        make_files(tmp, kernel)
        self.run_rows([([a.format(tmp=tmp, kernel=kernel) for a in args], pattern)
                       for args, pattern in BAD_COMMAND_LINES], self.judge_bad)

    def test_help_forms(self):
        """
        :avocado: tags=check
        """
        self.run_rows(HELP_FORMS, self.judge_help)


class RawQmp:
    """A QMP connection that sends what it is told, well-formed or not."""

    def __init__(self, path):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(30 * guestvm.SCALE)
        self.sock.connect(str(path))
        self.buffer = b''
        self.greeting = self.read()

    def send(self, data):
        self.sock.sendall(data)

    def read(self):
        """The next message that is no event."""
        while True:
            while b'\n' not in self.buffer:
                data = self.sock.recv(1 << 16)
                if not data:
                    raise guestvm.VmError('the emulator closed the connection')
                self.buffer += data
            line, _, self.buffer = self.buffer.partition(b'\n')
            message = json.loads(line)
            if 'event' not in message:
                return message

    def ask(self, data):
        self.send(data if isinstance(data, bytes) else json.dumps(data).encode() + b'\n')
        return self.read()


class Qmp(SystemTest):
    """The monitor under bad input and with several clients."""

    def start(self, smp='1', **kwargs):
        """A machine without a guest."""
        vm = self.machine(smp=smp, extra=['-S'], **kwargs)
        vm.start()
        return vm

    def start_with_socket(self, *options):
        """A machine without a guest and with one more QMP socket; (machine, path)."""
        vm = self.machine(smp='1')
        path = vm.socket_dir / 'second'
        vm.args += ['-S', '-qmp', f'unix:{path},server=on,wait=off']
        vm.args += [o.format(dir=vm.socket_dir) for o in options]
        vm.start()
        return vm, path

    def test_malformed(self):
        """Each bad message gets one error reply, and the session goes on.

        :avocado: tags=check
        """
        vm, path = self.start_with_socket()
        raw = RawQmp(path)
        self.assertIn('version', raw.greeting['QMP'])
        early = raw.ask({'execute': 'query-status'})
        self.assertEqual(early['error']['class'], 'CommandNotFound')
        self.assertIn('qmp_capabilities', early['error']['desc'])
        self.assertEqual(raw.ask({'execute': 'qmp_capabilities'}), {'return': {}})
        for text in (b'{"execute": }\n', b'{"execute": "query-status"]\n', b'[1, 2\n]\n',
                     b'"word"\n', b'{"execute": 5}\n', b'{"exec": "query-status"}\n',
                     b'{"execute": "query-status", "nosuch": 1}\n',
                     b'{"execute": "query-status", "arguments": {"nosuch": 1}}\n',
                     b'{"execute": "query-status", "arguments": []}\n',
                     b'{"execute": "device_del", "arguments": {"id": 7}}\n',
                     b'{"execute": "device_del", "arguments": {}}\n',
                     b'{"execute": "human-monitor-command", "arguments": {"command-line": 1}}\n',
                     b'{"execute": "query-status", "id": "x" "y"}\n',
                     b'{"execute": "qu\\q"}\n',
                     b'[' * 5000 + b']' * 5000 + b'\n'):
            reply = raw.ask(text)
            self.assertIn('error', reply, text[:80])
            self.assertTrue(reply['error']['desc'], text[:80])
            self.settle(raw)
        reply = raw.ask({'execute': 'nosuch', 'id': {'a': [1, None, 'ä']}})
        self.assertEqual(reply['error']['class'], 'CommandNotFound')
        self.assertEqual(reply['id'], {'a': [1, None, 'ä']})
        self.assertEqual(vm.qmp.command('query-status')['status'], 'prelaunch')

    def settle(self, raw):
        """One bad text may count as several bad messages: read their replies away."""
        raw.send(b'{"execute": "query-name", "id": "settled"}\n')
        while True:
            reply = raw.read()
            if reply.get('id') == 'settled' or 'CommandNotFound' in str(reply):
                return

    def test_oversized(self):
        """Hundreds of megabytes without an end are refused, not collected.

        :avocado: tags=check
        """
        vm, path = self.start_with_socket()
        raw = RawQmp(path)
        raw.ask({'execute': 'qmp_capabilities'})
        before = vm.figures().rss_kib
        try:
            raw.send(b'{"execute": "')
            for _ in range(200):
                raw.send(b'a' * (1 << 20))
            raw.send(b'"}\n')
            self.assertIn('error', raw.read())
        except (BrokenPipeError, ConnectionResetError, guestvm.VmError):
            self.log.info('the emulator closed the session')
        grown = vm.figures().rss_kib - before
        self.log.info('the emulator grew by %d KiB', grown)
        self.assertLess(grown, 160 << 10, 'KiB that one line takes')
        self.assertEqual(vm.qmp.command('query-status')['status'], 'prelaunch')

    def test_several_sessions(self):
        """Two sessions and a monitor at once; each gets the events.

        :avocado: tags=check
        """
        vm, second = self.start_with_socket('-monitor', 'unix:{dir}/hmp,server=on,wait=off')
        other = vm.connect_qmp(second)
        human = socket.socket(socket.AF_UNIX)
        human.settimeout(30 * guestvm.SCALE)
        human.connect(f'{vm.socket_dir}/hmp')
        text = b''
        human.sendall(b'info status\n')
        while b'VM status: ' not in text:
            text += human.recv(4096)
        vm.qmp.command('cont')
        vm.qmp.wait_event('RESUME')
        other.wait_event('RESUME')
        other.command('stop')
        vm.qmp.wait_event('STOP')
        other.wait_event('STOP')
        other.command('quit')
        self.assertEqual(vm.wait_exit(), 0)
        other.close()
        human.close()

    def test_queries(self):
        """The commands that clients send first.

        :avocado: tags=check
        """
        vm = self.start(smp='2,maxcpus=4')
        version = vm.qmp.command('query-version')
        self.assertGreaterEqual(version['qemu']['major'], 7)
        self.assertEqual(vm.qmp.command('query-target'), {'arch': 'aarch64'})
        self.assertEqual(vm.qmp.command('query-kvm'), {'enabled': False, 'present': False})
        names = {c['name'] for c in vm.qmp.command('query-commands')}
        schema = vm.qmp.command('query-qmp-schema')
        self.assertLess(len(json.dumps(schema)), 256 << 10)
        described = {e['name'] for e in schema if e['meta-type'] == 'command'}
        self.assertEqual(names, described, 'query-commands and query-qmp-schema')
        for name in ('device_add', 'device_del', 'query-hotpluggable-cpus', 'query-cpus-fast',
                     'stop', 'cont', 'system_reset', 'system_powerdown', 'quit'):
            self.assertIn(name, names)
        slots = vm.qmp.command('query-hotpluggable-cpus')
        self.assertEqual([s['props']['core-id'] for s in slots], [3, 2, 1, 0])
        self.assertEqual({s['type'] for s in slots}, {'max-arm-cpu'})
        cpus = vm.qmp.command('query-cpus-fast')
        threads = [c['thread-id'] for c in cpus]
        self.assertEqual(len(set(threads) | {vm.process.pid}), 3, 'distinct host threads')
        self.assertEqual(cpus[0]['target'], 'aarch64')

    def test_terminated(self):
        """SIGTERM ends it with status 0 and a line that says so.

        :avocado: tags=check
        """
        vm = self.start()
        vm.process.terminate()
        self.assertEqual(vm.wait_exit(), 0)
        self.assertRegex(vm.errors(), r'terminating on signal 15')
