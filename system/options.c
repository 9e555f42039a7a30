/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Walking the command line. The options themselves are rows in options_*.c. */
#include <string.h>

#include "config.h"

static const Option *const tables[] = { options_machine, options_host, options_life };

static const char banner[] =
    "QEMU emulator version " EMULATED_VERSION " (" PACKAGE ")\n"
    "Copyright (c) the sparecore authors; licensed under GPL-2.0-or-later\n";

static const Option *find(const char *name)
{
    for (size_t t = 0; t < G_N_ELEMENTS(tables); t++) {
        for (const Option *o = tables[t]; o->name; o++) {
            if (!strcmp(o->name, name)) {
                return o;
            }
        }
    }
    return NULL;
}

static void print_help(SystemConfig *c)
{
    static const char *const titles[] = {
        "Machine options:", "Character device and monitor options:", "Other options:",
    };
    g_string_append_printf(c->help, "%susage: %s [options]\n", banner, c->program);
    for (size_t t = 0; t < G_N_ELEMENTS(tables); t++) {
        g_string_append_printf(c->help, "\n%s\n", titles[t]);
        for (const Option *o = tables[t]; o->name; o++) {
            if (o->help) {
                g_autofree char *head = g_strdup_printf("-%s %s", o->name,
                                                        o->params ? o->params : "");
                bool fits = strlen(head) < 16;
                g_string_append_printf(c->help, fits ? "%-15s %s\n" : "%s\n                %s\n",
                                       head, o->help);
            }
        }
    }
    g_string_append(c->help, "\nOptions that QEMU has and this program does not are refused by "
                    "name.\n");
}

static bool take_option(SystemConfig *c, const char *word, char **argv, int argc, int *i,
                        Error **errp)
{
    const char *name = word + 1 + (word[1] == '-');
    const Option *o = find(name);
    const char *arg = NULL;

    if (!strcmp(name, "h") || !strcmp(name, "help")) {
        print_help(c);
        return true;
    }
    if (!strcmp(name, "version")) {
        g_string_append(c->help, banner);
        return true;
    }
    if (!o) {
        return error_set(errp, "%s: invalid option", word);
    }
    if (o->params) {
        if (*i + 1 >= argc) {
            return error_set(errp, "%s: requires an argument", word);
        }
        arg = argv[++*i];
    }
    return o->parse(c, arg, errp) || error_prepend(errp, "%s%s%s: ", word, arg ? " " : "",
                                                   arg ? arg : "");
}

bool options_parse(SystemConfig *c, int argc, char **argv, Error **errp)
{
    for (int i = 1; i < argc; i++) {
        if (argv[i][0] != '-' || !argv[i][1]) {
            return error_set(errp, "%s: disk images are not supported", argv[i]);
        }
        if (!take_option(c, argv[i], argv, argc, &i, errp)) {
            return false;
        }
        if (c->help->len) {
            return true;
        }
    }
    return true;
}

/* -- The config itself -- */

static void free_chardev(void *p)
{
    ChardevRequest *r = p;

    g_free(r->id);
    qapi_free_ChardevOptions(r->options);
    g_free(r->source);
    g_free(r);
}

static void free_monitor(void *p)
{
    MonitorRequest *r = p;

    g_free(r->chardev);
    g_free(r->source);
    g_free(r);
}

static void free_serial(void *p)
{
    g_free(((SerialRequest *)p)->text);
    g_free(p);
}

static void free_device(void *p)
{
    DeviceRequest *r = p;

    keyval_clear(&r->properties);
    g_free(r->source);
    g_free(r);
}

SystemConfig *config_new(void)
{
    SystemConfig *c = g_new0(SystemConfig, 1);

    c->help = g_string_new(NULL);
    c->machine_props = json_object();
    c->smp = json_object();
    c->accelerators = g_ptr_array_new_with_free_func(g_free);
    c->devices = g_ptr_array_new_with_free_func(free_device);
    c->globals = g_ptr_array_new_with_free_func(g_free);
    c->objects = g_ptr_array_new_with_free_func(g_free);
    c->chardevs = g_ptr_array_new_with_free_func(free_chardev);
    c->serials = g_ptr_array_new_with_free_func(free_serial);
    c->monitors = g_ptr_array_new_with_free_func(free_monitor);
    c->fdsets = g_array_new(FALSE, FALSE, sizeof(FdsetEntry));
    c->escape = 1;
    c->dtb_randomness = true;
    return c;
}

void config_free(SystemConfig *c)
{
    char *texts[] = {
        c->program, c->machine_name, c->cpu_option, c->ram_size, c->kernel, c->initrd, c->append,
        c->dtb, c->uuid, c->pidfile, c->log_items, c->log_file,
    };
    GPtrArray *arrays[] = {
        c->accelerators, c->devices, c->globals, c->objects, c->chardevs, c->serials, c->monitors,
    };
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_free(texts[i]);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(arrays); i++) {
        g_ptr_array_free(arrays[i], TRUE);
    }
    g_array_free(c->fdsets, TRUE);
    json_decref(c->machine_props);
    json_decref(c->smp);
    g_string_free(c->help, TRUE);
    qapi_clear(&qapi_type_NameOptions, &c->name);
    g_free(c);
}
