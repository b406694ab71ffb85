/* entry.S - the calls that must not pass through a C function; see entry.h. */
#include "entry.h"

#include <sys/syscall.h>

#define EXPORTED(name) .globl name; .type name, @function; .p2align 4; name:
#define END(name) .size name, . - name

    .text

#if defined(__x86_64__)

/* Calls a C function without touching the registers that hold arguments, which
 * lie at its %rsp meanwhile, the first one lowest. Entered with the stack as a
 * function finds it. */
.macro SAVE
    push %r9
    push %r8
    push %rcx
    push %rdx
    push %rsi
    push %rdi
    sub $8, %rsp
.endm
.macro RESTORE
    add $8, %rsp
    pop %rdi
    pop %rsi
    pop %rdx
    pop %rcx
    pop %r8
    pop %r9
.endm

/* The child returns from vfork first and tramples on the stack below; so the
 * return address stays in a register, as in libc's own vfork, and the parent
 * finds its count of guests in the thread's memory, which they share. */
EXPORTED(vfork)
    endbr64
    sub $8, %rsp
    call entry_identify
    add $8, %rsp
    mov thread@gottpoff(%rip), %rax
    movl $0, %fs:THREAD_GUEST(%rax)
    incl %fs:THREAD_VFORKED(%rax)
    pop %r8
    call *entry_real_vfork(%rip)
    push %r8
    test %eax, %eax
    jz 1f
    mov thread@gottpoff(%rip), %rcx
    decl %fs:THREAD_VFORKED(%rcx)
    movl $0, %fs:THREAD_GUEST(%rcx)
    push %rax
    mov %eax, %edi
    call entry_vforked
    pop %rax
1:  ret
END(vfork)

EXPORTED(syscall)
    endbr64
    cmp $SYS_clone, %rdi
    je 1f
    cmp $SYS_vfork, %rdi
    je 1f
    cmp $SYS_clone3, %rdi
    je 1f
    jmp entry_syscall
1:  SAVE
    call entry_identify
    RESTORE
    mov thread@gottpoff(%rip), %rax
    movl $1, %fs:THREAD_UNSURE(%rax)
    jmp *entry_real_syscall(%rip)
END(syscall)

.macro EXECL name, has_environment
EXPORTED(\name)
    endbr64
    SAVE
    mov $\has_environment, %edi
    lea 8(%rsp), %rsi
    lea 64(%rsp), %rdx
    call entry_execl
    RESTORE
    xor %eax, %eax
    jmp *entry_real_\name(%rip)
END(\name)
.endm

#else
#error "entry.S: write this for your processor"
#endif

    EXECL execl, 0
    EXECL execlp, 0
    EXECL execle, 1

    .section .note.GNU-stack, "", @progbits
