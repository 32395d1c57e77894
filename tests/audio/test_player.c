/* The jitter buffer that is heard: order, loss, lateness, repeats, pauses. */
#include "audio/player.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/cursor.h"
#include "support/suite.h"

enum { FRAME = 160, MS = 1000000 };

static char path[] = "/tmp/fosip-player-XXXXXX";
static struct wav wav;
static struct player *player;
static struct player_scratch scratch;
static struct player_counts counts;
static int16_t heard[80000];
static size_t heard_n;

static void begin(bool conceal)
{
    struct stream_figures f = {.pt_count = 1};
    struct player_settings how = {.scratch = &scratch,
                                  .buffer_ms = 60,
                                  .conceal = conceal,
                                  .origin = 0,
                                  .channel = 1,
                                  .wav = &wav};
    struct fosip_error err;

    f.pts[0] = (struct stream_pt){.pt = 11, .codec = SLICE("L16"), .clock_rate = 8000};
    ck_assert_int_eq(wav_open(&wav, path, 8000, &err), 0);
    player = player_new(&f, &how);
    ck_assert_ptr_nonnull(player);
    counts = (struct player_counts){0};
}

/* A packet of 20 ms whose samples all have the value of its number. */
static void take(int64_t ms, uint16_t sequence, uint32_t timestamp)
{
    static uint8_t payload[FRAME * 2];
    struct stream_look look = {.arrival = {.time = ms * MS,
                                           .sequence = sequence,
                                           .timestamp = timestamp,
                                           .pt = 11},
                               .payload = payload,
                               .captured = sizeof payload};

    for (unsigned i = 0; i < FRAME; i++) {
        payload[2 * i] = (uint8_t)(sequence >> 8);
        payload[2 * i + 1] = (uint8_t)sequence;
    }
    player_take(player, &look);
}

static void end(void)
{
    struct fosip_error err;
    uint8_t h[WAV_HEADER], frame[4];
    FILE *in;

    player_end(player, &counts);
    ck_assert_int_eq(wav_finish(&wav, &err), 0);
    in = fopen(path, "rb");
    ck_assert_uint_eq(fread(h, 1, sizeof h, in), sizeof h);
    for (heard_n = 0; fread(frame, 1, 4, in) == 4; heard_n++) {
        ck_assert_int_eq(le16(frame), 0); /* the other channel */
        heard[heard_n] = (int16_t)le16(frame + 2);
    }
    ck_assert_uint_eq(le32(h + 40), heard_n * 4);
    fclose(in);
}

/* What is heard `ms` after the beginning. */
static int at(unsigned ms)
{
    return ms * 8 < heard_n ? heard[ms * 8] : -1;
}

START_TEST(in_order)
{
    begin(false);
    take(0, 1, 0);
    take(41, 3, 320); /* before the one that was sent before it */
    take(42, 2, 160);
    take(62, 4, 480);
    take(63, 4, 480); /* twice */
    end();
    ck_assert_uint_eq(counts.played, 4);
    ck_assert_uint_eq(counts.lost + counts.late, 0);
    ck_assert_uint_eq(heard_n, 4 * FRAME);
    for (unsigned i = 0; i < 4; i++) {
        ck_assert_int_eq(at(20 * i), (int)i + 1);
        ck_assert_int_eq(at(20 * i + 19), (int)i + 1);
    }
}
END_TEST

START_TEST(lost_is_silent)
{
    begin(false);
    take(0, 1, 0);
    take(60, 4, 480);
    end();
    ck_assert_uint_eq(counts.lost, 2);
    ck_assert_int_eq(at(19), 1);
    ck_assert_int_eq(at(20), 0);
    ck_assert_int_eq(at(59), 0);
    ck_assert_int_eq(at(60), 4);
}
END_TEST

/* Each time at half of the loudness. */
START_TEST(lost_is_concealed)
{
    begin(true);
    take(0, 1000, 0);
    take(60, 1003, 480);
    end();
    ck_assert_uint_eq(counts.lost, 2);
    ck_assert_int_eq(at(20), 500);
    ck_assert_int_eq(at(39), 500);
    ck_assert_int_eq(at(40), 250);
    ck_assert_int_eq(at(60), 1003);
}
END_TEST

/* A pause has no missing numbers: nothing is said again. */
START_TEST(pauses_are_silent)
{
    begin(true);
    take(0, 1, 0);
    take(1000, 2, 8000);
    end();
    ck_assert_uint_eq(counts.lost, 0);
    ck_assert_int_eq(at(20), 0);
    ck_assert_int_eq(at(999), 0);
    ck_assert_int_eq(at(1000), 2);
}
END_TEST

/* The buffer holds 60 ms behind the fastest packet. */
START_TEST(too_late)
{
    begin(false);
    take(0, 1, 0);
    take(20, 2, 160);
    take(99, 3, 320);  /* 59 ms behind */
    take(122, 4, 480); /* 62 ms */
    take(123, 5, 640);
    end();
    ck_assert_uint_eq(counts.played, 4);
    ck_assert_uint_eq(counts.late, 1);
    ck_assert_uint_eq(counts.lost, 0);
    ck_assert_int_eq(at(40), 3);
    ck_assert_int_eq(at(60), 0);
    ck_assert_int_eq(at(80), 5);
}
END_TEST

/* Sequence numbers and timestamps begin anew. */
START_TEST(begins_anew)
{
    begin(false);
    take(0, 65535, UINT32_MAX - 159);
    take(20, 0, 0);
    take(40, 1, 160);
    take(500, 30000, 77777);
    end();
    ck_assert_uint_eq(counts.played, 4);
    ck_assert_uint_eq(counts.lost, 0);
    ck_assert_int_eq(at(0), -1);
    ck_assert_int_eq(at(20), 0);
    ck_assert_int_eq(at(40), 1);
    ck_assert_int_eq(at(500), 30000);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("player");
    TCase *t = tcase_create("player");
    SRunner *runner = srunner_create(suite);
    int failed, fd = mkstemp(path);

    if (fd < 0) {
        perror(path);
        return 1;
    }
    close(fd);
    srunner_set_fork_status(runner, CK_NOFORK);
    tcase_add_test(t, in_order);
    tcase_add_test(t, lost_is_silent);
    tcase_add_test(t, lost_is_concealed);
    tcase_add_test(t, pauses_are_silent);
    tcase_add_test(t, too_late);
    tcase_add_test(t, begins_anew);
    suite_add_tcase(suite, t);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    unlink(path);
    return failed != 0;
}
