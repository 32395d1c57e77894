#!/bin/sh
# fosip audio: files, names, what cannot be heard.
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
refused() { # name, pattern: status 2, one line, nothing written
    if [ "$status" -eq 2 ] && [ "$(wc -l <"$work/err")" -eq 1 ] && grep -q -e "$2" "$work/err" &&
        [ ! -e "$work/no.wav" ]; then
        good
    else
        bad "$1"
    fi
}

call=$TESTDATA/01a_basic_caller_bye.pcap

run audio -o "$work/a.wav" "$call"
if [ "$status" -eq 0 ] && [ ! -s "$work/err" ] && [ ! -s "$work/out" ]; then good; else bad "one call"; fi
if [ "$(head -c 4 "$work/a.wav")" = RIFF ]; then good; else bad "a WAV file"; fi
run audio --call-id 3 -o "$work/b.wav" "$call"
if cmp -s "$work/a.wav" "$work/b.wav"; then good; else bad "the same octets each time"; fi
# shellcheck disable=SC2002
cat "$call" | "$FOSIP" audio -o "$work/c.wav" - 2>"$work/err"
if cmp -s "$work/a.wav" "$work/c.wav"; then good; else bad "from a pipe"; fi
mkdir "$work/all"
run audio -o "$work/all/{id}-{from}.wav" "$call" "$TESTDATA/02a_callee_bye.pcap"
if [ "$(cd "$work/all" && echo *)" = "3-alice.wav 6-alice.wav" ]; then good; else bad "a file a call"; fi

run audio "$call"
refused "no file" "-o"
run audio --call-id 1 -o "$work/no.wav" "$call"
refused "a registration" "no call with audio"
run audio -o "$work/no.wav" "$TESTDATA/03a_cancel.pcap"
refused "a call without media" "no call with audio"
run audio -o /no/such/folder/a.wav "$call"
refused "no such folder" "/no/such/folder/a.wav"
run audio -q -o "$work/no.wav" "$TESTDATA/31s_video_vp8.pcap"
if [ "$status" -eq 0 ] || grep -q 'decode\|no call' "$work/err"; then good; else bad "video"; fi
if [ "$(find "$work" -name '*.wav.*' | wc -l)" -eq 0 ]; then good; else bad "something is left"; fi

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
