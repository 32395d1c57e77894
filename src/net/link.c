/* The table of link types, and those that put IP right behind an address
 * family or nothing at all. */
#include "capture/text_header.h"
#include "net/layer.h"

/* The address family in the byte order of the machine that captured, or in
 * network order (LINKTYPE_LOOP). */
static void layer_null(struct walk *walk)
{
    const uint8_t *p = walk_header(walk, 4);

    if (p)
        walk_family(walk, le32(p) > 0xffff ? be32(p) : le32(p));
}

/* RFC 4391: a header that routes (GRH), then type and a reserved field. */
static void layer_ip_over_infiniband(struct walk *walk)
{
    const uint8_t *p = walk_header(walk, 44);

    if (p)
        walk_ethertype(walk, be16(p + 40));
}

/* RFC 2734 as Apple captures it: two addresses of 8 octets and a type. */
static void layer_ip_over_firewire(struct walk *walk)
{
    const uint8_t *p = walk_header(walk, 18);

    if (p)
        walk_ethertype(walk, be16(p + 16));
}

static const struct layer_row links[] = {
    {1, layer_ethernet, "EN10MB"},
    {113, layer_cooked, "LINUX_SLL"},
    {276, layer_cooked2, "LINUX_SLL2"},
    {101, layer_ip, "RAW"},
    {12, layer_ip, "RAW"},
    {14, layer_ip, "RAW"},
    {228, layer_ip4, "IPV4"},
    {229, layer_ip6, "IPV6"},
    {0, layer_null, "NULL"},
    {108, layer_null, "LOOP"},
    {9, layer_ppp, "PPP"},
    {50, layer_ppp, "PPP_SERIAL"},
    {51, layer_pppoe, "PPP_ETHER"},
    {166, layer_ppp_direction, "PPP_PPPD"},
    {204, layer_ppp_direction, "PPP_WITH_DIR"},
    {104, layer_hdlc, "C_HDLC"},
    {205, layer_hdlc_direction, "C_HDLC_WITH_DIR"},
    {107, layer_frame_relay, "FRELAY"},
    {206, layer_frame_relay_direction, "FRELAY_WITH_DIR"},
    {219, layer_mpls, "MPLS"},
    {105, layer_wifi, "IEEE802_11"},
    {127, layer_radiotap, "IEEE802_11_RADIO"},
    {119, layer_prism, "PRISM_HEADER"},
    {163, layer_avs, "IEEE802_11_RADIO_AVS"},
    {192, layer_ppi, "PPI"},
    {239, layer_nflog, "NFLOG"},
    {117, layer_pflog, "PFLOG"},
    {109, layer_enc, "ENC"},
    {242, layer_ip_over_infiniband, "IPOIB"},
    {138, layer_ip_over_firewire, "APPLE_IP_OVER_IEEE1394"},
    {122, layer_ip_fc, "IP_OVER_FC"},
    {10, layer_fddi, "FDDI"},
    {6, layer_token_ring, "IEEE802"},
    {100, layer_atm, "ATM_RFC1483"},
    {11, layer_atm, "ATM_RFC1483"},
    {123, layer_sunatm, "SUNATM"},
    {252, layer_upper_pdu, "WIRESHARK_UPPER_PDU"},
    {LINK_TEXT, layer_text, "TEXT"},
};

/* Link types without IP in them, and others that are not decoded. */
static const struct {
    uint32_t number;
    const char *name;
} refused[] = {
    {3, "AX25"},
    {7, "ARCNET_BSD"},
    {8, "SLIP"},
    {139, "MTP2_WITH_PHDR"},
    {140, "MTP2"},
    {141, "MTP3"},
    {142, "SCCP"},
    {143, "DOCSIS"},
    {177, "LINUX_LAPD"},
    {186, "USB_FREEBSD"},
    {187, "BLUETOOTH_HCI_H4"},
    {189, "USB_LINUX"},
    {195, "IEEE802_15_4_WITHFCS"},
    {201, "BLUETOOTH_HCI_H4_WITH_PHDR"},
    {203, "LAPD"},
    {215, "IEEE802_15_4_NONASK_PHY"},
    {220, "USB_LINUX_MMAPPED"},
    {227, "CAN_SOCKETCAN"},
    {230, "IEEE802_15_4_NOFCS"},
    {245, "NFC_LLCP"},
    {247, "INFINIBAND"},
    {249, "USBPCAP"},
    {251, "BLUETOOTH_LE_LL"},
    {253, "NETLINK"},
    {254, "BLUETOOTH_LINUX_MONITOR"},
    {256, "BLUETOOTH_LE_LL_WITH_PHDR"},
    {258, "PKTAP"},
    {266, "USB_DARWIN"},
    {271, "VSOCK"},
    {272, "NORDIC_BLE"},
    {283, "IEEE802_15_4_TAP"},
    {288, "USB_2_0"},
};

const struct layer_row *link_row(uint32_t link)
{
    for (size_t i = 0; i < sizeof links / sizeof links[0]; i++)
        if (links[i].number == link)
            return &links[i];
    return NULL;
}

const char *net_link_name(uint32_t link)
{
    const struct layer_row *row = link_row(link);

    return row ? row->name : NULL;
}

const char *net_link_refused(uint32_t link)
{
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
        if (refused[i].number == link)
            return refused[i].name;
    return NULL;
}
