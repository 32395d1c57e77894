/* Names of files, made of what a caller chose. */
#include "extract/name.h"

#include <stdlib.h>

#include "base/time.h"
#include "call/table.h"
#include "support/suite.h"

static struct call call = {.start = 1700000000 * TIME_SECOND};
static struct call *calls[] = {&call};
static struct call_table table = {.calls = {.v = calls, .n = 1, .room = 1}};
static struct fosip_analysis analysis = {.calls = &table};

static void is(const char *template, bool numbered, const char *expected)
{
    char *name = name_of_call(template, &analysis, 0, numbered);

    ck_assert_ptr_nonnull(name);
    ck_assert_str_eq(name, expected);
    free(name);
}

START_TEST(places)
{
    call.call_id = SLICE("a84b4c76e66710@192.0.2.1");
    call.from.user = SLICE("alice");
    call.to.user = SLICE_EMPTY;
    call.to.host = SLICE("example.com");
    is("x/{id}-{from}-{to}.pcap", false, "x/1-alice-example.com.pcap");
    is("{call-id}_{time}", false, "a84b4c76e66710@192.0.2.1_20231114T221320Z");
    is("calls.d/trace.pcapng", true, "calls.d/trace-1.pcapng");
    is("calls.d/trace", true, "calls.d/trace-1");
    is("{from}", true, "alice-1");
}
END_TEST

/* No way out of the folder, no hidden file, nothing for a shell. */
START_TEST(hostile)
{
    char wide[300];

    call.from.user = SLICE("../../etc/passwd");
    is("{from}", false, "_._.._etc_passwd");
    call.from.user = SLICE("a b\n$(reboot)\0\xff");
    is("{from}", false, "a_b___reboot___");
    call.from.user = SLICE_EMPTY;
    call.from.host = SLICE_EMPTY;
    is("{from}.pcap", false, "_.pcap");
    memset(wide, 'a', sizeof wide);
    call.from.user = slice_make(wide, sizeof wide);
    wide[80] = 0;
    is("{from}", false, wide);
}
END_TEST

START_TEST(problems)
{
    ck_assert(name_has_place("a{id}"));
    ck_assert(!name_has_place("a{b}{"));
    ck_assert_ptr_null(name_problem("{id}{from}"));
    ck_assert_str_eq(name_problem("x{who}.pcap"), "{who}.pcap");
    ck_assert_str_eq(name_problem("{id"), "{id");
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("name");

    tcase_add_test(t, places);
    tcase_add_test(t, hostile);
    tcase_add_test(t, problems);
    return run_suite("name", t);
}
