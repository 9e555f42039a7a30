/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What management software asks about this program before it starts a guest. */
#include <string.h>

#include "cpu_types.h"
#include "qapi/qapi-commands.h"
#include "system.h"
#include "target/arm/cpu.h"

/* -- Types -- */

/* Does type @name, or one it derives from, bear the name @ancestor? */
static bool derives_from(const char *name, const char *ancestor)
{
    static const char *const parents[][2] = {
        { "aarch64-cpu", "arm-cpu" }, { "arm-cpu", "cpu" }, { "cpu", "device" },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(parents) && strcmp(name, ancestor) != 0; i++) {
        if (!strcmp(name, parents[i][0])) {
            name = parents[i][1];
        }
    }
    return !strcmp(name, ancestor) || !strcmp(ancestor, "object");
}

static void add_type(ObjectTypeInfoList *list, const char *name, const char *parent,
                     const char *implements)
{
    if (!implements || !strcmp(implements, name) || derives_from(parent, implements)) {
        ObjectTypeInfo *info = ObjectTypeInfoList_add(list);
        info->name = g_strdup(name);
        info->parent = g_strdup(parent);
    }
}

ObjectTypeInfoList *qmp_qom_list_types(System *s, const char *implements, bool has_abstract,
                                       bool abstract, Error **errp)
{
    static const char *const others[][2] = {
        { "tcg-accel", "accel" }, { "memory-backend-ram", "memory-backend" },
        { "memory-backend-memfd", "memory-backend" }, { "secret", "secret_common" },
        { "rng-random", "rng-backend" },
    };
    ObjectTypeInfoList *list = g_new0(ObjectTypeInfoList, 1);
    const MachineType *t;
    const char *model;

    for (size_t i = 0; i < G_N_ELEMENTS(others); i++) {
        add_type(list, others[i][0], others[i][1], implements);
    }
    for (unsigned i = 0; (model = arm_model_list(i)); i++) {
        g_autofree char *name = g_strdup_printf("%s-arm-cpu", model);
        add_type(list, name, "aarch64-cpu", implements);
    }
    for (unsigned i = 0; (t = machine_type(i)); i++) {
        g_autofree char *name = g_strdup_printf("%s-machine", t->name);
        add_type(list, name, "machine", implements);
    }
    return list;
}

ObjectPropertyInfoList *qmp_device_list_properties(System *s, const char *typename, Error **errp)
{
    if (!is_cpu_driver(typename)) {
        error_set_class(errp, ERROR_DEVICE_NOT_FOUND, "Device '%s' not found", typename);
        return NULL;
    }
    ObjectPropertyInfoList *list = g_new0(ObjectPropertyInfoList, 1);
    cpu_type_properties(typename, list);
    return list;
}

ObjectPropertyInfoList *qmp_qom_list_properties(System *s, const char *typename, Error **errp)
{
    size_t len = strlen(typename);

    if (is_cpu_driver(typename)) {
        return qmp_device_list_properties(s, typename, errp);
    }
    g_autofree char *machine = g_str_has_suffix(typename, "-machine")
        ? g_strndup(typename, len - strlen("-machine")) : NULL;
    const MachineType *t = machine ? machine_type_find(machine) : NULL;
    ObjectPropertyInfoList *list = g_new0(ObjectPropertyInfoList, 1);
    if (t) {
        machine_props_list(t, list);
        return list;
    }
    if (g_str_has_prefix(typename, "memory-backend-") || !strcmp(typename, "tcg-accel")) {
        return list;
    }
    qapi_free_ObjectPropertyInfoList(list);
    error_set_class(errp, ERROR_DEVICE_NOT_FOUND, "Class '%s' not found", typename);
    return NULL;
}

/* -- Options -- */

static const struct { const char *option; const QapiType *type; } structured[] = {
    { "action", &qapi_type_ActionConfig }, { "add-fd", &qapi_type_AddFdOptions },
    { "boot-opts", &qapi_type_BootConfiguration }, { "chardev", &qapi_type_ChardevOptions },
    { "memory", &qapi_type_MemoryOptions }, { "mon", &qapi_type_MonOptions },
    { "msg", &qapi_type_MsgOptions }, { "name", &qapi_type_NameOptions },
    { "overcommit", &qapi_type_OvercommitOptions }, { "rtc", &qapi_type_RtcOptions },
    { "smp-opts", &qapi_type_SMPConfiguration },
};

static CommandLineParameterType parameter_type(QapiKind kind)
{
    switch (kind) {
    case QAPI_BOOL:
        return COMMAND_LINE_PARAMETER_TYPE_BOOLEAN;
    case QAPI_INT: case QAPI_UINT: case QAPI_NUMBER:
        return COMMAND_LINE_PARAMETER_TYPE_NUMBER;
    case QAPI_SIZE:
        return COMMAND_LINE_PARAMETER_TYPE_SIZE;
    default:
        return COMMAND_LINE_PARAMETER_TYPE_STRING;
    }
}

CommandLineOptionInfoList *qmp_query_command_line_options(System *s, const char *option,
                                                          Error **errp)
{
    CommandLineOptionInfoList *list = g_new0(CommandLineOptionInfoList, 1);

    for (size_t i = 0; i < G_N_ELEMENTS(structured); i++) {
        const QapiType *type = structured[i].type;
        if (option && strcmp(option, structured[i].option) != 0) {
            continue;
        }
        CommandLineOptionInfo *info = CommandLineOptionInfoList_add(list);
        info->option = g_strdup(structured[i].option);
        info->parameters = g_new0(CommandLineParameterInfoList, 1);
        for (unsigned m = 0; m < type->n_members; m++) {
            CommandLineParameterInfo *p = CommandLineParameterInfoList_add(info->parameters);
            p->name = g_strdup(type->members[m].name);
            p->type = parameter_type(type->members[m].type->kind);
        }
    }
    if (option && list->n == 0) {
        qapi_free_CommandLineOptionInfoList(list);
        error_set(errp, "invalid option name: %s", option);
        return NULL;
    }
    return list;
}

/* -- The interrupt controller -- */

GICCapabilityList *qmp_query_gic_capabilities(System *s, Error **errp)
{
    GICCapabilityList *list = g_new0(GICCapabilityList, 1);
    GICCapability *gic = GICCapabilityList_add(list);

    gic->version = 3;
    gic->emulated = true;
    return list;
}

/* -- Things we do not have -- */

MigrationCapabilityStatusList *qmp_query_migrate_capabilities(System *s, Error **errp)
{
    return g_new0(MigrationCapabilityStatusList, 1);
}

strList *qmp_query_tpm_models(System *s, Error **errp) { return g_new0(strList, 1); }
strList *qmp_query_tpm_types(System *s, Error **errp) { return g_new0(strList, 1); }

IOThreadInfoList *qmp_query_iothreads(System *s, Error **errp)
{
    return g_new0(IOThreadInfoList, 1);
}
