#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Guests with real software: Debian arm64 packages, unpacked into an initramfs.

usage: packages.py [--dir DIR] [NAME ...]

Each set is a list of packages; apt resolves what they depend on, in the private directories of
fetch.py. DIR/software-NAME holds the unpacked files, and DIR/initramfs-KERNEL-NAME.cpio the
archive, in which /software has the scripts of tests/guest/software. The set "kernel" has no
packages but the generic kernel's modules with self tests.
"""
import argparse
import fnmatch
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import fetch
import initramfs
import material

HERE = Path(__file__).resolve().parent

# Packages of each set; of alternatives the first that the mirror offers.
SETS = {
    'tools': ('openssl', 'openssl-provider-fips?', 'sqlite3', 'gawk', 'perl', 'bc'),
    'python': ('python3',
               'libpython3.13-testsuite|libpython3.12-testsuite|libpython3.11-testsuite'),
    'gcc': ('gcc', 'libc6-dev'),
}
# Not worth the guest's memory.
LEFT_OUT = ('usr/share/doc/*', 'usr/share/man/*', 'usr/share/locale/*', 'usr/share/info/*',
            'usr/share/lintian/*', '*/lto1', '*/lto-wrapper', '*/gconv/*', '*.pyc',
            '*lib*san.so*', '*lib*san.a', '*/test/cjkencodings/*', 'usr/share/gcc/*',
            '*/gprofng*', '*/gp-*', '*lib*san.o', '*lib*san_preinit.o')

KERNEL = 'generic-6.12'
MODULES = ('kernel/arch/arm64/crypto/*', 'kernel/arch/arm64/lib/*', 'kernel/crypto/*.ko*',
           'kernel/lib/crypto/*', 'kernel/lib/test_*', 'kernel/lib/*kunit*')


def choose(apt, word):
    """The package that WORD of a set stands for, or None for an optional one that is missing."""
    for name in word.rstrip('?').split('|'):
        if apt.versions(name):
            return name
    if word.endswith('?'):
        return None
    raise fetch.FetchError(f'the configured Debian mirror offers no {word} for arm64')


def download(apt, words):
    """Paths of the packages WORDS and of all that they depend on."""
    names = [n for n in (choose(apt, w) for w in words) if n]
    base = ['apt-get', 'install', '--yes', '--no-install-recommends']
    listing = apt.run(*base, '--print-uris', *names, capture=True)
    files = re.findall(r"^'[^']+' (\S+\.deb) ", listing.stdout, re.M)
    if listing.returncode or not files:
        raise fetch.FetchError(f'apt cannot resolve {" ".join(names)}: {listing.stderr.strip()}')
    if apt.run(*base, '--download-only', *names).returncode:
        raise fetch.FetchError(f'could not download {" ".join(names)}: is this machine online?')
    return [apt.root / 'cache' / 'archives' / f for f in files]


def prune(root):
    """Remove what LEFT_OUT names."""
    for path in sorted(root.rglob('*'), reverse=True):
        rel = str(path.relative_to(root))
        if not path.is_dir() and any(fnmatch.fnmatch(rel, p) for p in LEFT_OUT):
            path.unlink()


def fetch_set(name, top):
    """The directory with the unpacked packages of set NAME."""
    final = top / f'software-{name}'
    if final.exists():
        return final
    apt = fetch.Apt(top / 'apt')
    debs = download(apt, SETS[name])
    tmp = top / f'software-{name}.new'
    shutil.rmtree(tmp, ignore_errors=True)
    tmp.mkdir(parents=True)
    for deb in debs:
        subprocess.run(['dpkg-deb', '-x', str(deb), str(tmp)], check=True)
    prune(tmp)
    loader = tmp / 'lib' / 'ld-linux-aarch64.so.1'
    if not loader.exists():             # packages of a merged /usr rely on /lib being a link
        loader.parent.mkdir(exist_ok=True)
        loader.symlink_to('/usr/lib/ld-linux-aarch64.so.1')
        (loader.parent / 'aarch64-linux-gnu').symlink_to('/usr/lib/aarch64-linux-gnu')
    tmp.rename(final)
    for deb in debs:
        deb.unlink(missing_ok=True)
    return final


# -- kernel modules --------------------------------------------------------------------------------

def module_name(path):
    """As /proc/modules calls it."""
    return path.name.split('.ko')[0].replace('-', '_')


def depends_of(data):
    """Names of the modules that a module's file asks for."""
    m = re.search(rb'\0depends=([^\0]*)\0', data)
    return [n for n in m[1].decode().replace('-', '_').split(',') if n] if m else []


def fetch_modules(top):
    """A directory with the kernel's modules that test something, and `order` to insert them in."""
    final = top / 'software-kernel'
    if final.exists():
        return final
    apt = fetch.Apt(top / 'apt')
    package, version = (top / KERNEL / 'version').read_text(encoding='utf-8').split()
    deb = apt.download(f'{package}={version}' if version in apt.versions(package) else package)
    tmp = top / 'software-kernel.new'
    shutil.rmtree(tmp, ignore_errors=True)
    (tmp / 'software' / 'modules').mkdir(parents=True)
    with tempfile.TemporaryDirectory(dir=top) as unpacked:
        subprocess.run(['dpkg-deb', '-x', str(deb), unpacked], check=True)
        every, wanted = {}, []
        for path in sorted(Path(unpacked).rglob('*.ko*')):
            every[module_name(path)] = path
            rel = str(path).split('/modules/', 1)[1].split('/', 1)[1]
            if any(fnmatch.fnmatch(rel, p) for p in MODULES):
                wanted.append(module_name(path))
        order = []
        for name in wanted:
            insert(name, every, order, tmp / 'software' / 'modules')
    (tmp / 'software' / 'order').write_text('\n'.join(order) + '\n', encoding='utf-8')
    tmp.rename(final)
    deb.unlink()
    return final


def insert(name, every, order, where):
    """Put module NAME behind what it depends on."""
    if name in order or name not in every:
        return
    to = where / f'{name}.ko'
    fetch.put(every[name], to)
    for other in depends_of(to.read_bytes()):
        insert(other, every, order, where)
    order.append(name)


# -- the guest -------------------------------------------------------------------------------------

def guest(name, top=fetch.DEFAULT_DIR):
    """material.Material with the set NAME; built when missing or older than its scripts."""
    top = Path(top)
    kernel = fetch.fetch([KERNEL], top)[KERNEL]
    busybox = fetch.fetch(['busybox'], top)['busybox']
    tree = fetch_modules(top) if name == 'kernel' else fetch_set(name, top)
    scripts = sorted((HERE / 'software').glob('*'))
    output = top / f'initramfs-{KERNEL}-{name}.cpio'
    newest = max(p.stat().st_mtime for p in (*scripts, HERE / 'init', tree))
    if not output.exists() or output.stat().st_mtime < newest:
        pairs = [(f'/software/{p.name}', p) for p in scripts]
        initramfs.build(busybox, output, pairs, trees=[tree])
    return material.Material(f'{KERNEL}-{name}', kernel, output)


def main():
    parser = argparse.ArgumentParser(description='Fetch software and build guests with it.')
    parser.add_argument('--dir', default=str(fetch.DEFAULT_DIR))
    parser.add_argument('names', nargs='*', metavar='NAME', help=', '.join((*SETS, 'kernel')))
    args = parser.parse_args()
    try:
        for name in args.names or (*SETS, 'kernel'):
            files = guest(name, args.dir)
            print(f'{name:10}{os.path.getsize(files.initrd) >> 20:5} MiB  {files.initrd}')
    except fetch.FetchError as e:
        sys.exit(f'packages.py: {e}')


if __name__ == '__main__':
    main()
