/* test_pcapng.c - the blocks of a capture file: whole, padded, with their
 * options, whatever is put in. */
#include "../../viewer/export/pcapng.c"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

/* A file in memory, read back and walked block by block. */
struct file {
    int fd;
    struct out out;
    struct pcapng pcapng;
    uint8_t *bytes;
    size_t size, at;
};

static void file_begin(struct file *file)
{
    *file = (struct file){.fd = memfd_create("pcapng", 0)};
    assert_true(file->fd >= 0);
    out_open(&file->out, file->fd, COLOUR_NEVER);
    pcapng_begin(&file->pcapng, &file->out, "a comment", "calls of a program");
}

static void file_read(struct file *file)
{
    pcapng_end(&file->pcapng);
    assert_true(out_close(&file->out));
    file->size = (size_t)lseek(file->fd, 0, SEEK_END);
    file->bytes = malloc(file->size);
    assert_int_equal(pread(file->fd, file->bytes, file->size, 0), file->size);
    close(file->fd);
}

static uint32_t u32(const uint8_t *at)
{
    uint32_t value;
    memcpy(&value, at, sizeof value);
    return value;
}

static uint16_t u16(const uint8_t *at)
{
    uint16_t value;
    memcpy(&value, at, sizeof value);
    return value;
}

/* The next block, which must be of this type and whole. */
static const uint8_t *next_block(struct file *file, uint32_t type)
{
    const uint8_t *const block = file->bytes + file->at;
    assert_true(file->size - file->at >= 12);
    const uint32_t length = u32(block + 4);
    assert_int_equal(u32(block), type);
    assert_int_equal(length % 4, 0);
    assert_true(length <= file->size - file->at);
    assert_int_equal(u32(block + length - 4), length);
    file->at += length;
    return block;
}

/* The value of an option in the list at `at`; its size in *size, or NULL. */
static const uint8_t *find_option(const uint8_t *at, uint16_t code, size_t *size)
{
    for (; u16(at) != 0; at += 4 + ((u16(at + 2) + 3) & ~3)) {
        *size = u16(at + 2);
        if (u16(at) == code)
            return at + 4;
    }
    return NULL;
}

static void a_file_begins_with_section_and_interface(void **state)
{
    struct file file;
    size_t size;
    (void)state;
    file_begin(&file);
    file_read(&file);
    const uint8_t *const section = next_block(&file, 0x0a0d0d0a);
    assert_int_equal(u32(section + 8), 0x1a2b3c4d);
    assert_int_equal(u16(section + 12), 1);
    assert_memory_equal(find_option(section + 24, 1, &size), "a comment", 9);
    assert_int_equal(size, 9);
    assert_memory_equal(find_option(section + 24, 4, &size), "sockspy", 7);
    const uint8_t *const interface = next_block(&file, 1);
    assert_int_equal(u16(interface + 8), 101);
    assert_int_equal(*find_option(interface + 16, 9, &size), 9);
    assert_int_equal(size, 1);
    assert_int_equal(file.at, file.size);
    free(file.bytes);
}

static void a_packet_says_who_and_what(void **state)
{
    struct file file;
    size_t size;
    (void)state;
    file_begin(&file);
    pcapng_packet(&file.pcapng, &(struct pcapng_packet){.time = INT64_C(0x123456789abcdef0),
                                                        .data = (const uint8_t *)"12345",
                                                        .captured = 5,
                                                        .original = 4000,
                                                        .direction = PCAPNG_OUTBOUND,
                                                        .comment = "curl",
                                                        .comment_size = 4,
                                                        .id = 77,
                                                        .dropped = 3,
                                                        .pid = 811,
                                                        .tid = 812});
    file_read(&file);
    next_block(&file, 0x0a0d0d0a);
    next_block(&file, 1);
    const uint8_t *const packet = next_block(&file, 6);
    assert_int_equal(u32(packet + 12), 0x12345678);
    assert_int_equal(u32(packet + 16), 0x9abcdef0);
    assert_int_equal(u32(packet + 20), 5);
    assert_int_equal(u32(packet + 24), 4000);
    assert_memory_equal(packet + 28, "12345\0\0", 8);
    const uint8_t *const options = packet + 36;
    assert_memory_equal(find_option(options, 1, &size), "curl", 4);
    assert_int_equal(u32(find_option(options, 2, &size)), 2);
    assert_int_equal(u32(find_option(options, 4, &size)), 3);
    assert_int_equal(u32(find_option(options, 5, &size)), 77);
    assert_int_equal(size, 8);
    assert_int_equal(u32(find_option(options, 8, &size)), 811);
    assert_int_equal(u32(find_option(options, 8, &size) + 4), 812);
    free(file.bytes);
}

static void what_is_not_known_is_not_said(void **state)
{
    struct file file;
    size_t size;
    (void)state;
    file_begin(&file);
    pcapng_packet(&file.pcapng, &(struct pcapng_packet){.time = -5, .data = (const uint8_t *)"", .captured = 0});
    file_read(&file);
    next_block(&file, 0x0a0d0d0a);
    next_block(&file, 1);
    const uint8_t *const packet = next_block(&file, 6);
    assert_int_equal(u32(packet + 16), 0);
    assert_null(find_option(packet + 28, 1, &size));
    assert_null(find_option(packet + 28, 2, &size));
    assert_null(find_option(packet + 28, 4, &size));
    free(file.bytes);
}

static void a_name_belongs_to_its_address(void **state)
{
    struct file file;
    static const uint8_t ip[16] = {0xfe, 0x80, [15] = 1};
    (void)state;
    file_begin(&file);
    pcapng_name(&file.pcapng, ip, 16, "example.test", 12);
    pcapng_name(&file.pcapng, (const uint8_t[]){127, 0, 0, 1}, 4, "x", 1);
    file_read(&file);
    next_block(&file, 0x0a0d0d0a);
    next_block(&file, 1);
    const uint8_t *const names = next_block(&file, 4);
    assert_int_equal(u16(names + 8), 2);
    assert_int_equal(u16(names + 10), 29);
    assert_memory_equal(names + 12, ip, 16);
    assert_string_equal(names + 28, "example.test");
    assert_int_equal(u32(names + 44), 0); /* behind padding: the list's end */
    assert_int_equal(u16(next_block(&file, 4) + 8), 1);
    assert_int_equal(file.at, file.size);
    free(file.bytes);
}

static void the_statistics_count_what_was_lost(void **state)
{
    struct file file;
    size_t size;
    (void)state;
    file_begin(&file);
    pcapng_statistics(&file.pcapng, INT64_C(0x123456789abcdef0), 70, UINT64_C(5000000000));
    file_read(&file);
    next_block(&file, 0x0a0d0d0a);
    next_block(&file, 1);
    const uint8_t *const statistics = next_block(&file, 5);
    assert_int_equal(u32(statistics + 8), 0);
    assert_int_equal(u32(statistics + 12), 0x12345678);
    assert_int_equal(u32(statistics + 16), 0x9abcdef0);
    assert_int_equal(u32(find_option(statistics + 20, 4, &size)), 70);
    const uint8_t *const dropped = find_option(statistics + 20, 5, &size);
    assert_int_equal(u32(dropped) | (uint64_t)u32(dropped + 4) << 32, UINT64_C(5000000000));
    assert_int_equal(file.at, file.size);
    free(file.bytes);
}

static void the_longest_of_all_fits(void **state)
{
    struct file file;
    size_t size;
    char *const text = memset(malloc(100000), 'x', 100000);
    uint8_t *const data = calloc(1, PCAPNG_PACKET_MAX);
    (void)state;
    memcpy(text + PCAPNG_TEXT_MAX - 1, "\xed\x95\x9c", 3); /* cut in mid-character otherwise */
    file_begin(&file);
    pcapng_name(&file.pcapng, (const uint8_t[]){127, 0, 0, 1}, 4, text, 100000);
    pcapng_packet(&file.pcapng, &(struct pcapng_packet){.data = data,
                                                        .captured = PCAPNG_PACKET_MAX,
                                                        .original = PCAPNG_PACKET_MAX,
                                                        .direction = PCAPNG_INBOUND,
                                                        .comment = text,
                                                        .comment_size = 100000,
                                                        .dropped = UINT64_MAX});
    file_read(&file);
    next_block(&file, 0x0a0d0d0a);
    next_block(&file, 1);
    next_block(&file, 4);
    const uint8_t *const packet = next_block(&file, 6);
    assert_non_null(find_option(packet + 28 + PCAPNG_PACKET_MAX + 1, 1, &size));
    assert_int_equal(size, PCAPNG_TEXT_MAX - 1);
    assert_int_equal(file.at, file.size);
    free(file.bytes);
    free(text);
    free(data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_begins_with_section_and_interface),
        cmocka_unit_test(a_packet_says_who_and_what),
        cmocka_unit_test(what_is_not_known_is_not_said),
        cmocka_unit_test(a_name_belongs_to_its_address),
        cmocka_unit_test(the_statistics_count_what_was_lost),
        cmocka_unit_test(the_longest_of_all_fits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
