/* What must stand in the program's JSON about a capture of testdata. */
#ifndef SUPPORT_FACTS_H
#define SUPPORT_FACTS_H

/* At the JSON pointer (RFC 6901) stands that value, itself JSON: numbers by value, and
 * {"about", "within"} for one that is near.  `options`: "srtp" decrypts with the
 * keys of session descriptions, "media" leaves out packets to or from port 5060.  Fails
 * the test otherwise.  A capture is analysed once while its facts come one after the
 * other. */
void fact_check(const char *capture, const char *options, const char *pointer, const char *value);
/* Lets the last capture go. */
void facts_end(void);

#endif
