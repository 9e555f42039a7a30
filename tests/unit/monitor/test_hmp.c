/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lines of the human monitor: arguments, expressions, help. */
#include <string.h>

#include "monitor/monitor.h"

/* Says what it was called with. */
static void cmd_show(HmpCall *call)
{
    g_string_append_printf(call->out, "%s flags=%s format=%u%c%u", call->name, call->flags,
                           call->format.count, call->format.format ? call->format.format : '-',
                           call->format.size);
    for (unsigned i = 0; i < call->n_args; i++) {
        g_string_append_printf(call->out, " [%s]=%" G_GINT64_FORMAT, call->arg[i],
                               call->value[i]);
    }
    g_string_append_c(call->out, '\n');
}

static void cmd_cpu(HmpCall *call) { *call->cpu_index = 5; }

static const HmpCommand commands[] = {
    { "none", "", "", "takes nothing", cmd_show },
    { "word|w", "s", "name", "takes a word", cmd_show },
    { "maybe", "s?,s?", "[a [b]]", "takes up to two", cmd_show },
    { "rest", "S?", "[text]", "takes the rest", cmd_show },
    { "num", "l", "value", "takes a number", cmd_show },
    { "flags", "-a,-f,l?", "[-a] [-f] [n]", "takes flags", cmd_show },
    { "dump|x", "/,l", "/fmt addr", "takes a format", cmd_show },
    { "cpu", "", "", "changes the CPU", cmd_cpu },
};
static const HmpCommand infos[] = {
    { "two", "s?", "", "about two", cmd_show }, { "one", "", "", "about one", cmd_show },
};

static bool read_register(void *context, int cpu, const char *name, uint64_t *value)
{
    *value = 0x1000 + cpu;
    return !strcmp(name, "pc");
}

static const HmpTable table = {
    commands, G_N_ELEMENTS(commands), infos, G_N_ELEMENTS(infos), read_register,
};

#define TRY(name) "\nTry \"help " name "\" for more information\n"
#define PLAIN " flags= format=0-0"

static const struct { const char *in, *out; } lines[] = {
    { "", "" },
    { "   ", "" },
    { "none", "none" PLAIN "\n" },
    { "  none  ", "none" PLAIN "\n" },
    { "nope 1 2", "unknown command: 'nope'\n" },
    { "none x", "none: extraneous characters at the end of line" TRY("none") },
    { "word", "word: string expected" TRY("word") },
    { "w abc", "word" PLAIN " [abc]=0\n" },
    { "word \"a b\\n\\\"c\"", "word" PLAIN " [a b\n\"c]=0\n" },
    { "word \"abc", "unterminated string" TRY("word") },
    { "word a b", "word: extraneous characters at the end of line" TRY("word") },
    { "maybe", "maybe" PLAIN "\n" },
    { "maybe a b", "maybe" PLAIN " [a]=0 [b]=0\n" },
    { "rest a,b=c d ", "rest" PLAIN " [a,b=c d]=0\n" },
    { "num 1+2*3", "num" PLAIN " [1+2*3]=7\n" },
    { "num (1 + 2) * 3", "num" PLAIN " [(1 + 2) * 3]=9\n" },
    { "num -0x10", "num" PLAIN " [-0x10]=-16\n" },
    { "num ~0 & 0xff", "num" PLAIN " [~0 & 0xff]=255\n" },
    { "num 1|6^2", "num" PLAIN " [1|6^2]=5\n" },
    { "num 17 % 5 - 1", "num" PLAIN " [17 % 5 - 1]=1\n" },
    { "num 'a'", "num" PLAIN " ['a']=97\n" },
    { "num $pc+4", "num" PLAIN " [$pc+4]=4100\n" },
    { "num 0xffffffffffffffff", "num" PLAIN " [0xffffffffffffffff]=-1\n" },
    { "num", "unexpected end of expression" TRY("num") },
    { "num 1+", "unexpected end of expression" TRY("num") },
    { "num (1", "')' expected" TRY("num") },
    { "num 1/0", "division by zero" TRY("num") },
    { "num 1%0", "division by zero" TRY("num") },
    { "num zzz", "invalid char 'z' in expression" TRY("num") },
    { "num 'ab'", "missing terminating ' character" TRY("num") },
    { "num $nope", "unknown register" TRY("num") },
    { "num 99999999999999999999", "number too large" TRY("num") },
    { "num 1 2", "num: extraneous characters at the end of line" TRY("num") },
    { "flags -af 3", "flags flags=af format=0-0 [3]=3\n" },
    { "flags -f -a", "flags flags=fa format=0-0\n" },
    { "flags -x", "unsupported option -x" TRY("flags") },
    { "dump /4xw 16", "dump flags= format=4x4 [16]=16\n" },
    { "x/2i 16", "dump flags= format=2i0 [16]=16\n" },
    { "dump 16", "dump" PLAIN " [16]=16\n" },
    { "dump /q 16", "invalid char in format: 'q'" TRY("dump") },
    { "info", "info one  -- about one\ninfo two  -- about two\n" },
    { "info one", "one" PLAIN "\n" },
    { "info nope", "unknown command: 'info nope'\n" },
};

static char *run(const char *line, int *cpu)
{
    g_autofree char *text = hmp_run(&table, NULL, line, cpu);
    g_auto(GStrv) parts = g_strsplit(text, "\r\n", -1);

    for (char **p = parts; *p && p[1]; p++) {
        g_assert_null(strchr(*p, '\r'));
    }
    return g_strjoinv("\n", parts);
}

static void test_lines(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(lines); i++) {
        int cpu = 0;
        g_autofree char *out = run(lines[i].in, &cpu);
        if (strcmp(out, lines[i].out)) {
            g_error("'%s' prints '%s', expected '%s'", lines[i].in, out, lines[i].out);
        }
    }
}

static void test_expression_depth(void)
{
    int cpu = 0;
    g_autofree char *many = g_strnfill(100000, '(');
    g_autofree char *line = g_strdup_printf("num %s", many);
    g_autofree char *out = run(line, &cpu);
    g_autofree char *signs = g_strnfill(100000, '-');
    g_autofree char *line2 = g_strdup_printf("num %s1", signs);
    g_autofree char *out2 = run(line2, &cpu);

    g_assert_true(g_str_has_prefix(out, "expression is nested too deeply"));
    g_assert_true(g_str_has_prefix(out2, "expression is nested too deeply"));
}

static void test_cpu(void)
{
    int cpu = 2;
    g_autofree char *before = run("num $pc", &cpu);
    g_autofree char *change = run("cpu", &cpu);

    g_assert_cmpstr(before, ==, "num" PLAIN " [$pc]=4098\n");
    g_assert_cmpint(cpu, ==, 5);
}

static void test_help(void)
{
    GString *out = g_string_new(NULL);

    hmp_help(&table, out, "w");
    g_assert_cmpstr(out->str, ==, "word|w name -- takes a word\n");
    g_string_truncate(out, 0);
    hmp_help(&table, out, "nope");
    g_assert_cmpstr(out->str, ==, "unknown command: 'nope'\n");
    g_string_truncate(out, 0);
    hmp_help(&table, out, "info two");
    g_assert_cmpstr(out->str, ==, "info two  -- about two\n");
    g_string_truncate(out, 0);
    hmp_help(&table, out, NULL);
    g_assert_true(g_str_has_prefix(out->str, "cpu  -- changes the CPU\ndump|x /fmt addr -- "));
    g_string_truncate(out, 0);
    hmp_help(&table, out, "log");
    g_assert_nonnull(strstr(out->str, "\nhotplug "));
    g_string_free(out, TRUE);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/hmp/lines", test_lines);
    g_test_add_func("/hmp/expression-depth", test_expression_depth);
    g_test_add_func("/hmp/cpu", test_cpu);
    g_test_add_func("/hmp/help", test_help);
    return g_test_run();
}
