#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Random command lines: started, or one sentence and status 1."""
import fuzzlib

OPTIONS = ('-machine', '-M', '-accel', '-cpu', '-smp', '-m', '-serial', '-chardev', '-monitor',
           '-mon', '-qmp', '-d', '-device', '-global', '-object', '-name', '-display', '-action',
           '-rtc', '-boot', '-uuid', '-msg', '-overcommit', '-sandbox', '-echr', '-append', '-D')
PIECES = ('virt', 'max', 'cortex-a57', 'tcg', 'kvm', 'null', 'none', 'stdio', 'mux', 'socket',
          'pty', 'id=a', 'id=b', 'path=s', 'server=on', 'wait=off', 'server', 'nowait', 'mon:stdio',
          'chardev=a', 'chardev:a', 'acpi=on', 'acpi=off', 'acpi', 'gic-version=3', 'gic-version=',
          'thread=multi', 'tb-size=1', 'tb-size=99999999', 'tb-size=-1', 'cpus=2', 'maxcpus=4',
          'maxcpus=99999999999999999999', 'sockets=2', 'cores=0', 'threads=3', 'clusters=2', '1',
          '2', '0', '-1', '1G', '1T', '18446744073709551615', '0x10', '1e3', 'help', '?', 'on',
          'max-arm-cpu', 'core-id=1', 'core-id=-1', 'mode=control', 'mode=readline', 'file:out',
          'unix:s', 'tcp:127.0.0.1:0', 'vc', 'pauth=off', '+fp', '-fp', 'sve', '{', '{"driver":',
          '{"driver":"max-arm-cpu","core-id":1}', ',,', '=', '', 'x' * 5000, '\u00e4', '%n%s',
          'timestamp', 'mux=on', 'logfile=log', 'int', 'in_asm', 'all', 'nochain')


def argument(rng):
    """A random option value."""
    return ','.join(rng.choice(PIECES) for _ in range(rng.choice((1, 1, 2, 3, 5))))


def case(context, rng):
    """Some options on top of a machine that would start."""
    args = ['-M', 'virt', '-display', 'none', '-nodefaults', '-S']
    for _ in range(rng.choice((1, 1, 2, 3))):
        option = rng.choice(OPTIONS)
        args.append(option)
        if rng.random() < 0.95:
            args.append(argument(rng))
    status, out, errors = context.run(args, timeout=1.5)
    if status not in (None, 0, 1):
        raise fuzzlib.Finding(f'{args}: status {status}: {errors[:1000]}')
    if status == 1 and (not errors.strip() or out.strip()):
        raise fuzzlib.Finding(f'{args}: status 1, stdout {out[:500]!r}, stderr {errors[:500]!r}')


if __name__ == '__main__':
    fuzzlib.main('cmdline', case, __doc__)
