#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The program as clients see it, with the machine that has no guest (-machine none).

usage: test_program.py PROGRAM
"""
import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time

PROGRAM = os.path.abspath(sys.argv[1])
NONE = ['-machine', 'none', '-nodefaults', '-display', 'none']
TIMEOUT = 20


def run(*args, stdin=''):
    return subprocess.run([PROGRAM, *args], input=stdin, capture_output=True, text=True,
                          timeout=TIMEOUT, check=False)


def check(condition, what):
    if not condition:
        raise AssertionError(what)


def equal(got, expected, what):
    check(got == expected, '%s: got %r, expected %r' % (what, got, expected))


class Qmp:
    """A client that takes one line as one message."""

    def __init__(self, path):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(TIMEOUT)
        end = time.monotonic() + TIMEOUT
        while True:
            try:
                self.sock.connect(path)
                break
            except OSError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.02)
        self.file = self.sock.makefile('r', newline='')
        self.greeting = self.read()

    def read(self):
        line = self.file.readline()
        check(line.endswith('\r\n') or not line, 'line %r does not end with CRLF' % line)
        return json.loads(line) if line else None

    def command(self, name, **arguments):
        self.sock.sendall(json.dumps({'execute': name, 'arguments': arguments}).encode())
        return self.read()

    def negotiate(self):
        equal(self.command('qmp_capabilities'), {'return': {}}, 'qmp_capabilities')
        return self


class Program:
    """A running program with QMP at a Unix socket."""

    def __init__(self, folder, *args, **popen):
        self.path = os.path.join(folder, 'qmp')
        self.process = subprocess.Popen(
            [PROGRAM, *NONE, '-qmp', 'unix:%s,server=on,wait=off' % self.path, *args],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **popen)

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate()

    def end(self):
        out, err = self.process.communicate(timeout=TIMEOUT)
        return self.process.returncode, out, err


# -- Tests ------------------------------------------------------------------------------------

def test_stdio_conversation(folder):
    commands = [{'execute': 'qmp_capabilities'}, {'execute': 'query-status', 'id': 1},
                {'execute': 'cont'}, {'execute': 'query-status'}, {'execute': 'stop'},
                {'execute': 'system_reset'}, {'execute': 'system_powerdown'},
                {'execute': 'quit', 'id': 'end'}]
    # Without line ends: values need no separator.
    r = run(*NONE, '-S', '-qmp', 'stdio', stdin=''.join(map(json.dumps, commands)))
    equal(r.returncode, 0, 'exit code')
    messages = [json.loads(line) for line in r.stdout.splitlines()]
    equal(messages[0], {'QMP': {'version': {'qemu': {'micro': 0, 'minor': 0, 'major': 10},
                                            'package': 'sparecore 0.1.0'},
                                'capabilities': []}}, 'greeting')
    seen = [m.get('event') or m['return'] for m in messages[1:]]
    equal(seen, [{}, {'running': False, 'status': 'prelaunch'}, 'RESUME', {},
                 {'running': True, 'status': 'running'}, 'STOP', {}, 'RESET', {}, 'POWERDOWN', {},
                 'SHUTDOWN', {}], 'events and replies')
    data = {m['event']: m.get('data') for m in messages if 'event' in m}
    equal(data['SHUTDOWN'], {'guest': False, 'reason': 'host-qmp-quit'}, 'SHUTDOWN')
    equal(data['RESET'], {'guest': False, 'reason': 'host-qmp-system-reset'}, 'RESET')
    equal(messages[2]['id'], 1, 'id')
    equal(messages[-1]['id'], 'end', 'id of quit')


def test_errors_change_nothing(folder):
    cases = [
        ('device_add', {}, 'GenericError', "Parameter 'driver' is missing"),
        ('device_add', {'driver': 'foo'}, 'GenericError', "'foo' is not a valid device model name"),
        ('device_add', {'driver': 'max-arm-cpu', 'id': 'a'}, 'GenericError',
         "Parameter 'driver' expects a pluggable device type"),
        ('device_del', {'id': 'foo'}, 'DeviceNotFound', "Device 'foo' not found"),
        ('query-hotpluggable-cpus', {}, 'GenericError',
         'machine does not support hot-plugging CPUs'),
        ('query-acpi-ospm-status', {}, 'GenericError',
         'command is not supported, missing ACPI device'),
        ('qom-list', {'path': '/nowhere'}, 'DeviceNotFound', "Device '/nowhere' not found"),
        ('qom-get', {'path': '/machine', 'property': 'x'}, 'GenericError',
         "Property 'none-machine.x' not found"),
        ('device-list-properties', {'typename': 'virtio-net-pci'}, 'DeviceNotFound',
         "Device 'virtio-net-pci' not found"),
        ('ringbuf-read', {'device': 'x', 'size': 1}, 'GenericError', "Device 'x' not found"),
        ('human-monitor-command', {'command-line': 'info cpus', 'cpu-index': 3}, 'GenericError',
         "Parameter 'cpu-index' expects a CPU number"),
        ('set-action', {'panic': 'x'}, 'GenericError',
         "Parameter 'panic' does not accept value 'x'"),
        ('stop', {'x': 1}, 'GenericError', "Parameter 'x' is unexpected"),
        ('query-qmp-schema', {'x': 1}, 'GenericError', "Parameter 'x' is unexpected"),
        ('migrate', {'uri': 'x'}, 'CommandNotFound', 'The command migrate has not been found'),
    ]
    with Program(folder, '-S') as p:
        q = Qmp(p.path).negotiate()
        for name, arguments, cls, desc in cases:
            equal(q.command(name, **arguments), {'error': {'class': cls, 'desc': desc}}, name)
        equal(q.command('query-status')['return'], {'running': False, 'status': 'prelaunch'},
              'state after the errors')


def test_queries(folder):
    with Program(folder, '-S', '-name', 'guest=g1', '-chardev', 'ringbuf,id=rb',
                 '-uuid', '01234567-89ab-cdef-0123-456789abcdef') as p:
        q = Qmp(p.path).negotiate()

        def ask(name, **arguments):
            reply = q.command(name, **arguments)
            check('return' in reply, '%s: %r' % (name, reply))
            return reply['return']

        equal(ask('query-name'), {'name': 'g1'}, 'query-name')
        equal(ask('query-uuid'), {'UUID': '01234567-89ab-cdef-0123-456789abcdef'}, 'query-uuid')
        equal(ask('query-target'), {'arch': 'aarch64'}, 'query-target')
        equal(ask('query-kvm'), {'enabled': False, 'present': False}, 'query-kvm')
        equal(ask('query-cpus-fast'), [], 'query-cpus-fast')
        labels = {c['label'] for c in ask('query-chardev')}
        equal(labels, {'compat_monitor0', 'rb'}, 'query-chardev')
        machines = {m['name']: m for m in ask('query-machines')}
        equal(machines['virt-10.0']['alias'], 'virt', 'alias')
        check(machines['virt-10.0']['hotpluggable-cpus'], 'hotpluggable-cpus of virt')
        equal(machines['virt-10.0']['cpu-max'], 512, 'cpu-max of virt')
        models = {c['name']: c['typename'] for c in ask('query-cpu-definitions')}
        equal(models['max'], 'max-arm-cpu', 'type of max')
        types = {t['name'] for t in ask('qom-list-types')}
        check({'tcg-accel', 'max-arm-cpu'} <= types, 'qom-list-types: %s' % sorted(types))
        names = [c['name'] for c in ask('query-commands')]
        equal(names, sorted(names), 'order of query-commands')
        check({'quit', 'device_add', 'query-qmp-schema'} <= set(names), 'query-commands')
        equal({e['name'] for e in ask('query-events')} >= {'SHUTDOWN', 'DEVICE_DELETED'}, True,
              'query-events')
        equal(ask('ringbuf-read', device='rb', size=10), '', 'ringbuf-read')
        equal(ask('qom-get', path='/machine', property='type'), 'none-machine', 'qom-get')
        peripheral = {'name': 'peripheral', 'type': 'child<container>'}
        check(peripheral in ask('qom-list', path='/machine'), 'qom-list of /machine')
        equal(ask('human-monitor-command', **{'command-line': 'info status'}),
              'VM status: paused (prelaunch)\r\n', 'info status')
        equal(ask('human-monitor-command', **{'command-line': 'nope'}),
              "unknown command: 'nope'\r\n", 'unknown HMP command')


def test_cpu_models(folder):
    """What -cpu help, query-cpu-model-expansion and the device types say of one another."""
    listed = run('-cpu', 'help').stdout
    with Program(folder) as p:
        q = Qmp(p.path).negotiate()

        def expand(name, props=None, kind='full'):
            model = {'name': name} if props is None else {'name': name, 'props': props}
            reply = q.command('query-cpu-model-expansion', type=kind, model=model)
            if 'error' in reply:
                equal(reply['error']['class'], 'GenericError', 'class')
                return reply['error']['desc']
            equal(reply['return']['model']['name'], name, 'name')
            return reply['return']['model']['props']

        models = [c['name'] for c in q.command('query-cpu-definitions')['return']]
        equal(models, sorted(models), 'order')
        equal(listed, 'Available CPUs:\n' + ''.join('  %s\n' % m for m in models), '-cpu help')
        for model in models:
            props = expand(model)
            driver = model + '-arm-cpu'
            for command in 'device-list-properties', 'qom-list-properties':
                listed = q.command(command, typename=driver)['return']
                equal({x['name']: x['default-value'] for x in listed if x['type'] == 'bool'}, props,
                      '%s of %s' % (command, driver))
            text = run('-device', driver + ',help').stdout.splitlines()
            equal(text[0], driver + ' options:', 'first line')
            equal(text[1:], sorted(text[1:]), 'order of %s,help' % driver)
            equal({line.split('=')[0].strip() for line in text[1:]},
                  set(props) | {'socket-id', 'cluster-id', 'core-id', 'thread-id'}, driver)
        for parent in 'aarch64-cpu', 'arm-cpu', 'cpu', 'device':
            types = q.command('qom-list-types', implements=parent)['return']
            check({'name': 'max-arm-cpu', 'parent': 'aarch64-cpu'} in types, parent)

        equal(expand('cortex-a57'), {'aarch64': True, 'pmu': True}, 'cortex-a57')
        equal(expand('cortex-a57', {'pmu': False})['pmu'], False, 'pmu')
        plain = expand('max')
        check(plain['pauth'] and plain['pauth-impdef'] and plain['lpa2'] and not plain['sve'] and
              not plain['sve2048'], 'max: %s' % plain)
        q3 = expand('max', {'pauth-qarma3': True})
        equal((q3['pauth-impdef'], q3['pauth-qarma3'], q3['pauth-qarma5']), (False, True, False),
              'qarma3')
        for arguments, text in [
                (('max', {}, 'static'), 'The requested expansion type is not supported'),
                (('nope', {}, 'static'), 'The requested expansion type is not supported'),
                (('nope',), "The CPU type 'nope' is not a recognized ARM CPU type"),
                (('max,pmu=off',), "The CPU type 'max,pmu=off' is not a recognized ARM CPU type"),
                (('host',), "The CPU type 'host' requires KVM"),
                (('max', []), "Invalid parameter type for 'model.props', expected: object"),
                (('max', {'foo': True}), "Parameter 'model.props.foo' is unexpected"),
                (('max', {'pmu': 'on'}),
                 "Invalid parameter type for 'model.props.pmu', expected: boolean"),
                (('cortex-a57', {'pauth': True}),
                 "Property 'cortex-a57-arm-cpu.pauth' not found"),
                (('max', {'aarch64': False}), "'aarch64' feature cannot be disabled unless KVM is "
                 "enabled and 32-bit EL1 is supported"),
                (('max', {'pauth': False, 'pauth-impdef': True}),
                 'cannot enable pauth-impdef, pauth-qarma3 or pauth-qarma5 without pauth')]:
            equal(expand(*arguments), text, 'expansion of %s' % (arguments,))


def test_cpu_properties(folder):
    """device_add takes the properties of -cpu where they say the same."""
    with Program(folder, '-machine', 'virt', '-S', '-smp', '1,maxcpus=3',
                 '-cpu', 'max,pmu=off') as p:
        q = Qmp(p.path).negotiate()
        for props, text in [
                ({'foo': 1}, "Property 'max-arm-cpu.foo' not found"),
                ({'pmu': 'off'}, "Invalid parameter type for 'pmu', expected: boolean"),
                ({'pmu': True},
                 "Property 'max-arm-cpu.pmu' is 'off' for all CPUs of this machine (see -cpu)"),
                # taken; what is missing is ACPI
                ({'pmu': False, 'pauth': True}, 'GED acpi device does not exists')]:
            reply = q.command('device_add', driver='max-arm-cpu', id='c', **props)
            equal(reply, {'error': {'class': 'GenericError', 'desc': text}}, props)
        for line, text in [
                ('pmu=maybe', "Parameter 'pmu' expects 'on' or 'off'"),
                ('pmu=off', 'GED acpi device does not exists')]:
            reply = q.command('human-monitor-command', **{
                'command-line': 'device_add max-arm-cpu,id=c,' + line})['return']
            check(reply.startswith('Error: ' + text + '\r\n'), '%s: %r' % (line, reply))


def test_schema(folder):
    with Program(folder) as p:
        q = Qmp(p.path).negotiate()
        q.sock.sendall(b'{"execute":"query-qmp-schema"}')
        line = q.file.readline()
        check(len(line) < 256 * 1024, 'the schema is a line of %d bytes' % len(line))
        schema = json.loads(line)['return']
        by_name = {e['name']: e for e in schema}
        equal(len(by_name), len(schema), 'names are unique')
        for e in schema:
            for key in ('arg-type', 'ret-type', 'element-type'):
                check(key not in e or e[key] in by_name, '%s of %s leads nowhere' % (key, e))
            for m in e.get('members', []):
                check(e['meta-type'] != 'object' or m['type'] in by_name,
                      'member %s of %s leads nowhere' % (m, e['name']))
        commands = {e['name'] for e in schema if e['meta-type'] == 'command'}
        listed = {c['name'] for c in q.command('query-commands')['return']}
        equal(commands, listed, 'commands of the schema')
        ret = by_name[by_name[by_name['query-hotpluggable-cpus']['ret-type']]['element-type']]
        props = by_name[[m['type'] for m in ret['members'] if m['name'] == 'props'][0]]
        check('cluster-id' in {m['name'] for m in props['members']}, 'props/cluster-id')
        check('json-cli-hotplug' in by_name['device_add']['features'], 'json-cli-hotplug')


def test_two_monitors(folder):
    human = os.path.join(folder, 'hmp')
    with Program(folder, '-S', '-monitor', 'unix:%s,server,nowait' % human) as p:
        one = Qmp(p.path).negotiate()
        two = socket.socket(socket.AF_UNIX)
        two.settimeout(TIMEOUT)
        two.connect(human)
        text = b''
        while not text.endswith(b'(qemu) '):
            text += two.recv(1000)
        equal(text, b"QEMU 10.0.0 monitor - type 'help' for more information\r\n(qemu) ", 'banner')
        two.sendall(b'cont\n')
        equal(one.read()['event'], 'RESUME', 'event caused by the other monitor')
        two.sendall(b'quit\n')
        equal(one.read()['event'], 'SHUTDOWN', 'event')
        equal(one.read(), None, 'end of the session')
        equal(p.end()[0], 0, 'exit code')


def test_reconnect(folder):
    with Program(folder, '-S') as p:
        for _ in range(3):
            q = Qmp(p.path)
            check('QMP' in q.greeting, 'greeting: %r' % q.greeting)
            equal(q.command('query-status')['error']['class'], 'CommandNotFound',
                  'each session negotiates')
            q.negotiate()
            q.sock.close()
            q.file.close()


def test_signals(folder):
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        with Program(folder) as p:
            q = Qmp(p.path).negotiate()
            p.process.send_signal(number)
            event = q.read()
            equal((event['event'], event['data']),
                  ('SHUTDOWN', {'guest': False, 'reason': 'host-signal'}), 'event')
            code, _, err = p.end()
            equal(code, 0, 'exit code after signal %d' % number)
            check(re.search(r'terminating on signal %d from pid %d \(.+\)' % (number, os.getpid()),
                            err), 'message: %r' % err)


def test_no_shutdown(folder):
    with Program(folder, '-no-shutdown', '-no-reboot') as p:
        q = Qmp(p.path).negotiate()
        q.sock.sendall(b'{"execute":"system_reset"}')
        event = q.read()
        equal((event['event'], event['data']['reason']), ('SHUTDOWN', 'host-qmp-system-reset'),
              'a reset with -no-reboot')
        equal(q.read()['event'], 'STOP', 'and -no-shutdown')
        equal(q.read(), {'return': {}}, 'reply')
        equal(q.command('query-status')['return'], {'running': False, 'status': 'shutdown'},
              'state')
        equal(q.command('cont')['error']['desc'], 'Resetting the Virtual Machine is required',
              'cont')
        q.sock.sendall(b'{"execute":"quit"}')
        equal(q.read()['event'], 'SHUTDOWN', 'quit ends it all the same')
        equal(p.end()[0], 0, 'exit code')


def test_daemonize(folder):
    pidfile, qmp = os.path.join(folder, 'pid'), os.path.join(folder, 'qmp')
    args = [*NONE, '-S', '-daemonize', '-pidfile', 'pid', '-qmp', 'unix:qmp,server=on,wait=off']
    r = subprocess.run([PROGRAM, *args], cwd=folder, capture_output=True, text=True,
                       timeout=TIMEOUT, check=False)
    # Reading to the end of stdout and stderr worked, so the daemon has let go of both.
    equal((r.returncode, r.stdout, r.stderr), (0, '', ''), 'the parent')
    with open(pidfile, encoding='ascii') as f:
        pid = int(f.read())
    q = Qmp(qmp).negotiate()
    equal(os.readlink('/proc/%d/fd/0' % pid), '/dev/null', 'stdin of the daemon')
    equal(os.readlink('/proc/%d/cwd' % pid), '/', 'directory of the daemon')
    r = run(*NONE, '-S', '-pidfile', pidfile)
    equal(r.returncode, 1, 'exit code of a second one')
    check('Cannot lock pid file' in r.stderr, 'message: %r' % r.stderr)
    q.sock.sendall(b'{"execute":"quit"}')
    while q.read():
        pass
    end = time.monotonic() + TIMEOUT
    while os.path.exists(pidfile) and time.monotonic() < end:
        time.sleep(0.02)
    check(not os.path.exists(pidfile), 'the pid file stays')
    check(not os.path.exists(qmp), 'the socket stays')


def test_daemonize_fails(folder):
    r = run(*NONE, '-daemonize', '-pidfile', '/nonexistent/pid')
    equal(r.returncode, 1, 'exit code')
    check('/nonexistent/pid' in r.stderr, 'message: %r' % r.stderr)


def test_wait_for_client(folder):
    path = os.path.join(folder, 'wait')
    with subprocess.Popen([PROGRAM, *NONE, '-S', '-qmp', 'unix:%s,server,wait' % path],
                          stderr=subprocess.PIPE, text=True) as p:
        line = p.stderr.readline()
        check('waiting for connection on: disconnected:unix:%s,server=on' % path in line,
              'message: %r' % line)
        q = Qmp(path).negotiate()
        q.command('quit')
        equal(p.wait(TIMEOUT), 0, 'exit code')


def test_wait_can_be_interrupted(folder):
    path = os.path.join(folder, 'wait')
    with subprocess.Popen([PROGRAM, *NONE, '-qmp', 'unix:%s,server,wait' % path],
                          stderr=subprocess.PIPE, text=True) as p:
        p.stderr.readline()
        p.terminate()
        equal(p.wait(TIMEOUT), -signal.SIGTERM, 'exit code')


def test_inherited_fd(folder):
    ours, theirs = socket.socketpair(socket.AF_UNIX)
    with subprocess.Popen([PROGRAM, *NONE, '-S', '-chardev', 'socket,id=m,fd=%d' % theirs.fileno(),
                           '-mon', 'chardev=m,mode=control'], pass_fds=[theirs.fileno()]) as p:
        theirs.close()
        with ours.makefile('r', newline='') as f:
            check('QMP' in json.loads(f.readline()), 'greeting')
            ours.sendall(b'{"execute":"qmp_capabilities"}{"execute":"quit"}')
            lines = f.readlines()
        check(any('SHUTDOWN' in line for line in lines), 'replies: %r' % lines)
        equal(p.wait(TIMEOUT), 0, 'exit code')


def test_stdout_to_slow_reader(folder):
    """Nothing is lost when the reader comes late: 200 replies of several KB into a pipe."""
    n = 200
    text = '{"execute":"qmp_capabilities"}' + '{"execute":"query-commands"}' * n \
        + '{"execute":"quit"}'
    with subprocess.Popen([PROGRAM, *NONE, '-S', '-qmp', 'stdio'], stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE, text=True) as p:
        p.stdin.write(text)
        p.stdin.flush()
        time.sleep(0.3)
        lines = p.stdout.readlines()
        equal(p.wait(TIMEOUT), 0, 'exit code')
    replies = [json.loads(line) for line in lines]
    equal(sum('return' in r and isinstance(r['return'], list) for r in replies), n, 'replies')


def test_stdin_flags_stay(folder):
    """Descriptors shared with the caller keep their flags."""
    r, w = os.pipe()
    with open('/dev/null', 'rb') as null:
        flags = os.get_blocking(w)
        with subprocess.Popen([PROGRAM, *NONE, '-S', '-monitor', 'stdio'], stdin=null, stdout=w) \
                as p:
            check(b'QEMU' in os.read(r, 100), 'banner')
            equal(os.get_blocking(w), flags, 'O_NONBLOCK of standard output')
            p.terminate()
            equal(p.wait(TIMEOUT), 0, 'exit code')
    os.close(r)
    os.close(w)


def test_exit_codes(folder):
    for args, code, part in [
            (['-version'], 0, ''), (['-help'], 0, ''), (['-M', 'help'], 0, ''),
            (['-accel', 'tcg,help'], 0, ''), (['-foo'], 1, '-foo: invalid option'),
            ([], 1, 'No machine specified'), (['-M', 'nope'], 1, 'nope'),
            ([*NONE, '-D', '/nonexistent/x'], 1, '/nonexistent/x'),
            ([*NONE, '-qmp', 'unix:/nonexistent/x,server,nowait'], 1, '/nonexistent/x'),
            ([*NONE, '-qmp', 'tcp:127.0.0.1:1'], 1, 'Connection refused'),
            ([*NONE, '-serial', 'file:/nonexistent/x'], 1, '/nonexistent/x'),
            (['-M', 'virt', '-cpu', ''], 1, '-cpu option cannot be empty'),
            (['-M', 'virt', '-cpu', 'nope'], 1, "unable to find CPU model 'nope'"),
            (['-M', 'virt', '-cpu', 'max,pauth=off,pauth-impdef=on'], 1,
             'without pauth\nAdd pauth=on to the CPU property list.\n')]:
        r = run(*args)
        equal(r.returncode, code, 'exit code of %s' % args)
        check(part in r.stderr, '%s: %r' % (args, r.stderr))
        equal(r.stdout == '', code == 1, 'text on stdout of %s' % args)
        check(r.stderr == '' or r.stderr.startswith(os.path.basename(PROGRAM) + ': '),
              'the message of %s does not begin with the name: %r' % (args, r.stderr))


def test_message_timestamps(folder):
    r = run('-msg', 'timestamp=on', '-foo')
    check(re.match(r'\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z .*: -foo: invalid option', r.stderr),
          'message: %r' % r.stderr)


def main():
    tests = sorted((n, f) for n, f in globals().items() if n.startswith('test_'))
    print('1..%d' % len(tests), flush=True)
    for number, (name, function) in enumerate(tests, 1):
        with tempfile.TemporaryDirectory() as folder:
            try:
                function(folder)
                print('ok %d - %s' % (number, name), flush=True)
            except Exception as e:  # pylint: disable=broad-except
                print('not ok %d - %s' % (number, name))
                print('# %s: %s' % (type(e).__name__, str(e).replace('\n', '\n# ')), flush=True)


main()
