/* Knows the formats that fosip does not read, by their first octets, to say
 * what to do with such a file. */
#include <stdio.h>
#include <string.h>

#include "capture/decompress.h"
#include "capture/reader.h"

#define CONVERT ", which fosip does not read: convert it with editcap -F pcapng"
#define UNPACK  ": unpack it first"
#define NOT     "is not a capture: it looks like "

static const struct {
    unsigned at; /* where in the file */
    unsigned n;
    const char *octets;
    const char *what;
} known[] = {
    /* captures of other kinds */
    {0, 11, "iptrace 1.0", "is a capture of AIX's iptrace" CONVERT},
    {0, 11, "iptrace 2.0", "is a capture of AIX's iptrace" CONVERT},
    {0, 4, "RTSS", "is a capture of Microsoft Network Monitor 1" CONVERT},
    {0, 4, "GMBU", "is a capture of Microsoft Network Monitor 2" CONVERT},
    {0, 4, "\005VNF", "is a Visual Networks capture" CONVERT},
    {0, 8, "\0\0\2\0\x12\5\0\x10", "is a Tektronix K12 capture (rf5)" CONVERT},
    {0, 20, "+---------+---------", "is a Tektronix K12 text file" CONVERT},
    {0, 17, "TRSNIFF data    \x1a", "is a Sniffer (DOS) capture" CONVERT},
    {0, 4, "XCP\0", "is a Sniffer (Windows) capture" CONVERT},
    {0, 4, "VL\0\0", "is a NetXray capture" CONVERT},
    {0, 8, "btsnoop\0", "is a Bluetooth capture (btsnoop)" CONVERT},
    {0, 16, "ObserverPktBuffe", "is a capture of Observer" CONVERT},
    {0, 4, "\xaa\xaa\xaa\xaa", "is a 5View capture" CONVERT},
    {0, 4, "\1\x10\x4c\0", "is a LANalyzer capture" CONVERT},
    {0, 6, "EyeSDN", "is an EyeSDN capture" CONVERT},
    {0, 4, "\x7fver", "is a capture of OmniPeek or EtherPeek" CONVERT},
    {0, 5, "TR\0d\0", "is a capture of HP-UX's nettl" CONVERT},
    {0, 10, "TCPIPtrace", "is a capture of VMS's TCPIPtrace" CONVERT},
    {0, 18, "Session Transcript", "is a Catapult DCT2000 capture" CONVERT},
    {0, 9, "#!rtpplay", "is an rtpdump file, which fosip does not read"},
    {0, 4, "HCPX", "holds Wi-Fi handshakes (hccapx), no packets"},
    /* what happened to a pcapng or a pcap on its way */
    {0, 6, "\r\n\r\r\r\n", "is a pcapng capture that was copied as text: copy it again as binary"},
    {0, 6, "\xef\xbf\xbd\xef\xbf\xbd",
     "was copied as UTF-8 text, which destroyed its octets: copy it again as binary"},
    {0, 2, "\xff\xfe", "is text in UTF-16: convert it to UTF-8 first"},
    {0, 2, "\xfe\xff", "is text in UTF-16: convert it to UTF-8 first"},
    {0, 19, "version https://git", "is a pointer of Git LFS, not the file itself: git lfs pull"},
    /* archives, and compressed formats that are not unpacked here */
    {0, 4, "PK\3\4", "is a ZIP archive" UNPACK},
    {0, 6, "7z\xbc\xaf\x27\x1c", "is a 7-Zip archive" UNPACK},
    {0, 6, "Rar!\x1a\7", "is a RAR archive" UNPACK},
    {0, 4, "MSCF", "is a Windows cabinet" UNPACK},
    {257, 5, "ustar", "is a tar archive" UNPACK},
    {0, 8, "!<arch>\n", "is an ar archive (or a Debian package)" UNPACK},
    {0, 2, "\x1f\x9d", "is compressed by compress(1)" UNPACK},
    {0, 4, "LZIP", "is compressed by lzip" UNPACK},
    {0, 4, "\2\x21\x4c\x18", "is compressed by lz4 in its legacy format" UNPACK},
    /* people's other files */
    {0, 4, "\x89PNG", NOT "a PNG picture"},
    {0, 3, "\xff\xd8\xff", NOT "a JPEG picture"},
    {0, 4, "GIF8", NOT "a GIF picture"},
    {0, 4, "%PDF", NOT "a PDF document"},
    {0, 8, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", NOT "a Microsoft Office document"},
    {0, 4, "\177ELF", NOT "a program"},
    {0, 4, "MZ\x90\0", NOT "a Windows program"},
    {0, 4, "RIFF", NOT "a WAV or AVI file"},
    {0, 4, "OggS", NOT "an Ogg file"},
    {0, 4, "fLaC", NOT "a FLAC file"},
    {0, 3, "ID3", NOT "an MP3 file"},
    {0, 15, "SQLite format 3", NOT "an SQLite database"},
    {0, 8, "LPKSHHRH", NOT "a systemd journal: journalctl prints it as text"},
    {0, 10, "-----BEGIN", NOT "a key or certificate"},
    {0, 5, "<?xml", NOT "XML"},
    {0, 9, "<!DOCTYPE", NOT "an HTML page"},
    {0, 5, "<html", NOT "an HTML page"},
    {0, 1, "{", NOT "JSON (a browser's HAR file, or a result of fosip itself)"},
};

const char *foreign_format(const uint8_t *p, size_t n)
{
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (n >= known[i].at + known[i].n &&
            memcmp(p + known[i].at, known[i].octets, known[i].n) == 0)
            return known[i].what;
    for (const struct compression *c = compressions; c->name; c++)
        if (n >= c->magic && c->is(p, n))
            return "is compressed twice" UNPACK;
    return NULL;
}
