/* input.h - the bytes of a fuzzer, read piece by piece; zeros behind the last. */
#ifndef SOCKSPY_TESTS_FUZZ_INPUT_H
#define SOCKSPY_TESTS_FUZZ_INPUT_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct input {
    const uint8_t *at, *end;
};

/* What a fuzzer calls; replay.c does so, too. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static inline uint8_t take(struct input *input)
{
    return input->at < input->end ? *input->at++ : 0;
}

static inline void take_bytes(struct input *input, void *to, size_t size)
{
    const size_t left = (size_t)(input->end - input->at), some = size < left ? size : left;
    memset(to, 0, size);
    if (some != 0)
        memcpy(to, input->at, some);
    input->at += some;
}

static inline uint64_t take_word(struct input *input)
{
    uint64_t word;
    take_bytes(input, &word, sizeof word);
    return word;
}

/* Mostly small: one byte. Now and then one at which numbers end, or any. */
static inline uint64_t take_number(struct input *input)
{
    static const uint64_t ends[] = {
        UINT64_MAX, INT64_MAX, (uint64_t)INT64_MIN, UINT32_MAX, INT32_MAX, UINT16_MAX, 1u << 20, 4096, 256,
    };
    const size_t byte = take(input), first_end = 255 - sizeof ends / sizeof ends[0];
    return byte == 255 ? take_word(input) : byte >= first_end ? ends[byte - first_end] : byte;
}

/* One of a few that are likely to come again, or any. */
static inline uint64_t take_one_of(struct input *input, const uint16_t *list, size_t count)
{
    const uint8_t byte = take(input);
    return byte == 255 ? take_word(input) : list[byte % count];
}
#define TAKE_ONE_OF(input, list) take_one_of(input, list, sizeof(list) / sizeof(list)[0])

#endif
