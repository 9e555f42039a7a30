# SPDX-License-Identifier: GPL-2.0-or-later
"""The decode table (*.decode) for programs beside decode-gen.py, which parses and checks it."""
import importlib.util
from pathlib import Path

TOP = Path(__file__).resolve().parents[1]


def _generator():
    spec = importlib.util.spec_from_file_location('decode_gen', TOP / 'scripts/decode-gen.py')
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def read(files, features=TOP / 'include/target/arm/internal/cpu.h'):
    """The lines of FILES and their classes; FEATURES is the header that names the features."""
    gen = _generator()
    lines, classes, known = [], {}, gen.read_features(features)
    for name in files:
        gen.read_file(name, known, lines, classes)
    gen.check(lines)
    return lines, classes
