/* JSON values: what comes out is what json-c reads back, octet for octet and
 * across the ends of the buffer. */
#include <math.h>
#include <stdlib.h>

#include "base/time.h"
#include "report/json.h"
#include "support/suite.h"

static FILE *file;
static struct json *j;
static char *text;
static size_t size;

static void setup(void)
{
    text = NULL;
    file = open_memstream(&text, &size);
    j = json_new(file);
    ck_assert_ptr_nonnull(j);
}

static void teardown(void)
{
    free(text);
}

static const char *written(void)
{
    json_free(j);
    fclose(file);
    return text;
}

START_TEST(punctuation)
{
    json_open(j, NULL);
    json_list(j, "empty");
    json_end(j);
    json_list(j, "list");
    json_count(j, NULL, 1);
    json_open(j, NULL);
    json_close(j);
    json_open(j, NULL);
    json_null(j, "a");
    json_boolean(j, "b", true);
    json_close(j);
    json_end(j);
    json_boolean(j, "last", false);
    json_close(j);
    ck_assert_str_eq(written(),
                     "{\"empty\":[],\"list\":[1,{},{\"a\":null,\"b\":true}],\"last\":false}");
}
END_TEST

START_TEST(numbers)
{
    json_list(j, NULL);
    json_int(j, NULL, -1);
    json_int(j, NULL, INT64_MIN);
    json_int(j, NULL, INT64_MAX);
    json_count(j, NULL, 0);
    json_count(j, NULL, UINT64_MAX);
    json_nonzero(j, NULL, 0);
    json_nonzero(j, NULL, 7);
    json_number(j, NULL, -0.25, 3);
    json_number(j, NULL, NAN, 3);
    json_number(j, NULL, INFINITY, 3);
    json_ms(j, NULL, -1);
    json_ms(j, NULL, 1500000);
    json_seconds(j, NULL, -1500000000);
    json_seconds(j, NULL, TIME_NO_SPAN);
    json_id(j, NULL, CALL_NONE);
    json_id(j, NULL, 0);
    json_end(j);
    ck_assert_str_eq(written(), "[-1,-9223372036854775808,9223372036854775807,0,"
                                "18446744073709551615,null,7,-0.250,null,null,null,1.500,"
                                "-1.500000000,null,null,1]");
}
END_TEST

START_TEST(times)
{
    json_list(j, NULL);
    json_time(j, NULL, 1693666484123456789);
    json_time(j, NULL, 1693666484000000001);
    json_time(j, NULL, 1693666485000000000);
    json_time(j, NULL, 0);
    json_time(j, NULL, -1);
    json_time(j, NULL, TIME_OF_DAY);
    json_end(j);
    ck_assert_str_eq(written(), "[\"2023-09-02T14:54:44.123456789Z\","
                                "\"2023-09-02T14:54:44.000000001Z\","
                                "\"2023-09-02T14:54:45.000000000Z\","
                                "\"1970-01-01T00:00:00.000000000Z\",null,null]");
}
END_TEST

START_TEST(text_is_escaped)
{
    json_list(j, NULL);
    json_text(j, NULL, SLICE("a/b"));
    json_text(j, NULL, SLICE("\"\\\r\n\t\x01\x7f"));
    json_text(j, NULL, slice_make("a\0b", 3));
    json_text(j, NULL, SLICE("\xc3\xa9\xff\""));
    json_text(j, NULL, SLICE(""));
    json_text(j, NULL, SLICE_EMPTY);
    json_name(j, NULL, NULL);
    json_end(j);
    ck_assert_str_eq(written(), "[\"a/b\",\"\\\"\\\\\\r\\n\\t\\u0001\x7f\",\"a\\u0000b\","
                                "\"\xc3\xa9\xef\xbf\xbd\\\"\",\"\",null,null]");
}
END_TEST

static void expect_text(const struct json_object *list, size_t i, const char *want, size_t n)
{
    struct json_object *one = json_object_array_get_idx(list, i);

    ck_assert_int_eq(json_object_get_string_len(one), (int)n);
    ck_assert_int_eq(memcmp(json_object_get_string(one), want, n), 0);
}

/* Whatever needs an escape, at every place of texts of every length. */
START_TEST(specials_stand_anywhere)
{
    enum { LONGEST = 40 };
    static const char specials[] = {0x01, 0x1f, '"', '\\', 0x7f, '!', ' ', '~'};
    struct json_object *list;
    char octets[LONGEST];
    size_t i = 0;

    json_list(j, NULL);
    for (size_t n = 1; n <= LONGEST; n++)
        for (size_t at = 0; at < n; at++)
            for (size_t s = 0; s < sizeof specials; s++) {
                memset(octets, 'a', n);
                octets[at] = specials[s];
                json_text(j, NULL, slice_make(octets, n));
            }
    json_end(j);
    list = json_tokener_parse(written());
    for (size_t n = 1; n <= LONGEST; n++)
        for (size_t at = 0; at < n; at++)
            for (size_t s = 0; s < sizeof specials; s++) {
                memset(octets, 'a', n);
                octets[at] = specials[s];
                expect_text(list, i++, octets, n);
            }
    json_object_put(list);
}
END_TEST

START_TEST(keys_of_all_lengths)
{
    static const char keys[] = "abcdefghijklmnopqrstuvwxyz";
    struct json_object *object;
    char key[sizeof keys];
    int n = 0;

    json_open(j, NULL);
    for (size_t i = 1; i < sizeof keys; i++) {
        memcpy(key, keys, i);
        key[i] = 0;
        json_count(j, key, i);
    }
    json_close(j);
    object = json_tokener_parse(written());
    json_object_object_foreach(object, name, value) {
        n++;
        ck_assert_int_eq(json_object_get_int(value), n);
        ck_assert_int_eq((int)strlen(name), n);
        ck_assert_int_eq(strncmp(name, keys, (size_t)n), 0);
    }
    ck_assert_int_eq(n, (int)sizeof keys - 1);
    json_object_put(object);
}
END_TEST

START_TEST(addresses)
{
    struct net_addr a = {.ip = {192, 0, 2, 1}, .port = 5060, .family = NET_IP4}, none = {.port = 1};
    struct net_addr b = a;

    b.port += JSON_ADDRESSES;
    json_list(j, NULL);
    json_address(j, NULL, &a);
    json_address(j, NULL, &b);
    json_address(j, NULL, &a);
    json_address(j, NULL, &none);
    json_end(j);
    ck_assert_str_eq(written(), "[{\"ip\":\"192.0.2.1\",\"port\":5060},"
                                "{\"ip\":\"192.0.2.1\",\"port\":5076},"
                                "{\"ip\":\"192.0.2.1\",\"port\":5060},"
                                "{\"ip\":null,\"port\":null}]");
}
END_TEST

/* Texts of every length around the buffer's, and longer ones, come out whole. */
START_TEST(buffer_ends_anywhere)
{
    enum { LONGEST = JSON_BUFFER + 100 };
    static char letters[LONGEST];
    struct json_object *list;

    memset(letters, 'x', sizeof letters);
    json_list(j, NULL);
    for (size_t n = JSON_BUFFER - 100; n < LONGEST; n++)
        json_text(j, NULL, slice_make(letters, n));
    json_end(j);
    list = json_tokener_parse(written());
    ck_assert_uint_eq(json_object_array_length(list), 200);
    for (size_t i = 0; i < 200; i++) {
        struct json_object *one = json_object_array_get_idx(list, i);

        ck_assert_int_eq(json_object_get_string_len(one), (int)(JSON_BUFFER - 100 + i));
        ck_assert_int_eq(memcmp(json_object_get_string(one), letters, JSON_BUFFER - 100 + i), 0);
    }
    json_object_put(list);
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("json_value");

    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, punctuation);
    tcase_add_test(t, numbers);
    tcase_add_test(t, times);
    tcase_add_test(t, text_is_escaped);
    tcase_add_test(t, specials_stand_anywhere);
    tcase_add_test(t, keys_of_all_lengths);
    tcase_add_test(t, addresses);
    tcase_add_test(t, buffer_ends_anywhere);
    return run_suite("json_value", t);
}
