/* test_text_keys.c - two texts may share a key, by chance or because a hostile ring
 * was made so; neither hides the other. Here all of them do.
 */
#include "model_fixture.h"

#include "../../viewer/base/map.h"

#define map_text_key(text) ((void)(text), UINT64_C(7))
#include "../../viewer/audit/inventory.c"
#define add add_spot
#include "../../viewer/audit/blind.c"

static struct entry *an_entry(struct inventory *inventory, const char *target)
{
    struct entry *const entry = memory_new(1, sizeof *entry);
    *entry = (struct entry){.program = "curl", .action = ACTION_CONNECT, .kind = "tcp", .target = strdup(target)};
    return inventory_put(inventory, entry);
}

static void no_entry_hides_behind_another(void **state)
{
    (void)state;
    struct inventory inventory = {0};
    struct entry *const first = an_entry(&inventory, "good.example:443");
    struct entry *const second = an_entry(&inventory, "evil.example:443");
    assert_ptr_not_equal(first, second);
    assert_ptr_equal(an_entry(&inventory, "good.example:443"), first);
    assert_ptr_equal(an_entry(&inventory, "evil.example:443"), second);
    assert_int_equal(inventory.count, 2);
    inventory_free(&inventory);
}

static void no_blind_spot_hides_behind_another(void **state)
{
    (void)state;
    struct blind blind = {0};
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < 3; i++)
            add_spot(&blind, "program", 1, true, "program %d", i);
    }
    assert_int_equal(blind.count, 3);
    blind.spots[1].count = 0; /* withdrawn, and said once more */
    drop_withdrawn(&blind);
    add_spot(&blind, "program", 2, true, "program %d", 1);
    assert_int_equal(blind.count, 3);
    for (int i = 0; i < 3; i++)
        assert_int_equal(blind.spots[i].count, 2);
    blind_free(&blind);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_entry_hides_behind_another),
        cmocka_unit_test(no_blind_spot_hides_behind_another),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
