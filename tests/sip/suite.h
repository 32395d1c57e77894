/* What the tests of SIP share. */
#ifndef TESTS_SIP_SUITE_H
#define TESTS_SIP_SUITE_H

#include <stdio.h>
#include <stdlib.h>

#include "base/slice.h"
#include "support/suite.h"

#define ck_assert_slice(s, text) \
    ck_assert_msg(slice_eq((s), slice_str(text)), "'%.*s' is not '%s'", SLICE_ARG(s), (text))

#endif
