/* line.c - see line.h. */
#include "line.h"

#include "memory.h"

#include <string.h>

struct kept_line {
    struct kept_line *next;
    struct conversation conversation;
};

/* The same in both directions. */
static uint64_t ends_key(const struct packet_end ends[2])
{
    uint64_t keys[2];
    for (int end = 0; end < 2; end++) {
        keys[end] = map_mix(ends[end].ip_size, ends[end].port);
        for (size_t i = 0; i < ends[end].ip_size; i++)
            keys[end] = map_mix(keys[end], ends[end].ip[i]);
    }
    return keys[0] + keys[1];
}

static bool is_same_end(const struct packet_end *a, const struct packet_end *b)
{
    return a->ip_size == b->ip_size && a->port == b->port && memcmp(a->ip, b->ip, a->ip_size) == 0;
}

static struct conversation *new_conversation(struct lines *lines, const struct packet_end ends[2])
{
    struct kept_line *const kept = memory_new(1, sizeof *kept);
    kept->next = lines->kept;
    lines->kept = kept;
    for (int end = 0; end < 2; end++)
        kept->conversation.ends[end] = ends[end];
    return &kept->conversation;
}

struct line lines_begin(struct lines *lines, const struct packet_end ends[2], bool begun)
{
    const uint64_t key = ends_key(ends);
    struct conversation *const earlier = map_get(&lines->latest, key);
    const bool crossed = earlier != NULL && !is_same_end(&earlier->ends[0], &ends[0]);
    if (earlier != NULL && !begun) {
        conversation_resume(earlier);
        return (struct line){earlier, crossed};
    }
    struct conversation *const conversation = new_conversation(lines, ends);
    if (earlier != NULL)
        conversation_follow(conversation, earlier, crossed);
    if (!begun)
        conversation_resume(conversation);
    map_put(&lines->latest, key, conversation);
    return (struct line){conversation, false};
}

void lines_free(struct lines *lines)
{
    for (struct kept_line *kept = lines->kept, *next; kept != NULL; kept = next) {
        next = kept->next;
        free(kept);
    }
    map_free(&lines->latest);
}
