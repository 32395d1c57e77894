/* What media ports carry beside plain RTP: a fact a row of testdata/media/expected.tsv
 * (scripts/make-media-captures), each looked up in the program's JSON. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rtp/sdes.h"
#include "support/facts.h"
#include "support/suite.h"

enum { MOST = 1024, COLUMNS = 4, LINE = 1024 };

static char rows[MOST][LINE];
static int row_count;

static const char *folder(void)
{
    const char *testdata = getenv("TESTDATA");

    return testdata ? testdata : "testdata";
}

static void read_rows(void)
{
    char path[4096];
    FILE *file;

    snprintf(path, sizeof path, "%s/media/expected.tsv", folder());
    file = fopen(path, "r");
    if (!file) {
        perror(path);
        exit(1);
    }
    while (row_count < MOST && fgets(rows[row_count], LINE, file))
        row_count += rows[row_count][0] != '#';
    fclose(file);
}

START_TEST(facts)
{
    for (int i = 0; i < row_count; i++) {
        char *column[COLUMNS], *rest = rows[i], path[LINE];

        for (unsigned k = 0; k < COLUMNS; k++)
            column[k] = strsep(&rest, "\t\n");
        ck_assert_msg(column[COLUMNS - 1] != NULL, "row %d of expected.tsv lacks columns", i + 1);
        if (strcmp(column[1], "srtp") == 0 && !sdes_library())
            continue;
        snprintf(path, sizeof path, "media/%.900s", column[0]);
        fact_check(path, column[1], column[2], column[3]);
    }
    facts_end();
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("media_captures");

    read_rows();
    tcase_add_test(t, facts);
    return run_suite("media_captures", t);
}
