# SPDX-License-Identifier: GPL-2.0-or-later
"""Parts of fuzz_insn.py: decode table, generator, guest image, emulators, shrinking."""
