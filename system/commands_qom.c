/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The tree of objects as clients see it: /machine/peripheral (devices with an id) and
 * /machine/unattached (all others). Made up on demand; there are no objects behind it but devices.
 */
#include <string.h>

#include "cpu_types.h"
#include "qapi/qapi-commands.h"
#include "system.h"

typedef struct Node {
    char *path;
    char *type;
    int cpu;                 /* index, -1 for other devices */
} Node;

static void add_node(GArray *nodes, const char *path, const char *type, int cpu)
{
    g_array_append_val(nodes, ((Node){ g_strdup(path), g_strdup(type), cpu }));
}

static void clear_node(void *opaque)
{
    g_free(((Node *)opaque)->path);
    g_free(((Node *)opaque)->type);
}

static bool has_node(GArray *nodes, const char *path)
{
    for (guint i = 0; i < nodes->len; i++) {
        if (!strcmp(g_array_index(nodes, Node, i).path, path)) {
            return true;
        }
    }
    return false;
}

static GArray *all_nodes(System *s)
{
    GArray *nodes = g_array_new(FALSE, FALSE, sizeof(Node));
    VirtCpuInfo cpu;
    const char *path, *type;

    g_array_set_clear_func(nodes, clear_node);
    add_node(nodes, "/", "container", -1);
    g_autofree char *machine = g_strdup_printf("%s-machine", s->config->machine->name);
    add_node(nodes, "/machine", machine, -1);
    add_node(nodes, "/machine/peripheral", "container", -1);
    add_node(nodes, "/machine/peripheral-anon", "container", -1);
    add_node(nodes, "/machine/unattached", "container", -1);
    add_node(nodes, "/objects", "container", -1);
    for (unsigned i = 0; s->virt && virt_cpu_info(s->virt, i, &cpu); i++) {
        if (cpu.plugged) {
            add_node(nodes, cpu.qom_path, cpu.type, i);
        }
    }
    for (unsigned i = 0; s->virt && virt_device(s->virt, i, &path, &type); i++) {
        if (!has_node(nodes, path)) {
            add_node(nodes, path, type, -1);
        }
    }
    return nodes;
}

static const Node *find(GArray *nodes, const char *path)
{
    size_t len = strlen(path);

    while (len > 1 && path[len - 1] == '/') {
        len--;
    }
    for (guint i = 0; i < nodes->len; i++) {
        const Node *n = &g_array_index(nodes, Node, i);
        if (strlen(n->path) == len && !strncmp(n->path, path, len)) {
            return n;
        }
    }
    return NULL;
}

/* The last part of @path if its parent is @parent. */
static const char *child_name(const char *parent, const char *path)
{
    size_t len = strlen(parent);

    len = len == 1 ? 0 : len;
    if (strncmp(parent, path, len) != 0 || path[len] != '/' || !path[len + 1] ||
        strchr(path + len + 1, '/')) {
        return NULL;
    }
    return path + len + 1;
}

static void add_property(ObjectPropertyInfoList *list, const char *name, const char *type)
{
    ObjectPropertyInfo *p = ObjectPropertyInfoList_add(list);

    p->name = g_strdup(name);
    p->type = g_strdup(type);
}

static ObjectPropertyInfoList *list_node(GArray *nodes, const Node *node)
{
    ObjectPropertyInfoList *list = g_new0(ObjectPropertyInfoList, 1);

    add_property(list, "type", "string");
    if (node->cpu >= 0) {
        for (size_t i = 0; cpu_type_ids[i]; i++) {
            add_property(list, cpu_type_ids[i], "int");
        }
        add_property(list, "hotplugged", "bool");
        add_property(list, "realized", "bool");
    }
    for (guint i = 0; i < nodes->len; i++) {
        const Node *n = &g_array_index(nodes, Node, i);
        const char *name = child_name(node->path, n->path);
        if (name) {
            g_autofree char *type = g_strdup_printf("child<%s>", n->type);
            add_property(list, name, type);
        }
    }
    return list;
}

static const Node *node_at(GArray *nodes, const char *path, Error **errp)
{
    const Node *node = find(nodes, path);

    if (!node) {
        error_set_class(errp, ERROR_DEVICE_NOT_FOUND, "Device '%s' not found", path);
    }
    return node;
}

ObjectPropertyInfoList *qmp_qom_list(System *s, const char *path, Error **errp)
{
    g_autoptr(GArray) nodes = all_nodes(s);
    const Node *node = node_at(nodes, path, errp);

    return node ? list_node(nodes, node) : NULL;
}

static json_t *cpu_property(System *s, int index, const char *property)
{
    VirtCpuInfo cpu;

    if (index < 0 || !virt_cpu_info(s->virt, index, &cpu)) {
        return NULL;
    }
    const unsigned numbers[] = {
        cpu.props.socket_id, cpu.props.cluster_id, cpu.props.core_id, cpu.props.thread_id,
    };
    for (size_t i = 0; cpu_type_ids[i]; i++) {
        if (!strcmp(property, cpu_type_ids[i])) {
            return json_integer(numbers[i]);
        }
    }
    if (!strcmp(property, "hotplugged")) {
        return json_boolean(cpu.hotplugged);
    }
    return strcmp(property, "realized") ? NULL : json_true();
}

json_t *qmp_qom_get(System *s, const char *path, const char *property, Error **errp)
{
    g_autoptr(GArray) nodes = all_nodes(s);
    const Node *node = node_at(nodes, path, errp);

    if (!node) {
        return NULL;
    }
    if (!strcmp(property, "type")) {
        return json_string(node->type);
    }
    json_t *value = cpu_property(s, node->cpu, property);
    if (value) {
        return value;
    }
    for (guint i = 0; i < nodes->len; i++) {
        const Node *n = &g_array_index(nodes, Node, i);
        const char *name = child_name(node->path, n->path);
        if (name && !strcmp(name, property)) {
            return json_string(n->path);
        }
    }
    error_set(errp, "Property '%s.%s' not found", node->type, property);
    return NULL;
}
