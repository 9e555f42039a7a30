# SPDX-License-Identifier: GPL-2.0-or-later
"""Run the emulator with a guest: process, QMP, serial console with commands, logs.

Standard library only. The tests hand in a QMP client of their own (qemu.qmp) by `qmp_factory`.

    with Machine(binary, kernel=..., initrd=..., smp='2,maxcpus=4', workdir=logs) as vm:
        vm.console.wait_ready()
        status, text = vm.console.run('cat /proc/cpuinfo')
        vm.qmp.command('device_add', driver='max-arm-cpu', id='cpu2', **{'core-id': 2})
        vm.qmp.wait_event('ACPI_DEVICE_OST')

Every wait has an end and says what it waited for. TIMEOUT_SCALE=N in the environment stretches
all of them, for builds that are slow on purpose.
"""
import base64
import hashlib
import json
import os
import re
import shlex
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from pathlib import Path

SCALE = float(os.environ.get('TIMEOUT_SCALE', '1'))

BOOT_TIMEOUT = 120
RUN_TIMEOUT = 60

# What a healthy guest never says.
BAD_LINES = re.compile(
    r'BUG:|WARNING:|Oops|Call trace|rcu.*(?:stall|detected)|soft lockup|hung_task|'
    r'failed to come online|failed to boot|redistributor is inaccessible|AE_NOT_FOUND|'
    r'IRQ method execution failed|Eject incomplete|BIOS reported wrong ACPI id|'
    r'may not have shut down|Kernel panic|Internal error|ACPI Error|ACPI BIOS Error|'
    r'Unable to handle kernel|irq \d+: nobody cared|Incorrect checksum|Firmware Bug')

KERNEL_LINE = re.compile(rb'\[ *\d+\.\d{6}\] [^\n]*\n')


class VmError(Exception):
    """The emulator or its guest did not do what was expected; the text says what."""


def parse_cpu_list(text):
    """{0, 1, 4} of '0-1,4'."""
    cpus = set()
    for part in text.strip().split(','):
        if part:
            first, _, last = part.partition('-')
            cpus.update(range(int(first), int(last or first) + 1))
    return cpus


def format_cpu_list(cpus):
    """'0-1,4' of {0, 1, 4}."""
    out = []
    for cpu in sorted(cpus):
        if out and out[-1][1] == cpu - 1:
            out[-1][1] = cpu
        else:
            out.append([cpu, cpu])
    return ','.join(str(a) if a == b else f'{a}-{b}' for a, b in out)


# -- the host's view of a process ------------------------------------------------------------------

def own_memory_kib(smaps):
    """Resident KiB of a process without its large mappings (guest RAM) and its code.

    What is left are heap, stacks and the like: the place where a leak shows.
    """
    total, counted = 0, False
    for line in smaps.splitlines():
        words = line.split()
        if '-' in words[0] and not words[0].endswith(':'):
            counted = 'x' not in words[1]
        elif words[0] == 'Size:':
            counted = counted and int(words[1]) < 64 * 1024
        elif words[0] == 'Rss:' and counted:
            total += int(words[1])
    return total


class HostFigures:
    """What the host spends on one process, from /proc."""

    def __init__(self, pid):
        root = Path(f'/proc/{pid}')
        stat = (root / 'stat').read_text(encoding='ascii', errors='replace')
        stat = stat.rsplit(')', 1)[1].split()
        tick = os.sysconf('SC_CLK_TCK')
        self.user = int(stat[11]) / tick
        self.system = int(stat[12]) / tick
        status = (root / 'status').read_text(encoding='ascii', errors='replace')
        self.rss_kib = int(re.search(r'VmRSS:\s*(\d+)', status)[1])
        self.threads = int(re.search(r'Threads:\s*(\d+)', status)[1])
        self.fds = len(list((root / 'fd').iterdir()))
        self.own_kib = own_memory_kib((root / 'smaps').read_text(encoding='utf-8',
                                                                 errors='replace'))

    @property
    def cpu(self):
        """User and system CPU seconds."""
        return self.user + self.system

    def __str__(self):
        return (f'{self.threads} threads, {self.fds} descriptors, {self.rss_kib / 1024:.1f} MiB,'
                f' {self.cpu:.2f} CPU s')


def cpu_seconds(pid):
    """CPU seconds of a process to the nanosecond (all live threads), or the tick if that fails."""
    try:
        total = 0
        for task in Path(f'/proc/{pid}/task').iterdir():
            total += int((task / 'schedstat').read_text(encoding='ascii').split()[0])
        return total / 1e9
    except OSError:
        return HostFigures(pid).cpu


# -- QMP -------------------------------------------------------------------------------------------

class QmpError(VmError):
    """A command that was answered with an error."""

    def __init__(self, command, error):
        self.cls = error.get('class')
        self.desc = error.get('desc', '')
        super().__init__(f'{command}: {self.cls}: {self.desc}')


class Qmp:
    """A QMP session over a unix socket. `log` receives (direction, object)."""

    def __init__(self, path, log=lambda direction, message: None):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(30 * SCALE)
        self.sock.connect(str(path))
        self.buffer = b''
        self.events = []
        self.log = log
        self.greeting = self.receive(30)
        if 'QMP' not in self.greeting:
            raise VmError(f'no QMP greeting but {self.greeting}')
        self.command('qmp_capabilities')

    def receive(self, timeout):
        """The next message, or None when TIMEOUT seconds pass."""
        end = time.monotonic() + timeout
        while b'\n' not in self.buffer:
            left = end - time.monotonic()
            if left <= 0:
                return None
            self.sock.settimeout(left)
            try:
                data = self.sock.recv(1 << 16)
            except socket.timeout:
                return None
            if not data:
                raise VmError('the emulator closed the QMP connection')
            self.buffer += data
        line, _, self.buffer = self.buffer.partition(b'\n')
        message = json.loads(line)
        self.log('<-', message)
        return message

    def command(self, name, **arguments):
        """Execute NAME; its return value, or QmpError."""
        message = {'execute': name}
        if arguments:
            message['arguments'] = arguments
        self.log('->', message)
        self.sock.sendall(json.dumps(message).encode() + b'\n')
        end = time.monotonic() + 60 * SCALE
        while True:
            reply = self.receive(max(0.0, end - time.monotonic()))
            if reply is None:
                raise VmError(f'no answer to {name} within {60 * SCALE:.0f} s')
            if 'event' in reply:
                self.events.append(reply)
            elif 'error' in reply:
                raise QmpError(name, reply['error'])
            else:
                return reply['return']

    def poll_event(self, timeout):
        """Move one more message into `events` if one comes within TIMEOUT."""
        message = self.receive(timeout)
        if message is not None and 'event' in message:
            self.events.append(message)
        return message is not None

    def close(self):
        """End the session; harmless when it has ended."""
        self.sock.close()


class QmpSession:
    """What tests use: commands by any client with `command`, `events`, `poll_event`, `close`."""

    def __init__(self, client):
        self.client = client
        self.command = client.command

    @property
    def events(self):
        """Events received and not yet taken, oldest first."""
        return self.client.events

    def hmp(self, line):
        """The text a monitor command prints."""
        return self.command('human-monitor-command', **{'command-line': line})

    def take_event(self, name, match=lambda data: True):
        """Remove and return the data of the first waiting event NAME that matches, or None."""
        for i, event in enumerate(self.events):
            if event['event'] == name and match(event.get('data', {})):
                del self.events[i]
                return event.get('data', {})
        return None

    def wait_event(self, name, match=lambda data: True, timeout=RUN_TIMEOUT, what=''):
        """Data of the next event NAME that matches; other events stay for later."""
        end = time.monotonic() + timeout * SCALE
        while True:
            data = self.take_event(name, match)
            if data is not None:
                return data
            left = end - time.monotonic()
            if left <= 0:
                seen = [e['event'] for e in self.events]
                raise VmError(f'no event {name}{what and " " + what} within {timeout * SCALE:.0f} s'
                              f' (others seen: {seen})')
            self.client.poll_event(left)

    def drain(self):
        """Forget all events that have come."""
        while self.client.poll_event(0.01):
            pass
        self.events.clear()

    def close(self):
        """End the session."""
        self.client.close()


# -- the serial console ----------------------------------------------------------------------------

class Console:
    """The guest's serial line: everything read goes to a log; commands as tests/guest/init says."""

    def __init__(self, reader, writer, log_path, alive):
        self.reader = reader
        self.writer = writer
        self.alive = alive
        self.data = bytearray()
        self.position = 0           # what wait_for has consumed
        self.closed = False
        self.seq = 0
        self.changed = threading.Condition()
        self.log = open(log_path, 'wb', buffering=0)
        self.thread = threading.Thread(target=self.pump, daemon=True)
        self.thread.start()

    def pump(self):
        """Read until the line ends. Runs on its own thread."""
        while True:
            try:
                chunk = os.read(self.reader, 1 << 16)
            except OSError:
                chunk = b''
            with self.changed:
                if chunk:
                    self.log.write(chunk)
                    self.data += chunk
                else:
                    self.closed = True
                self.changed.notify_all()
            if not chunk:
                self.log.close()
                return

    def write(self, data):
        """Type DATA."""
        while data:
            data = data[os.write(self.writer, data):]

    def text(self):
        """Everything the guest has said."""
        with self.changed:
            return self.data.decode('utf-8', 'replace').replace('\r\n', '\n')

    def wait_match(self, find, timeout, what):
        """Wait until find(bytes from `position`) gives a result; it returns (result, length)."""
        end = time.monotonic() + timeout * SCALE
        with self.changed:
            while True:
                found = find(bytes(self.data[self.position:]))
                if found is not None:
                    result, used = found
                    self.position += used
                    return result
                if self.closed:
                    raise VmError(f'the serial line ended while waiting for {what}'
                                  f' ({self.alive()})')
                left = end - time.monotonic()
                if left <= 0:
                    raise VmError(f'{what} not seen on the serial line within'
                                  f' {timeout * SCALE:.0f} s ({self.alive()})')
                self.changed.wait(left)

    def wait_for(self, pattern, timeout=RUN_TIMEOUT):
        """Wait for a regular expression after what was waited for before; the match."""
        regex = re.compile(pattern.encode() if isinstance(pattern, str) else pattern)

        def find(data):
            m = regex.search(data)
            return (m, m.end()) if m else None

        return self.wait_match(find, timeout, f'"{pattern}"')

    def wait_ready(self, timeout=BOOT_TIMEOUT):
        """Wait until the guest's /init answers commands."""
        self.wait_for('INIT-READY', timeout)

    def answer(self, seq, timeout, what):
        """(status, MD5 sum, raw output) of command SEQ; None for output that is no base64."""
        regex = re.compile(rb'@begin %d\r?\n(.*?)@end %d (\d+) ([0-9a-f]+)\r?\n' % (seq, seq), re.S)

        def find(data):
            if b'@end' not in data:
                return None
            m = regex.search(KERNEL_LINE.sub(b'', data))
            return (m, len(data)) if m else None

        m = self.wait_match(find, timeout, what)
        try:
            raw = base64.b64decode(b''.join(m[1].split()), validate=True)
        except ValueError:
            raw = None
        return int(m[2]), m[3].decode(), raw

    def run(self, commands, timeout=RUN_TIMEOUT):
        """Run shell COMMANDS in the guest; (exit status, output)."""
        self.seq += 1
        what = f'the end of "{commands.splitlines()[0][:60]}"'
        self.write(b'run %d %s\n' % (self.seq, base64.b64encode(commands.encode())))
        for attempt in range(4):
            status, checksum, raw = self.answer(self.seq, timeout, what)
            if raw is not None and hashlib.md5(raw).hexdigest() == checksum:
                return status, raw.decode('utf-8', 'replace')
            if attempt < 3:
                self.write(b'again\n')
        raise VmError(f'the output of "{commands[:60]}" arrived damaged four times')

    def check(self, commands, timeout=RUN_TIMEOUT):
        """Output of COMMANDS, which must succeed."""
        status, text = self.run(commands, timeout)
        if status != 0:
            raise VmError(f'in the guest, "{commands}" ended with {status}: {text.strip()}')
        return text

    def send(self, commands):
        """Run COMMANDS without an answer, for those that end the guest."""
        self.seq += 1
        self.write(b'run %d %s\n' % (self.seq, base64.b64encode(commands.encode())))


# -- the machine -----------------------------------------------------------------------------------

class Machine:
    """One run of the emulator. Use as a context manager; an exception adds a report to it."""

    def __init__(self, binary, kernel=None, initrd=None, append='', cpu='max', smp='1',
                 machine='virt', memory='512M', extra=(), qmp_factory=Qmp, debug=None,
                 console=True, *, workdir):
        self.binary = str(binary)
        self.workdir = Path(workdir)
        self.workdir.mkdir(parents=True, exist_ok=True)
        # A socket's path may have 107 bytes at most, which a deep build directory exceeds. Removed
        # by stop(), else when this process ends.
        self.sockets = tempfile.TemporaryDirectory(prefix='vm-')
        self.socket_dir = Path(self.sockets.name)
        self.socket_path = self.socket_dir / 'qmp'
        self.qmp_factory = qmp_factory
        self.qmp_messages = []
        self.qmp = None
        self.console = None
        self.process = None
        self.stopped = False
        self.args = [self.binary, '-machine', machine, '-cpu', cpu, '-smp', smp, '-m', memory,
                     '-nodefaults', '-display', 'none', '-no-user-config',
                     '-qmp', f'unix:{self.socket_path},server=on,wait=off']
        if console:
            self.args += ['-serial', 'stdio']
        if kernel:
            self.args += ['-kernel', str(kernel)]
            self.args += ['-append', f'console=ttyAMA0 {append}'.strip()]
        if initrd:
            self.args += ['-initrd', str(initrd)]
        if debug:
            self.args += ['-d', debug, '-D', str(self.path('debug.log'))]
        self.args += list(extra)

    def path(self, name):
        """A file of this run."""
        return self.workdir / name

    def __enter__(self):
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, kind, value, trace):
        self.stop()
        if kind is not None and issubclass(kind, Exception):
            self.path('report.txt').write_text(self.report(), encoding='utf-8')

    def start(self):
        """Start the process and connect."""
        inputs, outputs = os.pipe(), os.pipe()
        with open(self.path('stderr.log'), 'wb') as err:
            self.process = subprocess.Popen(self.args, stdin=inputs[0], stdout=outputs[1],
                                            stderr=err)
        os.close(inputs[0])
        os.close(outputs[1])
        self.console = Console(outputs[0], inputs[1], self.path('serial.log'), self.state)
        self.qmp = self.connect_qmp()

    def connect_qmp(self, path=None):
        """A QMP session; waits for the socket to listen."""
        end = time.monotonic() + 30 * SCALE
        while True:
            try:
                return QmpSession(self.qmp_factory(path or self.socket_path, self.log_qmp))
            except (FileNotFoundError, ConnectionRefusedError, ConnectionResetError) as e:
                if self.process.poll() is not None:
                    raise VmError(f'the emulator did not start: {self.state()}\n'
                                  f'{self.errors()}') from e
                if time.monotonic() > end:
                    raise VmError('the QMP socket does not listen') from e
                time.sleep(0.01)

    def log_qmp(self, direction, message):
        """Keep MESSAGE for reports and in qmp.log."""
        line = f'{time.monotonic():.3f} {direction} {json.dumps(message)}'
        self.qmp_messages.append(line)
        with open(self.path('qmp.log'), 'a', encoding='utf-8') as f:
            f.write(line + '\n')

    def state(self):
        """In words, whether the process runs."""
        if self.process is None:
            return 'not started'
        code = self.process.poll()
        if code is None:
            return 'the emulator runs'
        return f'the emulator ended with {f"signal {-code}" if code < 0 else f"status {code}"}'

    def figures(self):
        """HostFigures of the process."""
        return HostFigures(self.process.pid)

    def errors(self):
        """What the emulator wrote to stderr."""
        return self.path('stderr.log').read_text(encoding='utf-8', errors='replace')

    def debug_log(self):
        """What -d wrote."""
        path = self.path('debug.log')
        return path.read_text(encoding='utf-8', errors='replace') if path.exists() else ''

    def wait_exit(self, timeout=RUN_TIMEOUT):
        """Exit status of the emulator, which must end by itself."""
        try:
            return self.process.wait(timeout * SCALE)
        except subprocess.TimeoutExpired as e:
            raise VmError(f'the emulator has not ended within {timeout * SCALE:.0f} s') from e

    def stop(self):
        """End the process, by force after a while, and free what it used. May be repeated."""
        if self.qmp:
            self.qmp.close()
        if self.process:
            if self.process.poll() is None:
                self.process.terminate()
                try:
                    self.process.wait(10)
                except subprocess.TimeoutExpired:
                    self.process.kill()
                    self.process.wait()
        if self.console and not self.stopped:
            self.console.thread.join(10)
            os.close(self.console.reader)
            os.close(self.console.writer)
        self.stopped = True
        self.sockets.cleanup()

    def discard(self):
        """Remove the logs of a run that went well."""
        shutil.rmtree(self.workdir, ignore_errors=True)

    def report(self, lines=60):
        """Everything a person needs to see why a run failed."""
        serial = self.console.text().splitlines()[-lines:] if self.console else []
        parts = [('command line', [shlex.join(self.args)]), ('state', [self.state()]),
                 ('stderr', self.errors().splitlines()[-lines:]),
                 (f'serial line (end; all of it: {self.path("serial.log")})', serial),
                 (f'QMP (end; all of it: {self.path("qmp.log")})', self.qmp_messages[-lines:])]
        if self.path('debug.log').exists():
            parts.append((f'-d log (end; all of it: {self.path("debug.log")})',
                          self.debug_log().splitlines()[-lines:]))
        return '\n'.join(f'--- {title}\n' + '\n'.join(body) for title, body in parts) + '\n'


# -- questions to a Linux guest --------------------------------------------------------------------

class Guest:
    """What tests ask a Linux guest, over its console."""

    def __init__(self, vm):
        self.vm = vm
        self.console = vm.console

    def cpu_masks(self):
        """{'possible': {0, 1}, 'present': .., 'enabled': .. or None, 'online': ..}."""
        text = self.console.check(
            'cd /sys/devices/system/cpu; for f in possible present enabled online; do'
            ' [ -e $f ] && echo "$f=$(cat $f)"; done; true')
        masks = dict(line.split('=', 1) for line in text.split())
        return {name: parse_cpu_list(masks[name]) if name in masks else None
                for name in ('possible', 'present', 'enabled', 'online')}

    def online(self, cpu):
        """Bring CPU online."""
        self.console.check(f'echo 1 > /sys/devices/system/cpu/cpu{cpu}/online')

    def offline(self, cpu):
        """Take CPU offline."""
        self.console.check(f'echo 0 > /sys/devices/system/cpu/cpu{cpu}/online')

    def wait_cpu(self, cpu, exists=True, timeout=RUN_TIMEOUT):
        """Wait until cpuN's directory is there, or is gone."""
        test = '-d' if exists else '! -d'
        steps = int(timeout * SCALE * 10)
        status, _ = self.console.run(
            f'n=0; until [ {test} /sys/devices/system/cpu/cpu{cpu} ]; do n=$((n+1));'
            f' [ $n -gt {steps} ] && exit 1; usleep 100000; done', timeout + 10)
        if status:
            raise VmError(f'cpu{cpu} has not {"appeared" if exists else "gone"} in the guest within'
                          f' {timeout * SCALE:.0f} s')

    def interrupts(self, name='arch_timer'):
        """{cpu: count} of the line of /proc/interrupts that ends in NAME."""
        lines = self.console.check('cat /proc/interrupts').splitlines()
        cpus = [int(c[3:]) for c in lines[0].split()]
        for line in lines[1:]:
            words = line.split()
            if words and words[-1] == name:
                return dict(zip(cpus, map(int, words[1:1 + len(cpus)])))
        raise VmError(f'no {name} in /proc/interrupts:\n' + '\n'.join(lines))

    def load(self, cpu, loops=20000):
        """Count on CPU; the CPU it ended on, as the kernel says."""
        text = self.console.check(
            f"taskset -c {cpu} sh -c 'i=0; while [ $i -lt {loops} ]; do i=$((i+1)); done;"
            " cut -d\" \" -f39 /proc/self/stat'", 120)
        return int(text)

    def dmesg(self):
        """The kernel's log."""
        return self.console.check('dmesg')

    def complaints(self, allow=()):
        """Lines of the kernel's log that a healthy guest does not have."""
        return complaints(self.dmesg(), allow)


def complaints(text, allow=()):
    """Lines of TEXT that match BAD_LINES and none of the regular expressions ALLOW."""
    return [line for line in text.splitlines()
            if BAD_LINES.search(line) and not any(re.search(a, line) for a in allow)]
