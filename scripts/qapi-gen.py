#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Compile a QAPI schema to C: types, commands, events, introspection, and a reference.

usage: qapi-gen.py --out DIR [--prefix P] [--context TYPE] SCHEMA

The language is QAPI's: structs, enums, flat unions, commands, events, includes; every definition
and every member is documented in the ## block above it.  docs/devel/monitor.md describes what is
taken and what the C looks like.  A bad schema is refused with FILE:LINE: and a sentence.
"""
import argparse
import json
import os
import re
import sys

BUILTINS = {  # name: (C type, JSON type in introspection)
    'str': ('char *', 'string'), 'bool': ('bool', 'boolean'), 'number': ('double', 'number'),
    'int': ('int64_t', 'int'), 'int8': ('int8_t', 'int'), 'int16': ('int16_t', 'int'),
    'int32': ('int32_t', 'int'), 'int64': ('int64_t', 'int'), 'uint8': ('uint8_t', 'int'),
    'uint16': ('uint16_t', 'int'), 'uint32': ('uint32_t', 'int'), 'uint64': ('uint64_t', 'int'),
    'size': ('uint64_t', 'int'), 'any': ('json_t *', 'value'),
}
C_WORDS = set('auto break case char const continue default do double else enum extern float for '
              'goto if inline int long register restrict return short signed sizeof static struct '
              'switch typedef union unsigned void volatile while unix linux errp args'.split())
KEYS = {  # kind: (required, optional)
    'include': ((), ()),
    'enum': (('data',), ('prefix', 'features')),
    'struct': (('data',), ('base', 'features')),
    'union': (('base', 'discriminator', 'data'), ('features',)),
    'command': ((), ('data', 'returns', 'gen', 'features')),
    'event': ((), ('data', 'features')),
}


class SchemaError(Exception):
    def __init__(self, where, text):
        super().__init__('%s:%d: %s' % (where[0], where[1], text))


# -- Reading ----------------------------------------------------------------------------------

class Doc:
    """A ## block: its symbol, the text of each @member, the text before and after."""

    def __init__(self, lines, where):
        self.where, self.symbol, self.members, self.features = where, None, {}, {}
        self.body = []
        section, into = self.body, self.members
        for line in lines:
            match = re.match(r'@([^\s:]+):\s*(.*)$', line)
            if match and self.symbol is None and not any(self.body):
                self.symbol, section = match.group(1), self.body
                if match.group(2):
                    section.append(match.group(2))
            elif match and self.symbol:
                if match.group(1) in into:
                    raise SchemaError(where, "'@%s' is documented twice" % match.group(1))
                section = into[match.group(1)] = [match.group(2)]
            elif line == 'Features:':
                into, section = self.features, []
            elif re.match(r'(Returns|Since|Errors|Example|Note)s?\b.*:', line):
                section = self.body
                section.append(line)
            else:
                section.append(line)


class Parser:
    TOKEN = re.compile(r"\s+|(?P<str>'(?:[^'\\\n]|\\.)*')|(?P<punct>[{}\[\],:])"
                       r"|(?P<word>true|false)|(?P<comment>#[^\n]*)")

    def __init__(self, path, seen):
        self.path, self.seen = path, seen
        with open(path, encoding='utf-8') as f:
            self.text = f.read()
        self.at, self.token, self.doc, self.result = 0, None, None, []

    def where(self, at=None):
        return (self.path, self.text.count('\n', 0, self.at if at is None else at) + 1)

    def fail(self, text):
        raise SchemaError(self.where(), text)

    def read_doc(self, start):
        end = re.compile(r'^##[ \t]*$', re.M).search(self.text, start + 2)
        if not end:
            self.fail("the documentation block is not closed by '##'")
        lines = self.text[start:end.start()].split('\n')[1:-1]
        for line in lines:
            if not line.startswith('#'):
                raise SchemaError(self.where(start), "each line of a documentation block "
                                  "starts with '#'")
        self.at = end.end()
        return Doc([line[2:].rstrip() for line in lines], self.where(start))

    def advance(self):
        while self.at < len(self.text):
            match = self.TOKEN.match(self.text, self.at)
            if not match:
                self.fail("stray %r" % self.text[self.at])
            start, self.at = self.at, match.end()
            if match.lastgroup == 'comment':
                if re.fullmatch(r'##\s*', match.group()):
                    if self.doc and self.doc.symbol:
                        raise SchemaError(self.doc.where, "documentation of '%s' is not followed "
                                          "by its definition" % self.doc.symbol)
                    self.doc = self.read_doc(start)
                elif match.group().startswith('##'):
                    self.fail("junk after '##'")
            elif match.lastgroup:
                self.token = match.group()
                return self.token
        self.token = None
        return None

    def value(self):
        token = self.token
        if token == '{':
            return self.pairs()
        if token == '[':
            items = []
            if self.advance() != ']':
                while True:
                    items.append(self.value())
                    if self.token == ']':
                        break
                    if self.token != ',':
                        self.fail("expected ',' or ']'")
                    self.advance()
            self.advance()
            return items
        if token in ('true', 'false'):
            self.advance()
            return token == 'true'
        if token and token[0] == "'":
            self.advance()
            return token[1:-1]
        self.fail("expected a value")
        return None

    def pairs(self):
        out = {}
        if self.advance() == '}':
            self.advance()
            return out
        while True:
            if not self.token or self.token[0] != "'":
                self.fail("expected a string in quotes")
            key = self.token[1:-1]
            if key in out:
                self.fail("duplicate key '%s'" % key)
            if self.advance() != ':':
                self.fail("expected ':'")
            self.advance()
            out[key] = self.value()
            if self.token == '}':
                self.advance()
                return out
            if self.token != ',':
                self.fail("expected ',' or '}'")
            self.advance()

    def run(self):
        self.advance()
        while self.token is not None:
            where = self.where()
            if self.token != '{':
                self.fail("expected an expression in braces")
            doc, self.doc = self.doc, None
            expr = self.value()
            if 'include' in expr:
                self.include(expr, where)
            else:
                self.result.append((expr, doc, where))
        return self.result

    def include(self, expr, where):
        if set(expr) != {'include'} or not isinstance(expr['include'], str):
            raise SchemaError(where, "'include' takes one file name and nothing else")
        path = os.path.join(os.path.dirname(self.path), expr['include'])
        if os.path.realpath(path) in self.seen:
            return
        self.seen.add(os.path.realpath(path))
        try:
            self.result.extend(Parser(path, self.seen).run())
        except OSError as e:
            raise SchemaError(where, "can't read include file '%s': %s"
                              % (expr['include'], e.strerror)) from e


# -- Checking ---------------------------------------------------------------------------------

class Member:
    def __init__(self, key, spec, where):
        self.optional = key.startswith('*')
        self.name = key[1:] if self.optional else key
        self.features = []
        if isinstance(spec, dict):
            if 'type' not in spec or set(spec) - {'type', 'features'}:
                raise SchemaError(where, "member '%s' takes 'type' and 'features'" % self.name)
            self.features, spec = spec.get('features', []), spec['type']
        self.is_list = isinstance(spec, list)
        if self.is_list and len(spec) != 1:
            raise SchemaError(where, "member '%s': array type must hold one type name" % self.name)
        self.type = spec[0] if self.is_list else spec
        if not isinstance(self.type, str):
            raise SchemaError(where, "member '%s' needs a type name" % self.name)


class Def:
    def __init__(self, kind, name, expr, doc, where):
        self.kind, self.name, self.expr, self.doc, self.where = kind, name, expr, doc, where
        self.features = expr.get('features', [])
        self.members, self.values, self.base, self.branches = [], [], None, {}

    def fail(self, text):
        raise SchemaError(self.where, "%s '%s': %s" % (self.kind, self.name, text))

    def all_members(self):
        return (self.base.all_members() if self.base else []) + self.members


class Schema:
    def __init__(self, path):
        self.defs = {}
        for expr, doc, where in Parser(path, {os.path.realpath(path)}).run():
            self.add(expr, doc, where)
        for d in list(self.defs.values()):
            self.link(d)
        for d in self.defs.values():
            self.check_members(d)
            self.check_doc(d)

    def add(self, expr, doc, where):
        kinds = [k for k in KEYS if k in expr]
        if len(kinds) != 1:
            raise SchemaError(where, "an expression needs exactly one of %s" % ', '.join(KEYS))
        kind, name = kinds[0], expr[kinds[0]]
        required, optional = KEYS[kind]
        if not isinstance(name, str):
            raise SchemaError(where, "the name of a %s must be a string" % kind)
        d = Def(kind, name, expr, doc, where)
        for key in required:
            if key not in expr:
                d.fail("key '%s' is missing" % key)
        for key in expr:
            if key not in (kind, *required, *optional):
                d.fail("unknown key '%s'" % key)
        self.check_name(d)
        if name in self.defs or name in BUILTINS:
            d.fail("name is taken")
        if name.endswith('List'):
            d.fail("names that end in 'List' are for list types")
        self.defs[name] = d

    def check_name(self, d):
        pattern, what = {
            'command': (r'(x-)?[a-z][a-z0-9_-]*', 'lower case'),
            'event': (r'[A-Z][A-Z0-9_]*', 'upper case'),
        }.get(d.kind, (r'[A-Z][A-Za-z0-9]*', 'CamelCase'))
        if not re.fullmatch(pattern, d.name):
            d.fail("the name must be in %s" % what)

    def type(self, d, name):
        if name not in BUILTINS and (name not in self.defs
                                     or self.defs[name].kind in ('command', 'event')):
            d.fail("unknown type '%s'" % name)
        return self.defs.get(name)

    def struct(self, d, name, what):
        t = self.type(d, name)
        if not t or t.kind not in ('struct', 'union'):
            d.fail("%s '%s' must be a struct" % (what, name))
        return t

    def link(self, d):
        data = d.expr.get('data', {})
        if d.kind == 'enum':
            if not isinstance(data, list) or not data:
                d.fail("'data' must be a list of values")
            d.values = [v['name'] if isinstance(v, dict) else v for v in data]
            return
        if d.kind == 'union':
            self.link_union(d, data)
            return
        if isinstance(d.expr.get('base'), str):
            d.base = self.struct(d, d.expr['base'], 'base')
        if isinstance(data, str):
            if d.kind == 'struct':
                d.fail("'data' must be an object")
            d.base = self.struct(d, data, 'data')
        elif isinstance(data, dict):
            d.members = [Member(k, v, d.where) for k, v in data.items()]
        else:
            d.fail("'data' must be an object")

    def link_union(self, d, data):
        base = d.expr['base']
        if isinstance(base, str):
            d.base = self.struct(d, base, 'base')
        elif isinstance(base, dict):
            d.members = [Member(k, v, d.where) for k, v in base.items()]
        else:
            d.fail("'base' must be an object or a type name")
        if not isinstance(data, dict):
            d.fail("'data' must be an object")
        d.branches = {k: self.struct(d, v, "branch '%s'" % k) for k, v in data.items()}

    def check_members(self, d):
        if d.kind == 'enum':
            for i, v in enumerate(d.values):
                if not isinstance(v, str) or not re.fullmatch(r'[A-Za-z0-9][A-Za-z0-9_-]*', v):
                    d.fail("bad value %r" % (v,))
                if v in d.values[:i]:
                    d.fail("value '%s' occurs twice" % v)
            return
        seen, base, chain = set(), d.base, {d.name}
        while base:
            if base.name in chain:
                d.fail("is its own base")
            chain.add(base.name)
            base = base.base
        for m in d.all_members():
            if not re.fullmatch(r'[A-Za-z][A-Za-z0-9_-]*', m.name):
                d.fail("bad member name '%s'" % m.name)
            if c_name(m.name) in seen or 'has_' + c_name(m.name) in seen:
                d.fail("member '%s' occurs twice" % m.name)
            seen.add(c_name(m.name))
            self.type(d, m.type)
        if d.kind == 'union':
            self.check_union(d, seen)
        if d.kind == 'command':
            self.check_command(d)

    def check_union(self, d, seen):
        tag = [m for m in d.all_members() if m.name == d.expr['discriminator']]
        if not tag or tag[0].optional or tag[0].is_list:
            d.fail("discriminator '%s' must be a mandatory member" % d.expr['discriminator'])
        enum = self.defs.get(tag[0].type)
        if not enum or enum.kind != 'enum':
            d.fail("discriminator '%s' must be of enum type" % tag[0].name)
        d.tag, d.tag_enum = tag[0], enum
        for value, branch in d.branches.items():
            if value not in enum.values:
                d.fail("branch '%s' is not a value of enum '%s'" % (value, enum.name))
            if branch.kind != 'struct':
                d.fail("branch '%s' must be a struct" % value)
            for m in branch.all_members():
                if c_name(m.name) in seen:
                    d.fail("member '%s' of branch '%s' clashes with the base" % (m.name, value))

    def check_command(self, d):
        if d.expr.get('gen') not in (None, False):
            d.fail("'gen' can only be false")
        returns = d.expr.get('returns')
        if returns is None:
            return
        m = Member('returns', returns, d.where)
        t = self.type(d, m.type)
        if not m.is_list and not (t and t.kind in ('struct', 'union')) \
                and m.type not in ('str', 'any'):
            d.fail("'returns' must be a struct, a union, a list, 'str' or 'any'")

    def check_doc(self, d):
        if not d.doc:
            d.fail("is not documented")
        if d.doc.symbol != d.name:
            d.fail("the documentation above it is for '%s'" % d.doc.symbol)
        own = d.values if d.kind == 'enum' else [m.name for m in d.members]
        for name in own:
            if name not in d.doc.members or not any(d.doc.members[name]):
                d.fail("'@%s' is not documented" % name)
        for name in d.doc.members:
            if name not in own:
                d.fail("the documentation names '@%s', which does not exist" % name)
        for name in d.features:
            if name not in d.doc.features:
                d.fail("feature '@%s' is not documented" % name)

    def of_kind(self, *kinds):
        return [d for d in self.defs.values() if d.kind in kinds]


# -- C names ----------------------------------------------------------------------------------

def c_name(name):
    name = name.replace('-', '_')
    return 'q_' + name if name in C_WORDS or name[0].isdigit() else name


def c_upper(name):
    name = re.sub(r'([a-z0-9])([A-Z])', r'\1_\2', name)
    name = re.sub(r'([A-Z])([A-Z][a-z])', r'\1_\2', name)
    return name.replace('-', '_').upper()


class Gen:
    def __init__(self, schema, prefix, context):
        self.schema, self.prefix, self.context = schema, prefix, context
        self.lists = self.used_lists()

    def used_lists(self):
        found = {}
        for d in self.schema.defs.values():
            for m in d.members:
                if m.is_list:
                    found[m.type] = True
            if isinstance(d.expr.get('returns'), list):
                found[d.expr['returns'][0]] = True
        return [n for n in found if n not in ('str', 'int', 'int64', 'any')]

    def is_pointer(self, m):
        d = self.schema.defs.get(m.type)
        return m.is_list or m.type in ('str', 'any') or (d and d.kind in ('struct', 'union'))

    def c_list(self, name):
        return ('int64' if name == 'int' else name) + 'List'

    def c_type(self, m):
        if m.is_list:
            return self.c_list(m.type) + ' *'
        if m.type in BUILTINS:
            return BUILTINS[m.type][0]
        return m.type + (' *' if self.is_pointer(m) else ' ')

    def table(self, m):
        if m.is_list:
            return '&qapi_type_' + self.c_list(m.type)
        return '&qapi_type_' + ('int64' if m.type == 'int' else m.type)

    def declare(self, m, indent='    '):
        c = self.c_type(m)
        text = ''
        if m.optional and not self.is_pointer(m):
            text += '%sbool has_%s;\n' % (indent, c_name(m.name))
        return text + '%s%s%s%s;\n' % (indent, c, '' if c[-1] in '* ' else ' ', c_name(m.name))

    # -- types

    def types_h(self):
        out = header('Types of the schema.', self.prefix + 'QAPI_TYPES_H',
                     '#include "qapi/qapi.h"\n')
        for d in self.schema.of_kind('enum'):
            out += 'typedef enum %s {\n' % d.name
            for v in d.values:
                out += '    %s_%s,\n' % (c_upper(d.name), c_upper(v))
            out += '    %s__COUNT\n} %s;\n' % (c_upper(d.name), d.name)
            out += 'extern const QapiType qapi_type_%s;\n' % d.name
            out += ('static inline const char *%s_str(%s v) { return qapi_type_%s.values[v]; }\n\n'
                    % (d.name, d.name, d.name))
        structs = self.schema.of_kind('struct', 'union')
        for d in structs:
            out += 'typedef struct %s %s;\n' % (d.name, d.name)
        for name in self.lists:
            out += 'typedef struct %sList %sList;\n' % (name, name)
        out += '\n'
        for d in self.by_value_order(structs):
            out += self.struct_h(d)
        for name in self.lists:
            out += self.list_h(name)
        return out + '#endif\n'

    def by_value_order(self, structs):
        """Branches are members by value: they come before their union."""
        done = []

        def visit(d):
            if d not in done:
                for b in d.branches.values():
                    visit(b)
                done.append(d)
        for d in structs:
            visit(d)
        return done

    def struct_h(self, d):
        out = 'struct %s {\n' % d.name
        for m in d.all_members():
            out += self.declare(m)
        if d.branches:
            out += '    union {\n'
            for value, b in d.branches.items():
                out += '        %s %s;\n' % (b.name, c_name(value))
            out += '    } u;\n'
        if not d.all_members() and not d.branches:
            out += '    char empty;\n'
        out += '};\nextern const QapiType qapi_type_%s;\n' % d.name
        out += ('static inline void qapi_free_%s(%s *v) { qapi_free(&qapi_type_%s, v); }\n\n'
                % (d.name, d.name, d.name))
        return out

    def list_h(self, name):
        m = Member('x', name, None)
        c = self.c_type(m).strip()
        boxed = self.schema.defs.get(name) and self.schema.defs[name].kind in ('struct', 'union')
        space = '' if c[-1] == '*' else ' '
        out = 'struct %sList { unsigned n; %s%s*items; };\n' % (name, c, space)
        out += 'extern const QapiType qapi_type_%sList;\n' % name
        out += ('static inline void qapi_free_%sList(%sList *v) '
                '{ qapi_free(&qapi_type_%sList, v); }\n' % (name, name, name))
        if boxed:
            out += ('/* Append a zeroed element and return it. */\n'
                    'static inline %s *%sList_add(%sList *list)\n{\n'
                    '    return (%s *)qapi_list_add(&qapi_type_%sList, list);\n}\n\n'
                    % (name, name, name, name, name))
        return out

    def types_c(self):
        out = source(self.prefix + 'qapi-types.h')
        for d in self.schema.of_kind('enum'):
            out += 'static const char *const values_%s[] = {\n' % d.name
            out += ''.join('    "%s",\n' % v for v in d.values)
            out += '};\nconst QapiType qapi_type_%s = {\n    .name = "%s", .kind = QAPI_ENUM, ' \
                '.size = sizeof(int), .values = values_%s, .n_values = %d,\n};\n\n' \
                % (d.name, d.name, d.name, len(d.values))
        for d in self.schema.of_kind('struct', 'union'):
            out += self.struct_c(d.name, d)
        for name in self.lists:
            out += ('const QapiType qapi_type_%sList = {\n    .name = "%sList", .kind = QAPI_LIST, '
                    '.size = sizeof(QapiList), .element = %s,\n};\n'
                    % (name, name, self.table(Member('x', name, None))))
        return out

    def struct_c(self, c_struct, d):
        members = d.all_members()
        out = ''
        if members:
            out += 'static const QapiMember members_%s[] = {\n' % c_struct
            for m in members:
                has = 'UINT32_MAX'
                if m.optional and not self.is_pointer(m):
                    has = 'offsetof(%s, has_%s)' % (c_struct, c_name(m.name))
                out += '    { "%s", %s, offsetof(%s, %s), %s, %s },\n' % (
                    m.name, self.table(m), c_struct, c_name(m.name), has,
                    'true' if m.optional else 'false')
            out += '};\n'
        extra = ''
        if d.branches:
            out += 'static const QapiType *const branches_%s[] = {\n' % c_struct
            for value in d.tag_enum.values:
                out += '    %s,\n' % ('&qapi_type_' + d.branches[value].name
                                      if value in d.branches else 'NULL')
            out += '};\n'
            extra = ('    .branches = branches_%s, .tag_offset = offsetof(%s, %s),\n'
                     '    .union_offset = offsetof(%s, u),\n'
                     % (c_struct, c_struct, c_name(d.tag.name), c_struct))
        static = 'static ' if c_struct != d.name else ''
        out += ('%sconst QapiType qapi_type_%s = {\n    .name = "%s", .kind = QAPI_STRUCT, '
                '.size = sizeof(%s),\n' % (static, c_struct, d.name, c_struct))
        if members:
            out += '    .members = members_%s, .n_members = %d,\n' % (c_struct, len(members))
        return out + extra + '};\n\n'

    # -- commands

    def c_params(self, d):
        if d.expr.get('gen') is False:
            return ['json_t *args']
        if d.base:
            return ['const %s *arg' % d.base.name]
        out = []
        for m in d.members:
            if m.optional and not self.is_pointer(m):
                out.append('bool has_' + c_name(m.name))
            c = self.c_type(m).strip()
            out.append('%s%s%s%s' % ('const ' if c[-1] == '*' and m.type != 'any' else '', c,
                                     '' if c[-1] == '*' else ' ', c_name(m.name)))
        return out

    def c_args(self, d):
        if d.base:
            return ['&a']
        out = []
        for m in d.members:
            if m.optional and not self.is_pointer(m):
                out.append('a.has_' + c_name(m.name))
            out.append('a.' + c_name(m.name))
        return out

    def c_returns(self, d):
        if d.expr.get('gen') is False:
            return 'json_t *'
        if 'returns' not in d.expr:
            return 'bool '
        return self.c_type(Member('r', d.expr['returns'], d.where))

    def commands_h(self):
        out = header('Handlers of the commands, and their table.', self.prefix + 'QAPI_COMMANDS_H',
                     '#include "%sqapi-types.h"\n' % self.path())
        out += ('typedef struct %s %s;\n\n'
                '/*\n * A handler returns false or NULL with *errp set, or true or what the '
                'command '
                'returns\n * (allocated; freed by the caller). Main thread.\n */\n'
                % (self.context, self.context))
        for d in self.schema.of_kind('command'):
            params = ['%s *context' % self.context] + self.c_params(d) + ['Error **errp']
            out += wrap('%sqmp_%s(' % (self.c_returns(d), c_name(d.name)), params, ');\n')
        return out + '\nextern const QapiCommandTable %sqapi_commands;\n\n#endif\n' % self.symbol()

    def path(self):
        """Front of the name in an #include: the real schema's files are in qapi/."""
        return self.prefix or 'qapi/'

    def symbol(self):
        return c_name(self.prefix) if self.prefix else ''

    def commands_c(self):
        out = source(self.prefix + 'qapi-commands.h')
        commands = sorted(self.schema.of_kind('command'), key=lambda d: d.name)
        for d in commands:
            out += self.marshal(d)
        out += 'static const QapiCommand commands[] = {\n'
        for d in commands:
            out += '    { "%s", call_%s },\n' % (d.name, c_name(d.name))
        return out + ('};\n\nconst QapiCommandTable %sqapi_commands = { commands, %d };\n'
                      % (self.symbol(), len(commands)))

    def marshal(self, d):
        name = c_name(d.name)
        signature = 'static json_t *call_%s(void *context, json_t *args, Error **errp)\n{\n' \
            % name
        if d.expr.get('gen') is False:
            return signature + '    return qmp_%s(context, args, errp);\n}\n\n' % name
        out = ''
        if d.base:
            struct = d.base.name
        else:
            struct = 'args_' + name
            fake = Def('struct', 'args', {'data': {}}, None, d.where)
            fake.members = d.members
            out += 'typedef ' + self.struct_h(fake).split('};\n')[0].replace(
                'struct args {', 'struct %s {' % struct) + '} %s;\n' % struct
            out += self.struct_c(struct, fake)
        call = 'qmp_%s(%s)' % (name, ', '.join(['context'] + self.c_args(d) + ['errp']))
        out += signature
        out += '    %s a = { 0 };\n    json_t *result = NULL;\n\n' % struct
        out += ('    if (!qapi_parse(&qapi_type_%s, args, QAPI_JSON, "", &a, errp)) {\n'
                '        return NULL;\n    }\n' % struct)
        if 'returns' not in d.expr:
            out += '    if (%s) {\n        result = json_object();\n    }\n' % call
        else:
            m = Member('r', d.expr['returns'], d.where)
            c = self.c_type(m)
            out += '    %svalue = %s;\n    if (value) {\n' % (c, call)
            if m.type in ('str', 'any') and not m.is_list:
                out += '        result = qapi_emit(%s, &value);\n' % self.table(m)
                out += '        %s(value);\n' % ('g_free' if m.type == 'str' else 'json_decref')
            else:
                out += '        result = qapi_emit(%s, value);\n' % self.table(m)
                out += '        qapi_free(%s, value);\n' % self.table(m)
            out += '    }\n'
        return out + '    qapi_clear(&qapi_type_%s, &a);\n    return result;\n}\n\n' % struct

    # -- events

    def event_params(self, d):
        return ['const QapiEventSink *sink'] + (self.c_params(d) if d.base or d.members else [])

    def events_h(self):
        out = header('Sending the events.', self.prefix + 'QAPI_EVENTS_H',
                     '#include "%sqapi-types.h"\n' % self.path())
        for d in self.schema.of_kind('event'):
            name = c_name(d.name.lower())
            out += wrap('void qapi_event_%s(' % name, self.event_params(d), ');\n')
        out += '\nextern const char *const %sqapi_event_names[];  /* ends with NULL */\n' \
            % self.symbol()
        return out + '\n#endif\n'

    def events_c(self):
        out = source(self.prefix + 'qapi-events.h')
        for d in self.schema.of_kind('event'):
            name = c_name(d.name.lower())
            params = self.event_params(d)
            body = ''
            if d.base:
                body = '    json_t *data = qapi_emit(&qapi_type_%s, arg);\n' % d.base.name
            elif d.members:
                struct = 'data_' + name
                fake = Def('struct', 'args', {'data': {}}, None, d.where)
                fake.members = d.members
                out += 'typedef ' + self.struct_h(fake).split('};\n')[0].replace(
                    'struct args {', 'struct %s {' % struct) + '} %s;\n' % struct
                out += self.struct_c(struct, fake)
                body = '    %s v = {\n' % struct
                for m in d.members:
                    if m.optional and not self.is_pointer(m):
                        body += '        .has_%s = has_%s,\n' % (c_name(m.name), c_name(m.name))
                    cast = '(%s)' % self.c_type(m).strip() if self.is_pointer(m) else ''
                    body += '        .%s = %s%s,\n' % (c_name(m.name), cast, c_name(m.name))
                body += '    };\n    json_t *data = qapi_emit(&qapi_type_%s, &v);\n' % struct
            else:
                body = '    json_t *data = NULL;\n'
            out += wrap('void qapi_event_%s(' % name, params, ')\n{\n' + body)
            out += '\n    sink->emit(sink->opaque, "%s", data);\n}\n\n' % d.name
        out += 'const char *const %sqapi_event_names[] = {\n' % self.symbol()
        out += ''.join('    "%s",\n' % d.name for d in self.schema.of_kind('event'))
        return out + '    NULL\n};\n'

    # -- introspection and reference

    def introspect_c(self):
        text = json.dumps(Introspect(self.schema).run(), separators=(',', ':'))
        out = source(self.prefix + 'qapi-introspect.h')
        out += 'const char %sqapi_schema_json[] =\n' % self.symbol()
        for i in range(0, len(text), 88):
            out += '    "%s"\n' % text[i:i + 88].replace('\\', '\\\\').replace('"', '\\"')
        return out + '    ;\n'

    def introspect_h(self):
        return header('The schema as query-qmp-schema answers it: JSON text of [SchemaInfo].',
                      self.prefix + 'QAPI_INTROSPECT_H', '') \
            + 'extern const char %sqapi_schema_json[];\n\n#endif\n' % self.symbol()

    def reference(self):
        out = '<!-- Generated by scripts/qapi-gen.py from qapi/*.json. -->\n# QMP reference\n'
        for title, kind in (('Commands', ('command',)), ('Events', ('event',)),
                            ('Types', ('struct', 'union', 'enum'))):
            out += '\n## %s\n' % title
            for d in sorted(self.schema.of_kind(*kind), key=lambda d: d.name.lower()):
                out += '\n### %s\n\n%s\n' % (d.name, '\n'.join(d.doc.body).strip())
                rows = [(m.name, describe(m)) for m in d.members] or [(v, '') for v in d.values]
                for name, typ in rows:
                    out += '- `%s`%s: %s\n' % (name, typ, ' '.join(
                        s.strip() for s in d.doc.members[name]).strip())
                if 'returns' in d.expr:
                    m = Member('r', d.expr['returns'], d.where)
                    out += '\nReturns%s.\n' % describe(m).replace('(', '').replace(')', '')
        return out


def describe(m):
    return ' (%s%s%s)' % ('list of ' if m.is_list else '', m.type,
                          ', optional' if m.optional else '')


class Introspect:
    """Type names are masked by numbers, as clients resolve them by reference."""

    def __init__(self, schema):
        self.schema, self.ids, self.out = schema, {}, []

    def type_ref(self, name, is_list=False):
        if name in BUILTINS:
            name = 'int' if BUILTINS[name][1] == 'int' else name
        key = ('[]' if is_list else '') + name
        if key in self.ids:
            return self.ids[key]
        if is_list:
            element = self.type_ref(name)
            self.ids[key] = '[%s]' % element
            self.out.append({'name': self.ids[key], 'meta-type': 'array', 'element-type': element})
        elif name in BUILTINS:
            self.ids[key] = name
            self.out.append({'name': name, 'meta-type': 'builtin',
                             'json-type': BUILTINS[name][1]})
        else:
            self.ids[key] = str(len(self.ids))
            self.add_type(self.ids[key], self.schema.defs[name])
        return self.ids[key]

    def member(self, m):
        info = {'name': m.name, 'type': self.type_ref(m.type, m.is_list)}
        if m.optional:
            info['default'] = None
        if m.features:
            info['features'] = m.features
        return info

    def add_type(self, ref, d):
        if d.kind == 'enum':
            self.out.append({'name': ref, 'meta-type': 'enum', 'values': d.values,
                             'members': [{'name': v} for v in d.values]})
            return
        info = {'name': ref, 'meta-type': 'object',
                'members': [self.member(m) for m in d.all_members()]}
        if d.kind == 'union':
            info['tag'] = d.tag.name
            info['variants'] = [{'case': v, 'type': self.type_ref(d.branches[v].name)
                                 if v in d.branches else self.object_ref([])}
                                for v in d.tag_enum.values]
        if d.features:
            info['features'] = d.features
        self.out.append(info)

    def object_ref(self, members):
        """An object without a name: arguments of a command, data of an event."""
        key = 'empty object' if not members else 'anonymous %d' % len(self.ids)
        if key not in self.ids:
            self.ids[key] = str(len(self.ids))
            self.out.append({'name': self.ids[key], 'meta-type': 'object',
                             'members': [self.member(m) for m in members]})
        return self.ids[key]

    def run(self):
        entries = []
        for d in self.schema.of_kind('command', 'event'):
            args = self.type_ref(d.base.name) if d.base else self.object_ref(d.members)
            info = {'name': d.name, 'meta-type': d.kind, 'arg-type': args}
            if d.kind == 'command':
                returns = d.expr.get('returns')
                if returns is None:
                    info['ret-type'] = self.object_ref([])
                else:
                    m = Member('r', returns, d.where)
                    info['ret-type'] = self.type_ref(m.type, m.is_list)
            if d.features:
                info['features'] = d.features
            entries.append(info)
        return entries + self.out


# -- Text -------------------------------------------------------------------------------------

def header(purpose, guard, includes):
    guard = guard.upper().replace('-', '_')
    return ('/* Generated by scripts/qapi-gen.py: do not edit. */\n/* %s */\n'
            '#ifndef %s\n#define %s\n\n%s\n' % (purpose, guard, guard, includes))


def source(own):
    path = own if not own.startswith('qapi-') else 'qapi/' + own
    return ('/* Generated by scripts/qapi-gen.py: do not edit. */\n#include "%s"\n\n'
            '#include <glib.h>\n\n' % path)


def wrap(start, params, end):
    lines, line = [], start
    for i, p in enumerate(params):
        piece = p + (', ' if i + 1 < len(params) else '')
        if len(line) + len(piece) > 96:
            lines.append(line.rstrip())
            line = '    '
        line += piece
    return '\n'.join(lines + [line]) + end


def main():
    ap = argparse.ArgumentParser(description=__doc__.split('\n', maxsplit=1)[0])
    ap.add_argument('--out', required=True)
    ap.add_argument('--prefix', default='')
    ap.add_argument('--context', default='System')
    ap.add_argument('schema')
    args = ap.parse_args()
    try:
        gen = Gen(Schema(args.schema), args.prefix, args.context)
    except SchemaError as e:
        print('qapi-gen.py: %s' % e, file=sys.stderr)
        return 1
    files = {'qapi-types.h': gen.types_h, 'qapi-types.c': gen.types_c,
             'qapi-commands.h': gen.commands_h, 'qapi-commands.c': gen.commands_c,
             'qapi-events.h': gen.events_h, 'qapi-events.c': gen.events_c,
             'qapi-introspect.h': gen.introspect_h, 'qapi-introspect.c': gen.introspect_c,
             'qapi-reference.md': gen.reference}
    os.makedirs(args.out, exist_ok=True)
    for name, make in files.items():
        with open(os.path.join(args.out, args.prefix + name), 'w', encoding='utf-8') as f:
            f.write(make())
    return 0


if __name__ == '__main__':
    sys.exit(main())
