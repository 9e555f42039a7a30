#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Mutated kernels, compressed kernels, device trees: refused in a sentence, or run."""
import gzip

import fuzzlib
from fuzz_guest import image

FDT_HEADER = bytes.fromhex('d00dfeed')


def device_tree(rng):
    """A small device tree blob, by hand: header, reservations, structure, strings."""
    def word(v):
        return v.to_bytes(4, 'big')

    strings = b'#address-cells\0#size-cells\0reg\0device_type\0'
    structure = word(1) + b'\0\0\0\0'
    for name_at, v in ((0, 2), (15, 2)):
        structure += word(3) + word(4) + word(name_at) + word(v)
    structure += word(1) + b'memory@40000000\0'
    structure += word(3) + word(16) + word(27) + rng.randbytes(16) + word(2) + word(2) + word(9)
    off_struct, off_strings = 56, 56 + len(structure)
    total = off_strings + len(strings)
    return FDT_HEADER + b''.join(map(word, (total, off_struct, off_strings, 40, 17, 16, 0,
                                            len(strings), len(structure)))) + b'\0' * 16 \
        + structure + strings


def case(context, rng):
    """One set of files; the emulator ends by itself or is told to."""
    kernel = image(rng)[:rng.choice((64, 4096, 1 << 20))]
    kind = rng.randrange(5)
    args = ['-M', f'virt,acpi={rng.choice(("on", "off", "auto"))}', '-display', 'none',
            '-nodefaults', '-S', '-monitor', 'stdio', '-m', rng.choice(('64M', '128M', '1G'))]
    path = context.tmp / 'kernel'
    if kind == 0:
        path.write_bytes(fuzzlib.mutate(rng, kernel[:64], 8) + kernel[64:])
    elif kind == 1:
        path.write_bytes(fuzzlib.mutate(rng, gzip.compress(kernel)))
    elif kind == 2:
        path.write_bytes(gzip.compress(fuzzlib.mutate(rng, kernel[:64], 8) + kernel[64:]))
    elif kind == 3:
        zboot = b'MZ\0\0zimg' + rng.randrange(1 << 12).to_bytes(4, 'little') \
            + rng.randrange(1 << 16).to_bytes(4, 'little') + b'\0' * 8 + b'gzip' + b'\0' * 28
        path.write_bytes(fuzzlib.mutate(rng, zboot + gzip.compress(kernel)))
    else:
        path.write_bytes(image(rng))
        (context.tmp / 'dtb').write_bytes(fuzzlib.mutate(rng, device_tree(rng)))
        args += ['-dtb', 'dtb']
    args += ['-kernel', 'kernel']
    # The monitor's input ends at once, which ends nothing: a run that goes on is stopped here.
    status, _, errors = context.run(args, timeout=2)
    if status not in (None, 0, 1):
        raise fuzzlib.Finding(f'status {status}: {errors}')
    if status == 1 and (not errors.strip() or len(errors) > 2000):
        raise fuzzlib.Finding(f'not one clear sentence: {errors[:2000]!r}')


if __name__ == '__main__':
    fuzzlib.main('files', case, __doc__)
