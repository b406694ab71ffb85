/* entry.S - the calls that must not pass through a C function; see entry.h. */
#include "entry.h"

#include <sys/syscall.h>

#define END(name) .cfi_endproc; .size name, . - name

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

/* The child returns from vfork first and tramples on the stack below; so the
 * return address stays in a register, as in libc's own vfork, and the parent
 * finds its count of guests in the thread's memory, which they share. */
.macro VFORK name
EXPORTED(\name)
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
END(\name)
.endm

/* Of vfork and clone by number we do not see the return either. */
EXPORTED(syscall)
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
END(syscall)

/* The arguments lie in registers and behind the return address: with that out of
 * the way, the registers' share is pushed before the stack's, and there is the
 * array that execv wants. */
.macro EXECL name
EXPORTED(\name)
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
END(\name)
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
EXPORTED(\name)
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
END(\name)
.endm

EXPORTED(syscall)
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
END(syscall)

.macro EXECL name
EXPORTED(\name)
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
END(\name)
.endm

#else
#error "entry.S: write this for your processor"
#endif

    VFORK vfork
    VFORK __vfork
    EXECL execl
    EXECL execlp
    EXECL execle

    .section .note.GNU-stack, "", @progbits
