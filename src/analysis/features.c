/* Says which libraries this build uses, for --version. */
#include <json-c/json.h>
#include <pcap/pcap.h>
#include <stdio.h>

#include "fosip/fosip.h"

const char *fosip_features(void)
{
    static _Thread_local char text[512];

    snprintf(text, sizeof text, "%s\njson-c %s", pcap_lib_version(), json_c_version());
    return text;
}
