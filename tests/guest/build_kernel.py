#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Build a kernel that tests the CPU: Debian's source, with selftests.config on top of nothing.

usage: build_kernel.py [--dir DIR] [NAME ...]        NAME: selftest-6.12

Debian's own kernels leave CRYPTO_MANAGER_EXTRA_TESTS, KUnit and the torture tests out. The source
comes through the private apt directories of fetch.py, the compiler is aarch64-linux-gnu-gcc. A
build takes ten minutes on two CPUs and 1.5 GiB while it runs; DIR/NAME keeps Image, config,
modules/*.ko and version, until selftests.config changes.
"""
import argparse
import fnmatch
import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import crossbuild
import fetch
import initramfs
import material
import packages

HERE = Path(__file__).resolve().parent
CONFIG = HERE / 'selftests.config'

# name: (package of the source, version pattern)
SOURCES = {
    'selftest-6.12': ('linux-source-6.12', '6.12.*'),
}
# Program: the package that has it.
TOOLS = {f'{crossbuild.CROSS}gcc': 'gcc-aarch64-linux-gnu', 'gcc': 'gcc', 'make': 'make',
         'bc': 'bc', 'flex': 'flex', 'bison': 'bison', 'xz': 'xz-utils', 'apt-get': 'apt',
         'dpkg-deb': 'dpkg', 'tar': 'tar'}
# Without these the kernel would test nothing.
NEEDED = ('CRYPTO_MANAGER_EXTRA_TESTS=y', 'KUNIT_ALL_TESTS=y', 'ATOMIC64_SELFTEST=y')
# Large parts of the source that no configuration here can reach; their Kconfig files stay.
NOT_UNPACKED = [f'*/{d}/*.{suffix}' for suffix in 'ch' for d in (
    'drivers/gpu', 'drivers/media', 'drivers/net/ethernet', 'drivers/net/wireless',
    'drivers/staging', 'sound')]


def stamp(version):
    """What a kernel that is there has to say of itself to be kept."""
    return f'{version.splitlines()[0]}\n{hashlib.sha256(CONFIG.read_bytes()).hexdigest()}\n'


def find(name, top):
    """The directory of kernel NAME if it was built by the configuration of today."""
    version = top / name / 'version'
    if not version.is_file():
        return None
    text = version.read_text(encoding='utf-8')
    return top / name if text == stamp(text) else None


def choose(apt, name):
    """(package, version) of the source that NAME stands for."""
    package, pattern = SOURCES[name]
    version = next((v for v in apt.versions(package) if fnmatch.fnmatch(v, pattern)), None)
    if version is None:
        raise fetch.FetchError(f'the configured Debian mirror offers no {package} {pattern}')
    return package, version


def unpack(deb, where):
    """Unpack the archive that package DEB holds; the top of the source."""
    subprocess.run(['dpkg-deb', '-x', str(deb), str(where)], check=True)
    archives = sorted(where.glob('usr/src/linux-source-*.tar.xz'))
    if not archives:
        raise fetch.FetchError(f'{deb.name} holds no linux-source-*.tar.xz')
    excludes = [f'--exclude={p}' for p in NOT_UNPACKED]
    subprocess.run(['tar', '-C', str(where), '-xf', str(archives[0]), *excludes], check=True)
    archives[0].unlink()
    return where / archives[0].name.removesuffix('.tar.xz')


def configure(make, source):
    """Write .config; the list of what selftests.config asks for and the kernel does not have."""
    subprocess.run([*make, f'KCONFIG_ALLCONFIG={CONFIG}', 'allnoconfig'], check=True,
                   stdout=subprocess.DEVNULL)
    got = set((source / '.config').read_text(encoding='utf-8').splitlines())
    for option in NEEDED:
        if f'CONFIG_{option}' not in got:
            raise fetch.FetchError(f'{source.name} cannot be configured with {option}')
    wanted = re.findall(r'^CONFIG_\w+=[ym]$', CONFIG.read_text(encoding='utf-8'), re.M)
    return [w for w in wanted if w not in got]


def build(name, top):
    """Build kernel NAME; its directory."""
    crossbuild.require('a kernel', TOOLS)
    apt = fetch.Apt(top / 'apt')
    package, version = choose(apt, name)
    work = crossbuild.empty(top / f'{name}.build')
    deb = apt.download(f'{package}={version}')
    source = unpack(deb, work)
    make = ['make', '-s', '-C', str(source), 'ARCH=arm64', f'CROSS_COMPILE={crossbuild.CROSS}',
            f'-j{os.cpu_count() or 1}', 'KBUILD_BUILD_TIMESTAMP=@0', 'KBUILD_BUILD_USER=test',
            'KBUILD_BUILD_HOST=test']
    for option in configure(make, source):
        fetch.log(f'{name}: {package} knows no {option}')
    fetch.log(f'{name}: building {package} {version}, which takes some minutes')
    log = top / f'{name}.log'
    log.unlink(missing_ok=True)
    crossbuild.run(package, [[*make, 'Image', 'modules']], log, work)
    keep(source, work / 'done', f'{package} {version}')
    deb.unlink()
    return crossbuild.install(work, top / name)


def keep(source, target, version):
    """Copy what a guest needs of the built SOURCE."""
    (target / 'modules').mkdir(parents=True)
    shutil.copyfile(source / 'arch/arm64/boot/Image', target / 'Image')
    shutil.copyfile(source / '.config', target / 'config')
    every = {packages.module_name(path): path for path in sorted(source.rglob('*.ko'))}
    order = []
    for module in every:
        packages.insert(module, every, order, target / 'modules')
    (target / 'order').write_text('\n'.join(order) + '\n', encoding='utf-8')
    (target / 'version').write_text(stamp(version), encoding='utf-8')


def guest(name='selftest-6.12', top=fetch.DEFAULT_DIR):
    """material.Material of kernel NAME: its modules lie in /selftests. Built when missing."""
    top = Path(top).resolve()
    where = find(name, top) or build(name, top)
    busybox = fetch.fetch(['busybox'], top)['busybox']
    pairs = [(f'/selftests/{m.name}', m) for m in sorted((where / 'modules').glob('*.ko'))]
    pairs.append(('/selftests/order', where / 'order'))
    pairs += [(f'/software/{p.name}', p) for p in sorted((HERE / 'software').glob('*.sh'))]
    output = top / f'initramfs-{name}.cpio'
    return material.Material(name, where / 'Image', initramfs.build(busybox, output, pairs))


def main():
    parser = argparse.ArgumentParser(description='Build kernels that test the CPU.')
    parser.add_argument('--dir', default=str(fetch.DEFAULT_DIR))
    parser.add_argument('names', nargs='*', metavar='NAME',
                        help=f'{", ".join(SOURCES)} (default: selftest-6.12)')
    args = parser.parse_args()
    try:
        for name in args.names or ('selftest-6.12',):
            if name not in SOURCES:
                parser.error(f'"{name}" is not one of {", ".join(SOURCES)}')
            files = guest(name, args.dir)
            print(f'{name:14}{files.kernel}\n{"":14}{files.initrd}')
    except fetch.FetchError as e:
        sys.exit(f'build_kernel.py: {e}')


if __name__ == '__main__':
    main()
