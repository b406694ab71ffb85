/* mask.c - see mask.h. */
#include "mask.h"

#include <stdbool.h>
#include <string.h>

static const char mask[] = "***";

/* Where the copy is being put. */
struct copy {
    char *to;
    size_t room, length;
};

static void put(struct copy *copy, const char *from, size_t size)
{
    const size_t left = copy->room - 1 - copy->length, some = size < left ? size : left;
    memcpy(copy->to + copy->length, from, some);
    copy->length += some;
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

static bool is_name(char c)
{
    return (lower(c) >= 'a' && lower(c) <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.';
}

static bool holds(const char *name, size_t size, const char *word)
{
    const size_t length = strlen(word);
    for (size_t at = 0; at + length <= size; at++) {
        size_t same = 0;
        while (same < length && lower(name[at + same]) == word[same])
            same++;
        if (same == length)
            return true;
    }
    return false;
}

static bool is_secret(const char *name, size_t size)
{
    static const char *const words[] = {"pass", "secret", "token", "key", "auth", "cred"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (holds(name, size, words[i]))
            return true;
    }
    return false;
}

/* The length of the user part that begins at `word`: up to the last @ before the path. */
static size_t user_part(const char *word, size_t size)
{
    size_t user = 0;
    for (size_t at = 0; at < size && word[at] != '/' && word[at] != '?' && word[at] != '#'; at++)
        user = word[at] == '@' ? at : user;
    return user;
}

/* Where the value of a query's part or of an option ends. */
static size_t value_size(const char *value, size_t size)
{
    size_t at = 0;
    while (at < size && value[at] != '&')
        at++;
    return at;
}

/* A piece without blanks. */
static void put_piece(struct copy *copy, const char *piece, size_t size)
{
    size_t name = 0; /* where it begins */
    for (size_t at = 0; at < size; at++) {
        put(copy, piece + at, 1);
        size_t masked = 0;
        if (piece[at] == '=' && is_secret(piece + name, at - name))
            masked = value_size(piece + at + 1, size - at - 1);
        else if (piece[at] == '/' && at >= 2 && piece[at - 1] == '/' && piece[at - 2] == ':')
            masked = user_part(piece + at + 1, size - at - 1);
        if (masked != 0) {
            put(copy, mask, sizeof mask - 1);
            at += masked;
        }
        if (!is_name(piece[at]))
            name = at + 1;
    }
}

/* What comes next is a secret: the value of an option, or all of a header up to its
 * closing quote. */
enum next { NEXT_PLAIN, NEXT_VALUE, NEXT_HEADER };

static enum next after(const char *piece, size_t size, enum next now)
{
    if (size < 2)
        return now;
    if (now == NEXT_HEADER)
        return piece[size - 1] == '\'' || piece[size - 1] == '"' ? NEXT_PLAIN : NEXT_HEADER;
    if (piece[size - 1] == ':' && is_secret(piece, size))
        return NEXT_HEADER;
    return piece[0] == '-' && memchr(piece, '=', size) == NULL && is_secret(piece, size) ? NEXT_VALUE : NEXT_PLAIN;
}

/* One word, which may be a whole command of a shell. */
static enum next put_word(struct copy *copy, const char *word, size_t size, enum next now)
{
    if (now == NEXT_VALUE && size != 0 && word[0] != '-') {
        put(copy, mask, sizeof mask - 1);
        return NEXT_PLAIN;
    }
    now = NEXT_PLAIN; /* a header ends with its word */
    for (size_t at = 0; at < size;) {
        size_t end = at;
        while (end < size && word[end] != ' ')
            end++;
        if (now == NEXT_HEADER || (now == NEXT_VALUE && word[at] != '-'))
            put(copy, mask, end != at ? sizeof mask - 1 : 0);
        else
            put_piece(copy, word + at, end - at);
        now = after(word + at, end - at, now);
        if (end < size)
            put(copy, " ", 1);
        at = end + 1;
    }
    return now;
}

size_t mask_words(const char *from, size_t size, char *to, size_t room)
{
    struct copy copy = {to, room, 0};
    enum next next = NEXT_PLAIN;
    for (size_t at = 0; at < size;) {
        const size_t length = strnlen(from + at, size - at);
        next = put_word(&copy, from + at, length, next);
        at += length + 1;
        if (at < size)
            put(&copy, " ", 1);
    }
    to[copy.length] = '\0';
    return copy.length;
}
