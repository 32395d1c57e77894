/* The units that may stand behind numbers. */
#include "filter/value.h"

enum dimension { PLAIN, TIME, PERCENT, RATE, OCTETS, FREQUENCY, PPM };

static const struct {
    struct slice name;
    enum dimension dimension;
    double factor; /* to the first of its dimension */
} units[] = {
    {{"ms", 2}, TIME, 1},          {{"s", 1}, TIME, 1000},      {{"us", 2}, TIME, 1e-3},
    {{"ns", 2}, TIME, 1e-6},       {{"min", 3}, TIME, 60000},   {{"h", 1}, TIME, 3600000},
    {{"%", 1}, PERCENT, 1},        {{"kbps", 4}, RATE, 1},      {{"kbit/s", 6}, RATE, 1},
    {{"bps", 3}, RATE, 1e-3},      {{"bit/s", 5}, RATE, 1e-3},  {{"Mbps", 4}, RATE, 1000},
    {{"Mbit/s", 6}, RATE, 1000},   {{"B", 1}, OCTETS, 1},       {{"kB", 2}, OCTETS, 1000},
    {{"MB", 2}, OCTETS, 1e6},      {{"Hz", 2}, FREQUENCY, 1},   {{"kHz", 3}, FREQUENCY, 1000},
    {{"ppm", 3}, PPM, 1},
};

static const struct {
    const char *name;
    enum dimension dimension;
    double of_first; /* how many of the dimension's first unit make one */
    const char *expected;
} fields[] = {
    [UNIT_NONE] = {"", PLAIN, 1, "a number"},
    [UNIT_MS] = {"ms", TIME, 1, "a time (200ms, 1.5s)"},
    [UNIT_S] = {"s", TIME, 1000, "a time (200ms, 1.5s)"},
    [UNIT_PERCENT] = {"%", PERCENT, 1, "a percentage (1%)"},
    [UNIT_KBPS] = {"kbit/s", RATE, 1, "a bandwidth (64kbps)"},
    [UNIT_BYTES] = {"B", OCTETS, 1, "a number of octets (1500, 64kB)"},
    [UNIT_HZ] = {"Hz", FREQUENCY, 1, "a frequency (8kHz)"},
    [UNIT_PPM] = {"ppm", PPM, 1, "parts per million (50ppm)"},
    [UNIT_STATUS] = {"", PLAIN, 1, "a status code (486, 4xx)"},
    [UNIT_HEX] = {"", PLAIN, 1, "a number (0x8f2a11d0)"},
};

const char *unit_name(enum unit unit)
{
    return fields[unit].name;
}

const char *unit_expected(enum unit unit)
{
    return fields[unit].expected;
}

bool unit_factor(enum unit unit, struct slice suffix, double *factor)
{
    *factor = 1;
    if (!suffix.n)
        return true;
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        if (!slice_ieq(units[i].name, suffix) || units[i].dimension != fields[unit].dimension)
            continue;
        *factor = units[i].factor / fields[unit].of_first;
        return true;
    }
    return false;
}
