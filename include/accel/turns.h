/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One vCPU at a time (-accel tcg,thread=single): vCPUs keep their threads and execute guest code in
 * turns, first come, first served. Who has the turn keeps it until it goes idle or stops, or has
 * had it for VCPU_TURN_NS while others wait; then one of them kicks it.
 */
#ifndef ACCEL_TURNS_H
#define ACCEL_TURNS_H

#include "accel/vcpu.h"

#define VCPU_TURN_NS 2000000

typedef struct VcpuTurns VcpuTurns;

VcpuTurns *vcpu_turns_new(void);
void vcpu_turns_free(VcpuTurns *t);          /* NULL is fine; nobody has or wants the turn */

/*
 * On @cpu's thread, not in guest code (vcpu_exec_end): wait for the turn, or let others have theirs
 * first when @cpu's own is over. False: exit_request was set meanwhile; @cpu has no turn.
 */
bool vcpu_turns_take(VcpuTurns *t, Vcpu *cpu) MUST_CHECK;
/* @cpu has left guest code for some time. Nothing happens when it does not have the turn. */
void vcpu_turns_give(VcpuTurns *t, Vcpu *cpu);

#endif
