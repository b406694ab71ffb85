/* payload_http.c - HTTP/1: the request line with its Host, the status line
 * (RFC 9112). */
#include "record/payload_inside.h"

#include <ctype.h>

/* The next line without its end; *whole: the end was there. */
static struct bytes next_line(struct bytes *bytes, bool *whole)
{
    const uint8_t *const end = memchr(bytes->at, '\n', bytes->left);
    *whole = end != NULL;
    struct bytes line = bytes_take(bytes, end != NULL ? (size_t)(end - bytes->at) + 1 : bytes->left);
    while (line.left != 0 && (line.at[line.left - 1] == '\n' || line.at[line.left - 1] == '\r'))
        line.left--;
    return line;
}

static bool contains(const struct bytes *bytes, const char *word)
{
    return memmem(bytes->at, bytes->left, word, strlen(word)) != NULL;
}

/* "METHOD target HTTP/1.1"; one that is cut off must at least begin like it. */
static bool is_request(const struct bytes *line, bool whole)
{
    size_t method = 0;
    while (method < line->left && isupper(line->at[method]))
        method++;
    if (method < 3 || method > 12 || method + 2 > line->left || line->at[method] != ' ')
        return false;
    if (contains(line, " HTTP/1.") || contains(line, " HTTP/2.0"))
        return true;
    struct bytes target = *line;
    bytes_take(&target, method + 1);
    return !whole && (bytes_begin(&target, "/") || bytes_begin(&target, "http"));
}

static void note_host(struct payload_facts *facts, struct bytes line)
{
    bytes_take(&line, strlen("Host:"));
    while (line.left != 0 && *line.at == ' ')
        bytes_take(&line, 1);
    facts_add(facts->host, sizeof facts->host, line.at, line.left);
}

/* The request line, and the Host header if it is there already. */
static bool read_request(struct payload_facts *facts, struct bytes bytes, bool last)
{
    bool whole;
    struct bytes line = next_line(&bytes, &whole);
    if (!is_request(&line, whole))
        return whole || bytes.left == 0;
    if (!whole && !last)
        return false;
    facts->protocol = PROTOCOL_HTTP;
    facts->request[0] = facts->host[0] = '\0';
    facts_add(facts->request, sizeof facts->request, line.at, line.left);
    while (whole && bytes.left != 0) {
        line = next_line(&bytes, &whole);
        if (line.left == 0)
            return true; /* the header's end */
        if (bytes_begin(&line, "Host:") && (whole || last)) {
            note_host(facts, line);
            return true;
        }
    }
    return false;
}

static bool read_response(struct payload_facts *facts, const struct bytes *bytes)
{
    if (bytes->left < 12)
        return false;
    const uint8_t *const code = bytes->at + 9;
    if (bytes_begin(bytes, "HTTP/1.") && isdigit(code[0]) && isdigit(code[1]) && isdigit(code[2])) {
        facts->protocol = PROTOCOL_HTTP;
        facts->status = (uint16_t)((code[0] - '0') * 100 + (code[1] - '0') * 10 + code[2] - '0');
    }
    return true;
}

bool payload_http(struct payload_facts *facts, struct bytes bytes, int from, bool last)
{
    return from == 0 ? read_request(facts, bytes, last) : read_response(facts, &bytes);
}
