/* pcapng.c - see pcapng.h. A block is put together in memory, because its
 * length stands at both of its ends. */
#include "export/pcapng.h"

#include "base/memory.h"

#include <sys/utsname.h>

enum block_type {
    BLOCK_INTERFACE = 1,
    BLOCK_NAMES = 4,
    BLOCK_STATISTICS = 5,
    BLOCK_PACKET = 6,
    BLOCK_SECTION = 0x0a0d0d0a
};

enum option_code {
    OPTION_END = 0,
    OPTION_COMMENT = 1,
    SECTION_HARDWARE = 2,
    SECTION_SYSTEM = 3,
    SECTION_APPLICATION = 4,
    INTERFACE_NAME = 2,
    INTERFACE_DESCRIPTION = 3,
    INTERFACE_RESOLUTION = 9,
    PACKET_FLAGS = 2,
    PACKET_DROPPED = 4,
    PACKET_ID = 5,
    PACKET_PROCESS = 8,
    STATISTICS_RECEIVED = 4,
    STATISTICS_DROPPED = 5
};

enum { BYTE_ORDER_MAGIC = 0x1a2b3c4d, NANOSECONDS = 9, NAMES_END = 0, NAMES_IPV4 = 1, NAMES_IPV6 = 2 };
enum { BLOCK_ROOM = PCAPNG_PACKET_MAX + 4 * PCAPNG_TEXT_MAX };

static void put(struct pcapng *pcapng, const void *bytes, size_t size)
{
    memcpy(pcapng->block + pcapng->used, bytes, size);
    pcapng->used += size;
}

static void put_u16(struct pcapng *pcapng, uint16_t value)
{
    put(pcapng, &value, sizeof value);
}

static void put_u32(struct pcapng *pcapng, uint32_t value)
{
    put(pcapng, &value, sizeof value);
}

static void pad(struct pcapng *pcapng)
{
    while (pcapng->used % 4 != 0)
        pcapng->block[pcapng->used++] = 0;
}

static void begin_block(struct pcapng *pcapng, enum block_type type)
{
    pcapng->used = 0;
    put_u32(pcapng, type);
    put_u32(pcapng, 0); /* the length, once it is known */
}

static void end_block(struct pcapng *pcapng)
{
    const uint32_t length = (uint32_t)pcapng->used + 4;
    memcpy(pcapng->block + 4, &length, sizeof length);
    put_u32(pcapng, length);
    out_bytes(pcapng->out, (const char *)pcapng->block, pcapng->used);
}

static void put_option(struct pcapng *pcapng, enum option_code code, const void *value, size_t size)
{
    put_u16(pcapng, (uint16_t)code);
    put_u16(pcapng, (uint16_t)size);
    put(pcapng, value, size);
    pad(pcapng);
}

static void put_text(struct pcapng *pcapng, enum option_code code, const char *text, size_t size)
{
    if (size > PCAPNG_TEXT_MAX) {
        size = PCAPNG_TEXT_MAX;
        // cppcheck-suppress arrayIndexOutOfBounds ; the text is longer than that here
        while (size > 0 && (text[size] & 0xc0) == 0x80) /* not in mid-character */
            size--;
    }
    put_option(pcapng, code, text, size);
}

static void end_options(struct pcapng *pcapng)
{
    put_option(pcapng, OPTION_END, "", 0);
}

static void section(struct pcapng *pcapng, const char *comment)
{
    struct utsname system;
    char text[sizeof system.sysname + sizeof system.release + 1];
    if (uname(&system) != 0)
        memset(&system, 0, sizeof system);
    snprintf(text, sizeof text, "%s %s", system.sysname, system.release);

    begin_block(pcapng, BLOCK_SECTION);
    put_u32(pcapng, BYTE_ORDER_MAGIC);
    put_u16(pcapng, 1);
    put_u16(pcapng, 0);
    put_u32(pcapng, UINT32_MAX); /* the section's length: not told */
    put_u32(pcapng, UINT32_MAX);
    put_text(pcapng, OPTION_COMMENT, comment, strlen(comment));
    put_text(pcapng, SECTION_HARDWARE, system.machine, strlen(system.machine));
    put_text(pcapng, SECTION_SYSTEM, text, strlen(text));
    put_text(pcapng, SECTION_APPLICATION, "sockspy " SOCKSPY_VERSION, strlen("sockspy " SOCKSPY_VERSION));
    end_options(pcapng);
    end_block(pcapng);
}

static void interface(struct pcapng *pcapng, const char *description)
{
    static const uint8_t resolution = NANOSECONDS;
    begin_block(pcapng, BLOCK_INTERFACE);
    put_u16(pcapng, PCAPNG_LINK_RAW);
    put_u16(pcapng, 0);
    put_u32(pcapng, 0); /* no limit to what is captured */
    put_text(pcapng, INTERFACE_NAME, "sockspy", strlen("sockspy"));
    put_text(pcapng, INTERFACE_DESCRIPTION, description, strlen(description));
    put_option(pcapng, INTERFACE_RESOLUTION, &resolution, sizeof resolution);
    end_options(pcapng);
    end_block(pcapng);
}

void pcapng_begin(struct pcapng *pcapng, struct out *out, const char *comment, const char *interface_description)
{
    *pcapng = (struct pcapng){.out = out, .block = memory_new(BLOCK_ROOM, 1)};
    section(pcapng, comment);
    interface(pcapng, interface_description);
}

void pcapng_name(struct pcapng *pcapng, const uint8_t *ip, size_t ip_size, const char *name, size_t name_size)
{
    if (name_size > PCAPNG_TEXT_MAX)
        name_size = PCAPNG_TEXT_MAX;
    begin_block(pcapng, BLOCK_NAMES);
    put_u16(pcapng, ip_size == 4 ? NAMES_IPV4 : NAMES_IPV6);
    put_u16(pcapng, (uint16_t)(ip_size + name_size + 1));
    put(pcapng, ip, ip_size);
    put(pcapng, name, name_size);
    put(pcapng, "", 1);
    pad(pcapng);
    put_u16(pcapng, NAMES_END);
    put_u16(pcapng, 0);
    end_block(pcapng);
}

static void put_time(struct pcapng *pcapng, int64_t ns)
{
    const uint64_t time = ns > 0 ? (uint64_t)ns : 0;
    put_u32(pcapng, (uint32_t)(time >> 32));
    put_u32(pcapng, (uint32_t)time);
}

void pcapng_packet(struct pcapng *pcapng, const struct pcapng_packet *packet)
{
    const uint32_t flags = packet->direction, process[2] = {packet->pid, packet->tid};
    begin_block(pcapng, BLOCK_PACKET);
    put_u32(pcapng, 0); /* the interface */
    put_time(pcapng, packet->time);
    put_u32(pcapng, packet->captured);
    put_u32(pcapng, packet->original);
    put(pcapng, packet->data, packet->captured);
    pad(pcapng);
    if (packet->comment != NULL)
        put_text(pcapng, OPTION_COMMENT, packet->comment, packet->comment_size);
    if (packet->direction != PCAPNG_UNKNOWN)
        put_option(pcapng, PACKET_FLAGS, &flags, sizeof flags);
    if (packet->dropped != 0)
        put_option(pcapng, PACKET_DROPPED, &packet->dropped, sizeof packet->dropped);
    put_option(pcapng, PACKET_ID, &packet->id, sizeof packet->id);
    put_option(pcapng, PACKET_PROCESS, process, sizeof process);
    end_options(pcapng);
    end_block(pcapng);
}

void pcapng_statistics(struct pcapng *pcapng, int64_t time, uint64_t packets, uint64_t dropped)
{
    begin_block(pcapng, BLOCK_STATISTICS);
    put_u32(pcapng, 0); /* the interface */
    put_time(pcapng, time);
    put_option(pcapng, STATISTICS_RECEIVED, &packets, sizeof packets);
    put_option(pcapng, STATISTICS_DROPPED, &dropped, sizeof dropped);
    end_options(pcapng);
    end_block(pcapng);
}

void pcapng_end(struct pcapng *pcapng)
{
    free(pcapng->block);
    pcapng->block = NULL;
}
