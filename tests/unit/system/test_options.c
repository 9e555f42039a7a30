/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Phases 1 and 2: from words of the command line to a checked configuration. */
#include <string.h>

#include "system/config.h"

static SystemConfig *parse(const char *line, Error **errp)
{
    g_auto(GStrv) words = NULL;
    g_autofree char *full = g_strdup_printf("prog %s", line);
    SystemConfig *c = config_new();
    int argc;

    g_assert_true(g_shell_parse_argv(full, &argc, &words, NULL));
    c->program = g_strdup("prog");
    if (!options_parse(c, argc, words, errp) || (!c->help->len && !config_validate(c, errp))) {
        config_free(c);
        return NULL;
    }
    return c;
}

static SystemConfig *good(const char *line)
{
    Error *err = NULL;
    SystemConfig *c = parse(line, &err);

    if (!c) {
        g_error("%s: %s", line, error_text(err));
    }
    return c;
}

/* -- What is taken -- */

/* Real command lines of clients, as far as they use only what we have. */
static const char *const client_lines[] = {
    /* kunit */
    "-nodefaults -m 1024 -kernel Image.gz -append 'a b console=ttyAMA0' -no-reboot -nographic "
    "-serial stdio -machine virt -cpu cortex-a57",
    /* virtme-ng */
    "-name vng -m 1G -machine virt -cpu cortex-a57 -parallel none -net none -echr 1 -vga none "
    "-display none -chardev file,path=/proc/self/fd/2,id=dmesg "
    "-chardev stdio,id=console,signal=off,mux=on -serial chardev:console -mon chardev=console "
    "-no-reboot -smp 4 -qmp tcp:localhost:3636,server,nowait -kernel k -initrd i -append a",
    /* libvirt's probe */
    "-S -no-user-config -nodefaults -nographic -machine none,accel=kvm:tcg "
    "-qmp unix:/x/qmp.monitor,server=on,wait=off -pidfile /x/qmp.pid -daemonize",
    /* libvirt's start */
    "-name guest=hp1,debug-threads=on -S -object '{\"qom-type\":\"secret\",\"id\":\"masterKey0\","
    "\"format\":\"raw\"}' -machine virt-10.0,usb=off,gic-version=3,dump-guest-core=off,"
    "memory-backend=mach-virt.ram -accel tcg -cpu cortex-a57 -m size=524288k "
    "-object '{\"qom-type\":\"memory-backend-ram\",\"id\":\"mach-virt.ram\",\"size\":536870912}' "
    "-overcommit mem-lock=off -smp 2,maxcpus=4,sockets=4,cores=1,threads=1 "
    "-uuid 01234567-89ab-cdef-0123-456789abcdef -display none -no-user-config -nodefaults "
    "-chardev socket,id=charmonitor,fd=28,server=on,wait=off "
    "-mon chardev=charmonitor,id=monitor,mode=control -rtc base=utc -no-shutdown -boot strict=on "
    "-kernel k -initrd i -append a -add-fd set=0,fd=24,opaque=serial0-source "
    "-chardev file,id=charserial0,path=/dev/fdset/0,append=on -serial chardev:charserial0 "
    "-audiodev '{\"id\":\"audio1\",\"driver\":\"none\"}' -sandbox on,obsolete=deny,"
    "elevateprivileges=deny,spawn=deny,resourcecontrol=deny -msg timestamp=off",
    /* syzkaller */
    "-m 2048 -smp 2 -chardev socket,id=SOCKSYZ,server=on,wait=off,host=localhost,port=1234 "
    "-mon chardev=SOCKSYZ,mode=control -display none -serial stdio -no-reboot -name VM-0 "
    "-machine virt,gic-version=max -cpu max -snapshot -kernel k -append x",
    /* qemu.machine */
    "-display none -vga none -chardev socket,id=mon,path=/x -mon chardev=mon,mode=control "
    "-machine virt -chardev socket,id=console,path=/y,server=on,wait=off -serial chardev:console",
    /* bare metal */
    "-machine virt -cpu cortex-a53 -nographic -m size=1024 -kernel image -net none "
    "-global virtio-mmio.force-legacy=false -pidfile p",
    "--machine type=virt,acpi=on --cpu max --smp cpus=1,maxcpus=8 "
    "-device max-arm-cpu,id=c,core-id=3",
    "-M virt -device '{\"driver\":\"max-arm-cpu\",\"id\":\"vcpu1\",\"core-id\":1}' "
    "-smp 1,maxcpus=2",
};

static void test_client_lines(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(client_lines); i++) {
        config_free(good(client_lines[i]));
    }
}

static void test_values(void)
{
    SystemConfig *c = good("-M virt,acpi=off -machine kernel=k1,dtb-randomness=off -m 1.5G -smp 2 "
                           "-smp maxcpus=4 -append 'one two' -append three -cpu a57 -name n "
                           "-action panic=exit-failure -no-reboot -accel tcg,tb-size=64 "
                           "-global cortex-a57-arm-cpu.pmu=off -d nochain -echr 0x14 -perfmap");

    g_assert_cmpstr(c->machine->name, ==, "virt-10.0");
    g_assert_cmpint(c->acpi, ==, VIRT_ACPI_OFF);
    g_assert_false(c->dtb_randomness);
    g_assert_cmpstr(c->kernel, ==, "k1");
    g_assert_cmpstr(c->append, ==, "three");
    g_assert_cmpuint(c->ram_bytes, ==, UINT64_C(3) << 29);
    g_assert_cmpuint(c->topology.cpus, ==, 2);
    g_assert_cmpuint(c->topology.maxcpus, ==, 4);
    g_assert_cmpint(c->actions.reboot, ==, REBOOT_ACTION_SHUTDOWN);
    g_assert_cmpint(c->actions.panic, ==, PANIC_ACTION_EXIT_FAILURE);
    g_assert_cmpuint(c->tcg.code_bytes, ==, 64 << 20);
    g_assert_true(c->tcg.no_chain);
    g_assert_true(c->tcg.perfmap);
    g_assert_cmpuint(c->escape, ==, 0x14);
    g_assert_cmpstr(c->name.guest, ==, "n");
    config_free(c);
    c = good("-M virt -cpu cortex-a57,pmu=on -global cortex-a57-arm-cpu.pmu=off "
             "-global max-arm-cpu.x=y");
    g_assert_cmpstr(c->cpu_option, ==, "cortex-a57,pmu=on,pmu=off");
    config_free(c);
    c = good("-M virt");
    g_assert_cmpuint(c->ram_bytes, ==, UINT64_C(128) << 20);
    g_assert_cmpstr(c->cpu_option, ==, "max");
    config_free(c);
}

/* Each property of the accelerator reaches its own field, and no other. */
static void test_tcg(void)
{
    static const struct {
        const char *option;
        TcgConfig config;
    } rows[] = {
        { "one-insn-per-tb=on", { .one_insn = true } },
        { "split-wx=on", { .one_insn = false } },
        { "tb-size=64", { .code_bytes = 64 << 20 } },
        { "thread=single", { .one_thread = true } },
        { "thread=multi", { .one_thread = false } },
        { "x-chain=off", { .no_chain = true } },
        { "x-chain=on", { .no_chain = false } },
        { "x-interpret=on", { .interpret = true } },
        { "x-no-fences=on", { .no_fences = true } },
        { "x-loops=off", { .no_loops = true } },
        { "x-single=off", { .no_single = true } },
        { "x-single=off,x-single=on", { .no_single = false } },
        { "x-hide-host-features=0x11", { .hide_features = 0x11 } },
        { "x-interpret-below=0x40200000", { .interpret_below = 0x40200000 } },
        { "x-random=0xfedcba9876543210", { .random = UINT64_C(0xfedcba9876543210) } },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *line = g_strdup_printf("-M virt -accel tcg,%s", rows[i].option);
        SystemConfig *c = good(line);
        const TcgConfig *want = &rows[i].config, *is = &c->tcg;

        g_test_message("%s", line);
        g_assert_cmpuint(is->code_bytes, ==, want->code_bytes);
        g_assert_cmpint(is->interpret, ==, want->interpret);
        g_assert_cmpint(is->one_thread, ==, want->one_thread);
        g_assert_cmpint(is->no_chain, ==, want->no_chain);
        g_assert_cmpint(is->no_fences, ==, want->no_fences);
        g_assert_cmpint(is->no_loops, ==, want->no_loops);
        g_assert_cmpint(is->no_single, ==, want->no_single);
        g_assert_cmpint(is->one_insn, ==, want->one_insn);
        g_assert_cmphex(is->interpret_below, ==, want->interpret_below);
        g_assert_cmphex(is->random, ==, want->random);
        g_assert_cmphex(is->hide_features, ==, want->hide_features);
        config_free(c);
    }
}

/* What base= makes of the clock; the host's zone is five hours behind UTC. */
static void test_rtc(void)
{
    g_setenv("TZ", "EST5", TRUE);
    tzset();
    SystemConfig *c = good("-M virt -rtc base=localtime,clock=rt");
    g_assert_cmpint(c->rtc_offset_s, ==, -5 * 3600);
    g_assert_cmpint(c->rtc_source, ==, PL031_MONOTONIC);
    config_free(c);
    c = good("-M virt -rtc base=2006-06-17T16:01:21,clock=vm,driftfix=slew");
    g_assert_cmpint(ABS(c->rtc_offset_s + time(NULL) - 1150560081), <, 60);
    g_assert_cmpint(c->rtc_source, ==, PL031_VIRTUAL);
    config_free(c);
    c = good("-M virt -rtc base=2006-06-17 -rtc clock=host");
    g_assert_cmpint(ABS(c->rtc_offset_s + time(NULL) - 1150502400), <, 60);
    g_assert_cmpint(c->rtc_source, ==, PL031_REALTIME);
    config_free(c);
    c = good("-M virt -rtc base=utc");
    g_assert_cmpint(c->rtc_offset_s, ==, 0);
    config_free(c);
}

/* -- Serial port and monitor -- */

/* "chardev:kind(+mux) ... | monitor>chardev ... | serial>chardev", as text. */
static char *consoles(const SystemConfig *c)
{
    GString *out = g_string_new(NULL);

    for (guint i = 0; i < c->chardevs->len; i++) {
        const ChardevRequest *r = g_ptr_array_index(c->chardevs, i);
        g_string_append_printf(out, "%s:%s%s ", r->id, ChardevKind_str(r->options->backend),
                               r->options->mux ? "+mux" : "");
    }
    for (guint i = 0; i < c->monitors->len; i++) {
        const MonitorRequest *r = g_ptr_array_index(c->monitors, i);
        g_string_append_printf(out, "%s>%s ",
                               r->mode == MONITOR_MODE_CONTROL ? "qmp" : "hmp", r->chardev);
    }
    for (guint i = 0; i < c->serials->len; i++) {
        g_string_append_printf(out, "serial>%s ",
                               ((SerialRequest *)g_ptr_array_index(c->serials, i))->text);
    }
    return g_string_free(out, FALSE);
}

static const struct { const char *in, *out; } console_cases[] = {
    { "-nographic", "serial0:stdio+mux hmp>serial0 serial>serial0 " },
    { "", "serial0:stdio+mux hmp>serial0 serial>serial0 " },
    { "-nographic -nodefaults", "" },
    { "-nographic -nodefaults -serial stdio", "serial0:stdio serial>serial0 " },
    { "-nographic -monitor none", "serial0:stdio serial>serial0 " },
    { "-nographic -serial null", "compat_monitor0:stdio serial0:null hmp>compat_monitor0 "
      "serial>serial0 " },
    { "-nographic -serial none", "compat_monitor0:stdio hmp>compat_monitor0 serial>none " },
    { "-nographic -serial mon:stdio", "serial0:stdio+mux hmp>serial0 serial>serial0 " },
    { "-nographic -qmp stdio", "compat_monitor0:stdio serial0:null qmp>compat_monitor0 "
      "serial>serial0 " },
    { "-nographic -qmp unix:x,server,nowait", "compat_monitor0:socket serial0:stdio "
      "qmp>compat_monitor0 serial>serial0 " },
    { "-display none", "serial0:null serial>serial0 " },
    { "-display none -serial stdio", "serial0:stdio serial>serial0 " },
    { "-display none -serial mon:stdio", "serial0:stdio+mux hmp>serial0 serial>serial0 " },
    { "-daemonize", "serial0:null serial>serial0 " },
    { "-display none -serial stdio -serial none -serial null",
      "serial0:stdio serial2:null serial>serial0 serial>none serial>serial2 " },
    { "-chardev stdio,id=c,mux=on -serial chardev:c -mon c",
      "c:stdio+mux hmp>c serial>c " },
    { "-display none -nodefaults -monitor stdio -qmp pty",
      "compat_monitor0:stdio compat_monitor1:pty hmp>compat_monitor0 qmp>compat_monitor1 " },
};

static void test_consoles(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(console_cases); i++) {
        g_autofree char *line = g_strdup_printf("-M virt %s", console_cases[i].in);
        SystemConfig *c = good(line);
        g_autofree char *text = consoles(c);
        if (strcmp(text, console_cases[i].out)) {
            g_error("%s: '%s', expected '%s'", console_cases[i].in, text, console_cases[i].out);
        }
        config_free(c);
    }
}

/* -- What is refused -- */

static const struct { const char *in, *error; } bad[] = {
    { "-foo", "-foo: invalid option" },
    { "--foo", "--foo: invalid option" },
    { "stray", "stray: disk images are not supported" },
    { "-name", "-name: requires an argument" },
    { "", "No machine specified, and there is no default" },
    { "-M foo", "-machine foo: unsupported machine type" },
    { "-M virt,foo=on", "-machine: Property 'virt-10.0-machine.foo' not found" },
    { "-M none,acpi=on", "-machine: Property 'none-machine.acpi' not found" },
    { "-M virt,acpi=maybe", "-machine: Parameter 'acpi' does not accept value 'maybe'" },
    { "-M virt,usb=on", "-machine: usb=on is not supported" },
    { "-M virt,highmem=x", "-machine: Parameter 'highmem' expects 'on' or 'off'" },
    { "-M virt,gic-version=2", "-machine: gic-version=2 is not supported" },
    { "-M virt,gic-version=x", "-machine: Invalid gic-version value 'x'" },
    { "-M virt,memory-backend=m", "Memory backend 'm' not found" },
    { "-M virt -accel foo", "invalid accelerator foo" },
    { "-M virt -enable-kvm", "invalid accelerator kvm" },
    { "-M virt,accel=kvm", "invalid accelerator kvm" },
    { "-M virt -accel tcg,foo=1", "-accel tcg,foo=1: Property 'tcg-accel.foo' not found" },
    { "-M virt -accel tcg,thread=x", "-accel tcg,thread=x: Invalid 'thread' setting x" },
    { "-M virt -accel tcg,tb-size=x",
      "-accel tcg,tb-size=x: Parameter 'tb-size' expects a number of MiB, at most 4096" },
    { "-M virt -accel tcg,x-loops=x",
      "-accel tcg,x-loops=x: Parameter 'x-loops' expects 'on' or 'off'" },
    { "-M virt -accel tcg,x-random=x",
      "-accel tcg,x-random=x: Parameter 'x-random' expects a number" },
    { "-M virt -smp x", "-smp x: Parameter 'smp.cpus' expects integer" },
    { "-M virt -smp foo=1", "-smp foo=1: Parameter 'smp.foo' is unexpected" },
    { "-M none -smp 2", "Invalid SMP CPUs 2. The max CPUs supported by machine 'none' is 1" },
    { "-M virt -m x", "-m x: Parameter 'size' expects a non-negative number below 2^64" },
    { "-M virt -m 1", "-m 1: too little memory, the machine needs at least 2 MiB" },
    { "-M virt -m 1,foo=2", "-m 1,foo=2: Invalid parameter 'foo'" },
    { "-M virt -m 1G,slots=2,maxmem=2G",
      "-m 1G,slots=2,maxmem=2G: memory hotplug is not supported" },
    { "-M virt -m 4E", "cannot set up guest memory 'mach-virt.ram': -m 4E is more than any CPU can "
      "address" },
    { "-M virt -append x", "-append only allowed with -kernel option" },
    { "-M virt -initrd x", "-initrd only allowed with -kernel option" },
    { "-M none -kernel x", "machine 'none' cannot boot: -kernel, -initrd and -dtb need another "
      "machine" },
    { "-M none -device max-arm-cpu", "-device max-arm-cpu: machine 'none' takes no devices" },
    { "-M virt -device foo", "-device foo: 'foo' is not a valid device model name" },
    { "-M virt -device core-id=1", "-device core-id=1: Parameter 'driver' is missing" },
    { "-M virt -global foo", "-global foo: expected driver.property=value" },
    { "-M virt -object foo,id=x", "-object foo,id=x: invalid object type: foo" },
    { "-M virt -serial foo", "-serial foo: 'foo' is not a valid char driver" },
    { "-M virt -serial chardev:x",
      "-serial chardev:x: could not connect serial device to character backend 'chardev:x'" },
    { "-M virt -mon chardev=x", "-mon chardev=x: chardev \"x\" not found" },
    { "-M virt -mon x,mode=y", "-mon x,mode=y: Parameter 'mode' does not accept value 'y'" },
    { "-M virt -chardev null,id=x -chardev null,id=x",
      "-chardev null,id=x: Duplicate ID 'x' for chardev" },
    { "-M virt -daemonize -serial stdio", "-daemonize: a character device uses stdio" },
    { "-M virt -daemonize -nographic", "-nographic cannot be used with -daemonize" },
    { "-M virt -display gtk", "-display gtk: Parameter 'type' does not accept value 'gtk'" },
    { "-M virt -net user", "-net user: only 'none' is supported" },
    { "-M virt -echr x", "-echr x: Bad argument to echr: a number from 0 to 255 is expected" },
    { "-M virt -uuid x", "-uuid x: failed to parse UUID string: wrong format" },
    { "-M virt -rtc base=x", "-rtc base=x: invalid datetime format 'x'" },
    { "-M virt -rtc clock=x", "-rtc clock=x: Parameter 'clock' does not accept value 'x'" },
    { "-M virt -action panic=x", "-action panic=x: Parameter 'panic' does not accept value 'x'" },
    { "-M virt -msg x", "-msg x: Invalid parameter 'x'" },
    { "-M virt -d x", "-d x: Invalid parameter 'x' for log item (try '-d help')" },
    { "-M virt -boot x=1", "-boot x=1: Parameter 'boot.x' is unexpected" },
    { "-M virt -sandbox on,x=1", "-sandbox on,x=1: Invalid parameter 'x'" },
    { "-M virt -add-fd fd=1,set=1",
      "-add-fd fd=1,set=1: fd cannot be used for stdin, stdout or stderr" },
    { "-M virt -drive file=x", "-drive file=x: there are no block devices in this version" },
    { "-M virt -netdev user,id=n",
      "-netdev user,id=n: there are no network devices in this version" },
    { "-M virt -s", "-s: there is no gdb server in this version" },
};

static void test_bad(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        Error *err = NULL;
        SystemConfig *c = parse(bad[i].in, &err);
        if (c) {
            g_error("'%s' is taken", bad[i].in);
        }
        g_assert_cmpstr(error_text(err), ==, bad[i].error);
        error_free(err);
    }
}

/* -- Help -- */

static const struct { const char *in, *part; } helps[] = {
    { "-version", "QEMU emulator version 10.0.0 (sparecore 0.1.0)\n" },
    { "--help", "\n-machine [type=]name" },
    { "-M help", "\nvirt                 QEMU 10.0 ARM Virtual Machine (alias of virt-10.0)\n" },
    { "-M virt,help", "\n  gic-version=<string>" },
    { "-machine none,?", "none-machine options:\n" },
    { "-accel help", "Accelerators supported in QEMU binary:\ntcg\n" },
    { "-accel tcg,help", "  tb-size=<int>" },
    { "-cpu help", "Available CPUs:\n" },
    { "-device help", "name \"max-arm-cpu\"" },
    { "-device max-arm-cpu,help", "max-arm-cpu options:\n" },
    { "-smp help", "smp-opts options:\n  books=<num>\n  clusters=<num>\n" },
    { "-chardev help", "\n  socket\n" },
    { "-chardev socket,help", "  server=<bool (on/off)>\n" },
    { "-object help", "  memory-backend-ram\n" },
    { "-display help", "\nnone\n" },
    { "-d help", "\nhotplug " },
    { "-rtc help", "  base=<str>\n" },
    { "-mon help", "  chardev=<str>\n" },
};

static void test_help(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(helps); i++) {
        SystemConfig *c = good(helps[i].in);
        if (!strstr(c->help->str, helps[i].part)) {
            g_error("%s: '%s' is not in: %s", helps[i].in, helps[i].part, c->help->str);
        }
        config_free(c);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/options/client-lines", test_client_lines);
    g_test_add_func("/options/values", test_values);
    g_test_add_func("/options/tcg", test_tcg);
    g_test_add_func("/options/rtc", test_rtc);
    g_test_add_func("/options/consoles", test_consoles);
    g_test_add_func("/options/bad", test_bad);
    g_test_add_func("/options/help", test_help);
    return g_test_run();
}
