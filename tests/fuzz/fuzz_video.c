/* Arbitrary octets as a payload of each video codec: the first one chooses. */
#include "rtp/video.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    if (n)
        video_is_key((enum video_codec)(data[0] % (VIDEO_AV1 + 1)), data + 1, n - 1);
    return 0;
}
