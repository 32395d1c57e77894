/* Whether the program is built with the address sanitizer, and so looks for leaks: gcc and
 * clang say it in two ways. */
#ifndef BASE_SANITIZED_H
#define BASE_SANITIZED_H

#if defined __SANITIZE_ADDRESS__
#define SANITIZED_ADDRESSES
#elif defined __has_feature
#if __has_feature(address_sanitizer)
#define SANITIZED_ADDRESSES
#endif
#endif

#endif
