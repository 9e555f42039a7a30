/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What tests of devices share: frames on a bus, accessed as a CPU does it; sane register tables. */
#ifndef TESTS_UNIT_HW_CORE_DEVICE_BUS_H
#define TESTS_UNIT_HW_CORE_DEVICE_BUS_H

#include <glib.h>

#include "hw/core/device.h"
#include "hw/core/reg.h"
#include "util/bits.h"

static inline uint64_t bus_read(const PhysMem *mem, uint64_t pa, unsigned size)
{
    uint64_t v = UINT64_C(0x5a5a5a5a5a5a5a5a);      /* to be overwritten */

    g_assert_cmpint(phys_mem_read(mem, pa, &v, (MemAttrs){ .size = size }), ==, MEM_OK);
    return v;
}

static inline void bus_write(const PhysMem *mem, uint64_t pa, unsigned size, uint64_t v)
{
    g_assert_cmpint(phys_mem_write(mem, pa, v, (MemAttrs){ .size = size }), ==, MEM_OK);
}

/* All frames of @type that are tables of registers; there is one at least. */
static inline void check_register_tables(const DeviceType *type)
{
    unsigned n = 0;

    for (unsigned i = 0; i < ARRAY_SIZE(type->frames); i++) {
        const char *why = "";
        if (type->frames[i].regs) {
            gboolean sane = reg_block_is_sane(type->frames[i].regs, &why);
            g_assert_cmpstr(why, ==, "");
            g_assert_true(sane);
            n++;
        }
    }
    g_assert_cmpuint(n, >, 0);
}

#endif
