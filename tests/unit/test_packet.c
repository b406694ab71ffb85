/* test_packet.c - packets: lengths, fields and checksums, checked by hand. */
#include "../../viewer/export/packet.c"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static const struct packet_end ipv4[2] = {{{10, 0, 0, 1}, 4, 40000}, {{10, 0, 1, 2}, 4, 80}};
static const struct packet_end ipv6[2] = {{{[15] = 1}, 16, 40000}, {{0xfe, 0x80, [15] = 9}, 16, 53}};

static uint32_t u16(const uint8_t *at)
{
    return (uint32_t)(at[0] << 8 | at[1]);
}

static uint32_t u32(const uint8_t *at)
{
    return u16(at) << 16 | u16(at + 2);
}

/* One's complement sum as RFC 1071 tells it, one word after the other. */
static uint16_t sum_slowly(uint16_t sum, const uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i < size; i += 2) {
        const uint32_t more = sum + (uint32_t)(bytes[i] << 8) + (i + 1 < size ? bytes[i + 1] : 0u);
        sum = (uint16_t)(more + (more >> 16));
    }
    return sum;
}

/* A whole packet's checksum is right if the sum over all, itself included, is
 * all ones. */
static void checksum_is_right(const struct packet *packet, uint8_t protocol)
{
    const bool v6 = packet->bytes[0] >> 4 == 6;
    const size_t header = v6 ? 40 : 20, length = packet->captured - header;
    const uint8_t pseudo[] = {(uint8_t)(length >> 8), (uint8_t)length, 0, protocol};
    uint16_t sum = sum_slowly(0, pseudo, sizeof pseudo);
    sum = v6 ? sum_slowly(sum, packet->bytes + 8, 32) : sum_slowly(sum, packet->bytes + 12, 8);
    assert_int_equal(sum_slowly(sum, packet->bytes + header, length), 0xffff);
    if (!v6)
        assert_int_equal(sum_slowly(0, packet->bytes, 20), 0xffff);
}

static void a_segment_has_its_fields(void **state)
{
    static struct packet packet;
    (void)state;
    packet_tcp(&packet, &ipv4[0], &ipv4[1], 0xfffffffe, 7, TCP_ACK | TCP_PSH, &(struct packet_payload){"hello", 5, 5});
    assert_int_equal(packet.captured, 45);
    assert_int_equal(packet.original, 45);
    assert_int_equal(packet.bytes[0], 0x45);
    assert_int_equal(u16(packet.bytes + 2), 45);
    assert_int_equal(packet.bytes[9], 6);
    assert_memory_equal(packet.bytes + 12, ipv4[0].ip, 4);
    assert_memory_equal(packet.bytes + 16, ipv4[1].ip, 4);
    const uint8_t *const tcp = packet.bytes + 20;
    assert_int_equal(u16(tcp), 40000);
    assert_int_equal(u16(tcp + 2), 80);
    assert_int_equal(u32(tcp + 4), 0xfffffffe);
    assert_int_equal(u32(tcp + 8), 7);
    assert_int_equal(tcp[12], 5 << 4);
    assert_int_equal(tcp[13], TCP_ACK | TCP_PSH);
    assert_memory_equal(tcp + 20, "hello", 5);
    checksum_is_right(&packet, 6);
}

static void a_syn_has_options_and_acknowledges_nothing(void **state)
{
    static struct packet packet;
    (void)state;
    packet_tcp(&packet, &ipv6[0], &ipv6[1], 0, 99, TCP_SYN, &(struct packet_payload){0});
    assert_int_equal(packet.bytes[0], 0x60);
    assert_int_equal(u16(packet.bytes + 4), 28);
    assert_int_equal(packet.captured, 68);
    assert_int_equal(packet.bytes[6], 6);
    assert_int_equal(u32(packet.bytes + 40 + 8), 0);
    assert_int_equal(packet.bytes[40 + 12], 7 << 4);
    checksum_is_right(&packet, 6);
}

static void a_cut_payload_keeps_its_true_length(void **state)
{
    static struct packet packet;
    (void)state;
    packet_tcp(&packet, &ipv4[0], &ipv4[1], 1, 1, TCP_ACK, &(struct packet_payload){"ab", 2, PACKET_SEGMENT_MAX});
    assert_int_equal(packet.captured, 42);
    assert_int_equal(packet.original, 65535);
    assert_int_equal(u16(packet.bytes + 2), 65535);
    packet_udp(&packet, &ipv4[0], &ipv4[1], &(struct packet_payload){"ab", 2, PACKET_DATAGRAM_MAX});
    assert_int_equal(packet.captured, 30);
    assert_int_equal(u16(packet.bytes + 2), 65535);
    assert_int_equal(u16(packet.bytes + 24), 65515);
}

static void a_datagram_never_has_checksum_zero(void **state)
{
    static struct packet packet;
    (void)state;
    for (uint32_t i = 0; i < 65536; i++) { /* one of these sums to zero */
        const uint8_t payload[2] = {(uint8_t)(i >> 8), (uint8_t)i};
        packet_udp(&packet, &ipv4[0], &ipv4[1], &(struct packet_payload){payload, 2, 2});
        assert_int_not_equal(u16(packet.bytes + 26), 0);
    }
    packet_udp(&packet, &ipv6[1], &ipv6[0], &(struct packet_payload){"odd", 3, 3});
    checksum_is_right(&packet, 17);
}

static void the_largest_and_the_odd_are_summed_right(void **state)
{
    static struct packet packet;
    static uint8_t bytes[PACKET_SEGMENT_MAX];
    (void)state;
    srand(4);
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)(i % 3 != 0 ? rand() : 0xff);
    for (size_t size = 0; size <= sizeof bytes; size += size / 2 + 1) {
        packet_tcp(&packet, &ipv4[1], &ipv4[0], 5, 6, TCP_ACK, &(struct packet_payload){bytes, size, size});
        checksum_is_right(&packet, 6);
        packet_udp(&packet, &ipv6[1], &ipv6[0], &(struct packet_payload){bytes, size, size});
        checksum_is_right(&packet, 17);
    }
    packet_tcp(&packet, &ipv6[1], &ipv6[0], 5, 6, TCP_ACK, &(struct packet_payload){bytes, sizeof bytes, sizeof bytes});
    checksum_is_right(&packet, 6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_segment_has_its_fields),
        cmocka_unit_test(a_syn_has_options_and_acknowledges_nothing),
        cmocka_unit_test(a_cut_payload_keeps_its_true_length),
        cmocka_unit_test(a_datagram_never_has_checksum_zero),
        cmocka_unit_test(the_largest_and_the_odd_are_summed_right),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
