# SPDX-License-Identifier: GPL-2.0-or-later
"""What build_kernel.py and build_openssl.py share: building from Debian's source for the guest."""
import shutil
import subprocess

import fetch

CROSS = 'aarch64-linux-gnu-'


def require(what, tools):
    """FetchError if a program is missing. TOOLS: {program: the Debian package that has it}."""
    missing = sorted({package for tool, package in tools.items() if shutil.which(tool) is None})
    if missing:
        raise fetch.FetchError(f'to build {what}, install {" ".join(missing)}')


def empty(where):
    """WHERE, an empty directory from now on."""
    shutil.rmtree(where, ignore_errors=True)
    where.mkdir(parents=True)
    return where


def run(what, commands, log, cwd):
    """Run COMMANDS in turn; what they print is added to LOG, and the first to fail ends it all."""
    for command in commands:
        with log.open('a', encoding='utf-8') as out:
            done = subprocess.run(command, check=False, cwd=cwd, stdin=subprocess.DEVNULL,
                                  stdout=out, stderr=subprocess.STDOUT)
        if done.returncode:
            tail = log.read_text(encoding='utf-8', errors='replace')[-3000:]
            raise fetch.FetchError(f'building {what} failed, see {log}:\n{tail}')


def install(work, target):
    """Put WORK/done in the place of TARGET, and remove WORK; TARGET."""
    shutil.rmtree(target, ignore_errors=True)
    (work / 'done').rename(target)
    shutil.rmtree(work)
    return target
