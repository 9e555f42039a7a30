/* SPDX-License-Identifier: GPL-2.0-or-later */
/* CPU models and their device types, as -cpu, -device, device_add and management see them. */
#include <string.h>

#include "config.h"
#include "cpu_types.h"
#include "qapi/json.h"
#include "qapi/qapi-commands.h"
#include "target/arm/cpu.h"
#include "util/parse.h"

#define TYPE_SUFFIX "-arm-cpu"

const char *const cpu_type_ids[] = { "socket-id", "cluster-id", "core-id", "thread-id", NULL };

/* -- Names -- */

/* The model @driver is the device type of, NULL: none. */
static const char *model_of(const char *driver)
{
    const char *model;

    for (unsigned i = 0; (model = arm_model_list(i)); i++) {
        size_t len = strlen(model);
        if (!strncmp(driver, model, len) && !strcmp(driver + len, TYPE_SUFFIX)) {
            return model;
        }
    }
    return NULL;
}

bool is_cpu_driver(const char *driver) { return model_of(driver); }

void list_cpus(GString *out)
{
    const char *model;

    g_string_append(out, "Available CPUs:\n");
    for (unsigned i = 0; (model = arm_model_list(i)); i++) {
        g_string_append_printf(out, "  %s\n", model);
    }
}

void list_devices(GString *out)
{
    const char *model;

    g_string_append(out, "CPU devices:\n");
    for (unsigned i = 0; (model = arm_model_list(i)); i++) {
        g_string_append_printf(out, "name \"%s" TYPE_SUFFIX "\"\n", model);
    }
}

CpuDefinitionInfoList *qmp_query_cpu_definitions(System *s, Error **errp)
{
    CpuDefinitionInfoList *list = g_new0(CpuDefinitionInfoList, 1);
    const char *model;

    for (unsigned i = 0; (model = arm_model_list(i)); i++) {
        CpuDefinitionInfo *info = CpuDefinitionInfoList_add(list);
        info->name = g_strdup(model);
        info->typename = g_strdup_printf("%s" TYPE_SUFFIX, model);
    }
    return list;
}

/* -- Properties of a type -- */

/* @m has property @name: true and its value in *on. */
static bool find_prop(const ArmModel *m, const char *name, bool *on)
{
    const char *known;

    for (unsigned i = 0; (known = arm_model_prop(m, i, on)) && strcmp(known, name); i++) {
    }
    return known;
}

static int compare_lines(gconstpointer a, gconstpointer b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

bool list_device_properties(GString *out, const char *driver)
{
    const char *model = model_of(driver), *name;
    ArmModel *m = model ? arm_model_new(model, NULL) : NULL;
    bool on;

    if (!m) {
        return false;
    }
    g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);
    for (unsigned i = 0; cpu_type_ids[i]; i++) {
        g_ptr_array_add(lines, g_strdup_printf("  %s=<int64>", cpu_type_ids[i]));
    }
    for (unsigned i = 0; (name = arm_model_prop(m, i, &on)); i++) {
        g_autofree char *spelt = g_strdup_printf("%s=<bool>", name);
        g_ptr_array_add(lines, g_strdup_printf("  %-22s - on/off (default: %s)", spelt,
                                               on ? "on" : "off"));
    }
    g_ptr_array_sort(lines, compare_lines);
    g_string_append_printf(out, "%s options:\n", driver);
    for (guint i = 0; i < lines->len; i++) {
        g_string_append_printf(out, "%s\n", (char *)g_ptr_array_index(lines, i));
    }
    arm_model_free(m);
    return true;
}

void cpu_type_properties(const char *driver, ObjectPropertyInfoList *list)
{
    ArmModel *m = arm_model_new(model_of(driver), NULL);
    const char *name;
    bool on;

    for (unsigned i = 0; cpu_type_ids[i]; i++) {
        ObjectPropertyInfo *p = ObjectPropertyInfoList_add(list);
        p->name = g_strdup(cpu_type_ids[i]);
        p->type = g_strdup("int64");
    }
    for (unsigned i = 0; (name = arm_model_prop(m, i, &on)); i++) {
        ObjectPropertyInfo *p = ObjectPropertyInfoList_add(list);
        p->name = g_strdup(name);
        p->type = g_strdup("bool");
        p->default_value = json_boolean(on);
    }
    arm_model_free(m);
}

/* -- Expansion -- */

/* The text after -cpu that @info stands for; NULL: an error. */
static char *cpu_option_of(const CpuModelInfo *info, Error **errp)
{
    ArmModel *max = arm_model_new("max", NULL);        /* has every property there is */
    GString *text = g_string_new(info->name);
    const char *name;
    json_t *val;
    bool good = true, on;

    json_object_foreach(info->props, name, val) {
        if (!find_prop(max, name, &on)) {
            good = error_set(errp, "Parameter 'model.props.%s' is unexpected", name);
        } else if (!json_is_boolean(val)) {
            good = error_set(errp, "Invalid parameter type for 'model.props.%s', expected: boolean",
                             name);
        }
        if (!good) {
            break;
        }
        g_string_append_printf(text, ",%s=%s", name, json_is_true(val) ? "on" : "off");
    }
    arm_model_free(max);
    return g_string_free(text, !good);
}

static CpuModelExpansionInfo *expansion_of(const ArmModel *m)
{
    CpuModelExpansionInfo *info = g_new0(CpuModelExpansionInfo, 1);
    const char *name;
    bool on;

    info->model = g_new0(CpuModelInfo, 1);
    info->model->name = g_strdup(arm_model_name(m));
    info->model->props = json_object();
    for (unsigned i = 0; (name = arm_model_prop(m, i, &on)); i++) {
        json_object_set_new(info->model->props, name, json_boolean(on));
    }
    return info;
}

static bool check_expansion(CpuModelExpansionType type, const CpuModelInfo *model, Error **errp)
{
    const char *known = NULL;

    if (type != CPU_MODEL_EXPANSION_TYPE_FULL) {
        return error_set(errp, "The requested expansion type is not supported");
    }
    if (!strcmp(model->name, "host")) {
        return error_set(errp, "The CPU type 'host' requires KVM");
    }
    for (unsigned i = 0; (known = arm_model_list(i)) && strcmp(known, model->name); i++) {
    }
    if (!known) {
        return error_set(errp, "The CPU type '%s' is not a recognized ARM CPU type", model->name);
    }
    if (model->props && !json_is_object(model->props)) {
        return error_set(errp, "Invalid parameter type for 'model.props', expected: object");
    }
    return true;
}

CpuModelExpansionInfo *qmp_query_cpu_model_expansion(System *s, CpuModelExpansionType type,
                                                     const CpuModelInfo *model, Error **errp)
{
    if (!check_expansion(type, model, errp)) {
        return NULL;
    }
    g_autofree char *option = cpu_option_of(model, errp);
    ArmModel *m = option ? arm_model_expand(option, errp) : NULL;
    CpuModelExpansionInfo *info = m ? expansion_of(m) : NULL;

    arm_model_free(m);
    return info;
}

/* -- Properties of a CPU that is plugged -- */

bool cpu_type_check_property(const ArmModel *m, const char *driver, const char *name, json_t *value,
                             QapiSpelling spelling, Error **errp)
{
    bool is, want;

    if (!find_prop(m, name, &is)) {
        return error_set(errp, "Property '%s.%s' not found", driver, name);
    }
    if (spelling == QAPI_KEYVAL) {
        if (!json_is_text(value) || !parse_bool(json_string_value(value), &want)) {
            return error_set(errp, "Parameter '%s' expects 'on' or 'off'", name);
        }
    } else if (json_is_boolean(value)) {
        want = json_is_true(value);
    } else {
        return error_set(errp, "Invalid parameter type for '%s', expected: boolean", name);
    }
    return want == is || error_set(errp, "Property '%s.%s' is '%s' for all CPUs of this machine "
                                   "(see -cpu)", driver, name, is ? "on" : "off");
}
