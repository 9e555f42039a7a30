/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The two spellings on the command line; expectations are the options as JSON. */
#include <string.h>

#include "chardev_fixture.h"
#include "qapi/json.h"

static char *to_text(const ChardevOptions *opts)
{
    json_t *value = qapi_emit(&qapi_type_ChardevOptions, opts);
    GString *out = g_string_new(NULL);

    json_write(out, value, false);
    json_decref(value);
    return g_string_free(out, FALSE);
}

static const struct { const char *in, *out, *error; } compat[] = {
    { "stdio", "{\"backend\": \"stdio\"}" },
    { "null", "{\"backend\": \"null\"}" },
    { "pty", "{\"backend\": \"pty\"}" },
    { "vc", "{\"backend\": \"vc\"}" },
    { "vc:80Cx24C", "{\"backend\": \"vc\"}" },
    { "stdio,signal=off", "{\"backend\": \"stdio\", \"signal\": false}" },
    { "mon:stdio", "{\"backend\": \"stdio\", \"mux\": true, \"signal\": false}" },
    { "mon:pty", "{\"backend\": \"pty\", \"mux\": true}" },
    { "unix:/a/b,server,nowait", "{\"backend\": \"socket\", \"path\": \"/a/b\", \"server\": true, "
      "\"wait\": false}" },
    { "unix:x,server=on,wait=off", "{\"backend\": \"socket\", \"path\": \"x\", \"server\": true, "
      "\"wait\": false}" },
    { "tcp:localhost:1234", "{\"backend\": \"socket\", \"host\": \"localhost\", "
      "\"port\": \"1234\"}" },
    { "tcp::4444,server", "{\"backend\": \"socket\", \"host\": \"\", \"port\": \"4444\", "
      "\"server\": true}" },
    { "tcp:[::1]:5,nodelay=on", "{\"backend\": \"socket\", \"host\": \"::1\", \"port\": \"5\", "
      "\"nodelay\": true}" },
    { "telnet::4444,server", "{\"backend\": \"socket\", \"host\": \"\", \"port\": \"4444\", "
      "\"server\": true, \"telnet\": true}" },
    { "file:/tmp/x", "{\"backend\": \"file\", \"path\": \"/tmp/x\"}" },
    { "pipe:NAME", "{\"backend\": \"pipe\", \"path\": \"NAME\"}" },
    { "foo", NULL, "'foo' is not a valid char driver" },
    { "stdio:x", NULL, "'stdio:x' is not a valid char driver" },
    { "", NULL, "'' is not a valid char driver" },
    { "tcp:nothing", NULL, "no port in address 'nothing'" },
    { "tcp:a:1,foo=1", NULL, "Invalid parameter 'foo'" },
    { "null,server", NULL, "Invalid parameter 'server'" },
    { "unix:x,server=maybe", NULL, "Parameter 'server' expects 'on' or 'off'" },
};

static void test_compat(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(compat); i++) {
        ChardevOptions opts = { 0 };
        Error *err = NULL;
        bool good = chardev_parse_compat(compat[i].in, &opts, &err);
        g_autofree char *text = good ? to_text(&opts) : NULL;
        if (good != (compat[i].out != NULL)) {
            g_error("'%s': %s", compat[i].in, good ? text : error_text(err));
        }
        g_assert_cmpstr(text, ==, compat[i].out);
        g_assert_cmpstr(err ? error_text(err) : NULL, ==, compat[i].error);
        error_free(err);
        qapi_clear(&qapi_type_ChardevOptions, &opts);
    }
}

static const struct { const char *in, *id, *out, *error; } options[] = {
    { "stdio,id=a,mux=on,signal=off", "a",
      "{\"backend\": \"stdio\", \"mux\": true, \"signal\": false}" },
    { "socket,id=mon.0,path=/x,server=on,wait=off", "mon.0",
      "{\"backend\": \"socket\", \"path\": \"/x\", \"server\": true, \"wait\": false}" },
    { "socket,id=a,host=h,port=1,reconnect=2", "a",
      "{\"backend\": \"socket\", \"host\": \"h\", \"port\": \"1\", \"reconnect\": 2}" },
    { "file,id=a,path=x,,y,append=on", "a",
      "{\"backend\": \"file\", \"path\": \"x,y\", \"append\": true}" },
    { "memory,id=a,size=64", "a", "{\"backend\": \"ringbuf\", \"size\": 64}" },
    { "id=a,backend=null", "a", "{\"backend\": \"null\"}" },
    { "{\"backend\": \"null\", \"id\": \"a\"}", "a", "{\"backend\": \"null\"}" },
    { "null", NULL, NULL, "chardev: no id specified" },
    { "id=a", NULL, NULL, "chardev: \"id=a\" missing backend" },
    { "null,id=1a", NULL, NULL, "Parameter 'id' expects an identifier" },
    { "null,id=a b", NULL, NULL, "Parameter 'id' expects an identifier" },
    { "foo,id=a", NULL, NULL, "'foo' is not a valid char driver name" },
    { "stdio,id=a,path=x", NULL, NULL, "Invalid parameter 'path'" },
    { "socket,id=a,path=x,reconnect=-1", NULL, NULL, "Parameter 'reconnect' expects integer" },
};

static void test_options(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(options); i++) {
        ChardevOptions opts = { 0 };
        Error *err = NULL;
        char *id;
        bool good = chardev_parse_options(options[i].in, &id, &opts, &err);
        g_autofree char *text = good ? to_text(&opts) : NULL;
        if (good != (options[i].out != NULL)) {
            g_error("'%s': %s", options[i].in, good ? text : error_text(err));
        }
        g_assert_cmpstr(id, ==, options[i].id);
        g_assert_cmpstr(text, ==, options[i].out);
        g_assert_cmpstr(err ? error_text(err) : NULL, ==, options[i].error);
        error_free(err);
        g_free(id);
        qapi_clear(&qapi_type_ChardevOptions, &opts);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/parse/compat", test_compat);
    g_test_add_func("/parse/options", test_options);
    return g_test_run();
}
