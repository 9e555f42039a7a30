/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which emitter each op has. Total: a unit test walks it. */
#include "tcg/x86_64/emit.h"

#define K EK_KEEPS_FLAGS

const EmitOp emit_ops[IR_OP_COUNT] = {
    [IR_mov] = { emit_none, K }, [IR_imm] = { emit_none, K }, [IR_trunc] = { emit_none, K },
    [IR_vimm] = { emit_none, K },
    [IR_add] = { emit_add, K }, [IR_sub] = { emit_sub, K }, [IR_mul] = { emit_mul },
    [IR_mulhu] = { emit_mulh }, [IR_mulhs] = { emit_mulh }, [IR_udiv] = { emit_div },
    [IR_sdiv] = { emit_div }, [IR_neg] = { emit_neg_not }, [IR_not] = { emit_neg_not, K },
    [IR_and] = { emit_logic, K }, [IR_or] = { emit_logic, K }, [IR_xor] = { emit_logic, K },
    [IR_andc] = { emit_andc }, [IR_orc] = { emit_andc }, [IR_eqv] = { emit_andc },
    [IR_shl] = { emit_shift, K }, [IR_shr] = { emit_shift, K }, [IR_sar] = { emit_shift, K },
    [IR_rotr] = { emit_shift, K }, [IR_clz] = { emit_count }, [IR_cls] = { emit_count },
    [IR_ctz] = { emit_count }, [IR_popcnt] = { emit_count }, [IR_rbit] = { emit_rbit },
    [IR_bswap] = { emit_bswap }, [IR_bswap16] = { emit_bswap }, [IR_bswap32] = { emit_bswap },
    [IR_smin] = { emit_minmax }, [IR_smax] = { emit_minmax }, [IR_umin] = { emit_minmax },
    [IR_umax] = { emit_minmax }, [IR_extract] = { emit_extract }, [IR_sextract] = { emit_extract },
    [IR_deposit] = { emit_deposit }, [IR_extr] = { emit_extr }, [IR_zext] = { emit_zext, K },
    [IR_sext] = { emit_sext, K }, [IR_setcmp] = { emit_setcmp }, [IR_selcmp] = { emit_selcmp },
    [IR_addf] = { emit_arithf, K }, [IR_subf] = { emit_arithf, K }, [IR_andf] = { emit_arithf, K },
    [IR_adcf] = { emit_adcf, K }, [IR_sbcf] = { emit_adcf, K }, [IR_adc] = { emit_adc, K },
    [IR_sbc] = { emit_adc, K }, [IR_nzcvf] = { emit_nzcvf }, [IR_fnzcv] = { emit_fnzcv, K },
    [IR_ccmp] = { emit_ccmp, K }, [IR_setf] = { emit_setf, K }, [IR_selectf] = { emit_selectf, K },
    [IR_ld_env] = { emit_ld_env, K }, [IR_st_env] = { emit_st_env, K }, [IR_ld] = { emit_ld },
    [IR_st] = { emit_st }, [IR_cas] = { emit_cas }, [IR_swp] = { emit_swp },
    [IR_ldadd] = { emit_ldadd }, [IR_ldclr] = { emit_rmw }, [IR_ldeor] = { emit_rmw },
    [IR_ldset] = { emit_rmw }, [IR_ldsmax] = { emit_rmw }, [IR_ldsmin] = { emit_rmw },
    [IR_ldumax] = { emit_rmw }, [IR_ldumin] = { emit_rmw }, [IR_fence] = { emit_fence },
    [IR_brf] = { emit_brf, K }, [IR_brcmp] = { emit_brcmp }, [IR_brbit] = { emit_brbit },
    [IR_exit] = { emit_exit, K }, [IR_call] = { emit_call }, [IR_host_tsc] = { emit_host_tsc },
    [IR_vzero64] = { emit_vzero64, K }, [IR_vdup] = { emit_vdup, K },
    [IR_vduplane] = { emit_vduplane, K }, [IR_vins] = { emit_vins, K },
    [IR_vext] = { emit_vext, K }, [IR_vsext] = { emit_vext, K },
    [IR_vmov_i2v] = { emit_vmov_i2v, K }, [IR_vadd] = { emit_vbinary, K },
    [IR_vsub] = { emit_vbinary, K }, [IR_vmul] = { emit_vmul, K }, [IR_vand] = { emit_vbinary, K },
    [IR_vor] = { emit_vbinary, K }, [IR_vxor] = { emit_vbinary, K }, [IR_vandc] = { emit_vandc, K },
    [IR_vorc] = { emit_vandc, K }, [IR_vnot] = { emit_vnot, K }, [IR_vneg] = { emit_vneg, K },
    [IR_vabs] = { emit_vabs, K }, [IR_vbsl] = { emit_vbsl, K }, [IR_vcmpeq] = { emit_vcompare, K },
    [IR_vcmpgt] = { emit_vcompare, K }, [IR_vcmpge] = { emit_vcompare, K },
    [IR_vcmphi] = { emit_vcompare, K }, [IR_vcmphs] = { emit_vcompare, K },
    [IR_vshli] = { emit_vshift, K }, [IR_vshri] = { emit_vshift, K },
    [IR_vsari] = { emit_vshift, K }, [IR_vsmin] = { emit_vminmax, K },
    [IR_vsmax] = { emit_vminmax, K }, [IR_vumin] = { emit_vminmax, K },
    [IR_vumax] = { emit_vminmax, K }, [IR_vzip1] = { emit_vzip, K }, [IR_vzip2] = { emit_vzip, K },
    [IR_vuzp1] = { emit_vuzp, K }, [IR_vuzp2] = { emit_vuzp, K }, [IR_vtrn1] = { emit_vtrn, K },
    [IR_vtrn2] = { emit_vtrn, K }, [IR_vextb] = { emit_vextb, K }, [IR_vtbl1] = { emit_vtbl1, K },
    [IR_vrev] = { emit_vrev, K }, [IR_vcnt] = { emit_vcnt, K }, [IR_vwidenu] = { emit_vwiden, K },
    [IR_vwidens] = { emit_vwiden, K }, [IR_vnarrow] = { emit_vnarrow, K },
};

/* Ops that are names or constants: never emitted. */
void emit_none(Codegen *g, unsigned i, const IrInsn *in) { assert(!"emitted"); }
