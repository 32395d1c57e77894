#!/bin/sh
# Filters (-Y): what they choose, in every report, and what is said of those that are
# wrong.
set -u

FOSIP=${FOSIP:-build/fosip}
TESTDATA=${TESTDATA:-testdata}
passed=0
failed=0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
unset COLUMNS NO_COLOR
export LC_ALL=C.UTF-8

good() {
    passed=$((passed + 1))
}
bad() {
    failed=$((failed + 1))
    echo "not ok: $1"
    sed 's/^/    /' "$work/err"
}
run() { # arguments...
    "$FOSIP" "$@" >"$work/out" 2>"$work/err" </dev/null
    status=$?
}
equal() { # name, expected, found
    if [ "$2" = "$3" ]; then good; else bad "$1: '$3', not '$2'"; fi
}
column() { # arguments...: the first column of CSV, on a line
    run "$@" -T csv
    tr -d '\r' <"$work/out" | sed 1d | cut -d, -f1 | sort -n | uniq | tr '\n' ' '
}

if "$FOSIP" --version | grep -q '^PCRE2'; then pcre=yes; else pcre=no; fi

# Messages, by frame: the frames are those that tshark 4.0.17 prints for the same
# expression (joined with "sip" where it would show other packets).
while IFS='|' read -r file frames expression; do
    case $expression in
    *matches*) [ $pcre = yes ] || continue ;;
    esac
    equal "$file $expression" "$frames" "$(column messages -Y "$expression" "$TESTDATA/$file")"
done <<'TABLE'
01a_basic_caller_bye.pcap|9 11 |sip.Method == "INVITE"
01a_basic_caller_bye.pcap|11 |sip.Method == "INVITE" && ip.src == 10.77.0.5
01a_basic_caller_bye.pcap|2 4 6 8 12 13 15 16 836 837 |sip.Status-Code >= 180
01a_basic_caller_bye.pcap|834 835 836 837 |sip.CSeq.method == "BYE"
01a_basic_caller_bye.pcap|1 2 3 4 5 6 7 8 9 10 11 12 13 15 16 19 21 |sip.CSeq.method != "BYE"
01a_basic_caller_bye.pcap|2 4 10 12 13 15 16 836 837 |sip.from.user == "alice" and not sip.Method
01a_basic_caller_bye.pcap|1 3 5 7 9 11 19 21 834 835 |sip.User-Agent contains "baresip"
01a_basic_caller_bye.pcap|2 4 6 8 10 11 13 16 21 835 837 |sip.Via.branch contains "z9hG4bK" and ip.dst == 10.77.0.8/29
01a_basic_caller_bye.pcap|10 12 13 |sip.Status-Code in {100, 180..183}
01a_basic_caller_bye.pcap|2 4 6 8 12 13 15 16 19 21 834 835 836 837 |sip.to.tag
01a_basic_caller_bye.pcap|1 3 4 5 7 8 9 11 12 13 15 16 |sip.contact.user
01a_basic_caller_bye.pcap|11 12 13 15 16 |sip.Record-Route
01a_basic_caller_bye.pcap|9 11 15 16 |sdp
01a_basic_caller_bye.pcap|9 |sip.r-uri.user == "bob"
01a_basic_caller_bye.pcap|1 3 5 7 9 19 834 |sip.Max-Forwards == 70
01a_basic_caller_bye.pcap|11 12 13 15 16 19 |frame.number > 10 and frame.number <= 20
01a_basic_caller_bye.pcap|1 2 3 4 5 6 7 8 9 10 11 12 13 |frame.time_relative < 3
01a_basic_caller_bye.pcap|1 2 3 4 5 6 7 8 9 10 11 12 13 15 16 19 21 834 835 836 837 |udp.port == 5060
01a_basic_caller_bye.pcap|9 10 11 12 13 15 16 19 21 834 835 836 837 |sip.Call-ID matches "^6AAC"
01a_basic_caller_bye.pcap|9 11 |sdp.media.port == 40008
01a_basic_caller_bye.pcap|5 6 7 8 11 12 15 21 835 836 |ip.addr != 10.77.0.11
01a_basic_caller_bye.pcap|5 6 7 8 11 12 15 21 835 836 |not ip.addr == 10.77.0.11
01a_basic_caller_bye.pcap|15 16 19 21 834 835 836 837 |frame.time >= "2026-11-23 16:39:18.6"
04a_busy.pcap|15 17 |sip.Status-Code == 486
04a_busy.pcap|15 17 |sip.Status-Line contains "Busy"
07a_fork_cancel.pcap|30 |sip.reason_cause_sip == 200
07a_fork_cancel.pcap|30 759 760 |sip.Method in {"CANCEL", "BYE"}
10a_attended_transfer_sip.pcap|41 42 |sip.Refer-To
10a_attended_transfer_sip.pcap|47 51 |sip.Replaces
11a_hold.pcap|429 431 |message.sdp.media.direction == sendonly
13a_prack.pcap|15 16 |sip.Method == "PRACK"
13a_prack.pcap|13 14 |sip.RSeq
18a_sip_tcp.pcap|7 9 11 12 13 15 17 18 21 22 24 26 28 30 34 36 40 41 651 653 656 661 |tcp.port == 5060
18a_sip_tcp.pcap|9 12 15 18 22 24 30 36 41 653 661 |tcp.srcport == 5060
20a_sip_websocket.pcap|15 17 21 23 32 33 436 438 |sip.Method
21b_ipv6_sipp.pcap|1 4 105 143 180 217 255 443 |ipv6.src and sip.Method
38a_invite_retransmitted.pcap|2 3 |sip.resend
44e_invite_auth_407.pcap|10 |sip.Status-Code == 407
44e_invite_auth_407.pcap|12 |sip.Proxy-Authorization
44k_register_refresh_unregister.pcap|17 19 |sip.Method == "REGISTER" and sip.Expires == 0
44k_register_refresh_unregister.pcap|4 8 12 16 |sip.contact.user and sip.Status-Code == 200
44a_redirect_302.pcap|10 |sip.Status-Code == 302
13a_prack.pcap|9 11 13 14 21 22 |sip.msg_hdr contains "100rel"
01a_basic_caller_bye.pcap|1 2 3 4 5 6 7 8 9 10 11 12 13 15 16 19 21 834 835 836 837 |sip.CSeq.seq > 2
01a_basic_caller_bye.pcap|11 12 15 21 835 836 |sip.Via.sent-by.address == "10.77.0.5"
01a_basic_caller_bye.pcap|1 2 3 4 5 6 7 8 9 10 11 12 13 15 16 19 21 834 835 836 837 |sip.Via.sent-by.port == 5060
01a_basic_caller_bye.pcap|1 2 3 4 9 10 11 12 13 15 16 19 21 834 835 836 837 |sip.from.addr contains "alice"
01a_basic_caller_bye.pcap|9 11 15 16 |sdp.mime.type == "PCMU"
01a_basic_caller_bye.pcap|9 11 15 16 |sip.Content-Length > 0
01a_basic_caller_bye.pcap|11 12 15 21 835 836 |count(sip.Via) == 2
TABLE

# A tutorial's display filters, word for word, on six packets whose addresses are these:
# the frames are those of tshark 4.0.17 on a capture of the same packets. Since 4.0 a
# field that is there twice is != a value where neither equals it.
packet() { # source, destination, number
    printf 'U 2026/11/23 16:44:0%s.000000 %s -> %s #%s\n' "$3" "$1" "$2" "$3"
    printf 'OPTIONS sip:b@192.0.2.1 SIP/2.0.\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK%s.\n' "$3"
    printf 'From: <sip:a@192.0.2.1>;tag=%s.\nTo: <sip:b@192.0.2.1>.\nCall-ID: %s.\n' "$3" "$3"
    printf 'CSeq: 1 OPTIONS.\nMax-Forwards: 70.\nContent-Length: 0.\n.\n\n\n'
}
{
    packet 172.18.5.4:5060 10.43.54.65:5070 1
    packet 10.43.54.65:5070 172.18.5.4:5060 2
    packet 192.168.1.1:5060 192.168.2.2:5060 3
    packet 192.168.2.2:5080 172.18.5.4:5080 4
    packet 10.43.54.66:5062 192.168.1.1:5061 5
    packet 10.43.54.65:5060 10.43.54.65:5060 6
} >"$work/six.txt"
while IFS='|' read -r frames expression; do
    equal "listing: $expression" "$frames" "$(column messages -Y "$expression" "$work/six.txt")"
done <<'TABLE'
1 2 4 |ip.addr==172.18.5.4
3 |ip.src==192.168.0.0/16 and ip.dst==192.168.0.0/16
|tcp.port eq 25 or icmp
3 4 5 |ip.addr != 10.43.54.65
2 3 6 |udp.dstport == 5060
1 2 3 6 |udp.port == 5060
TABLE
# And on captures, beside tshark 4.0.17 (icmp: of a call, whose packets it quotes).
while IFS='|' read -r report file chosen expression; do
    equal "$report: $file $expression" "$chosen" "$(column "$report" -Y "$expression" "$TESTDATA/$file")"
done <<'TABLE'
messages|33f_relay_oneway_loss8_at_caller.pcap|1 2 3 6 9 1499 1503 |ip.src==192.168.0.0/16 and ip.dst==192.168.0.0/16
messages|01a_basic_caller_bye.pcap||ip.src==192.168.0.0/16 and ip.dst==192.168.0.0/16
messages|18a_sip_tcp.pcap||udp.port == 5060
messages|04a_busy.pcap||tcp.port eq 25 or icmp
calls|37d_closed_port_icmp.pcap|1 |tcp.port eq 25 or icmp
TABLE

call=$TESTDATA/01a_basic_caller_bye.pcap

# Calls, by number.
while IFS='|' read -r file calls expression; do
    equal "calls: $file $expression" "$calls" "$(column calls -Y "$expression" "$TESTDATA/$file")"
done <<'TABLE'
01a_basic_caller_bye.pcap|3 |sip.Method == INVITE
01a_basic_caller_bye.pcap|3 |call.kind == call
01a_basic_caller_bye.pcap|1 2 |call.kind == registration
01a_basic_caller_bye.pcap|1 2 |not any(message: sip.Method == INVITE)
01a_basic_caller_bye.pcap|1 2 3 |not sip.Method == INVITE
01a_basic_caller_bye.pcap|3 |rtp
01a_basic_caller_bye.pcap|3 |stream.loss_pct == 0%
01a_basic_caller_bye.pcap||stream.loss_pct != 0
01a_basic_caller_bye.pcap|1 2 |not stream.loss_pct == 0
01a_basic_caller_bye.pcap|3 |call.timing.answer_ms > 2s and call.timing.answer_ms < 0.1min
01a_basic_caller_bye.pcap|3 |call.timing.answer_ms == 2.1s +- 1%
01a_basic_caller_bye.pcap||call.timing.answer_ms == 2.1s ± 5ms
01a_basic_caller_bye.pcap||call.timing.answer_ms <= 0 or call.timing.talk_ms > 1h
01a_basic_caller_bye.pcap|3 |count(stream) == 2
01a_basic_caller_bye.pcap|1 2 3 |count(message: sip.Method == INVITE) == count(message: sip.Method == BYE)
01a_basic_caller_bye.pcap|3 |sum(stream: stream.packets) == 814
01a_basic_caller_bye.pcap|3 |max(stream.mos) > 4 and min(stream.packets) == 407
01a_basic_caller_bye.pcap|3 |all(stream: stream.mos > 4)
01a_basic_caller_bye.pcap|1 2 3 |all(message: sip.Call-ID)
01a_basic_caller_bye.pcap|1 2 |call.from.user == call.to.user
01a_basic_caller_bye.pcap|3 |call.from.user != call.to.user
01a_basic_caller_bye.pcap|2 3 |sip.to.user == 'bob'
01a_basic_caller_bye.pcap|3 |sip.Call-ID == 6aac8a174867eff0
01a_basic_caller_bye.pcap|3 |call.negotiations.media.codec == pcmu
01a_basic_caller_bye.pcap|3 |sip.header.call-id == "6aac8a174867eff0"
01a_basic_caller_bye.pcap||sip.X-Anything
04a_busy.pcap|3 |call.status == 4xx and call.final_status in {480..489}
04a_busy.pcap||call.status in {480..485, 487}
34c_b2bua_flow_through_sip.pcap|1 2 |any(call: call.id == 2)
34c_b2bua_flow_through_sip.pcap|2 |call.id == 2
37a_oneway_callee_silent.pcap|1 |finding.severity >= warning
37d_closed_port_icmp.pcap|1 |icmp
37d_closed_port_icmp.pcap|1 |icmp.code == 3 and icmp.type == 3
17h_dtmf_mixed.pcap|3 |call.dtmf.digits == "4279*" and call.dtmf.via == info
TABLE

# Streams, findings, ladders, JSON.
equal "streams that pass" "1 " "$(column streams -Y 'rtp.ssrc == 0xe89932e2' "$call")"
equal "streams by an address of their own" "2 " "$(column streams -Y 'stream.src.ip == 10.77.0.11' "$call")"
equal "streams through their call" "1 2 " "$(column streams -Y 'sip.from.user == alice' "$call")"
run -Y 'rtp.ssrc == 0xe89932e2' -T json "$call"
equal "a summary shows calls whole" "2" "$(grep -o '"ssrc":' "$work/out" | wc -l)"
run messages -Y 'sip.Method == BYE' -T json "$call"
equal "messages as JSON" "2" "$(grep -o '"max_forwards":' "$work/out" | wc -l)"
run messages --raw -Y 'sip.Status-Code == 180' "$call"
equal "raw messages" "2" "$(grep -c '^frame ' "$work/out")"
run ladder -Y 'call.kind == registration' "$call"
equal "ladders of registrations" "2" "$(grep -c '^Call ' "$work/out")"
run calls -Y 'sip.Method == REGISTER' "$call"
equal "registrations in a list" "2" "$(grep -c registration "$work/out")"
run calls -Y 'sip.Method == INVITE or sip.Method == REGISTER' "$call"
equal "calls alone where there are calls" "0" "$(grep -c registration "$work/out")"
run -Y 'finding.rule == nothing' -T json "$TESTDATA/37a_oneway_callee_silent.pcap"
equal "no finding chosen" "0" "$(grep -c '"rule":' "$work/out")"
run -T ndjson -Y 'sip.Method == BYE' "$call"
equal "a line each" "1" "$(grep -c '"type":"call"' "$work/out")"
run calls --user bob -Y 'call.kind == registration' -T csv "$call"
equal "with other choices" "2" "$(wc -l <"$work/out")"
run -Y sip -T json "$call"
cp "$work/out" "$work/all"
run -T json "$call"
if cmp -s "$work/all" "$work/out"; then good; else bad "a filter that all pass changes nothing"; fi

# Errors: status 2, the line, the expression, the caret.
wrong() { # expression, column, width of the caret, what is said
    run calls -Y "$1" "$call"
    caret=$(sed -n 3p "$work/err" | sed 's/^  //')
    if [ "$status" -ne 2 ] || [ -s "$work/out" ] || [ "$(wc -l <"$work/err")" -ne 3 ]; then
        bad "$1: status $status, or not three lines"
    elif ! sed -n 1p "$work/err" | grep -q -F -e "column $2: " || ! sed -n 1p "$work/err" | grep -q -F -e "$4"; then
        bad "$1: not column $2 with '$4'"
    elif [ "$(printf %s "$caret" | tr -d ' ' | wc -m)" -ne "$3" ] || [ "$(printf %s "$caret" | wc -m)" -ne $(($2 + $3 - 1)) ]; then
        bad "$1: the caret is not at column $2, $3 wide"
    else
        good
    fi
}
wrong 'sip.Metod == INVITE' 1 9 'sip.Method'
wrong 'sip.metohd == INVITE' 1 10 'sip.Method'
wrong 'sip and streem.loss_pct > 1' 9 15 'stream.loss_pct'
wrong 'stream.loss > 1' 1 11 'stream.loss_pct'
wrong 'sip.Usr-Agent' 1 13 'sip.User-Agent'
wrong 'frame.nubmer > 1' 1 12 'frame.number'
wrong 'call.state == complete' 15 8 'did you mean completed?'
wrong 'call.offer == x' 15 1 'early, delayed or none'
wrong 'stream.mos > 3 stream.mos < 4' 16 10 "'and', 'or' or the end"
wrong '(sip or rtp' 12 1 "'and', 'or' or ')'"
wrong 'sip.Method ==' 14 1 'a text was expected'
wrong 'sip.Method == "INVITE' 15 7 'never closed'
wrong 'sip.Status-Code >= foo' 20 3 'a status code (486, 4xx)'
wrong 'stream.loss_pct > 200ms' 19 5 'a percentage'
wrong 'call.timing.answer_ms > 1%' 25 2 'a time (200ms, 1.5s)'
wrong 'ip.src == 10.0.0' 11 6 'an IP address'
wrong 'ip.src == 10.0.0.0/33' 11 11 'from 0 to 32'
wrong 'ip.src > 10.0.0.1' 8 1 'has no order'
wrong 'sip.Status-Code contains 4' 17 8 'only text can be searched'
wrong 'call.from.user == call.id' 19 7 'text was expected'
wrong 'call.from.user == call.to.usr' 19 11 'call.to.user'
wrong 'count(stream)' 14 1 'a comparison'
wrong 'cuont(stream) > 1' 1 5 'there is no function'
wrong 'any(sterams: rtp)' 5 8 "'stream:'"
wrong 'count(stream) > stream.packets' 17 14 'compared with a number'
wrong 'sip.Method in {INVITE BYE}' 23 3 "',' or '}'"
wrong 'sip.Method == INVITE # all' 22 1 'no part of an expression'
wrong '' 1 1 'an expression was expected'
wrong 'sip.from.display.info == "Zoë" and x' 36 1 'there is no field'
wrong 'frame.time > yesterday' 14 9 'a time was expected'
if [ $pcre = yes ]; then
    wrong 'sip.Method matches "a(b"' 24 1 'no regular expression'
else
    wrong 'sip.Method matches "a"' 20 3 'PCRE2'
fi

# The page lists the fields.
if FOSIP=$FOSIP scripts/filter-fields --check >"$work/err" 2>&1; then good; else bad "fosip-filter(7) lists all fields"; fi

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
