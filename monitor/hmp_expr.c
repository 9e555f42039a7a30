/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Expressions of the human monitor: C's operators on 64-bit integers, $registers, 'c'. */
#include <errno.h>
#include <string.h>

#include "monitor_internal.h"

#define EXPR_DEPTH 64

typedef struct Expr {
    const char *at;
    HmpRegisterFn *reg;
    void *opaque;
    unsigned depth;
    Error **errp;
} Expr;

static bool sum(Expr *e, int64_t *out);

static void skip_space(Expr *e)
{
    while (g_ascii_isspace(*e->at)) {
        e->at++;
    }
}

static bool number(Expr *e, int64_t *out)
{
    char *end;

    errno = 0;
    *out = (int64_t)g_ascii_strtoull(e->at, &end, 0);
    if (errno == ERANGE) {
        return error_set(e->errp, "number too large");
    }
    if (end == e->at) {
        return *e->at ? error_set(e->errp, "invalid char '%c' in expression", *e->at)
                      : error_set(e->errp, "unexpected end of expression");
    }
    e->at = end;
    return true;
}

static bool reg(Expr *e, int64_t *out)
{
    const char *start = ++e->at;
    uint64_t value = 0;

    while (g_ascii_isalnum(*e->at) || *e->at == '_' || *e->at == '.') {
        e->at++;
    }
    g_autofree char *name = g_strndup(start, e->at - start);
    if (!e->reg || !e->reg(e->opaque, name, &value)) {
        return error_set(e->errp, "unknown register");
    }
    *out = value;
    return true;
}

static bool primary(Expr *e, int64_t *out)
{
    if (*e->at == '(') {
        if (++e->depth > EXPR_DEPTH) {
            return error_set(e->errp, "expression is nested too deeply");
        }
        e->at++;
        if (!sum(e, out)) {
            return false;
        }
        if (*e->at != ')') {
            return error_set(e->errp, "')' expected");
        }
        e->at++;
        e->depth--;
        return true;
    }
    if (*e->at == '\'') {
        if (!e->at[1] || e->at[2] != '\'') {
            return error_set(e->errp, "missing terminating ' character");
        }
        *out = (uint8_t)e->at[1];
        e->at += 3;
        return true;
    }
    return *e->at == '$' ? reg(e, out) : number(e, out);
}

static bool unary(Expr *e, int64_t *out)
{
    char signs[EXPR_DEPTH];
    unsigned n = 0;

    skip_space(e);
    while (*e->at && strchr("+-~", *e->at)) {
        if (n == sizeof(signs)) {
            return error_set(e->errp, "expression is nested too deeply");
        }
        signs[n++] = *e->at++;
        skip_space(e);
    }
    if (!primary(e, out)) {
        return false;
    }
    while (n--) {
        *out = signs[n] == '-' ? (int64_t)(0 - (uint64_t)*out) : signs[n] == '~' ? ~*out : *out;
    }
    skip_space(e);
    return true;
}

static bool apply(Expr *e, char op, uint64_t b, int64_t *out)
{
    uint64_t a = *out;

    if ((op == '/' || op == '%') && b == 0) {
        return error_set(e->errp, "division by zero");
    }
    switch (op) {
    case '+': a += b; break;
    case '-': a -= b; break;
    case '*': a *= b; break;
    case '/': a /= b; break;
    case '%': a %= b; break;
    case '&': a &= b; break;
    case '|': a |= b; break;
    case '^': a ^= b; break;
    }
    *out = a;
    return true;
}

static bool level(Expr *e, const char *ops, bool (*next)(Expr *, int64_t *), int64_t *out)
{
    int64_t b;

    if (!next(e, out)) {
        return false;
    }
    while (*e->at && strchr(ops, *e->at)) {
        char op = *e->at++;
        if (!next(e, &b) || !apply(e, op, b, out)) {
            return false;
        }
    }
    return true;
}

static bool product(Expr *e, int64_t *out) { return level(e, "*/%", unary, out); }
static bool logic(Expr *e, int64_t *out) { return level(e, "&|^", product, out); }
static bool sum(Expr *e, int64_t *out) { return level(e, "+-", logic, out); }

bool hmp_expression(const char **at, HmpRegisterFn *reg_fn, void *opaque, int64_t *value,
                    Error **errp)
{
    Expr e = { *at, reg_fn, opaque, 0, errp };
    bool good = sum(&e, value);

    *at = e.at;
    return good;
}
