#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Mutated QMP and monitor commands: every one is answered, and the machine lives."""
import json
import select
import socket

import fuzzlib

WORDS = ('max-arm-cpu', 'cpu1', 'cpu2', 'on', '', 'help', '/machine', '/machine/peripheral/cpu1',
         'virt-machine', 'x' * 300, '\u00e4\u20ac', '-1', '0', '%s%n', 'info registers', 'stop',
         'info cpus', 'device_add max-arm-cpu,id=h,core-id=3', 'device_del h', 'x/4xw 0x40000000')
NUMBERS = (0, 1, 2, 3, -1, 255, 1 << 31, 1 << 32, 1 << 63, -(1 << 63), 1 << 64, 0.5, 1e300)
KEYS = ('id', 'driver', 'core-id', 'socket-id', 'cluster-id', 'thread-id', 'command-line', 'path',
        'property', 'typename', 'cpu-index', 'enable', 'value', 'device', 'nosuch')
# These end or replace what is under test.
NEVER = ('quit', 'qmp_capabilities')


def value(rng, depth=0):
    """A random JSON value."""
    kind = rng.random()
    if kind < 0.45:
        return rng.choice(WORDS)
    if kind < 0.7:
        return rng.choice(NUMBERS)
    if kind < 0.85 or depth > 3:
        return rng.choice((True, False, None))
    if kind < 0.93:
        return [value(rng, depth + 1) for _ in range(rng.randrange(4))]
    return {rng.choice(KEYS): value(rng, depth + 1) for _ in range(rng.randrange(4))}


def message(rng, names):
    """A command, often wrong, as bytes."""
    m = {'execute': rng.choice(names), 'arguments':
         {rng.choice(KEYS): value(rng) for _ in range(rng.randrange(5))}}
    if rng.random() < 0.4:
        m = {'execute': 'device_add', 'arguments': {
            'driver': 'max-arm-cpu', 'id': rng.choice(('a', 'b', 'c')),
            'core-id': rng.randrange(9)}}
    elif rng.random() < 0.2:
        m = {'execute': 'device_del', 'arguments': {'id': rng.choice(('a', 'b', 'c'))}}
    if rng.random() < 0.1:
        m['id'] = value(rng)
    text = json.dumps(m).encode()
    if rng.random() < 0.3:
        text = fuzzlib.mutate(rng, text, 12).replace(b'quit', b'quiz')
    return text + b'\n'


def drain(raw, quiet=0):
    """Read until nothing comes for QUIET s; what a mutation left open is answered late or never."""
    while select.select([raw], [], [], quiet)[0] and raw.recv(1 << 20):
        pass


def case(context, rng):
    """One machine, some hundred messages."""
    vm = context.machine(cpu='max', smp='1,maxcpus=8', machine='virt,acpi=on', extra=['-S'])
    path = vm.socket_dir / 'raw'
    vm.args += ['-qmp', f'unix:{path},server=on,wait=off']
    try:
        vm.start()
        names = [c['name'] for c in vm.qmp.command('query-commands') if c['name'] not in NEVER]
        raw = socket.socket(socket.AF_UNIX)
        raw.settimeout(20 * fuzzlib.guestvm.SCALE)
        raw.connect(str(path))
        raw.sendall(b'{"execute": "qmp_capabilities"}\n')
        for _ in range(300):
            raw.sendall(message(rng, names))
            # Not reading the answers for a while is also something that clients do.
            if rng.random() < 0.5:
                drain(raw)
        drain(raw, 0.2)
        raw.close()
        vm.qmp.drain()
        context.finish(vm)
    except (fuzzlib.guestvm.VmError, OSError) as e:
        fuzzlib.judge(vm.process.poll() or 0, vm.errors())
        raise fuzzlib.Finding(f'{e}; {vm.state()}') from e
    finally:
        vm.stop()


if __name__ == '__main__':
    fuzzlib.main('qmp', case, __doc__)
