/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * CPU models: what -cpu names. A model is a list of features and some identity; every ID register
 * value is computed from the features, so that none claims what is not there.
 */
#include <glib.h>

#include "model_table.h"
#include "tcg/codegen.h"
#include "util/parse.h"

/* -- ID registers -- */

typedef struct IdField {
    uint8_t feature;
    uint8_t lsb, value;                /* 4 bits; the largest value of the features there wins */
    uint16_t reg;                      /* offset in ArmIdRegs */
} IdField;
#define F(feature, reg, lsb, value) { feature, lsb, value, offsetof(struct ArmIdRegs, reg) }

static const IdField id_fields[] = {
    F(FEAT_NONE, aa64pfr0, 0, 1), F(FEAT_NONE, aa64pfr0, 4, 1),         /* EL0, EL1: AArch64 */
    F(FEAT_NONE, aa64pfr0, 24, 1),                                      /* GIC 3.0 registers */
    F(FEAT_FP16, aa64pfr0, 16, 1), F(FEAT_FP16, aa64pfr0, 20, 1), F(FEAT_RAS, aa64pfr0, 28, 1),
    F(FEAT_DIT, aa64pfr0, 48, 1), F(FEAT_CSV2, aa64pfr0, 56, 1), F(FEAT_CSV2_2, aa64pfr0, 56, 2),
    F(FEAT_CSV2_3, aa64pfr0, 56, 3), F(FEAT_CSV3, aa64pfr0, 60, 1),

    F(FEAT_BTI, aa64pfr1, 0, 1), F(FEAT_SSBS, aa64pfr1, 4, 1), F(FEAT_SSBS2, aa64pfr1, 4, 2),

    /* Armv8.0 debug, two breakpoints (one of them context-aware), two watchpoints */
    F(FEAT_NONE, aa64dfr0, 0, 6), F(FEAT_NONE, aa64dfr0, 12, 1), F(FEAT_NONE, aa64dfr0, 20, 1),
    F(FEAT_PMUV3, aa64dfr0, 8, 1),

    F(FEAT_AES, aa64isar0, 4, 1), F(FEAT_PMULL, aa64isar0, 4, 2), F(FEAT_SHA1, aa64isar0, 8, 1),
    F(FEAT_SHA256, aa64isar0, 12, 1), F(FEAT_SHA512, aa64isar0, 12, 2),
    F(FEAT_CRC32, aa64isar0, 16, 1), F(FEAT_LSE, aa64isar0, 20, 2), F(FEAT_RDM, aa64isar0, 28, 1),
    F(FEAT_SHA3, aa64isar0, 32, 1), F(FEAT_SM3, aa64isar0, 36, 1), F(FEAT_SM4, aa64isar0, 40, 1),
    F(FEAT_DOTPROD, aa64isar0, 44, 1), F(FEAT_FHM, aa64isar0, 48, 1),
    F(FEAT_FLAGM, aa64isar0, 52, 1), F(FEAT_FLAGM2, aa64isar0, 52, 2),
    F(FEAT_TLBIOS, aa64isar0, 56, 1), F(FEAT_TLBIRANGE, aa64isar0, 56, 2),
    F(FEAT_RNG, aa64isar0, 60, 1),

    F(FEAT_DPB, aa64isar1, 0, 1), F(FEAT_DPB2, aa64isar1, 0, 2), F(FEAT_JSCVT, aa64isar1, 12, 1),
    F(FEAT_FCMA, aa64isar1, 16, 1), F(FEAT_LRCPC, aa64isar1, 20, 1),
    F(FEAT_LRCPC2, aa64isar1, 20, 2), F(FEAT_FRINTTS, aa64isar1, 32, 1),
    F(FEAT_XS, aa64isar1, 56, 1), F(FEAT_DGH, aa64isar1, 48, 1),
    F(FEAT_SB, aa64isar1, 36, 1), F(FEAT_SPECRES, aa64isar1, 40, 1), F(FEAT_BF16, aa64isar1, 44, 1),
    F(FEAT_EBF16, aa64isar1, 44, 2), F(FEAT_I8MM, aa64isar1, 52, 1),

    F(FEAT_WFXT, aa64isar2, 0, 2), F(FEAT_RPRES, aa64isar2, 4, 1), F(FEAT_MOPS, aa64isar2, 16, 1),
    F(FEAT_HBC, aa64isar2, 20, 1), F(FEAT_CSSC, aa64isar2, 52, 1),

    F(FEAT_NONE, aa64mmfr0, 4, 2),                                      /* 16-bit ASIDs */
    F(FEAT_GRANULE16K, aa64mmfr0, 20, 1), F(FEAT_LPA2, aa64mmfr0, 20, 2),
    F(FEAT_LPA2, aa64mmfr0, 28, 1), F(FEAT_ECV, aa64mmfr0, 60, 1),

    F(FEAT_HAFDBS, aa64mmfr1, 0, 2), F(FEAT_HPDS, aa64mmfr1, 12, 1),
    F(FEAT_HPDS2, aa64mmfr1, 12, 2), F(FEAT_LOR, aa64mmfr1, 16, 1),
    F(FEAT_PAN, aa64mmfr1, 20, 1), F(FEAT_PAN2, aa64mmfr1, 20, 2),
    F(FEAT_PAN3, aa64mmfr1, 20, 3), F(FEAT_ETS2, aa64mmfr1, 36, 2),
    F(FEAT_AFP, aa64mmfr1, 44, 1), F(FEAT_TIDCP1, aa64mmfr1, 52, 1),

    F(FEAT_TTCNP, aa64mmfr2, 0, 1), F(FEAT_UAO, aa64mmfr2, 4, 1), F(FEAT_IESB, aa64mmfr2, 12, 1),
    F(FEAT_LVA, aa64mmfr2, 16, 1), F(FEAT_CCIDX, aa64mmfr2, 20, 1),
    F(FEAT_TTST, aa64mmfr2, 28, 1), F(FEAT_LSE2, aa64mmfr2, 32, 1),
    F(FEAT_IDST, aa64mmfr2, 36, 1), F(FEAT_TTL, aa64mmfr2, 48, 1), F(FEAT_BBM, aa64mmfr2, 52, 2),
    F(FEAT_E0PD, aa64mmfr2, 60, 1),
};

static unsigned parange_of(unsigned pa_bits)
{
    static const uint8_t bits[] = { 32, 36, 40, 42, 44, 48, 52 };
    unsigned n = 0;

    while (bits[n] < pa_bits) {
        n++;
    }
    return n;
}

static ArmCache cache_of(CacheInfo c)
{
    unsigned bytes = c.kib * 1024;

    return (ArmCache) { .bytes = bytes, .line_bytes = 64, .sets = bytes / 64 / c.ways };
}

/* CCSIDR_EL1[31:28], what a cache does: write-through, write-back, read-, write-allocate */
#define CCSIDR_DATA (UINT64_C(7) << 28)
#define CCSIDR_INST (UINT64_C(2) << 28)

/* CCSIDR_EL1: sets - 1, ways - 1, log2(words of a line) - 2, in one of two formats. */
static uint64_t ccsidr_of(const ArmModel *m, CacheInfo c, uint64_t kind)
{
    uint64_t sets = c.kib * 1024 / 64 / c.ways - 1;
    uint64_t geometry = arm_has(m, FEAT_CCIDX) ? sets << 32 : sets << 13 | kind;

    return geometry | (c.ways - 1) << 3 | 2;
}

/* The level of pointer authentication stands in the fields of its algorithm. */
static void compute_pauth_ids(ArmModel *m)
{
    uint64_t level = arm_has(m, FEAT_FPACCOMBINE) ? 5 : arm_has(m, FEAT_FPAC) ? 4
                   : arm_has(m, FEAT_PAUTH2) ? 3 : 1;

    if (!arm_has(m, FEAT_PAUTH)) {
        return;
    }
    if (arm_has(m, FEAT_PACQARMA5)) {
        m->id.aa64isar1 |= level << 4 | 1 << 24;                  /* APA, GPA */
    } else if (arm_has(m, FEAT_PACQARMA3)) {
        m->id.aa64isar2 |= level << 12 | 1 << 8;                  /* APA3, GPA3 */
    } else {
        m->id.aa64isar1 |= level << 8 | 1 << 28;                  /* API, GPI */
    }
}

static void compute_ids(ArmModel *m, const ModelInfo *info)
{
    for (unsigned i = 0; i < ARRAY_SIZE(id_fields); i++) {
        const IdField *f = &id_fields[i];
        uint64_t *reg = (uint64_t *)((char *)&m->id + f->reg);
        if (arm_has(m, f->feature) && extract64(*reg, f->lsb, 4) < f->value) {
            *reg = deposit64(*reg, f->lsb, 4, f->value);
        }
    }
    compute_pauth_ids(m);
    m->id.aa64mmfr0 |= parange_of(info->pa_bits);
    if (!arm_has(m, FEAT_GRANULE64K)) {
        m->id.aa64mmfr0 |= MASK(27, 24);
    }
    m->id.ctr = info->ctr;
    m->id.dczid = info->dczva_log2 - 2;
    m->id.clidr = info->clidr;
    m->id.revidr = info->revidr;
    m->caches = (ArmCaches) { cache_of(info->l1d), cache_of(info->l1i), cache_of(info->l2) };
    m->id.ccsidr[0] = ccsidr_of(m, info->l1d, CCSIDR_DATA);
    m->id.ccsidr[1] = ccsidr_of(m, info->l1i, CCSIDR_INST);
    m->id.ccsidr[2] = ccsidr_of(m, info->l2, CCSIDR_DATA);
}

/* -- Properties -- */

static const ModelInfo *find_model(const char *name)
{
    for (const ModelInfo *m = arm_model_table; m->name; m++) {
        if (!strcmp(m->name, name)) {
            return m;
        }
    }
    return NULL;
}

typedef enum PropKind {
    PROP_FEATURE,              /* the property says whether `feature` is there */
    PROP_PAUTH,                /* an OnOff of PauthProps, at `arg` */
    PROP_LACKING,              /* may be off; on: what is not implemented */
    PROP_AARCH64,
} PropKind;

typedef struct ModelProp {
    const char *name;
    PropKind kind;
    uint8_t feature;           /* that is there when the property is on; FEAT_NONE: see kind */
    bool max_only;
    const char *lacks;
    size_t arg;
} ModelProp;

typedef enum OnOff { PROP_UNSET, PROP_ON, PROP_OFF } OnOff;
typedef struct PauthProps { OnOff pauth, impdef, qarma3, qarma5; } PauthProps;

#define PAUTH(name, feature, member) { name, PROP_PAUTH, feature, false, NULL, \
                                       offsetof(PauthProps, member) }
#define LACKING(name, lacks) { name, PROP_LACKING, FEAT_NONE, true, lacks, 0 }
#define SVE(bits) LACKING("sve" #bits, "cannot enable sve" #bits ": SVE is")
static const ModelProp props[] = {
    { "aarch64", PROP_AARCH64, FEAT_NONE, false, NULL, 0 },
    { "pmu", PROP_FEATURE, FEAT_PMUV3, false, NULL, 0 },
    PAUTH("pauth", FEAT_PAUTH, pauth), PAUTH("pauth-impdef", FEAT_PACIMP, impdef),
    PAUTH("pauth-qarma3", FEAT_PACQARMA3, qarma3), PAUTH("pauth-qarma5", FEAT_PACQARMA5, qarma5),
    { "lpa2", PROP_FEATURE, FEAT_LPA2, true, NULL, 0 },
    LACKING("sve", "SVE is"), LACKING("sme", "SME is"),
    SVE(128), SVE(256), SVE(384), SVE(512), SVE(640), SVE(768), SVE(896), SVE(1024),
    SVE(1152), SVE(1280), SVE(1408), SVE(1536), SVE(1664), SVE(1792), SVE(1920), SVE(2048),
};

static bool has_in_list(const uint8_t *list, uint8_t feature)
{
    while (*list != FEAT_NONE && *list != feature) {
        list++;
    }
    return *list == feature;
}

static const ModelProp *find_prop(const ModelInfo *info, const char *name)
{
    for (unsigned i = 0; i < ARRAY_SIZE(props); i++) {
        const ModelProp *p = &props[i];

        if (!strcmp(p->name, name) && (info->is_max || !p->max_only)
            && (p->kind != PROP_PAUTH || has_in_list(info->features, FEAT_PAUTH))) {
            return p;
        }
    }
    return NULL;
}

static void set_feature(ArmModel *m, unsigned feature, bool on)
{
    m->features[feature / 64] = deposit64(m->features[feature / 64], feature % 64, 1, on);
}

static bool apply_prop(ArmModel *m, const ModelInfo *info, const char *name, const char *text,
                       PauthProps *pauth, Error **errp)
{
    const ModelProp *p = find_prop(info, name);
    bool on;

    if (!p) {
        return error_set(errp, "Property '%s-arm-cpu.%s' not found", info->name, name);
    }
    if (!parse_bool(text, &on)) {
        return error_set(errp, "Parameter '%s' expects 'on' or 'off'", name);
    }
    switch (p->kind) {
    case PROP_FEATURE:
        set_feature(m, p->feature, on);
        return true;
    case PROP_PAUTH:
        *(OnOff *)((char *)pauth + p->arg) = on ? PROP_ON : PROP_OFF;
        return true;
    case PROP_LACKING:
        return !on || error_set(errp, "%s not implemented", p->lacks);
    case PROP_AARCH64:
        return on || error_set(errp, "'aarch64' feature cannot be disabled unless KVM is enabled "
                               "and 32-bit EL1 is supported");
    }
    return true;
}

/*
 * IMPDEF unless another algorithm is asked for: its speed is why. pauth-impdef=off alone means the
 * architected one, QARMA5.
 */
static bool apply_pauth(ArmModel *m, const PauthProps *p, Error **errp)
{
    static const uint8_t all[] = { FEAT_PAUTH, FEAT_PAUTH2, FEAT_FPAC, FEAT_FPACCOMBINE,
                                   FEAT_PACIMP };
    unsigned chosen = (p->impdef == PROP_ON) + (p->qarma3 == PROP_ON) + (p->qarma5 == PROP_ON);

    if (p->pauth == PROP_OFF) {
        for (unsigned i = 0; i < ARRAY_SIZE(all); i++) {
            set_feature(m, all[i], false);
        }
        if (chosen) {
            error_set(errp, "cannot enable pauth-impdef, pauth-qarma3 or pauth-qarma5 without "
                      "pauth");
            error_append_hint(errp, "Add pauth=on to the CPU property list.");
        }
        return !chosen;
    }
    if (chosen > 1) {
        return error_set(errp, "cannot enable pauth-impdef, pauth-qarma3 and pauth-qarma5 at the "
                         "same time");
    }
    bool qarma5 = p->qarma5 == PROP_ON || (p->impdef == PROP_OFF && p->qarma3 != PROP_ON);

    if (qarma5 || p->qarma3 == PROP_ON) {
        set_feature(m, FEAT_PACIMP, false);
        set_feature(m, qarma5 ? FEAT_PACQARMA5 : FEAT_PACQARMA3, true);
    }
    return true;
}

static bool apply_props(ArmModel *m, const ModelInfo *info, char **pieces, bool global,
                        Error **errp)
{
    PauthProps pauth = { PROP_UNSET };

    for (; *pieces; pieces++) {
        char *eq = strchr(*pieces, '=');

        if (!**pieces) {
            continue;
        }
        if (!eq) {
            return error_set(errp, "Expected key=value format, found %s.", *pieces);
        }
        *eq = '\0';
        if (!apply_prop(m, info, *pieces, eq + 1, &pauth, errp)) {
            return global && error_prepend(errp, "can't apply global %s-arm-cpu.%s=%s: ",
                                           info->name, *pieces, eq + 1);
        }
    }
    return !arm_has(m, FEAT_PAUTH) || apply_pauth(m, &pauth, errp);
}

/* -- What a built model says of its properties -- */

const char *arm_model_prop(const ArmModel *m, unsigned i, bool *on)
{
    const ModelInfo *info = find_model(m->name);

    for (unsigned n = 0; n < ARRAY_SIZE(props); n++) {
        const ModelProp *p = &props[n];

        if (find_prop(info, p->name) && i-- == 0) {
            *on = p->kind == PROP_AARCH64 || (p->kind != PROP_LACKING && arm_has(m, p->feature));
            return p->name;
        }
    }
    return NULL;
}

/* -- Public -- */

static ArmModel *model_make(const ModelInfo *info)
{
    ArmModel *m = g_new0(ArmModel, 1);

    m->name = info->name;
    m->fdt_compatible = info->fdt_compatible;
    m->midr = info->midr;
    m->pmcr_id = info->pmcr_id;
    m->pa_bits = info->pa_bits;
    m->dczva_log2 = info->dczva_log2;
    for (const uint8_t *f = info->features; *f != FEAT_NONE; f++) {
        set_feature(m, *f, true);
    }
    if (!host_is_atomic16()) {
        set_feature(m, FEAT_LSE2, false);
    }
    m->events = arm_events_new();
    return m;
}

static ArmModel *model_new(const char *cpu_option, bool global, Error **errp)
{
    char **pieces = g_strsplit(cpu_option, ",", -1);
    const ModelInfo *info = pieces[0] ? find_model(pieces[0]) : NULL;
    ArmModel *m = NULL;

    if (!pieces[0]) {
        error_set(errp, "-cpu option cannot be empty");
    } else if (!info) {
        error_set(errp, "unable to find CPU model '%s'", pieces[0]);
    } else {
        m = model_make(info);
        if (apply_props(m, info, pieces + 1, global, errp)) {
            compute_ids(m, info);
        } else {
            arm_model_free(m);
            m = NULL;
        }
    }
    g_strfreev(pieces);
    return m;
}

ArmModel *arm_model_new(const char *cpu_option, Error **errp)
{
    return model_new(cpu_option, true, errp);
}

ArmModel *arm_model_expand(const char *cpu_option, Error **errp)
{
    return model_new(cpu_option, false, errp);
}

void arm_model_free(ArmModel *model)
{
    if (model) {
        arm_events_free(model->events);
        g_free(model);
    }
}

const char *arm_model_name(const ArmModel *model) { return model->name; }
const char *arm_model_fdt_compatible(const ArmModel *model) { return model->fdt_compatible; }
unsigned arm_model_pa_bits(const ArmModel *model) { return model->pa_bits; }
ArmCaches arm_model_caches(const ArmModel *model) { return model->caches; }

bool arm_model_has_pmu(const ArmModel *model) { return arm_has(model, FEAT_PMUV3); }
const char *arm_model_list(unsigned i)
{
    return i < arm_model_table_count ? arm_model_table[i].name : NULL;
}
