#!/bin/sh
# fosip extract: files, their names and formats, pipes, what is refused.
set -u

FOSIP=${FOSIP:-build/fosip}
TESTDATA=${TESTDATA:-testdata}
passed=0
failed=0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
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
done_quietly() { # name
    if [ "$status" -eq 0 ] && [ ! -s "$work/err" ]; then good; else bad "$1"; fi
}
refused() { # name, pattern: status 2, one line, nothing written to "$work/no.pcap"
    if [ "$status" -eq 2 ] && [ "$(wc -l <"$work/err")" -eq 1 ] && grep -q -e "$2" "$work/err" &&
        [ ! -e "$work/no.pcap" ]; then
        good
    else
        bad "$1"
    fi
}
magic() { # name, file, octets of its beginning
    if [ "$(od -An -tx1 -N4 "$2" | tr -d ' ')" = "$3" ]; then good; else bad "$1: $(od -An -tx1 -N4 "$2")"; fi
}
calls() { # file: the Call-IDs in it
    "$FOSIP" calls --all -T csv "$1" | tail -n +2 | wc -l | tr -d ' '
}
is() { # name, found, expected
    if [ "$2" = "$3" ]; then good; else bad "$1: $2, not $3"; fi
}

call=$TESTDATA/01a_basic_caller_bye.pcap
two=$TESTDATA/25a_two_interfaces.pcapng
b2bua=$TESTDATA/34c_b2bua_flow_through_sip.pcap

# by the ending, by what is in it
run extract --call-id 3 -o "$work/a.pcap" "$call"
done_quietly "one call"
magic "pcap, in this machine's order" "$work/a.pcap" "$(printf 'd4c3b2a1')"
is "one call is in it" "$(calls "$work/a.pcap")" 1
run extract --call-id 3 -w "$work/w.pcap" "$call"
done_quietly "-w"
if cmp -s "$work/a.pcap" "$work/w.pcap"; then good; else bad "-w writes what -o writes"; fi
run extract --call-id 3 -O "$work/O.pcapng" "$call"
magic "pcapng" "$work/O.pcapng" 0a0d0d0a
run extract --call-id 1 -o "$work/ns.pcap" "$TESTDATA/26a_nanosecond.pcap"
magic "pcap in nanoseconds" "$work/ns.pcap" 4d3cb2a1
run extract --call-id 3 "$call"
done_quietly "to standard output"
if cmp -s "$work/a.pcap" "$work/out"; then good; else bad "the same octets there"; fi
run extract --call-id 3 -o - "$two"
magic "several link types to standard output" "$work/out" 0a0d0d0a

# pipes
"$FOSIP" extract --call-id 3 - <"$call" >"$work/out" 2>"$work/err"
if cmp -s "$work/a.pcap" "$work/out"; then good; else bad "a file as standard input"; fi
# shellcheck disable=SC2002
cat "$call" | "$FOSIP" extract --call-id 3 - >"$work/out" 2>"$work/err"
if cmp -s "$work/a.pcap" "$work/out"; then good; else bad "a pipe"; fi
mkfifo "$work/fifo"
cat "$call" >"$work/fifo" &
run extract --call-id 3 "$work/fifo"
wait
if cmp -s "$work/a.pcap" "$work/out"; then good; else bad "a named pipe"; fi

# groups, splitting
run extract --call-id 2 -o "$work/g.pcap" "$b2bua"
is "a call with its group" "$(calls "$work/g.pcap")" 2
run extract --call-id 2 --no-group -o "$work/g.pcap" "$b2bua"
is "a call alone" "$(calls "$work/g.pcap")" 1
mkdir "$work/split"
run extract -v --split --no-group -o "$work/split/{id}-{from}-{to}.pcap" "$b2bua"
if [ "$status" -eq 0 ] && grep -q '2 files' "$work/err"; then good; else bad "--split"; fi
is "names" "$(cd "$work/split" && echo *)" "1-1001-1002.pcap 2-pbx-1002.pcap"
rm "$work/split"/*
run extract --split -o "$work/split/x.pcap" "$call"
is "numbers where the template has no place" "$(cd "$work/split" && echo *)" \
    "x-1.pcap x-2.pcap x-3.pcap"
rm "$work/split"/*
run extract --split --user alice -o "$work/split/{from}.pcap" "$call"
is "calls of one name" "$(cd "$work/split" && echo *)" "alice-1.pcap alice-3.pcap"

# what is chosen
run extract --ssrc 0xe89932e2 --no-media -o "$work/s.pcap" "$call"
is "the call of a stream" "$(calls "$work/s.pcap")" 1
run extract --ssrc 0xe89932e2 -o "$work/s.pcap" "$call"
is "one stream" "$("$FOSIP" streams -T csv "$work/s.pcap" | tail -n +2 | wc -l | tr -d ' ')" 1
run extract -o "$work/all.pcap" "$TESTDATA/39c_rtp_without_sip.pcap"
is "streams without calls" \
    "$("$FOSIP" streams -T csv "$work/all.pcap" | tail -n +2 | wc -l | tr -d ' ')" \
    "$("$FOSIP" streams -T csv "$TESTDATA/39c_rtp_without_sip.pcap" | tail -n +2 | wc -l | tr -d ' ')"

# without names
if "$FOSIP" --version | grep -q 'without OpenSSL'; then
    run extract --anonymize -o "$work/no.pcap" "$call"
    refused "anonymizing without OpenSSL" "OpenSSL"
else
    run extract --anonymize-key k -o "$work/k1.pcap" "$call"
    done_quietly "--anonymize-key"
    run extract --anonymize --anonymize-key k -o "$work/k2.pcap" "$call"
    if cmp -s "$work/k1.pcap" "$work/k2.pcap"; then good; else bad "one key, one result"; fi
    if grep -qa -e alice -e 'sip:bob' "$work/k1.pcap"; then bad "a name is left"; else good; fi
    is "the calls without names" "$(calls "$work/k1.pcap")" "$(calls "$call")"
    run extract --anonymize -o "$work/n1.pcap" "$call"
    cp "$call" "$work/other name.pcap"
    run extract --anonymize -o "$work/n2.pcap" "$work/other name.pcap"
    if cmp -s "$work/n1.pcap" "$work/n2.pcap"; then good; else bad "a key of the packets"; fi
    if cmp -s "$work/n1.pcap" "$work/k1.pcap"; then bad "which key it is"; else good; fi
    # shellcheck disable=SC2002
    cat "$call" | "$FOSIP" extract --anonymize - >"$work/out" 2>"$work/err"
    if cmp -s "$work/n1.pcap" "$work/out"; then good; else bad "a pipe, anonymized"; fi
    run extract --anonymize-key "" -o "$work/no.pcap" "$call"
    refused "an empty key" "key"
    run extract --anonymize --call-id alice -o "$work/no.pcap" "$call"
    refused "nothing chosen, anonymized" "no call"
    run extract --anonymize -o "$work/tls.pcap" "$TESTDATA/tls/13_own_keys.pcapng"
    if [ "$status" -eq 0 ] && grep -q 'segments of TLS' "$work/err"; then good; else bad "what is lost is said"; fi
    run extract -q --anonymize -o "$work/tls.pcap" "$TESTDATA/tls/13_own_keys.pcapng"
    done_quietly "-q, anonymized"
fi

# bad input
run extract --call-id nobody -o "$work/no.pcap" "$call"
refused "nothing chosen" "no call"
run extract -o "$work/no.pcap" "$TESTDATA/43n_empty.pcap"
refused "a capture without packets" "no call"
run extract -o "$work/no.pcap" /no/such/file.pcap
refused "no such file" "/no/such/file"
run extract -o "$work/no.pcap" "$two"
refused "two link types in a pcap" "pcapng"
run extract -o /no/such/folder/x.pcap "$call"
refused "no such folder" "/no/such/folder/x.pcap"
run extract --split -o "$work/{who}.pcap" "$call"
refused "an unknown place" "{who}"
run extract --split "$call"
refused "a file a call to standard output" "name"
for log in "$TESTDATA"/logs/*; do
    [ -f "$log" ] && break
done
run extract -o "$work/no.pcap" "$log"
refused "a text log" "log"
run summary -w "$work/no.pcap" "$call"
refused "-w of another command" "-w"
run extract -o "$work/part.pcap" "$TESTDATA/43j_corrupt_record_length.pcap"
if [ "$status" -eq 2 ] && [ -s "$work/part.pcap" ]; then good; else bad "what is before damage is written"; fi
is "nothing is left" "$(find "$work" -name '*.pcap*.*' | wc -l | tr -d ' ')" 0

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
