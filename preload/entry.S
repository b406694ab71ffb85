/* entry.S - where every call enters, and those that must not pass through a C
 * function; see entry.h. */
#include "entry.h"

#include <sys/syscall.h>

#define END(name) .cfi_endproc; .size name, . - name
#define HOOK(name) EXPORTED(hook_##name); .hidden hook_##name
#define HOOK_END(name) END(hook_##name)

/* Where the stub of `name` leads: a row of entry_table, in the order of calls.def. */
.macro SLOT name
    .pushsection .data
    .p2align 3
slot_\name: .quad first_\name
    .popsection
.endm
    .pushsection .data
    .p2align 3
    .globl entry_table
    .hidden entry_table
entry_table:
    .popsection

    .text

#if defined(__x86_64__)

#define EXPORTED(name) .globl name; .type name, @function; .p2align 4; name: .cfi_startproc; endbr64

/* Around a call of a C function: keeps the registers that hold arguments. */
.macro SAVE
    push %r9
    push %r8
    push %rcx
    push %rdx
    push %rsi
    push %rdi
    sub $8, %rsp
    .cfi_adjust_cfa_offset 56
.endm
.macro RESTORE
    add $8, %rsp
    pop %rdi
    pop %rsi
    pop %rdx
    pop %rcx
    pop %r8
    pop %r9
    .cfi_adjust_cfa_offset -56
.endm

/* Touches nothing but the flags, on its way to what stands in the table. */
.macro STUB name, symbol
EXPORTED(\symbol)
    jmp *slot_\name(%rip)
END(\symbol)
    .type first_\name, @function
first_\name:
    .cfi_startproc
    endbr64
    lea slot_\name(%rip), %r11
    jmp first
    .cfi_endproc
    .size first_\name, . - first_\name
    SLOT \name
.endm

/* Before the start: nobody knows as yet what the arguments are, or how many; so
 * all registers stay that may hold one. */
    .type first, @function
first:
    .cfi_startproc
    push %r11
    push %rax
    push %r10
    .cfi_adjust_cfa_offset 24
    SAVE
    sub $136, %rsp
    .cfi_adjust_cfa_offset 136
    movups %xmm0, (%rsp)
    movups %xmm1, 16(%rsp)
    movups %xmm2, 32(%rsp)
    movups %xmm3, 48(%rsp)
    movups %xmm4, 64(%rsp)
    movups %xmm5, 80(%rsp)
    movups %xmm6, 96(%rsp)
    movups %xmm7, 112(%rsp)
    mov %r11, %rdi
    call entry_first
    movups (%rsp), %xmm0
    movups 16(%rsp), %xmm1
    movups 32(%rsp), %xmm2
    movups 48(%rsp), %xmm3
    movups 64(%rsp), %xmm4
    movups 80(%rsp), %xmm5
    movups 96(%rsp), %xmm6
    movups 112(%rsp), %xmm7
    add $136, %rsp
    .cfi_adjust_cfa_offset -136
    mov %rax, 72(%rsp) /* in the place of r11 */
    RESTORE
    pop %r10
    pop %rax
    pop %r11
    .cfi_adjust_cfa_offset -24
    jmp *%r11
    .cfi_endproc
    .size first, . - first

/* The child returns from vfork first and tramples on the stack below; so the
 * return address stays in a register, as in libc's own vfork, and the parent
 * finds its count of guests in the thread's memory, which they share. */
.macro VFORK name
HOOK(\name)
    sub $8, %rsp
    .cfi_adjust_cfa_offset 8
    call entry_identify
    add $8, %rsp
    .cfi_adjust_cfa_offset -8
    mov thread@gottpoff(%rip), %rax
    movl $0, %fs:THREAD_GUEST(%rax)
    incl %fs:THREAD_VFORKED(%rax)
    pop %r8
    .cfi_adjust_cfa_offset -8
    .cfi_register %rip, %r8
    call *entry_real_\name(%rip)
    push %r8
    .cfi_adjust_cfa_offset 8
    .cfi_offset %rip, -8
    test %eax, %eax
    jz 1f
    mov thread@gottpoff(%rip), %rcx
    decl %fs:THREAD_VFORKED(%rcx)
    movl $0, %fs:THREAD_GUEST(%rcx)
    push %rax
    .cfi_adjust_cfa_offset 8
    mov %eax, %edi
    call entry_vforked
    pop %rax
    .cfi_adjust_cfa_offset -8
1:  ret
HOOK_END(\name)
.endm

/* Of vfork and clone by number we do not see the return either. */
HOOK(syscall)
    cmp $SYS_vfork, %rdi
    je 1f
    cmp $SYS_clone, %rdi
    je 1f
    cmp $SYS_clone3, %rdi
    jne entry_syscall
1:  SAVE
    call entry_cloning
    RESTORE
    jmp *entry_real_syscall(%rip)
HOOK_END(syscall)

/* The arguments lie in registers and behind the return address: with that out of
 * the way, the registers' share is pushed before the stack's, and there is the
 * array that execv wants. */
.macro EXECL name
HOOK(\name)
    pop %rax
    .cfi_adjust_cfa_offset -8
    .cfi_register %rip, %rax
    push %r9
    push %r8
    push %rcx
    push %rdx
    push %rsi
    push %rax
    .cfi_adjust_cfa_offset 48
    .cfi_offset %rip, -48
    lea 8(%rsp), %rsi
    call entry_\name
    pop %rcx
    .cfi_adjust_cfa_offset -8
    .cfi_register %rip, %rcx
    add $40, %rsp
    .cfi_adjust_cfa_offset -40
    push %rcx
    .cfi_adjust_cfa_offset 8
    .cfi_offset %rip, -8
    ret
HOOK_END(\name)
.endm

#elif defined(__aarch64__)

#define EXPORTED(name) .globl name; .type name, @function; .p2align 4; name: .cfi_startproc; hint #34

/* As above. */
.macro SAVE
    stp x29, x30, [sp, #-80]!
    .cfi_adjust_cfa_offset 80
    .cfi_rel_offset x29, 0
    .cfi_rel_offset x30, 8
    mov x29, sp
    stp x0, x1, [sp, #16]
    stp x2, x3, [sp, #32]
    stp x4, x5, [sp, #48]
    stp x6, x7, [sp, #64]
.endm
.macro RESTORE
    ldp x0, x1, [sp, #16]
    ldp x2, x3, [sp, #32]
    ldp x4, x5, [sp, #48]
    ldp x6, x7, [sp, #64]
    ldp x29, x30, [sp], #80
    .cfi_adjust_cfa_offset -80
    .cfi_restore x29
    .cfi_restore x30
.endm

/* As above. */
.macro STUB name, symbol
EXPORTED(\symbol)
    adrp x16, slot_\name
    ldr x16, [x16, :lo12:slot_\name]
    br x16
END(\symbol)
    .type first_\name, @function
first_\name:
    .cfi_startproc
    hint #34
    adrp x17, slot_\name
    add x17, x17, :lo12:slot_\name
    b first
    .cfi_endproc
    .size first_\name, . - first_\name
    SLOT \name
.endm

    .type first, @function
first:
    .cfi_startproc
    stp x29, x30, [sp, #-224]!
    .cfi_adjust_cfa_offset 224
    .cfi_rel_offset x29, 0
    .cfi_rel_offset x30, 8
    mov x29, sp
    stp x0, x1, [sp, #16]
    stp x2, x3, [sp, #32]
    stp x4, x5, [sp, #48]
    stp x6, x7, [sp, #64]
    str x8, [sp, #80]
    stp q0, q1, [sp, #96]
    stp q2, q3, [sp, #128]
    stp q4, q5, [sp, #160]
    stp q6, q7, [sp, #192]
    mov x0, x17
    bl entry_first
    mov x16, x0
    ldp q0, q1, [sp, #96]
    ldp q2, q3, [sp, #128]
    ldp q4, q5, [sp, #160]
    ldp q6, q7, [sp, #192]
    ldr x8, [sp, #80]
    ldp x0, x1, [sp, #16]
    ldp x2, x3, [sp, #32]
    ldp x4, x5, [sp, #48]
    ldp x6, x7, [sp, #64]
    ldp x29, x30, [sp], #224
    .cfi_adjust_cfa_offset -224
    .cfi_restore x29
    .cfi_restore x30
    br x16
    .cfi_endproc
    .size first, . - first

/* Leaves the address of this thread's `thread` in `to`. */
.macro THREAD to, with
    adrp \to, :gottprel:thread
    ldr \to, [\to, :gottprel_lo12:thread]
    mrs \with, tpidr_el0
    add \to, \to, \with
.endm
.macro REAL name
    adrp x16, entry_real_\name
    ldr x16, [x16, :lo12:entry_real_\name]
.endm

/* The return address must survive both returns of the real vfork in a register
 * that it leaves alone; the kernel keeps them all, and libc uses none above
 * x8 but x16 and x17. */
.macro VFORK name
HOOK(\name)
    stp x29, x30, [sp, #-16]!
    .cfi_adjust_cfa_offset 16
    .cfi_rel_offset x29, 0
    .cfi_rel_offset x30, 8
    bl entry_identify
    ldp x29, x30, [sp], #16
    .cfi_adjust_cfa_offset -16
    .cfi_restore x29
    .cfi_restore x30
    THREAD x9, x10
    str wzr, [x9, #THREAD_GUEST]
    ldr w10, [x9, #THREAD_VFORKED]
    add w10, w10, #1
    str w10, [x9, #THREAD_VFORKED]
    mov x15, x30
    .cfi_register x30, x15
    REAL \name
    blr x16
    mov x30, x15
    .cfi_restore x30
    cbz w0, 1f
    THREAD x9, x10
    ldr w10, [x9, #THREAD_VFORKED]
    sub w10, w10, #1
    str w10, [x9, #THREAD_VFORKED]
    str wzr, [x9, #THREAD_GUEST]
    stp x29, x30, [sp, #-32]!
    .cfi_adjust_cfa_offset 32
    .cfi_rel_offset x29, 0
    .cfi_rel_offset x30, 8
    str x0, [sp, #16]
    bl entry_vforked
    ldr x0, [sp, #16]
    ldp x29, x30, [sp], #32
    .cfi_adjust_cfa_offset -32
    .cfi_restore x29
    .cfi_restore x30
1:  ret
HOOK_END(\name)
.endm

HOOK(syscall)
    cmp x0, #SYS_clone
    b.eq 1f
    cmp x0, #SYS_clone3
    b.eq 1f
    b entry_syscall
1:  SAVE
    bl entry_cloning
    RESTORE
    REAL syscall
    br x16
HOOK_END(syscall)

.macro EXECL name
HOOK(\name)
    stp x29, x30, [sp, #-80]!
    .cfi_adjust_cfa_offset 80
    .cfi_rel_offset x29, 0
    .cfi_rel_offset x30, 8
    mov x29, sp
    str x1, [sp, #24]
    stp x2, x3, [sp, #32]
    stp x4, x5, [sp, #48]
    stp x6, x7, [sp, #64]
    add x1, sp, #24
    bl entry_\name
    ldp x29, x30, [sp], #80
    .cfi_adjust_cfa_offset -80
    .cfi_restore x29
    .cfi_restore x30
    ret
HOOK_END(\name)
.endm

#else
#error "entry.S: write this for your processor"
#endif

    VFORK vfork
    VFORK __vfork
    EXECL execl
    EXECL execlp
    EXECL execle

/* Calls that glibc has in two versions, which differ; programs linked before 2012
 * want the shell to run what is no program. All others are exported without one,
 * and so stand for every version. */
#if defined(__x86_64__)
#define VERSIONED(name) STUB name, new_##name; .symver new_##name, name@@GLIBC_2.15
#define VERSIONED_OLD(name) STUB old_##name, old_##name; .symver old_##name, name@GLIBC_2.2.5
#else
#define VERSIONED(name) STUB name, name
#endif

.macro EXPORT name
    .ifc \name, posix_spawn
    VERSIONED(posix_spawn)
    .else
    .ifc \name, posix_spawnp
    VERSIONED(posix_spawnp)
    .else
    STUB \name, \name
    .endif
    .endif
.endm
#define UNRECORDED_TOO
#define CALL(ret, name, params, args, class, api, schema) EXPORT name
#define VARIADIC(ret, name, params, class, api, schema) EXPORT name
#include "calls.def"

    .pushsection .data
    .globl entry_table_old
    .hidden entry_table_old
entry_table_old:
    .popsection
#ifdef VERSIONED_OLD
    VERSIONED_OLD(posix_spawn)
    VERSIONED_OLD(posix_spawnp)
#endif

    .section .note.GNU-stack, "", @progbits
