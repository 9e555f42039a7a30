/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Models, -cpu properties, ID registers. */
#include "fake_tcg.h"

typedef struct Expected {
    const char *name, *fdt;
    uint64_t midr, revidr, pfr0, pfr1, isar0, isar1, isar2, mmfr0, mmfr1, mmfr2, ctr, clidr;
    unsigned pa_bits;
    uint64_t ccsidr[3];        /* L1 data, L1 instruction, L2 */
} Expected;

static const Expected expected[] = {
    {
        "cortex-a35", "arm,cortex-a35",
        .midr = UINT64_C(0x411fd040),
        .pfr0 = UINT64_C(0x1000011),
        .isar0 = UINT64_C(0x11120),
        .mmfr0 = UINT64_C(0x100022),
        .ctr = UINT64_C(0x8444c004),
        .clidr = UINT64_C(0xa200023),
        .pa_bits = 40,
        .ccsidr = { 0x700fe01a, 0x201fe00a, 0x707fe03a },
    },
    {
        "cortex-a53", "arm,cortex-a53",
        .midr = UINT64_C(0x410fd034),
        .revidr = UINT64_C(0x100),
        .pfr0 = UINT64_C(0x1000011),
        .isar0 = UINT64_C(0x11120),
        .mmfr0 = UINT64_C(0x22),
        .ctr = UINT64_C(0x8444c004),
        .clidr = UINT64_C(0xa200023),
        .pa_bits = 40,
        .ccsidr = { 0x700fe01a, 0x201fe00a, 0x707fe07a },
    },
    {
        "cortex-a55", "arm,cortex-a55",
        .midr = UINT64_C(0x412fd050),
        .pfr0 = UINT64_C(0x11110011),
        .pfr1 = UINT64_C(0x10),
        .isar0 = UINT64_C(0x100010211120),
        .isar1 = UINT64_C(0x100001),
        .mmfr0 = UINT64_C(0x100022),
        .mmfr1 = UINT64_C(0x202002),
        .mmfr2 = UINT64_C(0x1011),
        .ctr = UINT64_C(0x8444c004),
        .clidr = UINT64_C(0x82000023),
        .pa_bits = 40,
        .ccsidr = { 0x700fe01a, 0x200fe01a, 0x707fe01a },
    },
    {
        "cortex-a57", "arm,cortex-a57",
        .midr = UINT64_C(0x411fd070),
        .pfr0 = UINT64_C(0x1000011),
        .isar0 = UINT64_C(0x11120),
        .mmfr0 = UINT64_C(0x24),
        .ctr = UINT64_C(0x8444c004),
        .clidr = UINT64_C(0xa200023),
        .pa_bits = 44,
        .ccsidr = { 0x701fe00a, 0x201fe012, 0x70ffe07a },
    },
    {
        "cortex-a710", "arm,cortex-a710",
        .midr = UINT64_C(0x412fd471),
        .pfr0 = UINT64_C(0x1201000011110011),
        .pfr1 = UINT64_C(0x21),
        .isar0 = UINT64_C(0x221111110212120),
        .isar1 = UINT64_C(0x10111110211502),
        .mmfr0 = UINT64_C(0x100022),
        .mmfr1 = UINT64_C(0x202002),
        .mmfr2 = UINT64_C(0x1021001110101011),
        .ctr = UINT64_C(0x9444c004),
        .clidr = UINT64_C(0x82000023),
        .pa_bits = 40,
        .ccsidr = { 0xff0000001a, 0xff0000001a, 0x3ff0000003a },
    },
    {
        "cortex-a72", "arm,cortex-a72",
        .midr = UINT64_C(0x410fd083),
        .pfr0 = UINT64_C(0x1000011),
        .isar0 = UINT64_C(0x11120),
        .mmfr0 = UINT64_C(0x24),
        .ctr = UINT64_C(0x8444c004),
        .clidr = UINT64_C(0xa200023),
        .pa_bits = 44,
        .ccsidr = { 0x701fe00a, 0x201fe012, 0x707fe07a },
    },
    {
        "cortex-a76", "arm,cortex-a76",
        .midr = UINT64_C(0x414fd0b1),
        .pfr0 = UINT64_C(0x1100000011110011),
        .pfr1 = UINT64_C(0x10),
        .isar0 = UINT64_C(0x100010211120),
        .isar1 = UINT64_C(0x100001),
        .mmfr0 = UINT64_C(0x100022),
        .mmfr1 = UINT64_C(0x202002),
        .mmfr2 = UINT64_C(0x1011),
        .ctr = UINT64_C(0x8444c004),
        .clidr = UINT64_C(0x82000023),
        .pa_bits = 40,
        .ccsidr = { 0x701fe01a, 0x201fe01a, 0x707fe03a },
    },
    {
        "cortex-a78", "arm,cortex-a78",
        .midr = UINT64_C(0x411fd411),
        .pfr0 = UINT64_C(0x1100000011110011),
        .pfr1 = UINT64_C(0x20),
        .isar0 = UINT64_C(0x100010211120),
        .isar1 = UINT64_C(0x100001),
        .mmfr0 = UINT64_C(0x100022),
        .mmfr1 = UINT64_C(0x202002),
        .mmfr2 = UINT64_C(0x1011),
        .ctr = UINT64_C(0x9444c004),
        .clidr = UINT64_C(0x82000023),
        .pa_bits = 40,
        .ccsidr = { 0x701fe01a, 0x201fe01a, 0x707fe03a },
    },
    {
        "max", "arm,armv8",
        .midr = UINT64_C(0xf0510),
        .pfr0 = UINT64_C(0x1301000011110011),
        .pfr1 = UINT64_C(0x21),
        .isar0 = UINT64_C(0x1221111110212120),
        .isar1 = UINT64_C(0x111211110211502),
        .isar2 = UINT64_C(0x10000000110012),
        .mmfr0 = UINT64_C(0x1000000010200026),
        .mmfr1 = UINT64_C(0x10102000302002),
        .mmfr2 = UINT64_C(0x1021001110111011),
        .ctr = UINT64_C(0x9444c004),
        .clidr = UINT64_C(0xa200023),
        .pa_bits = 52,
        .ccsidr = { 0xff0000000a, 0xff00000012, 0x7ff0000007a },
    },
    {
        "neoverse-n1", "arm,neoverse-n1",
        .midr = UINT64_C(0x414fd0c1),
        .pfr0 = UINT64_C(0x1100000011110011),
        .pfr1 = UINT64_C(0x20),
        .isar0 = UINT64_C(0x100010211120),
        .isar1 = UINT64_C(0x100001),
        .mmfr0 = UINT64_C(0x100025),
        .mmfr1 = UINT64_C(0x202002),
        .mmfr2 = UINT64_C(0x1011),
        .ctr = UINT64_C(0x9444c004),
        .clidr = UINT64_C(0x82000023),
        .pa_bits = 48,
        .ccsidr = { 0x701fe01a, 0x201fe01a, 0x70ffe03a },
    },
    {
        "neoverse-n2", "arm,neoverse-n2",
        .midr = UINT64_C(0x410fd493),
        .pfr0 = UINT64_C(0x1201000011110011),
        .pfr1 = UINT64_C(0x21),
        .isar0 = UINT64_C(0x1221111110212120),
        .isar1 = UINT64_C(0x11111110211502),
        .mmfr0 = UINT64_C(0x100025),
        .mmfr1 = UINT64_C(0x202002),
        .mmfr2 = UINT64_C(0x1021001110101011),
        .ctr = UINT64_C(0x9444c004),
        .clidr = UINT64_C(0x82000023),
        .pa_bits = 48,
        .ccsidr = { 0xff0000001a, 0xff0000001a, 0x7ff0000003a },
    },
    {
        "neoverse-v1", "arm,neoverse-v1",
        .midr = UINT64_C(0x411fd402),
        .pfr0 = UINT64_C(0x1101000011110011),
        .pfr1 = UINT64_C(0x20),
        .isar0 = UINT64_C(0x1011111110212120),
        .isar1 = UINT64_C(0x11100010211302),
        .mmfr0 = UINT64_C(0x100025),
        .mmfr1 = UINT64_C(0x202002),
        .mmfr2 = UINT64_C(0x20001100101011),
        .ctr = UINT64_C(0x9444c004),
        .clidr = UINT64_C(0x82000023),
        .pa_bits = 48,
        .ccsidr = { 0xff0000001a, 0xff0000001a, 0x7ff0000003a },
    },
};

static void test_id_registers(void)
{
    for (unsigned i = 0; i < ARRAY_SIZE(expected); i++) {
        const Expected *e = &expected[i];
        ArmModel *m = arm_model_new(e->name, NULL);

        g_test_message("%s", e->name);
        g_assert_cmpstr(arm_model_name(m), ==, e->name);
        g_assert_cmpstr(arm_model_fdt_compatible(m), ==, e->fdt);
        g_assert_cmphex(m->midr, ==, e->midr);
        g_assert_cmphex(m->id.aa64pfr0, ==, e->pfr0);
        g_assert_cmphex(m->id.aa64pfr1, ==, e->pfr1);
        g_assert_cmphex(m->id.aa64isar0, ==, e->isar0);
        g_assert_cmphex(m->id.aa64isar1, ==, e->isar1);
        g_assert_cmphex(m->id.aa64isar2, ==, e->isar2);
        g_assert_cmphex(m->id.aa64mmfr0, ==, e->mmfr0);
        g_assert_cmphex(m->id.aa64mmfr1, ==, e->mmfr1);
        g_assert_cmphex(m->id.aa64mmfr2, ==,
                        host_is_atomic16() ? e->mmfr2 : e->mmfr2 & ~MASK(35, 32));
        g_assert_cmphex(m->id.ctr, ==, e->ctr);
        g_assert_cmphex(m->id.revidr, ==, e->revidr);
        g_assert_cmphex(m->id.clidr, ==, e->clidr);
        for (unsigned n = 0; n < ARRAY_SIZE(e->ccsidr); n++) {
            g_assert_cmphex(m->id.ccsidr[n], ==, e->ccsidr[n]);
        }
        g_assert_cmphex(m->id.aa64dfr0, ==, 0x101106);
        g_assert_cmpuint(arm_model_pa_bits(m), ==, e->pa_bits);
        arm_model_free(m);
    }
}

/* Every model has its row above. */
static void test_every_model_is_stated(void)
{
    unsigned n = 0;

    while (arm_model_list(n)) {
        n++;
    }
    g_assert_cmpuint(n, ==, ARRAY_SIZE(expected));
}

/* What is not implemented is not claimed by any model. */
static void test_no_false_claims(void)
{
    static const ArmFeature lacking[] = {
        FEAT_VHE, FEAT_LOR, FEAT_XNX, FEAT_CNTSC,
    };

    for (unsigned i = 0; arm_model_list(i); i++) {
        ArmModel *m = arm_model_new(arm_model_list(i), NULL);

        for (unsigned f = 0; f < ARRAY_SIZE(lacking); f++) {
            g_assert_false(arm_has(m, lacking[f]));
        }
        g_assert_cmphex(m->id.aa64pfr0 & MASK(15, 8), ==, 0);              /* EL2, EL3 */
        g_assert_cmphex(m->id.aa64pfr0 & MASK(7, 0), ==, 0x11);            /* no AArch32 */
        g_assert_cmphex(m->id.aa64pfr0 & MASK(35, 32), ==, 0);             /* SVE */
        arm_model_free(m);
    }
}

static void test_caches(void)
{
    ArmModel *m = arm_model_new("cortex-a57", NULL);

    g_assert_cmphex(m->id.clidr, ==, 0x0a200023);
    /* 32 KiB 2 ways, 48 KiB 3 ways, 2 MiB 16 ways of 64-byte lines */
    g_assert_cmphex(m->id.ccsidr[0], ==, 7 << 28 | 255 << 13 | 1 << 3 | 2);
    g_assert_cmphex(m->id.ccsidr[1], ==, 2 << 28 | 255 << 13 | 2 << 3 | 2);
    g_assert_cmphex(m->id.ccsidr[2], ==, 7 << 28 | 2047 << 13 | 15 << 3 | 2);
    g_assert_cmphex(m->id.dczid, ==, 4);
    arm_model_free(m);
}

static void test_list_is_sorted(void)
{
    for (unsigned i = 1; arm_model_list(i); i++) {
        g_assert_cmpstr(arm_model_list(i - 1), <, arm_model_list(i));
    }
}

typedef struct Option { const char *text, *error; } Option;

static const Option options[] = {
    { "max", NULL },
    { "max,pauth-impdef=on", NULL },
    { "max,sve=off,sme=off,lpa2=off,pauth=off,pmu=off", NULL },
    { "max,lpa2=on", NULL },
    { "neoverse-v1,pauth-qarma5=on", NULL },
    { "max,sve512=off", NULL },
    { "cortex-a57,pmu=off,aarch64=on", NULL },
    { "cortex-a57,pmu=on", NULL },
    { "nope", "unable to find CPU model 'nope'" },
    { "", "-cpu option cannot be empty" },
    { ",pmu=off", "unable to find CPU model ''" },
    { "max,,pmu=off,", NULL },
    { "max,foo=on", "can't apply global max-arm-cpu.foo=on: Property 'max-arm-cpu.foo' not found" },
    { "max,foo", "Expected key=value format, found foo." },
    { "cortex-a57,pauth=on", "can't apply global cortex-a57-arm-cpu.pauth=on: "
      "Property 'cortex-a57-arm-cpu.pauth' not found" },
    { "max,pmu=maybe", "can't apply global max-arm-cpu.pmu=maybe: "
      "Parameter 'pmu' expects 'on' or 'off'" },
    { "max,sve=on", "can't apply global max-arm-cpu.sve=on: SVE is not implemented" },
    { "max,sve256=on", "can't apply global max-arm-cpu.sve256=on: "
      "cannot enable sve256: SVE is not implemented" },
    { "max,pauth=on", NULL },
    { "max,pauth-qarma3=on", NULL },
    { "max,pauth-impdef=off,pauth-qarma5=on", NULL },
    { "max,pauth-impdef=on,pauth-qarma3=on", "cannot enable pauth-impdef, pauth-qarma3 and "
      "pauth-qarma5 at the same time" },
    { "max,pauth=off,pauth-qarma5=on", "cannot enable pauth-impdef, pauth-qarma3 or pauth-qarma5 "
      "without pauth" },
    { "max,sve257=off", "can't apply global max-arm-cpu.sve257=off: "
      "Property 'max-arm-cpu.sve257' not found" },
    { "max,aarch64=off", "can't apply global max-arm-cpu.aarch64=off: "
      "'aarch64' feature cannot be disabled unless KVM is enabled and 32-bit EL1 is supported" },
};

static void test_options(void)
{
    for (unsigned i = 0; i < ARRAY_SIZE(options); i++) {
        Error *err = NULL;
        ArmModel *m = arm_model_new(options[i].text, &err);

        g_test_message("-cpu %s", options[i].text);
        g_assert_cmpstr(err ? error_text(err) : NULL, ==, options[i].error);
        g_assert_cmpint(m != NULL, ==, !options[i].error);
        arm_model_free(m);
        error_free(err);
    }
}

/* query-cpu-model-expansion names no global property; what was wrong is the same. */
static void test_expand(void)
{
    static const struct { const char *text, *error, *hint; } t[] = {
        { "max,foo=on", "Property 'max-arm-cpu.foo' not found", NULL },
        { "max,pauth=off,pauth-impdef=on", "cannot enable pauth-impdef, pauth-qarma3 or "
          "pauth-qarma5 without pauth", "Add pauth=on to the CPU property list." },
        { "cortex-a57,pmu=off", NULL, NULL },
    };

    for (unsigned i = 0; i < ARRAY_SIZE(t); i++) {
        Error *err = NULL;
        ArmModel *m = arm_model_expand(t[i].text, &err);

        g_test_message("%s", t[i].text);
        g_assert_cmpstr(err ? error_text(err) : NULL, ==, t[i].error);
        g_assert_cmpstr(err ? error_hint(err) : NULL, ==, t[i].hint);
        g_assert_cmpint(m != NULL, ==, !t[i].error);
        arm_model_free(m);
        error_free(err);
    }
}

/* The algorithm decides in which fields the level is: API and GPI, APA and GPA, APA3 and GPA3. */
static void test_pauth_algorithms(void)
{
    static const struct { const char *option; uint64_t isar1, isar2; } t[] = {
        { "max", 0x10000500, 0 }, { "max,pauth-impdef=on", 0x10000500, 0 },
        { "max,pauth-impdef=off", 0x01000050, 0 }, { "max,pauth-qarma5=on", 0x01000050, 0 },
        { "max,pauth-qarma3=on", 0, 0x5100 }, { "max,pauth=off", 0, 0 },
    };

    for (unsigned i = 0; i < ARRAY_SIZE(t); i++) {
        ArmModel *m = arm_model_new(t[i].option, NULL);

        g_test_message("-cpu %s", t[i].option);
        g_assert_cmphex(m->id.aa64isar1 & 0xff000ff0, ==, t[i].isar1);
        g_assert_cmphex(m->id.aa64isar2 & 0xff00, ==, t[i].isar2);
        arm_model_free(m);
    }
}

#define NO_SVE "sve128=0 sve256=0 sve384=0 sve512=0 sve640=0 sve768=0 sve896=0 sve1024=0 " \
               "sve1152=0 sve1280=0 sve1408=0 sve1536=0 sve1664=0 sve1792=0 sve1920=0 sve2048=0 "

/* Names as QEMU has them, values as built. */
static void test_props(void)
{
    static const struct { const char *option, *props; } t[] = {
        { "cortex-a57,pmu=off", "aarch64=1 pmu=0 " },
        { "neoverse-v1", "aarch64=1 pmu=1 pauth=1 pauth-impdef=1 pauth-qarma3=0 pauth-qarma5=0 " },
        { "max,pauth-qarma3=on,lpa2=off", "aarch64=1 pmu=1 pauth=1 pauth-impdef=0 pauth-qarma3=1 "
          "pauth-qarma5=0 lpa2=0 sve=0 sme=0 " NO_SVE },
        { "max,pauth=off", "aarch64=1 pmu=1 pauth=0 pauth-impdef=0 pauth-qarma3=0 "
          "pauth-qarma5=0 lpa2=1 sve=0 sme=0 " NO_SVE },
    };

    for (unsigned i = 0; i < ARRAY_SIZE(t); i++) {
        ArmModel *m = arm_model_new(t[i].option, NULL);
        GString *text = g_string_new("");
        const char *name;
        bool on;

        for (unsigned n = 0; (name = arm_model_prop(m, n, &on)); n++) {
            g_string_append_printf(text, "%s=%d ", name, on);
        }
        g_assert_cmpstr(text->str, ==, t[i].props);
        g_string_free(text, TRUE);
        arm_model_free(m);
    }
}

static void test_describe(void)
{
    Rig r;

    rig_init(&r, "cortex-a57", NULL);
    char *text = arm_cpu_describe(r.cpu);
    g_assert_true(g_str_has_prefix(text, " PC=0000000040000000 X00=0000000000000000 "
                                         "X01=0000000000000000\nX02="));
    g_assert_nonnull(strstr(text, "X30=0000000000000000  SP=0000000000000000\n"));
    g_assert_true(g_str_has_suffix(text, "PSTATE=00000000400003c5 -Z-- EL1h    FPU disabled\n"));
    g_free(text);
    rig_msr(&r, ENC_CPACR, 3 << 20, NULL);
    r.cpu->v[1][0] = 0x1234;
    text = arm_cpu_describe(r.cpu);
    g_assert_nonnull(strstr(text, " EL1h     FPCR=00000000 FPSR=00000000\nQ00="));
    g_assert_nonnull(strstr(text, "Q01=0000000000000000:0000000000001234\n"));
    g_free(text);
    rig_clear(&r);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/arm/model/id-registers", test_id_registers);
    g_test_add_func("/arm/model/every-model", test_every_model_is_stated);
    g_test_add_func("/arm/model/no-false-claims", test_no_false_claims);
    g_test_add_func("/arm/model/caches", test_caches);
    g_test_add_func("/arm/model/list", test_list_is_sorted);
    g_test_add_func("/arm/model/options", test_options);
    g_test_add_func("/arm/model/expand", test_expand);
    g_test_add_func("/arm/model/props", test_props);
    g_test_add_func("/arm/model/pauth", test_pauth_algorithms);
    g_test_add_func("/arm/model/describe", test_describe);
    return g_test_run();
}
