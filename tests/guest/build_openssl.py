#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Build OpenSSL's own test programs for the guest, from Debian's source.

usage: build_openssl.py [--dir DIR]

Packages hold no tests. DIR/openssl-tests keeps the programs, linked statically, the vectors of
evp_test, and the list of what to run; tests/guest/software/opensslself.sh runs it in a guest. The
compiler is aarch64-linux-gnu-gcc; a build takes ten minutes on two CPUs.
"""
import argparse
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
SUITE = 'trixie'
NAME = 'openssl-tests'
TOOLS = {f'{crossbuild.CROSS}gcc': 'gcc-aarch64-linux-gnu', 'make': 'make', 'perl': 'perl',
         'apt-get': 'apt', 'tar': 'tar'}
OPTIONS = ('no-shared', 'no-module', 'no-docs', 'no-engine', '-static', '-O2')
DATA = 'test/recipes/30-test_evp_data'

# Programs that need no arguments: arithmetic, ciphers and digests by each kind of code there is.
PROGRAMS = (
    'sanitytest', 'byteorder_test', 'ctype_internal_test', 'lhash_test', 'sparse_array_test',
    'asn1_internal_test', 'bn_internal_test', 'chacha_internal_test', 'curve448_internal_test',
    'ec_internal_test', 'ffc_internal_test', 'mdc2_internal_test', 'modes_internal_test',
    'poly1305_internal_test', 'rsa_sp800_56b_test', 'siphash_internal_test', 'sm2_internal_test',
    'sm3_internal_test', 'sm4_internal_test', 'asn1_encode_test', 'asn1_decode_test',
    'bioprinttest', 'hexstr_test', 'param_build_test', 'params_test', 'punycode_test', 'bftest',
    'casttest', 'cmactest', 'destest', 'hmactest', 'ideatest', 'rc2test', 'rc4test',
    'rdcpu_sanitytest', 'exptest', 'dhtest', 'ecdsatest', 'sha_test', 'aesgcmtest',
    'evp_kdf_test', 'evp_pkey_dhkem_test', 'evp_xof_test', 'hpke_test', 'packettest',
    'asynctest', 'constant_time_test', 'gmdifftest', 'igetest', 'secmemtest', 'srptest', 'ectest')


class SourceApt(fetch.Apt):
    """apt over the source packages of one suite."""

    def update(self):
        """Read the lists, once."""
        if self.updated:
            return
        uri, key = fetch.configured_mirrors()[0]
        opts = f' [signed-by={key}]' if key else ''
        (self.root / 'etc/sources.list').write_text(f'deb-src{opts} {uri} {SUITE} main\n',
                                                    encoding='utf-8')
        fetch.log(f'reading the source lists of Debian {SUITE}')
        self.run('apt-get', 'update', capture=True)
        self.updated = True

    def source(self, package, where):
        """Path of the upstream archive of PACKAGE, downloaded to WHERE."""
        self.update()
        done = self.run('apt-get', 'source', '--download-only', '--only-source', package, cwd=where)
        found = sorted(where.glob(f'{package}_*.orig.tar.*[zZ2]'))
        if done.returncode or not found:
            raise fetch.FetchError(f'could not download the source of {package}: is this machine'
                                   ' online?')
        return found[-1]


def stamp():
    """What a directory has to say of itself to be kept."""
    return hashlib.sha256(Path(__file__).read_bytes()).hexdigest() + '\n'


def vectors(source):
    """Names of evp_test's files that its recipe runs."""
    recipe = (source / 'test/recipes/30-test_evp.t').read_text(encoding='utf-8')
    have = {p.name for p in (source / DATA).glob('*.txt')}
    return sorted(have & set(re.findall(r'\b(evp\w+\.txt)\b', recipe)))


def compile_tests(source, log):
    """Configure and make what is wanted; names of the programs built."""
    log.unlink(missing_ok=True)
    crossbuild.run('OpenSSL', [['./Configure', 'linux-aarch64',
                                f'--cross-compile-prefix={crossbuild.CROSS}', *OPTIONS]],
                   log, source)
    known = (source / 'Makefile').read_text(encoding='utf-8')
    programs = [p for p in (*PROGRAMS, 'evp_test', 'bntest') if f'test/{p}:' in known]
    if 'evp_test' not in programs:
        raise fetch.FetchError(f'OpenSSL has been configured without tests, see {log}')
    make = ['make', '-s', f'-j{os.cpu_count() or 1}']
    crossbuild.run('OpenSSL', [[*make, 'build_generated'],
                               [*make, *(f'test/{p}' for p in programs)]], log, source)
    return programs


def keep(source, programs, target):
    """Copy what the guest needs of the built SOURCE to TARGET; `run` has one command a line."""
    tests = target / 'openssl'
    tests.mkdir(parents=True)
    for name in programs:
        subprocess.run([f'{crossbuild.CROSS}strip', '-o', str(tests / name),
                        str(source / 'test' / name)], check=True)
    files = vectors(source)
    for path in (*(source / DATA / f for f in files), source / 'test/default-and-legacy.cnf',
                 *sorted((source / 'test/recipes/10-test_bn_data').glob('*.txt'))):
        shutil.copyfile(path, tests / path.name)
    commands = [p for p in programs if p in PROGRAMS]
    commands += [f'bntest {p.name}' for p in sorted(tests.glob('bn*.txt'))]
    commands += [f'evp_test -config default-and-legacy.cnf {f}' for f in files]
    (tests / 'run').write_text('\n'.join(commands) + '\n', encoding='utf-8')
    (target / 'version').write_text(stamp(), encoding='utf-8')


def build(top):
    """Build; the directory."""
    crossbuild.require("OpenSSL's tests", TOOLS)
    work = crossbuild.empty(top / f'{NAME}.build')
    archive = SourceApt(top / 'apt-source').source('openssl', work)
    subprocess.run(['tar', '-C', str(work), '-xf', str(archive)], check=True)
    source = next(p for p in work.iterdir() if p.is_dir())
    fetch.log(f'building the tests of {source.name}, which takes some minutes')
    keep(source, compile_tests(source, top / f'{NAME}.log'), work / 'done')
    return crossbuild.install(work, top / NAME)


def guest(top=fetch.DEFAULT_DIR):
    """material.Material whose /openssl holds the tests; built when missing."""
    top = Path(top)
    where = top / NAME
    if not (where / 'version').is_file() or \
            (where / 'version').read_text(encoding='utf-8') != stamp():
        where = build(top)
    kernel = fetch.fetch([packages.KERNEL], top)[packages.KERNEL]
    busybox = fetch.fetch(['busybox'], top)['busybox']
    pairs = [(f'/software/{p.name}', p) for p in sorted((HERE / 'software').glob('*.sh'))]
    output = top / f'initramfs-{packages.KERNEL}-{NAME}.cpio'
    return material.Material(NAME, kernel, initramfs.build(busybox, output, pairs, trees=[where]))


def main():
    parser = argparse.ArgumentParser(description="Build OpenSSL's tests for the guest.")
    parser.add_argument('--dir', default=str(fetch.DEFAULT_DIR))
    args = parser.parse_args()
    try:
        print(guest(args.dir).initrd)
    except fetch.FetchError as e:
        sys.exit(f'build_openssl.py: {e}')


if __name__ == '__main__':
    main()
