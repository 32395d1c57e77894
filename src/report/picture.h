/* Ladders as drawings: what stands where. */
#ifndef REPORT_PICTURE_H
#define REPORT_PICTURE_H

#include "report/canvas.h"
#include "report/ladder_label.h"

struct picture {
    const struct ladder *ladder;
    bool titled;          /* the calls' names above it */
    double top;           /* of the drawing on its canvas */
    double width, height; /* picture_open measures them */
    size_t rungs;         /* that are drawn; more would be no drawing any more */
    unsigned spacing, head;
    struct ladder_labels labels;
    struct line label;
};

/* 0 or -ENOMEM; picture_close in any case. */
int picture_open(struct picture *picture, const struct ladder *ladder, bool titled);
void picture_draw(struct picture *picture, struct canvas *canvas);
void picture_close(struct picture *picture);

#endif
