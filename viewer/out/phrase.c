/* phrase.c - see phrase.h. */
#include "out/phrase.h"

#include <ctype.h>

void phrase_scratch(struct out *out, bool utf8)
{
    out_open(out, -1, COLOUR_NEVER);
    out->utf8 = utf8;
}

void phrase_scratch_end(struct out *out)
{
    out->used = 0;
    out_close(out);
}

/* --- how a word ends ----------------------------------------------------------- */

static enum ending hangul_ending(uint32_t code)
{
    enum { FIRST = 0xac00, LAST = 0xd7a3, FINALS = 28, RIEUL = 8 };
    if (code < FIRST || code > LAST)
        return ENDING_UNKNOWN;
    const uint32_t final = (code - FIRST) % FINALS;
    return final == 0 ? ENDING_OPEN : final == RIEUL ? ENDING_RIEUL : ENDING_CLOSED;
}

/* 영(십, 백, 천, 만) 일 이 삼 사 오 육 칠 팔 구 */
static enum ending digit_ending(char digit)
{
    static const enum ending endings[] = {
        ENDING_CLOSED, ENDING_RIEUL,  ENDING_OPEN,  ENDING_CLOSED, ENDING_OPEN,
        ENDING_OPEN,   ENDING_CLOSED, ENDING_RIEUL, ENDING_RIEUL,  ENDING_OPEN,
    };
    return endings[digit - '0'];
}

static bool is_vowel(char letter)
{
    return letter != '\0' && strchr("aeiouAEIOU", letter) != NULL;
}

/* UDP, DNS, FTP…: read letter by letter, of which L, M, N and R end closed. */
static enum ending spelt_ending(char last)
{
    return last == 'L' || last == 'R' ? ENDING_RIEUL : last == 'M' || last == 'N' ? ENDING_CLOSED : ENDING_OPEN;
}

/* An English word as Koreans pronounce it: socket ends closed (소켓), connect
 * open (커넥트), name closed (네임), write open (라이트). */
static enum ending english_ending(const char *word, size_t size)
{
    bool capitals = size <= 4, vowels = false;
    for (size_t i = 0; i < size; i++) {
        capitals = capitals && isupper((unsigned char)word[i]);
        vowels = vowels || is_vowel(word[i]);
    }
    if ((capitals && !vowels) || size == 1)
        return spelt_ending((char)toupper((unsigned char)word[size - 1]));
    char end[4] = "";
    for (size_t i = 0; i < 4 && i < size; i++) /* end[0] is the last letter */
        end[i] = (char)tolower((unsigned char)word[size - 1 - i]);
    const char sound = end[0] == 'e' && size > 3 && strchr("lmn", end[1]) != NULL ? end[1] : end[0];
    if (sound == 'l')
        return ENDING_RIEUL;
    if (sound == 'm' || sound == 'n' || (sound == 'g' && end[1] == 'n'))
        return ENDING_CLOSED;
    const bool stop = sound == 'p' || sound == 't' || sound == 'k';
    const char before = sound == 'k' && end[1] == 'c' ? end[2] : end[1];
    const char further = sound == 'k' && end[1] == 'c' ? end[3] : end[2];
    return stop && is_vowel(before) && !is_vowel(further) ? ENDING_CLOSED : ENDING_OPEN;
}

/* The last character of the text that is spoken. Returns where it begins. */
static size_t last_spoken(const char *text, size_t *size)
{
    while (*size != 0 && text[*size - 1] != '\0' && strchr(" )]}>\"'.,:;", text[*size - 1]) != NULL)
        --*size;
    size_t at = *size;
    while (at != 0 && ((unsigned char)text[--at] & 0xc0) == 0x80)
        ;
    return at;
}

enum ending phrase_ending(const char *text, size_t size)
{
    const size_t at = last_spoken(text, &size);
    uint32_t code;
    if (size == 0 || utf8_decode((const unsigned char *)text + at, size - at, &code) == 0)
        return ENDING_UNKNOWN;
    if (code >= '0' && code <= '9')
        return digit_ending((char)code);
    if (code >= 0x80)
        return hangul_ending(code);
    size_t begin = size;
    while (begin != 0 && isalpha((unsigned char)text[begin - 1]))
        begin--;
    return begin < size ? english_ending(text + begin, size - begin) : ENDING_UNKNOWN;
}

/* Writes the form of "을/를" that fits; both, 을(를), where nobody can know. */
static void put_particle(struct out *out, const char *closed, size_t size)
{
    static const char towards[] = "으로/"; /* behind ㄹ it takes the open form */
    const char *const slash = memchr(closed, '/', size);
    const char *const open = slash + 1;
    const size_t closed_size = (size_t)(slash - closed), open_size = size - closed_size - 1;
    enum ending ending = phrase_ending(out->buffer, out->used);
    if (ending == ENDING_RIEUL)
        ending = strncmp(closed, towards, sizeof towards - 1) == 0 ? ENDING_OPEN : ENDING_CLOSED;
    if (ending != ENDING_OPEN)
        out_bytes(out, closed, closed_size);
    if (ending == ENDING_UNKNOWN)
        out_char(out, '(');
    if (ending != ENDING_CLOSED)
        out_bytes(out, open, open_size);
    if (ending == ENDING_UNKNOWN)
        out_char(out, ')');
}

/* --- putting together ----------------------------------------------------------- */

static void put_unknown(struct out *out, bool inside, bool *silent)
{
    if (inside)
        *silent = true;
    else
        out_char(out, '?');
}

void phrase_put(struct out *out, const char *text, phrase_fill *fill, const void *context)
{
    size_t bracket = 0;
    bool inside = false, silent = false;
    for (size_t run; *text != '\0'; text += run) {
        run = strcspn(text, "{[]");
        if (run != 0) {
            out_bytes(out, text, run);
            continue;
        }
        run = 1;
        if (*text == '[') {
            inside = true;
            silent = false;
            bracket = out->used;
        } else if (*text == ']') {
            inside = false;
            if (silent)
                out->used = bracket;
        } else {
            run = strcspn(text, "}") + 1;
            const size_t size = run - 2;
            if (memchr(text + 1, '/', size) != NULL)
                put_particle(out, text + 1, size);
            else if (!fill(out, text + 1, size, context))
                put_unknown(out, inside, &silent);
        }
    }
}
