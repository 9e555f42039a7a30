#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Build the guest's initramfs: busybox, our /init and extra files, as a cpio archive.

usage: initramfs.py --busybox FILE --output FILE [--add GUESTPATH=FILE ...] [--init FILE]

Needs no root: device nodes are written into the archive directly.
"""
import argparse
import gzip
import os
import stat
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent

# The commands /init uses before or instead of "busybox --install"; the rest are links made there.
FIRST_LINKS = ('sh',)


class Cpio:
    """A cpio archive in the kernel's "newc" format (Documentation/driver-api/early-userspace)."""

    def __init__(self):
        self.parts = []
        self.size = 0
        self.inode = 1
        self.dirs = set()

    def put(self, data):
        self.parts.append(data)
        self.size += len(data)

    def align(self):
        self.put(b'\0' * (-self.size % 4))

    def entry(self, name, mode, data=b'', rdev=(0, 0)):
        """Add one entry; everything belongs to root and has time 0, so that builds repeat."""
        raw = name.encode() + b'\0'
        fields = (self.inode, mode, 0, 0, 1, 0, len(data), 0, 0, rdev[0], rdev[1], len(raw), 0)
        self.inode += 1
        self.put(b'070701' + b''.join(b'%08x' % f for f in fields) + raw)
        self.align()
        self.put(data)
        self.align()

    def parents(self, name):
        head = os.path.dirname(name)
        if head and head not in self.dirs:
            self.parents(head)
            self.dirs.add(head)
            self.entry(head, stat.S_IFDIR | 0o755)

    def directory(self, name):
        self.parents(name + '/x')

    def file(self, name, data, mode=0o644):
        self.parents(name)
        self.entry(name, stat.S_IFREG | mode, data)

    def link(self, name, to):
        self.parents(name)
        self.entry(name, stat.S_IFLNK | 0o777, to.encode())

    def device(self, name, major, minor):
        self.parents(name)
        self.entry(name, stat.S_IFCHR | 0o600, rdev=(major, minor))

    def finish(self):
        self.entry('TRAILER!!!', 0)
        self.put(b'\0' * (-self.size % 512))
        return b''.join(self.parts)


def add_tree(archive, root):
    """Add everything below ROOT; links stay links."""
    for path in sorted(Path(root).rglob('*')):
        name = str(path.relative_to(root))
        if path.is_symlink():
            archive.link(name, os.readlink(path))
        elif path.is_file():
            archive.file(name, path.read_bytes(), 0o755 if os.access(path, os.X_OK) else 0o644)


def build(busybox, output, add=(), init=HERE / 'init', trees=()):
    """Write the archive to OUTPUT.

    ADD: (guest path, host file) pairs, kept executable bits. TREES: directories whose files are
    put at the same places below the guest's root.
    """
    archive = Cpio()
    archive.device('dev/console', 5, 1)
    archive.device('dev/null', 1, 3)
    archive.file('init', Path(init).read_bytes(), 0o755)
    archive.file('bin/busybox', Path(busybox).read_bytes(), 0o755)
    for name in FIRST_LINKS:
        archive.link(f'bin/{name}', 'busybox')
    for guest, host in add:
        host = Path(host)
        mode = 0o755 if os.access(host, os.X_OK) else 0o644
        archive.file(guest.lstrip('/'), host.read_bytes(), mode)
    for root in trees:
        add_tree(archive, root)
    data = archive.finish()
    output = Path(output)
    output.parent.mkdir(parents=True, exist_ok=True)
    if output.suffix == '.gz':
        data = gzip.compress(data, 6, mtime=0)
    # Replaced as a whole: tests that run side by side may build the same file.
    tmp = output.with_name(f'{output.name}.{os.getpid()}')
    tmp.write_bytes(data)
    tmp.rename(output)
    return output


def main():
    parser = argparse.ArgumentParser(description='Build the guest initramfs.')
    parser.add_argument('--busybox', required=True, help='static arm64 busybox')
    parser.add_argument('--output', required=True, help='archive to write; .gz compresses')
    parser.add_argument('--init', default=str(HERE / 'init'))
    parser.add_argument('--add', action='append', default=[], metavar='GUESTPATH=FILE')
    args = parser.parse_args()
    pairs = []
    for item in args.add:
        guest, sep, host = item.partition('=')
        if not sep or not os.path.isfile(host):
            sys.exit(f'initramfs.py: --add {item}: expected GUESTPATH=FILE with an existing file')
        pairs.append((guest, host))
    print(build(args.busybox, args.output, pairs, args.init))


if __name__ == '__main__':
    main()
