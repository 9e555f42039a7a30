#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""scripts/qapi-gen.py refuses bad schemas, each with a sentence that says what is wrong."""
import os
import subprocess
import sys
import tempfile

DOC = '##\n# @{0}:\n#\n# Text.\n{1}##\n'


def doc(name, *members):
    return DOC.format(name, ''.join('#\n# @%s: text\n' % m for m in members))


ENUM = doc('E', 'a', 'b') + "{ 'enum': 'E', 'data': [ 'a', 'b' ] }\n"
STRUCT = doc('S', 'x') + "{ 'struct': 'S', 'data': { 'x': 'int' } }\n"

BAD = [  # (schema, part of the message)
    ("{", "expected a string in quotes"),
    ("hello", "stray"),
    ("[ 'a' ]", "expected an expression in braces"),
    ("{ 'struct': 'S', }", "expected a string in quotes"),
    ("{ 'struct' 'S' }", "expected ':'"),
    ("{ 'struct': 'S' 'data': {} }", "expected ',' or '}'"),
    ("{ 'struct': 'S', 'struct': 'T' }", "duplicate key 'struct'"),
    ("{ 'data': {} }", "needs exactly one of"),
    ("{ 'struct': 'S', 'enum': 'S', 'data': {} }", "needs exactly one of"),
    ("{ 'struct': [ 'S' ], 'data': {} }", "must be a string"),
    ("##\n# @S:\n", "is not closed by '##'"),
    ("##\nS\n##\n", "starts with '#'"),
    ("## x\n", "junk after '##'"),
    (doc('S') + doc('T') + "{ 'struct': 'T', 'data': {} }", "not followed by its definition"),
    ("{ 'struct': 'S', 'data': {} }", "is not documented"),
    (doc('T') + "{ 'struct': 'S', 'data': {} }", "the documentation above it is for 'T'"),
    (doc('S') + "{ 'struct': 'S', 'data': { 'x': 'int' } }", "'@x' is not documented"),
    (doc('S', 'x', 'y') + "{ 'struct': 'S', 'data': { 'x': 'int' } }",
     "'@y', which does not exist"),
    (doc('S', 'x', 'x') + "{ 'struct': 'S', 'data': { 'x': 'int' } }", "documented twice"),
    (doc('E', 'a') + "{ 'enum': 'E', 'data': [ 'a', 'b' ] }", "'@b' is not documented"),
    (doc('S') + "{ 'struct': 'S' }", "key 'data' is missing"),
    (doc('S') + "{ 'struct': 'S', 'data': {}, 'extra': true }", "unknown key 'extra'"),
    (doc('S') + "{ 'struct': 'S', 'data': [ 'x' ] }", "'data' must be an object"),
    (doc('s') + "{ 'struct': 's', 'data': {} }", "must be in CamelCase"),
    (doc('Cmd') + "{ 'command': 'Cmd' }", "must be in lower case"),
    (doc('event') + "{ 'event': 'event' }", "must be in upper case"),
    (STRUCT + STRUCT, "name is taken"),
    (doc('PointList') + "{ 'struct': 'PointList', 'data': {} }", "end in 'List'"),
    (doc('S', 'x') + "{ 'struct': 'S', 'data': { 'x': 'Nope' } }", "unknown type 'Nope'"),
    (doc('S', 'x') + "{ 'struct': 'S', 'data': { 'x': [ 'int', 'int' ] } }", "one type name"),
    (doc('S', 'x') + "{ 'struct': 'S', 'data': { 'x': true } }", "needs a type name"),
    (doc('S', 'x!') + "{ 'struct': 'S', 'data': { 'x!': 'int' } }", "bad member name"),
    (doc('S', 'a-b', 'a_b') + "{ 'struct': 'S', 'data': { 'a-b': 'int', 'a_b': 'int' } }",
     "occurs twice"),
    (STRUCT + doc('T', 'x') + "{ 'struct': 'T', 'base': 'S', 'data': { 'x': 'int' } }",
     "occurs twice"),
    (doc('S') + "{ 'struct': 'S', 'base': 'S', 'data': {} }", "its own base"),
    (ENUM + doc('S') + "{ 'struct': 'S', 'base': 'E', 'data': {} }", "must be a struct"),
    (doc('E', 'a') + "{ 'enum': 'E', 'data': [ 'a', 'a' ] }", "occurs twice"),
    (doc('E') + "{ 'enum': 'E', 'data': [] }", "must be a list of values"),
    (doc('E', 'a b') + "{ 'enum': 'E', 'data': [ 'a b' ] }", "bad value"),
    (ENUM + STRUCT + doc('U', 't') + "{ 'union': 'U', 'base': { 't': 'E' }, 'discriminator': 'q', "
     "'data': { 'a': 'S' } }", "discriminator 'q' must be a mandatory member"),
    (ENUM + STRUCT + doc('U', 't') + "{ 'union': 'U', 'base': { '*t': 'E' }, 'discriminator': 't', "
     "'data': { 'a': 'S' } }", "must be a mandatory member"),
    (STRUCT + doc('U', 't') + "{ 'union': 'U', 'base': { 't': 'int' }, 'discriminator': 't', "
     "'data': { 'a': 'S' } }", "must be of enum type"),
    (ENUM + STRUCT + doc('U', 't') + "{ 'union': 'U', 'base': { 't': 'E' }, 'discriminator': 't', "
     "'data': { 'c': 'S' } }", "branch 'c' is not a value"),
    (ENUM + STRUCT + doc('U', 't', 'x') + "{ 'union': 'U', 'base': { 't': 'E', 'x': 'int' }, "
     "'discriminator': 't', 'data': { 'a': 'S' } }", "clashes with the base"),
    (ENUM + doc('U', 't') + "{ 'union': 'U', 'base': { 't': 'E' }, 'discriminator': 't', "
     "'data': { 'a': 'E' } }", "must be a struct"),
    (doc('c') + "{ 'command': 'c', 'returns': 'int' }", "'returns' must be"),
    (doc('c') + "{ 'command': 'c', 'gen': true }", "'gen' can only be false"),
    (doc('c') + "{ 'command': 'c', 'features': [ 'f' ] }", "feature '@f' is not documented"),
    ("{ 'include': 'nowhere.json' }", "can't read include file"),
    ("{ 'include': 'a', 'data': {} }", "one file name and nothing else"),
]


def run(generator, folder, text):
    path = os.path.join(folder, 'schema.json')
    with open(path, 'w', encoding='utf-8') as f:
        f.write(text)
    return subprocess.run([sys.executable, generator, '--out', os.path.join(folder, 'out'), path],
                          capture_output=True, text=True, check=False)


def main():
    generator = sys.argv[1]
    print('1..%d' % (len(BAD) + 1))
    with tempfile.TemporaryDirectory() as folder:
        for n, (text, message) in enumerate(BAD, 1):
            r = run(generator, folder, text)
            good = r.returncode == 1 and message in r.stderr and 'schema.json:' in r.stderr
            print('%sok %d - %s' % ('' if good else 'not ', n, message.replace('#', '')))
            if not good:
                print('# schema: %r\n# exit code %d, message: %s' % (text, r.returncode, r.stderr))
        r = run(generator, folder, ENUM + STRUCT)
        made = os.path.exists(os.path.join(folder, 'out', 'qapi-types.h'))
        print('%sok %d - a good one is taken' % ('' if r.returncode == 0 and made else 'not ',
                                                len(BAD) + 1))


main()
