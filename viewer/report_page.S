/* report_page.S - the report's files as they are, within the program. */
    .section .rodata
#define FILE(name, path)      \
    .globl name             ; \
    .type name, %object     ; \
name:                         \
    .incbin path            ; \
    .globl name##_end       ; \
name##_end:                   \
    .byte 0

FILE(report_html, "viewer/report.html")
FILE(report_css, "viewer/report.css")
FILE(report_js, "viewer/report.js")
FILE(report_tables_js, "viewer/report_tables.js")
FILE(report_timeline_js, "viewer/report_timeline.js")
FILE(report_draw_js, "viewer/report_draw.js")
FILE(report_hand_js, "viewer/report_hand.js")
FILE(report_diagram_js, "viewer/report_diagram.js")
FILE(report_start_js, "viewer/report_start.js")

    .section .note.GNU-stack, "", %progbits
