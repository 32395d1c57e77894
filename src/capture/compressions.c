/* The compressed formats, and the libraries that unpack them behind one
 * interface (decompress.h).  A step that completes a member leaves the state
 * ready for another. */
#include <stdlib.h>
#include <string.h>

#include "capture/decompress.h"

#ifdef HAVE_ZLIB
#define ZLIB_CONST
#include <zlib.h>
#endif
#ifdef HAVE_ZSTD
#include <zstd.h>
#include <zstd_errors.h>
#endif
#ifdef HAVE_LZ4
#include <lz4.h>
#include <lz4frame.h>
#endif
#ifdef HAVE_BZIP2
#include <bzlib.h>
#endif
#ifdef HAVE_LZMA
#include <lzma.h>
#endif

enum {
    MOST = 1 << 30,        /* octets in one step: some libraries count them in an int */
    ZSTD_WINDOW_LOG = 27,  /* 128 MiB, as much as zstd(1) takes unasked */
    XZ_MEMORY = 256 << 20, /* xz -9 needs 65 MiB */
};

static bool begins(const uint8_t *p, size_t n, const char *magic, size_t size)
{
    return memcmp(p, magic, n < size ? n : size) == 0;
}

/* Frames to be passed over, of zstd and of lz4: 0x184d2a50 to 0x184d2a5f. */
static bool is_skippable(const uint8_t *p, size_t n)
{
    return p[0] >> 4 == 5 && (n < 2 || begins(p + 1, n - 1, "\x2a\x4d\x18", 3));
}

/* RFC 1952 §2.3.1; the only compression method is deflate. */
static bool is_gzip(const uint8_t *p, size_t n)
{
    return begins(p, n, "\x1f\x8b\x08", 3);
}

static bool is_zstd(const uint8_t *p, size_t n)
{
    return begins(p, n, "\x28\xb5\x2f\xfd", 4) || is_skippable(p, n);
}

static bool is_lz4(const uint8_t *p, size_t n)
{
    return begins(p, n, "\x04\x22\x4d\x18", 4) || is_skippable(p, n);
}

/* Then the level, and a block or the end of the stream: pi or its root. */
static bool is_bzip2(const uint8_t *p, size_t n)
{
    if (!begins(p, n, "BZh", 3) || (n > 3 && (p[3] < '1' || p[3] > '9')))
        return false;
    return n < 5 || begins(p + 4, n - 4, "\x31\x41\x59\x26\x53\x59", 6) ||
           begins(p + 4, n - 4, "\x17\x72\x45\x38\x50\x90", 6);
}

static bool is_xz(const uint8_t *p, size_t n)
{
    return begins(p, n, "\3757zXZ\0", 6);
}

#if defined HAVE_ZLIB || defined HAVE_BZIP2
static unsigned at_most(size_t n)
{
    return n < MOST ? (unsigned)n : (unsigned)MOST;
}

/* Moves both ends as far as a library came that counts them down. */
static void moved(struct unpack *u, size_t in, size_t out)
{
    u->in += in;
    u->in_left -= in;
    u->out += out;
    u->out_left -= out;
}
#endif

#ifdef HAVE_ZLIB
static void *gzip_open(void)
{
    z_stream *z = calloc(1, sizeof *z);

    if (z && inflateInit2(z, 16 + MAX_WBITS) == Z_OK) /* 16: with gzip's header */
        return z;
    free(z);
    return NULL;
}

static enum unpacked gzip_step(void *state, struct unpack *u)
{
    z_stream *z = state;
    unsigned in = at_most(u->in_left), out = at_most(u->out_left);
    int r;

    z->next_in = u->in;
    z->avail_in = in;
    z->next_out = u->out;
    z->avail_out = out;
    r = inflate(z, Z_NO_FLUSH);
    moved(u, in - z->avail_in, out - z->avail_out);
    if (r == Z_STREAM_END) {
        inflateReset(z);
        return UNPACKED_END;
    }
    if (r == Z_OK || r == Z_BUF_ERROR)
        return UNPACKED_SOME;
    u->cause = r == Z_MEM_ERROR ? "not enough memory" : z->msg ? z->msg : "not understood";
    return UNPACKED_BAD;
}

static void gzip_close(void *state)
{
    inflateEnd(state);
    free(state);
}

static const char *gzip_version(void)
{
    return zlibVersion();
}
#define GZIP gzip_version, gzip_open, gzip_step, gzip_close
#else
#define GZIP NULL, NULL, NULL, NULL
#endif

#ifdef HAVE_ZSTD
static void *zstd_open(void)
{
    ZSTD_DCtx *z = ZSTD_createDCtx();

    if (z)
        ZSTD_DCtx_setParameter(z, ZSTD_d_windowLogMax, ZSTD_WINDOW_LOG);
    return z;
}

static enum unpacked zstd_step(void *state, struct unpack *u)
{
    ZSTD_inBuffer in = {.src = u->in, .size = u->in_left};
    ZSTD_outBuffer out = {.dst = u->out, .size = u->out_left};
    size_t r = ZSTD_decompressStream(state, &out, &in);

    u->in += in.pos;
    u->in_left -= in.pos;
    u->out += out.pos;
    u->out_left -= out.pos;
    if (!ZSTD_isError(r))
        return r ? UNPACKED_SOME : UNPACKED_END;
    u->cause = ZSTD_getErrorCode(r) == ZSTD_error_frameParameter_windowTooLarge
                   ? "it needs more than 128 MiB of memory"
                   : ZSTD_getErrorName(r);
    return UNPACKED_BAD;
}

static void zstd_close(void *state)
{
    ZSTD_freeDCtx(state);
}

static const char *zstd_version(void)
{
    return ZSTD_versionString();
}
#define ZSTD zstd_version, zstd_open, zstd_step, zstd_close
#else
#define ZSTD NULL, NULL, NULL, NULL
#endif

#ifdef HAVE_LZ4
static void *lz4_open(void)
{
    LZ4F_dctx *z;

    return LZ4F_isError(LZ4F_createDecompressionContext(&z, LZ4F_VERSION)) ? NULL : z;
}

static enum unpacked lz4_step(void *state, struct unpack *u)
{
    size_t in = u->in_left, out = u->out_left;
    size_t r = LZ4F_decompress(state, u->out, &out, u->in, &in, NULL);

    if (LZ4F_isError(r)) {
        u->cause = LZ4F_getErrorName(r);
        return UNPACKED_BAD;
    }
    u->in += in;
    u->in_left -= in;
    u->out += out;
    u->out_left -= out;
    return r ? UNPACKED_SOME : UNPACKED_END;
}

static void lz4_close(void *state)
{
    LZ4F_freeDecompressionContext(state);
}

static const char *lz4_version(void)
{
    return LZ4_versionString();
}
#define LZ4 lz4_version, lz4_open, lz4_step, lz4_close
#else
#define LZ4 NULL, NULL, NULL, NULL
#endif

#ifdef HAVE_BZIP2
static void *bzip2_open(void)
{
    bz_stream *z = calloc(1, sizeof *z);

    if (z && BZ2_bzDecompressInit(z, 0, 0) == BZ_OK)
        return z;
    free(z);
    return NULL;
}

static enum unpacked bzip2_step(void *state, struct unpack *u)
{
    bz_stream *z = state;
    unsigned in = at_most(u->in_left), out = at_most(u->out_left);
    int r;

    z->next_in = (char *)u->in; /* only read */
    z->avail_in = in;
    z->next_out = (char *)u->out;
    z->avail_out = out;
    r = BZ2_bzDecompress(z);
    moved(u, in - z->avail_in, out - z->avail_out);
    if (r == BZ_STREAM_END) {
        BZ2_bzDecompressEnd(z);
        memset(z, 0, sizeof *z);
        r = BZ2_bzDecompressInit(z, 0, 0);
        if (r == BZ_OK)
            return UNPACKED_END;
    }
    if (r == BZ_OK)
        return UNPACKED_SOME;
    u->cause = r == BZ_MEM_ERROR          ? "not enough memory"
               : r == BZ_DATA_ERROR       ? "data integrity error"
               : r == BZ_DATA_ERROR_MAGIC ? "no bzip2 block begins where one was expected"
                                          : "not understood";
    return UNPACKED_BAD;
}

static void bzip2_close(void *state)
{
    BZ2_bzDecompressEnd(state);
    free(state);
}

static const char *bzip2_version(void)
{
    return BZ2_bzlibVersion();
}
#define BZIP2 bzip2_version, bzip2_open, bzip2_step, bzip2_close
#else
#define BZIP2 NULL, NULL, NULL, NULL
#endif

#ifdef HAVE_LZMA
static void *xz_open(void)
{
    lzma_stream *z = malloc(sizeof *z);

    if (!z)
        return NULL;
    *z = (lzma_stream)LZMA_STREAM_INIT;
    if (lzma_stream_decoder(z, XZ_MEMORY, 0) == LZMA_OK)
        return z;
    lzma_end(z);
    free(z);
    return NULL;
}

static const char *xz_cause(lzma_ret r)
{
    switch (r) {
    case LZMA_MEM_ERROR:
        return "not enough memory";
    case LZMA_MEMLIMIT_ERROR:
        return "it needs more than 256 MiB of memory";
    case LZMA_FORMAT_ERROR:
        return "no xz stream begins where one was expected";
    case LZMA_OPTIONS_ERROR:
        return "its options are not known to this liblzma";
    case LZMA_DATA_ERROR:
        return "data integrity error";
    default:
        return "not understood";
    }
}

static enum unpacked xz_step(void *state, struct unpack *u)
{
    lzma_stream *z = state;
    lzma_ret r;

    z->next_in = u->in;
    z->avail_in = u->in_left;
    z->next_out = u->out;
    z->avail_out = u->out_left;
    r = lzma_code(z, LZMA_RUN);
    u->in = z->next_in;
    u->in_left = z->avail_in;
    u->out = z->next_out;
    u->out_left = z->avail_out;
    if (r == LZMA_STREAM_END) {
        r = lzma_stream_decoder(z, XZ_MEMORY, 0);
        if (r == LZMA_OK)
            return UNPACKED_END;
    }
    if (r == LZMA_OK || r == LZMA_BUF_ERROR)
        return UNPACKED_SOME;
    u->cause = xz_cause(r);
    return UNPACKED_BAD;
}

static void xz_close(void *state)
{
    lzma_end(state);
    free(state);
}

static const char *xz_version(void)
{
    return lzma_version_string();
}
#define XZ xz_version, xz_open, xz_step, xz_close
#else
#define XZ NULL, NULL, NULL, NULL
#endif

const struct compression compressions[] = {
    {"gzip", "zlib", "zlib1g-dev", "gzip -d", 3, is_gzip, GZIP},
    {"zstd", "libzstd", "libzstd-dev", "zstd -d", 4, is_zstd, ZSTD},
    {"lz4", "liblz4", "liblz4-dev", "lz4 -d", 4, is_lz4, LZ4},
    {"bzip2", "libbz2", "libbz2-dev", "bzip2 -d", 4, is_bzip2, BZIP2},
    {"xz", "liblzma", "liblzma-dev", "xz -d", 6, is_xz, XZ},
    {NULL, NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL},
};
