#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A kernel and an initramfs that fit together, fetched and built when missing.

usage: material.py [--dir DIR] [NAME ...]
"""
import argparse
import os
import sys
from pathlib import Path

import fetch
import initramfs


class Material:
    """Kernel Image and initramfs of one guest."""

    def __init__(self, name, kernel, initrd):
        self.name = name
        self.kernel = kernel
        self.initrd = initrd


def guest(name='cloud-6.12', top=fetch.DEFAULT_DIR, add=(), tag=''):
    """Material for the kernel NAME of fetch.KERNELS. KERNEL= and INITRD= in the environment win.

    ADD: more (guest path, host file) pairs for the initramfs; TAG names that variant.
    """
    kernel = fetch.fetch([name], top)[name]
    given = os.environ.get('INITRD')
    if given and not add:
        if not os.path.isfile(given):
            raise fetch.FetchError(f'INITRD={given}: no such file')
        return Material(name, kernel, Path(given).resolve())
    busybox = fetch.fetch(['busybox'], top)['busybox']
    pairs = [(f'/lib/modules/{m.name}', m) for m in fetch.modules_of(name, top)]
    output = Path(top) / f'initramfs-{name}{tag}.cpio'
    return Material(name, kernel, initramfs.build(busybox, output, [*pairs, *add]))


def main():
    parser = argparse.ArgumentParser(description='Fetch kernels and build their initramfs.')
    parser.add_argument('--dir', default=str(fetch.DEFAULT_DIR))
    parser.add_argument('names', nargs='*', metavar='NAME',
                        help=', '.join(fetch.KERNELS) + ' (default: all)')
    args = parser.parse_args()
    try:
        for name in args.names or fetch.KERNELS:
            files = guest(name, args.dir)
            print(f'{name:14}{files.kernel}\n{"":14}{files.initrd}')
    except fetch.FetchError as e:
        sys.exit(f'material.py: {e}')


if __name__ == '__main__':
    main()
