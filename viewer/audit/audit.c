/* audit.c - see audit.h. How it is shown is in audit_print.c. */
#include "audit/audit.h"

#include <stdlib.h>

int audit_read_rules(struct audit *audit, const struct options *options)
{
    for (size_t i = 0; i < options->rule_count; i++) {
        const struct rule_option *const option = &options->rules[i];
        const char *const wrong = option->verdict == NULL
                                      ? rules_read(&audit->rules, option->text)
                                      : rules_add_one(&audit->rules, option->verdict, option->text,
                                                      option->verdict[0] == 'a' ? "--allow" : "--deny");
        if (wrong != NULL) {
            complain("%s", wrong);
            rules_free(&audit->rules);
            return STATUS_USAGE;
        }
    }
    return STATUS_DONE;
}

static void visit(void *context, const struct step *step, bool passes)
{
    struct audit *const audit = context;
    blind_take(&audit->blind, step);
    if (passes && step->connection != NULL)
        step->connection->mark = 1;
    if (passes && step->socket != NULL && step->socket->connection != NULL)
        step->socket->connection->mark = 1;
    if (passes && step->view != NULL && step->view->lost == 0)
        inventory_take(&audit->inventory, step);
    for (size_t i = 0; i < step->change_count; i++) {
        const struct change *const change = &step->changes[i];
        if (change->kind == CONNECTION_ENDED && change->connection->mark != 0)
            inventory_take_connection(&audit->inventory, change->connection);
        else if (change->kind == SOCKET_ENDED)
            inventory_take_socket(&audit->inventory, change->socket);
    }
}

static void take_open(struct audit *audit)
{
    const struct connection *connection = model_connections(audit->scan.model);
    for (struct socket *socket = model_sockets(audit->scan.model); socket != NULL; socket = socket->next) {
        if (!socket->ended)
            inventory_take_socket(&audit->inventory, socket);
    }
    for (; connection != NULL; connection = connection->next) {
        if (!connection->ended && connection->mark != 0)
            inventory_take_connection(&audit->inventory, connection);
    }
}

/* One line each, for version control. */
static int save(const struct audit *audit, const char *path)
{
    struct out out;
    if (!out_open_file(&out, path, true, COLOUR_NEVER))
        return complain("%s: cannot be written: %m", path);
    for (size_t i = 0; i < audit->inventory.count; i++) {
        out_text(&out, audit->inventory.entries[i]->line);
        out_char(&out, '\n');
    }
    return out_close(&out) ? STATUS_DONE : complain("%s: cannot be written", path);
}

static int compare(struct audit *audit, const char *path)
{
    char *const wrong = inventory_compare(&audit->inventory, path, &audit->gone, &audit->gone_count);
    if (wrong == NULL)
        return STATUS_DONE;
    complain("%s", wrong);
    free(wrong);
    return STATUS_USAGE;
}

bool audit_open(struct audit *audit, const struct options *options, int fd)
{
    return scan_open(&audit->scan, options, false, fd);
}

void audit_take(struct audit *audit)
{
    scan_all(&audit->scan, visit, audit);
}

void audit_follow(struct audit *audit, bool (*ended)(void *waited), void *waited)
{
    scan_until(&audit->scan, ended, waited, visit, audit);
}

static void count_verdicts(struct audit *audit)
{
    for (size_t i = 0; i < audit->inventory.count; i++) {
        const struct entry *const entry = audit->inventory.entries[i];
        audit->violations += entry->rule != NULL && !rule_allows(entry->rule);
        audit->fresh += entry->fresh;
    }
}

int audit_judge(struct audit *audit)
{
    const struct options *const options = audit->scan.options;
    struct procfs procfs;
    procfs_open(&procfs, "/proc");
    living_check(&audit->scan, &procfs, visit, audit);
    blind_look(&audit->blind, &audit->scan, &procfs, visit, audit);
    take_open(audit);
    inventory_sort(&audit->inventory);
    inventory_judge(&audit->inventory, &audit->rules);
    int status = STATUS_DONE;
    if (options->baseline != NULL)
        status = compare(audit, options->baseline);
    if (status == STATUS_DONE && options->save != NULL)
        status = save(audit, options->save);
    count_verdicts(audit);
    return status;
}

int audit_close(struct audit *audit)
{
    const bool strict = audit->scan.options != NULL && audit->scan.options->strict;
    const bool clean = audit->violations == 0 && audit->fresh == 0 && (!strict || blind_serious(&audit->blind) == 0);
    const int status = scan_close(&audit->scan);
    inventory_free(&audit->inventory);
    blind_free(&audit->blind);
    rules_free(&audit->rules);
    for (size_t i = 0; i < audit->gone_count; i++)
        free(audit->gone[i]);
    free(audit->gone);
    return status != STATUS_DONE ? status : clean ? STATUS_DONE : STATUS_FAILED;
}
