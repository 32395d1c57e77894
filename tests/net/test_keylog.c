/* Key logs: labels, numbers, order, and lines that are none. */
#include "net/keylog.h"

#include "frame.h"

#define RANDOM "00112233445566778899aabbccddeeff00112233445566778899AABBCCDDEEFF"
#define OTHER "ff112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define SECRET32 "0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20"
#define SECRET48 SECRET32 "2122232425262728292a2b2c2d2e2f30"

static const uint8_t client_random[32] = {
    0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff,
    0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff};

static struct keylog *log_of(const char *text, long want)
{
    struct keylog *keys = keylog_new();
    char *block = malloc(strlen(text) + 1);

    memcpy(block, text, strlen(text));
    ck_assert_int_eq(keylog_add(keys, block, strlen(text)), want);
    free(block);
    return keys;
}

START_TEST(labels)
{
    static const char *const names[] = {"CLIENT_EARLY_TRAFFIC_SECRET",
                                        "CLIENT_HANDSHAKE_TRAFFIC_SECRET",
                                        "SERVER_HANDSHAKE_TRAFFIC_SECRET",
                                        "CLIENT_TRAFFIC_SECRET_0", "SERVER_TRAFFIC_SECRET_0"};
    struct keylog_secret secret;
    char text[512];

    for (unsigned i = 0; i < 5; i++) {
        struct keylog *keys;

        snprintf(text, sizeof text, "%s " RANDOM " " SECRET32 "\r\n", names[i]);
        keys = log_of(text, 1);
        for (unsigned label = 0; label <= KEYLOG_SERVER_TRAFFIC; label++)
            ck_assert_int_eq(keylog_find(keys, label, client_random, &secret), label == i + 1);
        ck_assert(keylog_find(keys, i + 1, client_random, &secret));
        ck_assert_uint_eq(secret.n, 32);
        ck_assert_uint_eq(secret.octets[0], 1);
        ck_assert_uint_eq(secret.octets[31], 32);
        keylog_free(keys);
    }
}
END_TEST

START_TEST(master_secret)
{
    struct keylog *keys = log_of("# comment\n\nCLIENT_RANDOM " RANDOM " " SECRET48, 1);
    struct keylog_secret secret;

    ck_assert(keylog_find(keys, KEYLOG_CLIENT_RANDOM, client_random, &secret));
    ck_assert_uint_eq(secret.n, 48);
    ck_assert_uint_eq(secret.octets[47], 48);
    keylog_free(keys);
}
END_TEST

START_TEST(last_one_holds)
{
    struct keylog *keys = log_of("CLIENT_TRAFFIC_SECRET_0 " RANDOM " " SECRET48 "\n"
                                 "CLIENT_TRAFFIC_SECRET_0 " OTHER " " SECRET48 "\n"
                                 "CLIENT_TRAFFIC_SECRET_0 " RANDOM " " SECRET32 "\n",
                                 3);
    struct keylog_secret secret;

    ck_assert(keylog_find(keys, KEYLOG_CLIENT_TRAFFIC, client_random, &secret));
    ck_assert_uint_eq(secret.n, 32);
    keylog_free(keys);
}
END_TEST

START_TEST(no_secrets)
{
    static const char *const lines[] = {
        "",
        "CLIENT_RANDOM",
        "CLIENT_RANDOM " RANDOM,
        "CLIENT_RANDOM " RANDOM " " SECRET32,         /* a master secret has 48 octets */
        "CLIENT_RANDOM " RANDOM " " SECRET48 "00",
        "CLIENT_RANDOM " RANDOM "00 " SECRET48,
        "CLIENT_RANDOM " RANDOM " 0" SECRET48,        /* half an octet */
        "CLIENT_TRAFFIC_SECRET_0 " RANDOM " 01020304",
        "CLIENT_TRAFFIC_SECRET_0 x" RANDOM " " SECRET32,
        "CLIENT_TRAFFIC_SECRET_0 " RANDOM " " SECRET48 SECRET48,
        "EXPORTER_SECRET " RANDOM " " SECRET32,
        "client_random " RANDOM " " SECRET48,
        "RSA 0123456789abcdef " SECRET48,
    };

    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
        keylog_free(log_of(lines[i], 0));
}
END_TEST

RUN_TESTS("keylog", labels, master_secret, last_one_holds, no_secrets)
