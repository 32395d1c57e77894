#!/bin/sh
# The command line: exit statuses, what goes to standard output and what to
# standard error, and the pictures of bundled captures.
set -u

FOSIP=${FOSIP:-build/fosip}
TESTDATA=${TESTDATA:-testdata}
EXPECTED=tests/cli/expected
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
    [ -s "$work/err" ] && sed 's/^/    stderr: /' "$work/err"
}
run() { # arguments...
    "$FOSIP" "$@" >"$work/out" 2>"$work/err" </dev/null
    status=$?
}
expect() { # name, status, pattern on stderr ("" for none at all)
    lines=$(wc -l <"$work/err")
    if [ "$status" -ne "$2" ]; then
        bad "$1: exit status $status, not $2"
    elif [ -z "$3" ] && [ "$lines" -ne 0 ]; then
        bad "$1: something on standard error"
    elif [ -n "$3" ] && { [ "$lines" -ne 1 ] || ! grep -q -e "$3" "$work/err"; }; then
        bad "$1: not one line with '$3' on standard error"
    else
        good
    fi
}
same() { # name, expected file
    if diff -u "$EXPECTED/$2" "$work/out" >"$work/diff"; then
        good
    else
        bad "$1"
        sed 's/^/    /' "$work/diff"
    fi
}
holds() { # name, pattern in the output
    if grep -q -- "$2" "$work/out"; then good; else bad "$1: no '$2' in the output"; fi
}

call=$TESTDATA/01a_basic_caller_bye.pcap

# help, version, usage
run --help
expect "--help" 0 ""
if [ "$(wc -l <"$work/out")" -le 30 ] && [ "$(wc -L <"$work/out")" -le 100 ]; then good; else bad "--help fits a screen"; fi
awk '/^  [a-z]+  / { print $1 } /--help/ { exit }' "$work/out" >"$work/commands"
while read -r command; do
    run "$command" --help
    expect "$command --help" 0 ""
    holds "$command --help is about the command" "^fosip $command "
done <"$work/commands"
run --version
expect "--version" 0 ""
holds "--version names libpcap" "libpcap"
holds "--version says whether TLS is decrypted" "OpenSSL"
run
expect "no file" 2 "no capture"
run --nonsense "$call"
expect "unknown option" 2 "nonsense"
run -T yaml "$call"
expect "unknown format" 2 "yaml"
run -t x "$call"
expect "unknown time" 2 "-t x"
for live in -D -i "-i eth0" -ieth0 "calls -i eth0" "-i 5 $call"; do
    # shellcheck disable=SC2086
    run $live
    expect "$live: no live capture" 2 "does not capture live.*dumpcap -i eth0 -w - | fosip -"
    [ -s "$work/out" ] && bad "$live: something on standard output"
done
run --color sometimes "$call"
expect "unknown colour" 2 "sometimes"
run sumary
expect "mistyped command" 2 "sumary.*summary"
run -f
expect "option without its value" 2 "value"
run -f 'port five' "$call"
expect "bad capture filter" 2 "port five"

# bad input: status, one line, what could be read is printed
run /no/such/file.pcap
expect "no such file" 2 "/no/such/file.pcap"
: >"$work/empty"
run "$work/empty"
expect "empty file" 2 "empty"
run "$TESTDATA/43n_empty.pcap"
expect "a capture without packets" 0 ""
holds "which holds nothing" "No calls"
run "$TESTDATA/43r_png_named.pcap"
expect "a picture" 2 "PNG"
run "$TESTDATA/43p_header_cut.pcap"
expect "cut file header" 2 "cut short"
run "$TESTDATA/43v_version_9.pcap"
expect "unknown version" 2 "version"
mkdir "$work/nothing"
run "$work/nothing"
expect "a directory without captures" 2 "no capture"
run "$TESTDATA/43j_corrupt_record_length.pcap"
expect "a length that lies" 2 "offset"
holds "what is before it is printed" "SIP"
run "$TESTDATA/43l_truncated_last_record.pcap"
expect "a last record cut short" 0 "cut short"
run --strict "$TESTDATA/43l_truncated_last_record.pcap"
expect "the same, strictly" 2 "cut short"
run -q "$TESTDATA/43l_truncated_last_record.pcap"
expect "the same, quietly" 0 ""
run -T json "$work/empty"
expect "empty file as JSON" 2 "empty"
holds "a document all the same" '"schema":"fosip/1"'
run "$TESTDATA/43r_png_named.pcap" "$call"
expect "one bad file of two" 2 "PNG"
holds "the good one is printed" "alice"
run "$TESTDATA/43t_caplen_above_len.pcap"
expect "captured length above length" 0 ""

# TLS: the bundled keys, none, a file that holds none
if "$FOSIP" --version | grep -q '^OpenSSL'; then
    run --tls-keys "$TESTDATA/tls/keys.log" "$TESTDATA/tls/12_wss.pcap"
    expect "TLS with its keys" 0 ""
    holds "SIP over WebSocket and TLS is read" "SIP 8 (4 requests, 4 responses)"
    holds "and the connection counted" "TLS 1 connection (1 decrypted)"
    run --tls-keys /no/such/keys "$TESTDATA/tls/12_wss.pcap"
    expect "no key file" 2 "keys"
    run --tls-keys "$TESTDATA/tls/wrong.log" "$TESTDATA/tls/12_wss.pcap"
    expect "TLS with other keys" 0 ""
    holds "it is said" "do not open it"
    run --tls-keys "$TESTDATA/tls/12_wss.pcap" "$TESTDATA/tls/12_wss.pcap"
    expect "a key file that is none" 2 "no TLS secret"
else
    run --tls-keys "$TESTDATA/tls/keys.log" "$TESTDATA/tls/12_wss.pcap"
    expect "keys without a library" 2 "OpenSSL"
fi
run "$TESTDATA/tls/12_wss.pcap"
expect "TLS without keys" 0 ""
holds "a finding says so" "The connection from"

# compressed captures, rotated sets
files=$TESTDATA/files
run --version
for library in zlib libzstd liblz4 libbz2 liblzma; do
    holds "--version tells of $library" "$library"
done
run calls "$TESTDATA/04a_busy.pcap"
cp "$work/out" "$work/once"
if ! "$FOSIP" --version | grep -q '^without .* is not read'; then
    for one in busy.pcap.gz busy.pcap.zst busy.pcap.lz4 busy.pcap.bz2 busy.pcap.xz ring; do
        run calls "$files/$one"
        expect "$one" 0 ""
        if cmp -s "$work/once" "$work/out"; then good; else bad "$one: the calls of the plain file"; fi
    done
    # A pipe, not a file that is opened.
    # shellcheck disable=SC2002
    cat "$files/members.gz" | "$FOSIP" calls - >"$work/out" 2>"$work/err"
    if cmp -s "$work/once" "$work/out"; then good; else bad "gzip from a pipe"; fi
    run -T json "$files/busy.pcap.zst"
    holds "compression in JSON" '"compression":"zstd"'
    head -c 2000 "$files/busy.pcap.gz" >"$work/cut.gz"
    run messages "$work/cut.gz"
    expect "gzip cut short" 0 "cut.gz: the gzip data is cut short.*offset 2000"
    holds "what is before is printed" REGISTER
    run --strict "$work/cut.gz"
    expect "the same, strictly" 2 "cut short"
    { head -c 2000 "$files/busy.pcap.gz" && printf 'damage' && tail -c +2007 "$files/busy.pcap.gz"; } >"$work/bad.gz"
    run messages "$work/bad.gz"
    expect "gzip damaged" 2 "bad.gz: the gzip data is damaged at offset"
    holds "what is before is printed" REGISTER
fi
run "$files/features.pcapng"
holds "a comment of the file" "  comment: ticket 4711"
holds "a comment on a packet" "  comment on packet 2: two"
run -T json "$files/features.pcapng"
holds "comments on packets in JSON" '"packet_comments":\[{"packet":1,"text":"the first"}'
holds "drops in JSON" '"dropped":34'
holds "comments in JSON" '"comment":"gateway 3.nticket 4711'
holds "steps backwards in JSON" '"backwards":1'
printf 'GMBU\000\002\001\000' >"$work/netmon"
run "$work/netmon"
expect "Network Monitor" 2 "netmon: .*editcap"

# output
run -o "$work/result" "$call"
expect "-o" 0 ""
if [ ! -s "$work/out" ] && grep -q alice "$work/result"; then good; else bad "-o writes the file"; fi
run -o /no/such/folder/result "$call"
expect "-o into nowhere" 2 "/no/such/folder/result"
"$FOSIP" -T json "$call" >/dev/full 2>"$work/err"
status=$?
expect "a full disk" 2 "writing"
"$FOSIP" messages --raw "$call" | head -n 1 >/dev/null
run --color always "$call"
holds "colours on demand" "$(printf '\033')"
run "$call"
if grep -q "$(printf '\033')" "$work/out"; then bad "no colours in a pipe"; else good; fi
# A pipe, not a file that is opened.
# shellcheck disable=SC2002
cat "$call" | "$FOSIP" - >"$work/piped" 2>"$work/err"
sed 1d "$work/piped" >"$work/a"
run "$call"
sed 1d "$work/out" >"$work/b"
if cmp -s "$work/a" "$work/b"; then good; else bad "the same from a pipe"; fi
run summary "$call"
cp "$work/out" "$work/named"
run "$call"
if cmp -s "$work/out" "$work/named"; then good; else bad "summary is the default"; fi
run -r "$call" calls
holds "-r names a capture" "alice"

# two taps saw the same packets
run -T csv messages "$TESTDATA/04a_busy.pcap"
cp "$work/out" "$work/once"
run -T csv messages "$TESTDATA/04a_busy.pcap" "$TESTDATA/04a_busy.pcap"
if [ "$(wc -l <"$work/out")" -eq "$(wc -l <"$work/once")" ] && ! grep -q retransmission "$work/out"; then
    good
else
    bad "copies are no retransmissions"
fi

# choosing
run --from nobody calls "$call"
holds "nobody's calls" "No calls"
run --user ALICE calls "$call"
holds "by user, in any case" "alice"
run --call-id 3 calls "$call"
holds "by number" "alice"
run --call-id 6aac8a174867eff0 calls "$call"
holds "by Call-ID" "alice"
for filter in 'host 172.18.5.4' 'net 192.168.0.0/24' 'src net 192.168.0.0/24' \
    'dst net 192.168.0.0/24' 'port 5060' 'tcp portrange 1501-1549'; do
    run -f "$filter" calls --all "$call"
    expect "capture filter $filter" 0 ""
    case $filter in
    port*) holds "calls on port 5060" "completed" ;;
    *) holds "no call passes $filter" "No calls" ;;
    esac
done
# Each interface's own link type: Ethernet and SLL.
run -f 'udp port 5060' -T json "$TESTDATA/25a_two_interfaces.pcapng"
holds "SIP of both interfaces" '"sip":21,'
holds "and no RTP" '"rtp":0,'
run -f 'port 9' calls "$call"
holds "by capture filter" "No calls"
run calls --all "$call"
holds "registrations" "registration"

run --stream 2 streams "$TESTDATA/36g_burst_5.pcap"
same "one stream by number" 36g_stream.txt
LC_ALL=C run --ssrc 0x26d42532 streams "$TESTDATA/33f_relay_oneway_loss8_at_caller.pcap"
same "a stream that was lost behind the capture point, in ASCII" 33f_stream.txt
run --stream 1 streams "$TESTDATA/media/feedback.pcap"
holds "what its receiver asked for" "Feedback: NACK 2, PLI 1, FIR 1, REMB 1, transport-cc 1, congestion control (RFC 8888) 1, other 1"
run --stream 9 streams "$TESTDATA/36g_burst_5.pcap"
expect "a stream that is not there" 0 ""
holds "which is said" "No such RTP stream"
run -T csv --ssrc 0x0E863E37 streams "$TESTDATA/36g_burst_5.pcap"
if [ "$(wc -l <"$work/out")" -eq 2 ]; then good; else bad "one stream by SSRC"; fi
run --stream two streams "$call"
expect "no number of a stream" 2 "--stream two"
run --ssrc 0xgg streams "$call"
expect "no SSRC" 2 "--ssrc 0xgg"
for interval in 0s 5 1h 9ms -1s nans 86401s ''; do
    run --interval "$interval" streams "$call"
    expect "no interval: '$interval'" 2 "--interval"
done
run --jitter-buffer 0 streams "$call"
expect "no depth of a jitter buffer" 2 "--jitter-buffer 0"
run --jitter-buffer 200ms -T json streams "$call"
holds "the depth of the jitter buffer" '"depth_ms":200.000'
run --interval 0.5s --stream 1 -T csv streams "$TESTDATA/36g_burst_5.pcap"
same "half seconds of a stream as CSV" 36g_intervals.csv

# figures and pictures
run ladder "$call"
same "ladder of a call through a proxy" 01a_ladder.txt
run ladder --call-id 4 "$TESTDATA/07a_fork_cancel.pcap"
same "ladder of a fork" 07a_ladder.txt
run ladder "$TESTDATA/34c_b2bua_flow_through_sip.pcap"
same "ladder of a group: two legs through a B2BUA" 34c_ladder.txt
run ladder --call-id 2 "$TESTDATA/34c_b2bua_flow_through_sip.pcap"
same "a leg chosen shows its group" 34c_ladder.txt
run ladder --call-id 2 --no-group "$TESTDATA/34c_b2bua_flow_through_sip.pcap"
same "a leg alone" 34c_leg.txt
run ladder "$TESTDATA/10a_attended_transfer_sip.pcap"
same "ladder of an attended transfer" 10a_ladder.txt
COLUMNS=80 run ladder "$TESTDATA/11a_hold.pcap"
same "ladder of a hold" 11a_ladder.txt
LC_ALL=C run ladder "$TESTDATA/38a_invite_retransmitted.pcap"
same "ladder in ASCII, with retransmissions" 38a_ladder.txt
run streams "$TESTDATA/36g_burst_5.pcap"
same "streams with losses" 36g_streams.txt
run -T csv calls "$TESTDATA/04a_busy.pcap"
same "calls as CSV" 04a_calls.csv
run -t u messages "$TESTDATA/04a_busy.pcap"
same "messages in UTC" 04a_messages.txt

# parts of a call, and messages compared
run ladder --call-id 4 --transaction 3 "$TESTDATA/07a_fork_cancel.pcap"
same "one transaction: a branch of the fork" 07a_transaction.txt
run ladder --call-id 4 --dialog 2 "$TESTDATA/07a_fork_cancel.pcap"
same "one dialog: the branch that was cancelled" 07a_dialog.txt
run messages --call-id 4 --dialog 2 --transaction 4 "$TESTDATA/07a_fork_cancel.pcap"
if [ "$(wc -l <"$work/out")" -eq 3 ] && grep -q 'CANCEL sip' "$work/out"; then good; else bad "both choices"; fi
# in JSON, too: of two registrations and a call with a request and an answer each, and
# of the call's INVITE at its second hop
run -T json messages --transaction 2 "$TESTDATA/01a_basic_caller_bye.pcap"
if [ "$(grep -o '"retransmission_of":' "$work/out" | wc -l)" -eq 7 ] &&
    [ "$(grep -o '"transaction":2,' "$work/out" | wc -l)" -ge 7 ]; then good; else bad "in JSON"; fi
run ladder --call-id 4 --transaction 99 "$TESTDATA/07a_fork_cancel.pcap"
holds "no such transaction" "no such transaction"
run ladder --raw --call-id 3 --transaction 5 "$call"
same "each message beneath its arrow" 01a_ladder_raw.txt
run messages --diff 14 20 "$TESTDATA/07a_fork_cancel.pcap"
same "an INVITE before and after a proxy" 07a_diff.txt
run messages --diff 14 16 "$TESTDATA/07a_fork_cancel.pcap"
expect "a frame without SIP" 2 "frame 16"
run messages --diff 14 "$TESTDATA/07a_fork_cancel.pcap"
expect "one frame" 2 "--diff"
run messages --changes "$TESTDATA/34c_b2bua_flow_through_sip.pcap"
same "what a B2BUA changed" 34c_changes.txt
run messages --changes "$TESTDATA/38a_invite_retransmitted.pcap"
holds "nothing passed on" "No message that was passed on"

# diff: same, different, trouble
other=$TESTDATA/02a_callee_bye.pcap
run diff "$call" "$call"
expect "the same twice" 0 ""
holds "and says so" "No difference: 3 calls compared"
run diff "$call" "$other"
expect "two calls" 1 ""
sed -i "s|$TESTDATA/||" "$work/out"
same "who hung up, line by line, and the ladders" diff.txt
run -T json diff "$call" "$other"
expect "the same as JSON" 1 ""
holds "with its schema" '"schema":"fosip-diff/1"'
holds "and a summary" '"same":false'
run -T csv diff "$call" "$other"
expect "the same as CSV" 1 ""
if [ "$(head -n 1 "$work/out" | tr -d '\r')" = "kind,call_a,call_b,stream_a,stream_b,name,before,after,messages,text" ]; then good; else bad "the first line of CSV"; fi
run -T ndjson diff "$call" "$other"
expect "the same as NDJSON" 1 ""
if [ "$(grep -c '"type":"difference"' "$work/out")" -eq 15 ] && [ "$(tail -n 1 "$work/out" | grep -c '"type":"summary"')" -eq 1 ]; then good; else bad "a line a difference"; fi
run diff --ignore messages,call,timing,streams "$call" "$other"
expect "what is ignored is no difference" 0 ""
run diff --tolerance time=60s,packets=500 --ignore messages --ignore "released by" "$call" "$other"
expect "what is tolerated is no difference" 0 ""
run diff --strict-values "$call" "$other"
expect "values of each call, when asked for" 1 ""
holds "say their Call-ID" "Call-ID changed"
run diff --compare ports "$call" "$call"
expect "the same ports" 0 ""
run diff --from bob "$call" "$other"
expect "one call alone" 0 ""
holds "was chosen on both sides" "1 call compared"
run diff "$call"
expect "one side" 2 "both"
run diff "$call" "$call" "$call"
expect "three sides" 2 "both"
run diff "$call" /no/such/file.pcap
expect "a side that is not there" 2 "/no/such/file.pcap"
run diff --tolerance speed=1 "$call" "$call"
expect "unknown tolerance" 2 "speed"
run diff --compare colour "$call" "$call"
expect "unknown values" 2 "colour"
run diff "$call" "$TESTDATA/43r_png_named.pcap"
expect "a picture" 2 "PNG"
run diff "$TESTDATA/43j_corrupt_record_length.pcap" "$TESTDATA/43n_empty.pcap"
expect "a damaged side" 2 "offset"
holds "is compared as far as it goes" "the call is missing in B"
run -o "$work/difference" diff "$call" "$other"
expect "into a file" 1 ""
sed -i "s|$TESTDATA/||" "$work/difference"
if cmp -s "$work/difference" "$EXPECTED/diff.txt"; then good; else bad "which holds the same"; fi
"$FOSIP" -T json "$call" >"$work/saved.json"
run diff "$work/saved.json" "$call"
expect "a saved result and its capture" 0 ""
holds "headers are not compared" "no header fields"
run diff "$other" "$work/saved.json"
expect "a capture and another's result" 1 ""
holds "tells what a result holds" "BYE is missing: callee → proxy"
run diff "$work/saved.json" "$work/saved.json"
expect "two saved results" 0 ""
head -c 2000 "$work/saved.json" >"$work/cut.json"
run diff "$work/cut.json" "$call"
expect "half a result" 2 "cut short"
echo '{"schema":"fosip/2"}' >"$work/other.json"
run diff "$call" "$work/other.json"
expect "a result of another kind" 2 'fosip/1'
for capture in "$TESTDATA"/*.pcap "$TESTDATA"/*.pcapng; do
    "$FOSIP" -q -T json "$capture" >"$work/saved.json" 2>/dev/null || continue
    run -q diff "$capture" "$work/saved.json"
    expect "$capture and its result" 0 ""
done

# ladder: drawings by the ending of -o
run ladder --call-id 3 -o "$work/call.svg" "$call"
expect "a drawing" 0 ""
if grep -q '>180 Ringing<' "$work/call.svg"; then good; else bad "the drawing's texts"; fi
run ladder -T json -o "$work/json.svg" "$call"
if [ "$(head -c 1 "$work/json.svg")" = "{" ]; then good; else bad "-T goes before the ending"; fi
run ladder --call-id nobody -o "$work/none.svg" "$call"
expect "nothing to draw" 2 "no call"
if [ -e "$work/none.svg" ]; then bad "no file then"; else good; fi
for ending in pdf PNG; do
    run ladder -o "$work/call.$ending" "$call"
    if "$FOSIP" --version | grep -q 'without cairo'; then
        expect "$ending without cairo" 2 "cairo"
    else
        expect "$ending" 0 ""
        if [ -s "$work/call.$ending" ]; then good; else bad "$ending is empty"; fi
    fi
done

# report: one page
run report "$call"
expect "a page" 0 ""
holds "with ladders" "INVITE (SDP: PCMU, PCMA)"
holds "and streams" "Jitter by second"
run report -o "$work/page.html" --call-id 3 "$call"
expect "a page of one call" 0 ""
if grep -q 'id="call3"' "$work/page.html" && ! grep -q 'id="call1"' "$work/page.html"; then good; else bad "one call alone in the page"; fi
run report -T json "$call"
expect "a page as JSON" 2 "HTML"
run report "$TESTDATA/43n_empty.pcap"
expect "a page of nothing" 0 ""
holds "which says so" "No calls"
run diff -Y 'call.kind == "registration"' "$call" "$other"
expect "diff of the calls that a filter chooses" 0 ""
holds "which are two" "2 calls compared"
"$FOSIP" -T json "$call" >"$work/saved.json"
run diff -Y 'sip' "$call" "$work/saved.json"
expect "a filter on a saved result" 2 "saved result"

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
