/* lecture_meaning.c - see lecture_meaning.h. */
#include "lecture/lecture_meaning.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

void lecture_bytes(struct out *out, uint64_t bytes, enum language language)
{
    out_grouped(out, bytes);
    out_text(out, lecture_word(bytes == 1 ? "byte" : "bytes", language));
}

bool meaning_word(struct out *out, const struct lecture *lecture, const char *name)
{
    const char *const word = name != NULL ? lecture_word(name, lecture->language) : NULL;
    if (word != NULL)
        out_text(out, word);
    return word != NULL;
}

/* Why the call would have to wait. */
bool meaning_lack(struct out *out, const struct lecture *lecture)
{
    static const struct {
        const char *like, *word;
    } lacks[] = {{"accept", "no_client"},
                 {"write", "no_room"},
                 {"sendfile", "no_room"},
                 {"read", "no_data"},
                 {"connect", "no_place"}};
    const struct lecture_step *const step = lecture_step(lecture->view->call->api, lecture->facts);
    const char *word = "no_chance";
    for (size_t i = 0; step != NULL && i < sizeof lacks / sizeof lacks[0]; i++)
        word = strcmp(step->call, lacks[i].like) == 0 ? lacks[i].word : word;
    meaning_word(out, lecture, word);
    return true;
}

bool meaning_number(const struct item *item, int32_t *number)
{
    if (item == NULL || item->size != sizeof *number)
        return false;
    memcpy(number, item_bytes(item), sizeof *number);
    return true;
}

/* A word of lecture.def for what the argument of that kind says. */
static bool put_meaning(struct out *out, const struct lecture *lecture, enum kind kind, const char *prefix)
{
    char name[40];
    const uint64_t *const argument = view_argument(lecture->view, kind);
    const uint64_t value = argument != NULL ? *argument : 0;
    snprintf(name, sizeof name, "%s%u", prefix, (unsigned)value & 0xff);
    return meaning_word(out, lecture, *prefix != '\0' ? name : name_of(kind, value));
}

bool meaning_how(struct out *out, const struct lecture *lecture)
{
    return put_meaning(out, lecture, KIND_how, "");
}

bool meaning_told(struct out *out, const struct lecture *lecture)
{
    return put_meaning(out, lecture, KIND_how, "told_");
}

bool meaning_ends(struct out *out, const struct lecture *lecture)
{
    return put_meaning(out, lecture, KIND_how, "ends_");
}

/* What an ioctl is for. */
bool meaning_request(struct out *out, const struct lecture *lecture)
{
    int32_t on = 1;
    if (lecture->view->record->arg[0] != FIONBIO || !meaning_number(lecture->view->items[ITEM_VALUE], &on) || on != 0)
        return put_meaning(out, lecture, KIND_ioctl, "");
    return meaning_word(out, lecture, "waits");
}

/* What an ioctl that asks for the length of a queue was told. */
bool meaning_queue(struct out *out, const struct lecture *lecture)
{
    const uint64_t request = lecture->view->record->arg[0];
    int32_t bytes;
    if ((request != FIONREAD && request != TIOCOUTQ) || !meaning_number(lecture->view->items[ITEM_VALUE], &bytes) ||
        bytes < 0)
        return false;
    lecture_bytes(out, (uint64_t)bytes, lecture->language);
    return true;
}

/* What a command of fcntl is for. */
bool meaning_command(struct out *out, const struct lecture *lecture)
{
    const uint64_t *const arg = lecture->view->record->arg;
    if (arg[0] == F_SETFL)
        return meaning_word(out, lecture, (arg[1] & O_NONBLOCK) != 0 ? "FIONBIO" : "waits");
    return (arg[0] != F_SETFD || (arg[1] & FD_CLOEXEC) != 0) && put_meaning(out, lecture, KIND_fcntl, "");
}

/* What a socket option is for. */
bool meaning_option(struct out *out, const struct lecture *lecture)
{
    const uint64_t *const arg = lecture->view->record->arg;
    return meaning_word(out, lecture, name_of(kind_after(KIND_option, arg[0]), arg[1]));
}

bool meaning_hidden(struct out *out, const struct lecture *lecture)
{
    return put_meaning(out, lecture, KIND_hidden, "hidden_");
}

bool meaning_blind(struct out *out, const struct lecture *lecture)
{
    return put_meaning(out, lecture, KIND_blind, "blind_");
}
