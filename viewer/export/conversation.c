/* conversation.c - see conversation.h. */
#include "export/conversation.h"

static void emit(struct conversation *conversation, const struct conversation_output *output, int from, unsigned flags,
                 const struct packet_payload *payload)
{
    packet_tcp(output->packet, &conversation->ends[from], &conversation->ends[1 - from],
               (uint32_t)conversation->next[from], (uint32_t)conversation->taken[from], flags, payload);
    conversation->next[from] += payload->whole + ((flags & (TCP_SYN | TCP_FIN)) != 0);
    output->write(output->context, output->packet, from);
}

static void emit_bare(struct conversation *conversation, const struct conversation_output *output, int from,
                      unsigned flags)
{
    emit(conversation, output, from, flags, &(struct packet_payload){0});
}

/* An end whose reads nobody tells has taken all that was sent to it. */
static void take_untold(struct conversation *conversation, int end)
{
    if (!conversation->told[end])
        conversation->taken[end] = conversation->next[1 - end];
}

void conversation_ask(struct conversation *conversation, const struct conversation_output *output)
{
    if (conversation->begun)
        return;
    conversation->begun = true;
    emit_bare(conversation, output, conversation->client, TCP_SYN);
}

void conversation_establish(struct conversation *conversation, const struct conversation_output *output)
{
    if (conversation->established || conversation->reset)
        return;
    conversation_ask(conversation, output);
    conversation->established = true;
    for (int side = 1; side >= 0; side--) { /* the server's answer, the client's thanks */
        const int from = conversation->client ^ side;
        conversation->taken[from] = conversation->next[1 - from];
        emit_bare(conversation, output, from, side == 1 ? TCP_SYN | TCP_ACK : TCP_ACK);
    }
}

void conversation_resume(struct conversation *conversation)
{
    const bool stood = conversation->established;
    conversation->begun = conversation->established = true;
    conversation->reset = false;
    for (int end = 0; end < 2; end++) {
        conversation->finished[end] = conversation->told[end] = false;
        conversation->next[end] += !stood && conversation->next[end] == 0;
    }
    for (int end = 0; end < 2 && !stood; end++)
        conversation->taken[end] = conversation->next[1 - end];
}

void conversation_again(struct conversation *conversation, int client)
{
    struct conversation again = {.ends = {conversation->ends[0], conversation->ends[1]}, .client = client};
    for (int end = 0; end < 2; end++)
        again.next[end] = conversation->next[end] + CONVERSATION_APART;
    *conversation = again;
}

void conversation_refuse(struct conversation *conversation, const struct conversation_output *output)
{
    const int server = 1 - conversation->client;
    if (conversation->established || conversation->reset)
        return;
    conversation_ask(conversation, output);
    conversation->taken[server] = conversation->next[conversation->client];
    conversation->reset = true;
    emit_bare(conversation, output, server, TCP_RST | TCP_ACK);
}

void conversation_send(struct conversation *conversation, const struct conversation_output *output, int end,
                       const struct packet_payload *payload)
{
    conversation_establish(conversation, output);
    if (conversation->reset || conversation->finished[end])
        return;
    take_untold(conversation, end);
    emit(conversation, output, end, TCP_PSH | TCP_ACK, payload);
}

void conversation_read(struct conversation *conversation, const struct conversation_output *output, int end,
                       uint64_t bytes)
{
    if (!conversation->told[end])
        return;
    conversation_establish(conversation, output);
    /* A FIN of the other end counts as one, and is not read as a byte. */
    const uint64_t sent = conversation->next[1 - end] - conversation->finished[1 - end];
    const uint64_t taken = conversation->taken[end] + bytes;
    if (conversation->reset || taken <= conversation->taken[end] || conversation->taken[end] >= sent)
        return;
    conversation->taken[end] = taken < sent ? taken : sent;
    emit_bare(conversation, output, end, TCP_ACK);
}

void conversation_finish(struct conversation *conversation, const struct conversation_output *output, int end)
{
    if (!conversation->established || conversation->reset || conversation->finished[end])
        return;
    take_untold(conversation, end);
    emit_bare(conversation, output, end, TCP_FIN | TCP_ACK);
    conversation->finished[end] = true;
    if (conversation->finished[1 - end]) { /* both are done: the last word */
        conversation->taken[1 - end] = conversation->next[end];
        emit_bare(conversation, output, 1 - end, TCP_ACK);
    }
}

void conversation_see_end(struct conversation *conversation, const struct conversation_output *output, int end)
{
    conversation_finish(conversation, output, 1 - end);
    if (conversation->reset || !conversation->finished[1 - end] ||
        conversation->taken[end] >= conversation->next[1 - end])
        return;
    conversation->taken[end] = conversation->next[1 - end];
    emit_bare(conversation, output, end, TCP_ACK);
}

void conversation_reset(struct conversation *conversation, const struct conversation_output *output, int end)
{
    if (!conversation->established || conversation->reset)
        return;
    take_untold(conversation, end);
    conversation->reset = true;
    emit_bare(conversation, output, end, TCP_RST | TCP_ACK);
}
