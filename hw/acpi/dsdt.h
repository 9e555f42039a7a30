/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HW_ACPI_DSDT_H
#define HW_ACPI_DSDT_H

#include "hw/acpi/tables.h"

/* Append the DSDT's AML (no table header). */
void dsdt_build(const AcpiConfig *cfg, GByteArray *out);

#endif
