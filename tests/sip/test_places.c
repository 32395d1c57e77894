/* Line ends and marks are found where they are, whatever the processor has, and no octet is
 * read that is not there. */
#include "sip/places.h"

#include "sip/suite.h"

enum { ROUNDS = 4000, LONGEST = SCAN_MAP + 2 * SCAN_BLOCK };

static uint64_t state = 88172645463325252;

static size_t below(size_t n)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (size_t)(state >> 11) % n;
}

static bool is_mark(char c)
{
    return c <= ' ' || c >= 0x7f || strchr("!\",;<=>?@\\", c);
}

static bool is_end(char c)
{
    return c == '\n';
}

/* Each octet from p on up to the part's end. */
static void check_map(const struct scan_map *map, const char *p, const char *end, bool (*is)(char))
{
    struct scan_marks marks = scan_marks(map, p);

    ck_assert_ptr_eq(map->begin, p);
    ck_assert_ptr_eq(map->end, end - p > SCAN_MAP ? p + SCAN_MAP : end);
    for (; p < map->end; p++) {
        if (is(*p))
            ck_assert_ptr_eq(scan_next_mark(&marks), p);
        ck_assert(is(*p) == (scan_map_next(map, p) == p));
    }
    ck_assert_ptr_eq(scan_next_mark(&marks), map->end);
    ck_assert_ptr_eq(scan_map_next(map, p), map->end);
}

static void check_places(const struct sip_places *places, const char *p, const char *end)
{
    check_map(&places->ends, p, end, is_end);
    check_map(&places->marks, p, end, is_mark);
}

START_TEST(are_found)
{
    for (unsigned round = 0; round < ROUNDS; round++) {
        size_t n = below(8) ? below(200) : below(LONGEST), range = below(2) ? 256 : 64;
        char *text = malloc(n ? n : 1), *p = text + below(n + 1), *end = text + n;
        struct sip_places places;

        for (size_t i = 0; i < n; i++)
            text[i] = below(6) ? 'a' : (char)below(range);
        sip_find_places(&places, text, p, end);
        check_places(&places, p, end);
        sip_find_places_anywhere(&places, text, p, end);
        check_places(&places, p, end);
        free(text);
    }
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("places");

    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, are_found);
    return run_suite("places", tcase);
}
