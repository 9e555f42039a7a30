# SPDX-License-Identifier: GPL-2.0-or-later
"""The emulators an image runs on, and what they print."""
import subprocess
import tempfile
from pathlib import Path

BELOW = 1 << 39                     # generated code is in the lower half of the address space

# name: properties of -accel tcg
VARIANTS = {
    'jit': '',
    'interp': f',x-interpret-below={BELOW}',
    'plainhost': ',x-hide-host-features=0xffffffff',
    'nochain': ',x-chain=off',
    'single': ',one-insn-per-tb=on',
    'several': ',x-single=off',
}


class EngineError(Exception):
    """An emulator did not run the image to its end; `lines` is what it printed."""

    lines = ()


class Engine:
    """One way to run an image."""

    def __init__(self, name, argv, peer=False):
        self.name, self.argv, self.peer = name, argv, peer

    def command(self, image, extra=()):
        """The command line."""
        return [*self.argv, *extra, '-machine', 'virt,gic-version=3', '-m', '256M', '-display',
                'none', '-monitor', 'none', '-serial', 'stdio', '-kernel', str(image)]

    def start(self, image, extra=()):
        """Run an image; `finish` takes the process."""
        # pylint: disable=consider-using-with
        out = tempfile.TemporaryFile()
        p = subprocess.Popen(self.command(image, extra), stdin=subprocess.DEVNULL, stdout=out,
                             stderr=subprocess.PIPE, start_new_session=True)
        return p, out

    def finish(self, started, timeout):
        """Its lines between BEGIN and DONE."""
        p, out = started
        try:
            _, err = p.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            p.kill()
            p.communicate()
            err = f'still running after {timeout} s'.encode()
        out.seek(0)
        text = out.read().decode('ascii', 'replace')
        out.close()
        lines = text.replace('\r', '').split('\n')
        if p.returncode != 0 or not any(line.startswith('DONE') for line in lines):
            error = EngineError(f'{self.name}: status {p.returncode}, '
                                f'{err.decode(errors="replace")[-2000:]}\n{text[-1000:]}')
            error.lines = lines
            raise error
        begin = lines.index('BEGIN')
        end = next(i for i, line in enumerate(lines) if line.startswith('DONE'))
        return lines[begin + 1:end]

    def run(self, image, timeout=600, extra=()):
        """Lines an image printed."""
        return self.finish(self.start(image, extra), timeout)


def ours(binary, name, cpu='max'):
    """A way to run this emulator: a name of VARIANTS, random=SEED or hide=MASK."""
    if name.startswith('random='):
        props = ',x-random=' + name[7:]
    elif name.startswith('hide='):
        props = ',x-hide-host-features=' + name[5:]
    else:
        props = VARIANTS[name]
    return Engine(name, [str(binary), '-cpu', cpu, '-accel', 'tcg' + props])


def peer(binary, cpu):
    """Another emulator, the outside opinion."""
    return Engine('peer', [str(binary), '-cpu', cpu, '-accel', 'tcg'], peer=True)


def write_image(directory, data, name='case.img'):
    """Write an image; its path."""
    path = Path(directory) / name
    path.write_bytes(data)
    return path
