#!/bin/sh
# Text logs on the command line: recognised, drawn, from a pipe, refused.
set -u

FOSIP=${FOSIP:-build/fosip}
TESTDATA=${TESTDATA:-testdata}
EXPECTED=tests/cli/expected
LOGS=$TESTDATA/logs
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
}
run() { # arguments...
    "$FOSIP" "$@" >"$work/out" 2>"$work/err" </dev/null
    status=$?
}
quiet() { # name: done without a word
    if [ "$status" -eq 0 ] && [ ! -s "$work/err" ]; then good; else bad "$1"; fi
}
same() { # name, expected file
    if diff -u "$2" "$work/out" >"$work/diff"; then
        good
    else
        bad "$1"
        sed 's/^/    /' "$work/diff"
    fi
}
holds() { # name, pattern in the output
    if grep -q -e "$2" "$work/out"; then good; else bad "$1: no '$2' in the output"; fi
}

run ladder "$LOGS/ccsip.txt"
quiet "a log of a gateway"
same "its ladder" $EXPECTED/ccsip_ladder.txt
run -t u messages "$LOGS/pjsua.txt"
same "times of day" $EXPECTED/pjsua_messages.txt
run ladder "$LOGS/listing-call.md"
same "a listing without times" $EXPECTED/listing_call_ladder.txt
run messages "$LOGS/listing-ccsip.md"
same "a listing that has lost a time" $EXPECTED/listing_ccsip_messages.txt

# The same calls, captured and logged: every column but frame and time (ngrep has
# that of a message's first fragment, a capture that of its last).
run -T csv messages "$TESTDATA/07a_fork_cancel.pcap"
cut -d, -f3- "$work/out" >"$work/captured"
run -T csv messages "$LOGS/07a_ngrep.txt"
cut -d, -f3- "$work/out" >"$work/a"
cp "$work/a" "$work/out"
same "a log and a capture say the same" "$work/captured"

# A pipe, not a file that is opened.
# shellcheck disable=SC2002
cat "$LOGS/ccsip.txt" | "$FOSIP" ladder - >"$work/out" 2>"$work/err"
same "from a pipe" $EXPECTED/ccsip_ladder.txt

# Compressed, as rotated logs are.
if ! "$FOSIP" --version | grep -q 'gzip is not read'; then
    gzip -c "$LOGS/ccsip.txt" >"$work/ccsip.log.1.gz"
    run ladder "$work/ccsip.log.1.gz"
    same "a compressed log" $EXPECTED/ccsip_ladder.txt
    # shellcheck disable=SC2002
    cat "$work/ccsip.log.1.gz" | "$FOSIP" ladder - >"$work/out" 2>"$work/err"
    same "a compressed log from a pipe" $EXPECTED/ccsip_ladder.txt
    run -T json "$work/ccsip.log.1.gz"
    holds "its compression" '"compression":"gzip"'
    mkdir "$work/rotated"
    cp "$work/ccsip.log.1.gz" "$work/rotated"
    gzip -c "$LOGS/listing-call.md" >"$work/rotated/call.gz"
    run -T csv calls "$work/rotated"
    if [ "$(wc -l <"$work/out")" -eq 3 ]; then good; else bad "a directory of compressed logs"; fi
fi

# Both ends of a call: what one sent is what the other received.
sed 's/message received \[\(.*\)\] bytes :/message sent (\1 bytes):/; t
    s/message sent (\(.*\) bytes):/message received [\1] bytes :/' "$LOGS/sipp.txt" >"$work/other.txt"
run -T csv messages "$LOGS/sipp.txt" "$work/other.txt"
if [ "$(wc -l <"$work/out")" -eq 4 ]; then good; else bad "two logs of one call"; fi

# what is unknown is null
run -T json messages "$LOGS/mail.txt"
holds "no time" '"time":null,"t":null'
holds "no span" '"duration_s":null'
holds "the transport" '"transport":"log"'
holds "the format" '"format":"text"'
holds "the link type" '"link_types":\["TEXT"\]'
run -T json messages "$LOGS/pjsua.txt"
holds "seconds without a date" '"time":null,"t":1.000000000'
holds "the dialect" '"format":"pjsua"'

echo 'Nothing but words, and SIP/2.0 among them.' >"$work/words"
run "$work/words"
if [ "$status" -eq 2 ] && grep -q 'text that holds no SIP message' "$work/err"; then
    good
else
    bad "text without messages is refused"
fi

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
