/* payload_bytes.c - reading from bytes that nobody vouches for. */
#include "record/payload_inside.h"

uint64_t bytes_number(struct bytes *bytes, unsigned size)
{
    uint64_t number = 0;
    if (bytes->left < size) {
        bytes->left = 0;
        bytes->short_of = true;
        return 0;
    }
    for (; size != 0; size--, bytes->at++, bytes->left--)
        number = number << 8 | *bytes->at;
    return number;
}

struct bytes bytes_take(struct bytes *bytes, size_t size)
{
    const bool enough = bytes->left >= size;
    struct bytes taken = {bytes->at, enough ? size : bytes->left, false};
    bytes->short_of |= !enough;
    bytes->at += taken.left;
    bytes->left -= taken.left;
    return taken;
}

bool bytes_begin(const struct bytes *bytes, const char *word)
{
    const size_t size = strlen(word);
    return bytes->left >= size && strncasecmp((const char *)bytes->at, word, size) == 0;
}

void facts_add(char *text, size_t room, const void *bytes, size_t size)
{
    const uint8_t *const from = bytes;
    const size_t used = strlen(text);
    size_t i = 0;
    for (; i < size && used + i + 1 < room; i++)
        text[used + i] = from[i] >= 0x20 && from[i] < 0x7f ? (char)from[i] : '?';
    text[used + i] = '\0';
}
