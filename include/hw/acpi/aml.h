/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * AML, built as a tree (ACPI 6.5, chapter 20). Containers are made in their parent; expressions are
 * made loose and handed to one user. Everything belongs to the tree; lengths are computed when the
 * tree is emitted. Names are NameStrings: segments of up to 4 characters, "\\" and "." as in ASL.
 */
#ifndef HW_ACPI_AML_H
#define HW_ACPI_AML_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct AmlTree AmlTree;
typedef struct AmlNode AmlNode;

AmlTree *aml_tree_new(void);
void aml_tree_free(AmlTree *t);
AmlNode *aml_root(AmlTree *t);
/* Append the tree's bytes to @out. */
void aml_emit(AmlTree *t, GByteArray *out);

/* -- Containers and declarations, in @parent -- */
AmlNode *aml_scope(AmlNode *parent, const char *path);
AmlNode *aml_device(AmlNode *parent, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
AmlNode *aml_method(AmlNode *parent, const char *name, unsigned n_args, bool serialized);
AmlNode *aml_if(AmlNode *parent, AmlNode *cond);
AmlNode *aml_else(AmlNode *parent);
AmlNode *aml_while(AmlNode *parent, AmlNode *cond);
void aml_name_int(AmlNode *parent, const char *name, uint64_t value);
void aml_name_string(AmlNode *parent, const char *name, const char *value);
void aml_mutex(AmlNode *parent, const char *name);
void aml_system_memory(AmlNode *parent, const char *name, uint64_t base_pa, uint64_t bytes);

typedef enum AmlAccess { AML_BYTE_ACC = 1, AML_DWORD_ACC = 3 } AmlAccess;
typedef enum AmlUpdate { AML_PRESERVE = 0, AML_WRITE_AS_ZEROS = 2 } AmlUpdate;
AmlNode *aml_field(AmlNode *parent, const char *region, AmlAccess access, AmlUpdate update);
void aml_field_unit(AmlNode *field, const char *name, unsigned bits);
void aml_field_skip(AmlNode *field, unsigned bits);

/* -- Resources: a _CRS in @device, then its descriptors -- */
AmlNode *aml_crs(AmlNode *device);
void aml_memory32_fixed(AmlNode *crs, uint32_t base_pa, uint32_t bytes);
void aml_interrupt(AmlNode *crs, uint32_t gsiv, bool edge);

/* -- Statements: an expression evaluated for its effect -- */
void aml_do(AmlNode *parent, AmlNode *expr);

/* -- Expressions -- */
AmlNode *aml_int(AmlTree *t, uint64_t v);
AmlNode *aml_local(AmlTree *t, unsigned n);
AmlNode *aml_arg(AmlTree *t, unsigned n);
AmlNode *aml_ref(AmlTree *t, const char *path);
AmlNode *aml_store(AmlTree *t, AmlNode *value, AmlNode *to);
AmlNode *aml_add(AmlTree *t, AmlNode *a, AmlNode *b, AmlNode *to);   /* to = a + b */
AmlNode *aml_bit_and(AmlTree *t, AmlNode *a, AmlNode *b);
AmlNode *aml_equal(AmlTree *t, AmlNode *a, AmlNode *b);
AmlNode *aml_less(AmlTree *t, AmlNode *a, AmlNode *b);
AmlNode *aml_notify(AmlTree *t, const char *object, AmlNode *value);
AmlNode *aml_acquire(AmlTree *t, const char *mutex);         /* waits for ever */
AmlNode *aml_release(AmlTree *t, const char *mutex);
AmlNode *aml_return(AmlTree *t, AmlNode *value);
AmlNode *aml_break(AmlTree *t);
/* Method call with the given arguments, NULL-terminated. */
AmlNode *aml_call(AmlTree *t, const char *method, ...) __attribute__((sentinel));

#endif
