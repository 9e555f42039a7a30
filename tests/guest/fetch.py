#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Fetch the Debian arm64 kernels and the busybox that the system tests and the demo run.

usage: fetch.py [--dir DIR] [NAME ...]        NAME: cloud-6.12 generic-6.12 cloud-6.1 busybox;
                                         by name only: cloud-7 generic-7

The packages come from the Debian mirror that this machine is configured for, through a private
set of apt directories under DIR (default build/guest): nothing of the machine's own apt state,
sources or foreign architectures is read for writing or changed, and root is not needed.
What is there already is not fetched again; an interrupted download goes on where it stopped.

The environment may name other files: KERNEL=PATH stands for every kernel, BUSYBOX=PATH for the
(static, arm64) busybox. Then nothing is fetched for them.

Each kernel leaves DIR/NAME/{Image,config,modules/*.ko,version}; busybox leaves DIR/busybox/busybox.
"""
import argparse
import fnmatch
import json
import lzma
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
DEFAULT_DIR = TOP / 'build' / 'guest'

# The machine's release, plus those that hold newer kernels. A release the mirror lacks is left out.
SUITES = ('bookworm', 'bookworm-backports', 'trixie', 'trixie-backports')

# name: (metapackage, version pattern)
KERNELS = {
    'cloud-6.12': ('linux-image-cloud-arm64', '6.12.*'),
    'generic-6.12': ('linux-image-arm64', '6.12.*'),
    'cloud-6.1': ('linux-image-cloud-arm64', '6.1.*'),
}
# What the mirror need not have: fetched when asked for by name.
OPTIONAL_KERNELS = {
    'cloud-7': ('linux-image-cloud-arm64', '7.*'),
    'generic-7': ('linux-image-arm64', '7.*'),
}
BUSYBOX = 'busybox-static'
REQUIRED = (*KERNELS, 'busybox')
ALL = (*REQUIRED, *OPTIONAL_KERNELS)

# Newer kernel packages are empty: these, with the same version, hold what belongs to the image.
PARTS = ('linux-binary-', 'linux-modules-', 'linux-base-')

# Modules of use to a test: the power button's events, by ACPI and by device tree.
MODULES = ('drivers/input/evdev.ko', 'drivers/input/keyboard/gpio_keys.ko')


class FetchError(Exception):
    """A reason, in a sentence, why the guest material cannot be had."""


def log(text):
    print(f'guest: {text}', file=sys.stderr, flush=True)


# -- where packages come from ----------------------------------------------------------------------

def deb822_stanzas(text):
    """The stanzas of a .sources file as dictionaries of lower-case field names."""
    for block in re.split(r'\n\s*\n', text):
        fields, last = {}, None
        for line in block.splitlines():
            if line.startswith('#') or not line.strip():
                continue
            if line[0].isspace() and last:
                fields[last] += ' ' + line.strip()
            elif ':' in line:
                last, _, value = line.partition(':')
                last = last.strip().lower()
                fields[last] = value.strip()
        if fields:
            yield fields


def one_line_entries(text):
    """(uri, suite, options) of each deb line of a sources.list."""
    for line in text.splitlines():
        m = re.match(r'\s*deb\s+(?:\[([^\]]*)\]\s+)?(\S+)\s+(\S+)', line)
        if m:
            options = dict(o.split('=', 1) for o in (m[1] or '').split() if '=' in o)
            yield m[2], m[3], options


def configured_mirrors():
    """(uri, signed-by or None) of the machine's Debian archives, in order, without repeats."""
    found = []
    etc = Path('/etc/apt')
    lists = [etc / 'sources.list', *sorted((etc / 'sources.list.d').glob('*'))]
    for path in lists:
        if path.suffix not in ('.list', '.sources') or not path.is_file():
            continue
        text = path.read_text(encoding='utf-8', errors='replace')
        if path.suffix == '.sources':
            for s in deb822_stanzas(text):
                if s.get('enabled', 'yes').lower() == 'no' or 'deb' not in s.get('types', 'deb'):
                    continue
                for uri in s.get('uris', '').split():
                    found.append((uri, s.get('suites', ''), s.get('signed-by')))
        else:
            for uri, suite, options in one_line_entries(text):
                found.append((uri, suite, options.get('signed-by')))
    mirrors = []
    for uri, suites, key in found:
        # The archive itself, not its security updates nor somebody's own repository.
        uri = uri.rstrip('/')
        if uri.rsplit('/', 1)[-1] != 'debian' or 'security' in suites:
            continue
        key = key if key and os.path.isabs(key) else None
        if uri not in (m[0] for m in mirrors):
            mirrors.append((uri, key))
    if not mirrors:
        raise FetchError('no Debian archive (a URI that ends in "/debian") in /etc/apt/sources.list'
                         ' or /etc/apt/sources.list.d: add one, or give KERNEL=PATH and'
                         ' BUSYBOX=PATH')
    return mirrors


# -- a private apt ---------------------------------------------------------------------------------

class Apt:
    """apt-get and apt-cache over directories of our own, for arm64."""

    def __init__(self, root):
        self.root = Path(root).resolve()      # apt takes relative paths from /
        self.updated = False
        for d in ('state/lists/partial', 'cache/archives/partial', 'etc', 'deb'):
            (self.root / d).mkdir(parents=True, exist_ok=True)
        (self.root / 'status').touch()

    def options(self):
        r = self.root
        settings = {
            'Dir::State': r / 'state', 'Dir::State::status': r / 'status',
            'Dir::Cache': r / 'cache', 'Dir::Etc::sourcelist': r / 'etc/sources.list',
            'Dir::Etc::sourceparts': '/dev/null', 'Dir::Etc::preferences': '/dev/null',
            'Dir::Etc::preferencesparts': '/dev/null',
            'APT::Architecture': 'arm64', 'APT::Sandbox::User': 'root',
            'Acquire::Languages': 'none', 'Acquire::Retries': '3',
        }
        out = [a for k, v in settings.items() for a in ('-o', f'{k}={v}')]
        # Lists cannot be set by assignment: clear what the machine says, then add ours.
        return out + ['-o', 'APT::Architectures::=arm64']

    def run(self, *args, capture=False, cwd=None):
        """Run a tool of apt. It prints to the real stderr: a test runner's own is not a file."""
        cmd = [args[0], *self.options(), *args[1:]]
        return subprocess.run(cmd, cwd=cwd, check=False, text=True, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE if capture else sys.__stderr__,
                              stderr=subprocess.PIPE if capture else sys.__stderr__)

    def update(self):
        if self.updated:
            return
        lines = []
        for uri, key in configured_mirrors()[:1]:
            opts = 'arch=arm64' + (f' signed-by={key}' if key else '')
            lines += [f'deb [{opts}] {uri} {suite} main' for suite in SUITES]
        (self.root / 'etc/sources.list').write_text('\n'.join(lines) + '\n', encoding='utf-8')
        log('reading the package lists of Debian arm64')
        # A suite that the mirror does not have fails the run but not the others' lists.
        done = self.run('apt-get', 'update', capture=True)
        for line in done.stderr.splitlines():
            log(f'apt-get: {line}')
        self.updated = True

    def versions(self, package):
        """Versions on offer, newest first."""
        self.update()
        out = self.run('apt-cache', 'madison', package, capture=True).stdout
        return [line.split('|')[1].strip() for line in out.splitlines() if line.count('|') >= 2]

    def depends(self, package, version):
        out = self.run('apt-cache', 'depends', f'{package}={version}', capture=True).stdout
        return re.findall(r'Depends: (\S+)', out)

    def download(self, spec):
        """The path of one downloaded package."""
        where = self.root / 'deb'
        done = self.run('apt-get', 'download', spec, cwd=where)
        name = spec.split('=')[0].split(':')[0]
        found = sorted(where.glob(f'{name}_*.deb'), key=lambda p: p.stat().st_mtime)
        if done.returncode != 0 or not found:
            raise FetchError(f'could not download {spec} (see the messages above): is this machine'
                             ' online? The files can also be given by hand: KERNEL=PATH,'
                             ' BUSYBOX=PATH')
        return found[-1]


# -- unpacking -------------------------------------------------------------------------------------

def unpack(deb, target, wanted):
    """Unpack the files of DEB whose path matches a pattern of WANTED ({pattern: name})."""
    with tempfile.TemporaryDirectory(dir=target.parent) as tmp:
        subprocess.run(['dpkg-deb', '-x', str(deb), tmp], check=True)
        for path in sorted(Path(tmp).rglob('*')):
            rel = str(path.relative_to(tmp))
            for pattern, name in wanted.items():
                if fnmatch.fnmatch(rel, pattern) and path.is_file():
                    put(path, target / name)


def put(path, to):
    to.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == '.xz':
        to.write_bytes(lzma.decompress(path.read_bytes()))
    else:
        shutil.copyfile(path, to)
        to.chmod(0o755 if to.name == 'busybox' else 0o644)


def finish(tmp, final, version):
    (tmp / 'version').write_text(version + '\n', encoding='utf-8')
    if final.exists():
        shutil.rmtree(final)
    tmp.rename(final)


def fetch_kernel(apt, name, top):
    meta, pattern = {**KERNELS, **OPTIONAL_KERNELS}[name]
    version = next((v for v in apt.versions(meta) if fnmatch.fnmatch(v, pattern)), None)
    if version is None:
        raise FetchError(f'the configured Debian mirror offers no {meta} {pattern}'
                         f' (it has: {", ".join(apt.versions(meta)) or "nothing"}): is this machine'
                         ' online? KERNEL=PATH names a kernel to use instead')
    package = next((d for d in apt.depends(meta, version) if d.startswith('linux-image-')), None)
    if package is None:
        raise FetchError(f'{meta} {version} names no linux-image package')
    log(f'{name}: {package}')
    debs = [apt.download(p) for p in (package, *parts_of(apt, package))]
    tmp = top / f'{name}.new'
    shutil.rmtree(tmp, ignore_errors=True)
    tmp.mkdir(parents=True)
    wanted = {'boot/vmlinuz-*': 'Image', 'boot/config-*': 'config',
              'usr/lib/modules/*/vmlinuz': 'Image', 'usr/lib/modules/*/config': 'config'}
    for module in MODULES:
        wanted[f'*lib/modules/*/kernel/{module}*'] = 'modules/' + module.rsplit('/', 1)[-1]
    for deb in debs:
        unpack(deb, tmp, wanted)
    if not (tmp / 'Image').exists():
        raise FetchError(f'{package} holds no vmlinuz')
    finish(tmp, top / name, f'{package} {version}')
    for deb in debs:
        deb.unlink()


def parts_of(apt, package):
    """The packages that the kernel PACKAGE is split into, if it is."""
    release = package.removeprefix('linux-image-')
    return [d for d in apt.depends(package, apt.versions(package)[0])
            if d.startswith(PARTS) and d.endswith(release)]


def fetch_busybox(apt, top):
    versions = apt.versions(BUSYBOX)
    if not versions:
        raise FetchError(f'the configured Debian mirror offers no {BUSYBOX} for arm64: is this'
                         ' machine online? BUSYBOX=PATH names a static arm64 busybox to use'
                         ' instead')
    log('busybox-static')
    deb = apt.download(f'{BUSYBOX}:arm64={versions[-1]}')
    tmp = top / 'busybox.new'
    shutil.rmtree(tmp, ignore_errors=True)
    tmp.mkdir(parents=True)
    unpack(deb, tmp, {'*bin/busybox': 'busybox'})
    finish(tmp, top / 'busybox', f'{BUSYBOX} {versions[-1]}')
    deb.unlink()


# -- the interface of tests and demo ---------------------------------------------------------------

def overridden(name):
    variable = 'BUSYBOX' if name == 'busybox' else 'KERNEL'
    path = os.environ.get(variable)
    if not path:
        return None
    if not os.path.isfile(path):
        raise FetchError(f'{variable}={path}: no such file')
    return Path(path).resolve()


def path_of(name, top=DEFAULT_DIR):
    """Path of the kernel Image or of the busybox NAME, or None when it was not fetched."""
    given = overridden(name)
    if given:
        return given
    path = Path(top) / name / ('busybox' if name == 'busybox' else 'Image')
    return path if path.exists() else None


def modules_of(name, top=DEFAULT_DIR):
    """Module files that go with kernel NAME (none for a kernel given by the user)."""
    return [] if overridden(name) else sorted((Path(top) / name / 'modules').glob('*.ko'))


def fetch(names=REQUIRED, top=DEFAULT_DIR):
    """Fetch what is missing of NAMES; {name: path}."""
    top = Path(top)
    top.mkdir(parents=True, exist_ok=True)
    apt = Apt(top / 'apt')
    for name in names:
        if name not in ALL:
            raise FetchError(f'"{name}" is not one of {", ".join(ALL)}')
        if path_of(name, top):
            continue
        if shutil.which('apt-get') is None or shutil.which('dpkg-deb') is None:
            raise FetchError('apt-get and dpkg-deb are needed to fetch Debian packages; on another'
                             ' system give KERNEL=PATH and BUSYBOX=PATH')
        if name == 'busybox':
            fetch_busybox(apt, top)
        else:
            fetch_kernel(apt, name, top)
    return {name: path_of(name, top) for name in names}


def main():
    parser = argparse.ArgumentParser(description='Fetch Debian arm64 kernels and busybox.')
    parser.add_argument('--dir', default=str(DEFAULT_DIR), help='where to (default: build/guest)')
    parser.add_argument('--json', action='store_true', help='print the paths as JSON')
    parser.add_argument('names', nargs='*', metavar='NAME',
                        help=f'{", ".join(ALL)} (default: {", ".join(REQUIRED)})')
    args = parser.parse_args()
    try:
        paths = fetch(args.names or REQUIRED, args.dir)
    except FetchError as e:
        sys.exit(f'fetch.py: {e}')
    if args.json:
        print(json.dumps({k: str(v) for k, v in paths.items()}, indent=2))
    else:
        for name, path in paths.items():
            print(f'{name:14}{path}')


if __name__ == '__main__':
    main()
