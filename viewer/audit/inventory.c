/* inventory.c - the entries, each there once: see inventory.h. What becomes one is
 * decided in inventory_take.c. */
#include "audit/inventory_inside.h"

#include "base/memory.h"

#include <errno.h>

/* --- entries --------------------------------------------------------------------- */

void entry_json(struct json *json, const struct entry *entry)
{
    json_text(json, "program", entry->program);
    json_word(json, "does", action_word(entry->action));
    json_text(json, "target", entry->target);
    json_word(json, "kind", entry->kind);
    if (entry->protocol != NULL)
        json_word(json, "protocol", entry->protocol);
}

static char *line_of(const struct entry *entry)
{
    struct out out;
    out_open(&out, -1, COLOUR_NEVER);
    struct json json = json_line(&out);
    entry_json(&json, entry);
    out_char(&out, '}');
    char *const line = memory_checked(strndup(out.buffer, out.used));
    out.used = 0;
    out_close(&out);
    return line;
}

static void free_entry(struct entry *entry)
{
    free(entry->target);
    free(entry->line);
    free(entry->host);
    free(entry);
}

/* The entry with that line, or NULL; *key: where it is, or would be. Lines with
 * the same hash can be made, so each is compared. */
static struct entry *find_entry(const struct inventory *inventory, const char *line, uint64_t *key)
{
    struct entry *entry;
    for (*key = map_text_key(line); (entry = map_get(&inventory->by_line, *key)) != NULL; ++*key) {
        if (strcmp(entry->line, line) == 0)
            return entry;
    }
    return NULL;
}

struct entry *inventory_put(struct inventory *inventory, struct entry *entry)
{
    entry->line = line_of(entry);
    uint64_t key;
    struct entry *const known = find_entry(inventory, entry->line, &key);
    if (known != NULL) {
        free_entry(entry);
        return known;
    }
    map_put(&inventory->by_line, key, entry);
    if (inventory->count == inventory->room) {
        inventory->room = 2 * inventory->room + 64;
        inventory->entries = memory_grow(inventory->entries, inventory->room, sizeof(struct entry *));
    }
    return inventory->entries[inventory->count++] = entry;
}

/* --- the end --------------------------------------------------------------------- */

static int compare_entries(const void *left, const void *right)
{
    return strcmp((*(struct entry *const *)left)->line, (*(struct entry *const *)right)->line);
}

void inventory_sort(struct inventory *inventory)
{
    if (inventory->count != 0)
        qsort(inventory->entries, inventory->count, sizeof(struct entry *), compare_entries);
}

void inventory_judge(struct inventory *inventory, const struct rules *rules)
{
    for (size_t i = 0; i < inventory->count; i++) {
        struct entry *const entry = inventory->entries[i];
        const struct deed deed = {.program = entry->program,
                                  .action = entry->action,
                                  .target = entry->target,
                                  .address = &entry->address,
                                  .host = entry->host,
                                  .port = entry->port};
        entry->rule = rules_find(rules, &deed);
    }
}

/* Notes that the baseline has this line. */
static void take_line(struct inventory *inventory, const char *line, char ***gone, size_t *gone_count)
{
    uint64_t key;
    struct entry *const entry = find_entry(inventory, line, &key);
    if (entry != NULL) {
        entry->fresh = false;
        return;
    }
    *gone = memory_grow(*gone, *gone_count + 1, sizeof(char *));
    (*gone)[(*gone_count)++] = memory_checked(strdup(line));
}

char *inventory_compare(struct inventory *inventory, const char *path, char ***gone, size_t *gone_count)
{
    char *wrong = NULL, *line = NULL;
    size_t room = 0;
    unsigned number = 0;
    FILE *const file = fopen(path, "re");
    *gone = NULL;
    *gone_count = 0;
    if (file == NULL)
        return asprintf(&wrong, "%s: cannot be read: %s", path, strerror(errno)) < 0 ? NULL : wrong;
    for (size_t i = 0; i < inventory->count; i++)
        inventory->entries[i]->fresh = true;
    for (ssize_t size; wrong == NULL && (size = getline(&line, &room, file)) > 0;) {
        number++;
        while (size > 0 && (line[size - 1] == '\n' || line[size - 1] == '\r'))
            line[--size] = '\0';
        if (size == 0)
            continue;
        if (strncmp(line, "{\"program\":", 11) != 0 || line[size - 1] != '}') {
            if (asprintf(&wrong, "%s:%u: not a line of an inventory; make one with --save", path, number) < 0)
                wrong = NULL;
            break;
        }
        take_line(inventory, line, gone, gone_count);
    }
    free(line);
    fclose(file);
    return wrong;
}

void inventory_free(struct inventory *inventory)
{
    for (size_t i = 0; i < inventory->count; i++)
        free_entry(inventory->entries[i]);
    free(inventory->entries);
    map_free(&inventory->by_line);
    *inventory = (struct inventory){0};
}
