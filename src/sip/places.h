/* Where in the head of a message something ends, found in one pass.
 *
 * The marks are all octets but the visible ones, and ! " , ; < = > ? @ \.  What is between
 * two of them needs no look of its own, whatever it is a part of. */
#ifndef SIP_PLACES_H
#define SIP_PLACES_H

#include "base/scan.h"

/* Of a part of the head: where its lines end, and its marks. */
struct sip_places {
    struct scan_map ends, marks;
};

/* Looks at SCAN_MAP octets at most of what is from p up to the end; octets can be read from
 * `readable` on. */
void sip_find_places(struct sip_places *places, const char *readable, const char *p,
                     const char *end);

/* A text that is read line by line, and the places in the part of it that is being read. */
struct sip_lines {
    const char *begin, *end; /* of the text */
    const char *next;        /* the next line, the end behind the last one */
    struct sip_places places;
};

static inline void sip_lines_begin(struct sip_lines *lines, const char *begin, const char *end)
{
    lines->begin = lines->next = begin;
    lines->end = end;
    sip_find_places(&lines->places, begin, begin, end);
}

/* The next line, whose end is not in the part that was looked at: looks on. */
struct slice sip_lines_look_on(struct sip_lines *lines);

/* The next line, without its LF. */
static inline struct slice sip_next_line(struct sip_lines *lines)
{
    const struct scan_map *ends = &lines->places.ends;
    const char *p = lines->next, *lf = scan_map_next(ends, p);

    if (lf == ends->end)
        return sip_lines_look_on(lines);
    lines->next = lf + 1;
    return slice_make(p, (size_t)(lf - p));
}

/* The same on any processor, for tests. */
void sip_find_places_anywhere(struct sip_places *places, const char *readable, const char *p,
                              const char *end);

#endif
