/* SPDX-License-Identifier: GPL-2.0-or-later */
/* AES, SHA1 and SHA256 (C4.1.96, the cryptographic groups). */
#include "simd.h"

static bool helper3(Disas *s, const Args_rd_rm_rn *a, const IrHelper *h)
{
    return !fp_access_ok(s) || vec_call(s, h, vec_desc(a->rd, a->rn, a->rm, 0, 16));
}

static bool helper2(Disas *s, const Args_rd_rn *a, const IrHelper *h)
{
    return !fp_access_ok(s) || vec_call(s, h, vec_desc(a->rd, a->rn, a->rn, 0, 16));
}

bool trans_AESE(Disas *s, const arg_AESE *a) { return helper2(s, a, &h_v_aese); }
bool trans_AESD(Disas *s, const arg_AESD *a) { return helper2(s, a, &h_v_aesd); }
bool trans_AESMC(Disas *s, const arg_AESMC *a) { return helper2(s, a, &h_v_aesmc); }
bool trans_AESIMC(Disas *s, const arg_AESIMC *a) { return helper2(s, a, &h_v_aesimc); }

bool trans_SHA1C(Disas *s, const arg_SHA1C *a) { return helper3(s, a, &h_v_sha1c); }
bool trans_SHA1P(Disas *s, const arg_SHA1P *a) { return helper3(s, a, &h_v_sha1p); }
bool trans_SHA1M(Disas *s, const arg_SHA1M *a) { return helper3(s, a, &h_v_sha1m); }
bool trans_SHA1SU0(Disas *s, const arg_SHA1SU0 *a) { return helper3(s, a, &h_v_sha1su0); }
bool trans_SHA1SU1(Disas *s, const arg_SHA1SU1 *a) { return helper2(s, a, &h_v_sha1su1); }
bool trans_SHA1H(Disas *s, const arg_SHA1H *a) { return helper2(s, a, &h_v_sha1h); }
bool trans_SHA256H(Disas *s, const arg_SHA256H *a) { return helper3(s, a, &h_v_sha256h); }
bool trans_SHA256H2(Disas *s, const arg_SHA256H2 *a) { return helper3(s, a, &h_v_sha256h2); }
bool trans_SHA256SU0(Disas *s, const arg_SHA256SU0 *a) { return helper2(s, a, &h_v_sha256su0); }
bool trans_SHA256SU1(Disas *s, const arg_SHA256SU1 *a) { return helper3(s, a, &h_v_sha256su1); }
