/* verb_audit.c - sockspy audit: who talks to whom, what breaks a rule, what is
 * new, what could not be seen. */
#include "audit/audit.h"
#include "verb.h"

#include <unistd.h>

int verb_audit(const struct options *options)
{
    struct audit audit = {.violations = 0};
    int status = audit_read_rules(&audit, options);
    if (status != STATUS_DONE)
        return status;
    if (!audit_open(&audit, options, STDOUT_FILENO)) {
        rules_free(&audit.rules);
        return STATUS_FAILED;
    }
    audit_take(&audit);
    status = audit_judge(&audit);
    if (status == STATUS_DONE)
        audit_print(&audit);
    const int verdict = audit_close(&audit);
    return status != STATUS_DONE ? status : verdict;
}
