#!/bin/sh
# fosip check: the expectations of tests/cli/expectations hold for the captures they are
# named after; every kind of failure is found and shown in each format.
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
    head -n 20 "$work/out" "$work/err" | sed 's/^/    /'
}
run() { # arguments...
    "$FOSIP" "$@" >"$work/out" 2>"$work/err" </dev/null
    status=$?
}
capture() { # name without its ending
    for file in "$TESTDATA/$1".pcap "$TESTDATA/$1".pcapng; do
        [ -e "$file" ] && echo "$file"
    done
}
call=$(capture 01a_basic_caller_bye)

# The expectations: as many results as there are, all hold.
for file in tests/cli/expectations/*.expect; do
    run check --expect "$file" "$(capture "$(basename "$file" .expect)")"
    hold=$(grep -c '^ok  ' "$work/out")
    want=$(grep -c '^"' "$file")
    passed=$((passed + hold))
    if [ "$status" -eq 0 ] && [ "$hold" -eq "$want" ]; then good; else bad "$file: $hold of $want hold, status $status"; fi
done
[ "$passed" -ge 30 ] || bad "at least 30 expectations"

holds() { # expectation
    run check -e "$1" "$call"
    if [ "$status" -eq 0 ] && [ ! -s "$work/err" ]; then good; else bad "holds: $1"; fi
}
fails() { # expectation, what is said of it
    run check -e "$1" "$call"
    if [ "$status" -eq 1 ] && grep -q -F -e "$2" "$work/out" && [ ! -s "$work/err" ]; then good; else bad "fails: $1 ($2)"; fi
}
wrong() { # expectation, column, what is said
    run check -e "$1" "$call"
    if [ "$status" -eq 2 ] && [ ! -s "$work/out" ] && head -n 1 "$work/err" | grep -q -F -e "column $2: " && grep -q -F -e "$3" "$work/err"; then
        good
    else
        bad "wrong: $1 ($2, $3)"
    fi
}
holds 'each registration: call.state == completed'
holds 'no message where sip.Status-Code >= 500'
holds 'no stream: stream.loss_pct > 0'
holds 'some message: sip.Status-Code == 180'
holds 'one message where sip.Method == INVITE and ip.src == 10.77.0.11: sdp'
holds 'each call where any(stream: rtp) : call.src.ip == 10.77.0.0/24'
fails 'each stream: stream.packets > 407' 'stream.packets is 407'
fails 'each call: call.status == 486' 'call 3, frame 9: call.status is 200'
fails 'each call: sip.X-Tenant' 'sip.X-Tenant is unknown'
fails 'each subscription: call.status == 200' 'there is no such subscription'
fails 'one message where sip.Method == INVITE: sdp' 'there are 2, not one message'
fails 'one registration: call.status == 200' 'there are 2, not one registration'
fails 'some stream: stream.mos < 2' 'stream.mos is 4.4'
fails 'no message where sip.Status-Code == 180' 'sip.Status-Code is 180'
fails 'no stream: stream.packets == 407' 'stream.packets is 407'
fails 'capture: count(call: call.kind == call) == 2' 'count(call) is 1'
fails 'capture: max(stream.jitter_ms.max) < 1ms' 'max(stream.jitter_ms.max) is 1.7'
wrong 'each cal: sip' 6 'call, registration'
wrong 'every call: sip' 1 'capture, each, one, some, no or ladder'
wrong 'each call: call.stat == 200' 12 'call.state'
wrong 'each call where call.stat: sip' 17 'call.state'
wrong 'each call with x: sip' 11 "'where' or ':'"
wrong 'each call' 10 'what is expected'
wrong '"name each call: sip' 1 'never closed'
wrong '  each call: sip' 3 'only the steps of a ladder'
wrong 'ladder call:' 1 'steps were expected'

# Ladders: right, and wrong in each way that a flow can be.
ladder() { # status, what is said ("": nothing), steps...
    want=$1 said=$2
    shift 2
    { echo 'ladder call:'; printf '    %s\n' "$@"; } >"$work/ladder"
    run check --expect "$work/ladder" "$call"
    if [ "$status" -eq "$want" ] && { [ -z "$said" ] || cat "$work/out" "$work/err" | grep -q -F -e "$said"; }; then
        good
    else
        bad "ladder, status $status: $*"
    fi
}
ladder 0 '' '...'
ladder 0 '' '...' 'a -> p: BYE' '...'
ladder 0 '' 'a -> p: INVITE' '...' 'p -> a: 200 BYE'
ladder 0 '' 'a -> p: INVITE' 'p -> a: 1xx' '* -> b: *' 'b -> *: 18x INVITE' '...' 'b -> p: 2xx BYE' '* -> a: 200'
ladder 1 "expected 'p -> a: 183', found 100 INVITE in frame 10" 'a -> p: INVITE' 'p -> a: 183' '...'
ladder 1 "expected 'p -> a: INVITE', found INVITE in frame 11" 'a -> p: INVITE' 'p -> a: 100' 'p -> a: INVITE' '...'
ladder 1 'found the end of the call' '...' 'p -> a: 200 BYE' 'a -> p: ACK'
ladder 1 'expected the end of the call, found 100 INVITE in frame 10' 'a -> p: INVITE'
ladder 1 '<-- here' 'a -> p: INVITE' 'a -> p: ACK'
ladder 1 'found' 'a -> p: INVITE' '...' 'a -> p: CANCEL' '...'
ladder 1 'found' 'a -> a: INVITE' '...'
ladder 2 'a step was expected' 'a: INVITE'
ladder 2 'a method' 'a -> p: 2000'
ladder 2 'line 3, column' 'a -> p: INVITE' 'p -> a'

# Formats.
cat >"$work/two" <<'TEXT'
# comment
"good & <well>" each call: call.status == 200

"bad: 100%, sure" each call: call.status == 486
TEXT
run check -T tap --expect "$work/two" "$call"
if [ "$status" -eq 1 ] && grep -qx '1..2' "$work/out" && grep -q '^ok 1 - good' "$work/out" && grep -q '^not ok 2 - bad' "$work/out" && ! grep -qvE '^(TAP version 13|1\.\.2|(not )?ok .*|# .*)$' "$work/out"; then good; else bad "TAP"; fi
run check -T junit --expect "$work/two" "$call"
if [ "$status" -eq 1 ] && grep -q 'tests="2" failures="1"' "$work/out" && grep -q 'name="good &amp; &lt;well&gt;"' "$work/out"; then good; else bad "JUnit"; fi
if command -v python3 >/dev/null 2>&1; then
    if python3 -c 'import sys, xml.etree.ElementTree as e; r = e.parse(sys.argv[1]).getroot(); sys.exit(len(r.findall(".//testcase")) != 2 or len(r.findall(".//failure")) != 1)' "$work/out"; then good; else bad "JUnit is XML"; fi
    for format in json gitlab; do
        run check -T $format --expect "$work/two" "$call"
        if [ "$status" -eq 1 ] && python3 -c 'import json, sys; json.load(open(sys.argv[1]))' "$work/out"; then good; else bad "$format is JSON"; fi
    done
fi
run check -T json --expect "$work/two" "$call"
if grep -q '"expectations":2,"failed":1' "$work/out" && grep -q '"held":false,"tested":1,"failed":1' "$work/out"; then good; else bad "JSON"; fi
run check -T gitlab --expect "$work/two" "$call"
if grep -q '"lines":{"begin":4}' "$work/out"; then good; else bad "GitLab"; fi
run check -T github --expect "$work/two" "$call"
if grep -q "^::error file=.*two,line=4,title=bad%3A 100%25%2C sure::expected .*%0Afound call 3, frame 9: call.status is 200$" "$work/out"; then good; else bad "GitHub"; fi
run check -T csv -e 'capture: sip' "$call"
if [ "$status" -eq 2 ]; then good; else bad "check has no CSV"; fi
run calls -T tap "$call"
if [ "$status" -eq 2 ]; then good; else bad "calls have no TAP"; fi

# What --init writes holds for its capture, and not for another; trouble outweighs.
for name in 01a_basic_caller_bye 03a_cancel 07a_fork_cancel 11a_hold 36g_burst_5 37a_oneway_callee_silent 44e_invite_auth_407 10a_attended_transfer_sip; do
    file=$(capture $name)
    run check --init "$work/init" "$file"
    run check --expect "$work/init" "$file"
    if [ "$status" -eq 0 ]; then good; else bad "--init of $name"; fi
    run check --expect "$work/init" "$TESTDATA/04a_busy.pcap"
    if [ "$status" -eq 1 ]; then good; else bad "--init of $name, against another"; fi
done
run check --expect /no/such/file "$call"
if [ "$status" -eq 2 ] && grep -q /no/such/file "$work/err"; then good; else bad "no such file"; fi
run check "$call"
if [ "$status" -eq 2 ]; then good; else bad "nothing expected"; fi
run check -e 'capture: sip' /no/such/capture
if [ "$status" -eq 2 ]; then good; else bad "no capture"; fi
run check -e 'each call: call.status == 486' "$TESTDATA/43j_corrupt_record_length.pcap"
if [ "$status" -eq 2 ]; then good; else bad "a corrupt capture"; fi
run check -Y 'call.from.user == bob' -e 'each registration: call.from.user == bob' "$call"
if [ "$status" -eq 0 ]; then good; else bad "with -Y"; fi

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
