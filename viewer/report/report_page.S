/* report_page.S - the report's files as they are, within the program. */
    .section .rodata
#define FILE(id, kind, file)    \
    .globl id                 ; \
    .type id, %object         ; \
id:                             \
    .incbin file              ; \
    .globl id##_end           ; \
id##_end:                       \
    .byte 0                   ;
#include "report/report_files.def"

    .section .note.GNU-stack, "", %progbits
