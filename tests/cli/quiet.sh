#!/bin/sh
# NDJSON in parts (--quiet-time, pipes): the same lines as of a whole file, each as soon as
# it is final.
set -u

FOSIP=${FOSIP:-build/fosip}
TESTDATA=${TESTDATA:-testdata}
# shellcheck source=tests/support/checks.sh
. tests/support/checks.sh

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Which direction was captured is judged of what leaves together: see fosip(1).
lines() { # file: without what only the whole capture can know
    grep -v '"rule":"one-direction-captured"' "$1" | sort
}

same() { # capture: in parts, at every number of threads, and from a pipe
    "$FOSIP" -T ndjson "$1" >"$work/whole" 2>"$work/err" </dev/null
    lines "$work/whole" >"$work/want"
    for n in 1 2 4 8; do
        "$FOSIP" --threads $n --quiet-time 1 -T ndjson "$1" >"$work/parts$n" 2>"$work/errn" </dev/null
        cmp -s "$work/err" "$work/errn" && cmp -s "$work/parts1" "$work/parts$n" || return 1
    done
    lines "$work/parts1" | cmp -s "$work/want" - || return 1
    "$FOSIP" -q -T ndjson - <"$1" >"$work/redirected" 2>/dev/null # a file, not a pipe: as it was
    head -n 1 "$work/redirected" | grep -q '"type":"capture"' || return 1
    # shellcheck disable=SC2002
    cat "$1" | "$FOSIP" -q -T ndjson - >"$work/piped" 2>/dev/null
    tail -n 1 "$work/piped" | grep -q '"type":"statistics"' || return 1
    sort "$work/redirected" >"$work/want"
    sort "$work/piped" | cmp -s "$work/want" -
}

for capture in "$TESTDATA"/*.pcap "$TESTDATA"/*.pcapng; do
    check "$capture in parts" same "$capture"
done

# Hundreds of calls one after the other, of which some twenty are there at a time.
"${CC:-gcc}" -std=c11 -D_GNU_SOURCE -O1 scripts/bench/generate.c -o "$work/generate" || exit 1
"$work/generate" --calls 400 --concurrent 20 --seconds 2 --seed 5 "$work/many.pcap" >"$work/truth"
check "400 calls in parts" same "$work/many.pcap"
check "all are there" test "$(grep -c '"type":"call"' "$work/parts1")" = 400
check "with all their streams" test "$(grep -c '"type":"stream"' "$work/parts1")" = 800
check "streams come between the calls" test \
    "$(grep -n '"type":"stream"' "$work/parts1" | head -n 1 | cut -d: -f1)" -lt \
    "$(grep -n '"type":"call"' "$work/parts1" | tail -n 1 | cut -d: -f1)"
for command in calls messages streams ladder; do
    "$FOSIP" -T ndjson $command "$work/many.pcap" | sort >"$work/want"
    "$FOSIP" -T ndjson --quiet-time 2 $command "$work/many.pcap" | sort >"$work/got"
    check "$command in parts" cmp -s "$work/want" "$work/got"
done
"$FOSIP" -T ndjson --call-id 77 "$work/many.pcap" | sort >"$work/want"
"$FOSIP" -T ndjson --quiet-time 2 --call-id 77 "$work/many.pcap" | sort >"$work/got"
check "a call by its number" cmp -s "$work/want" "$work/got"
"$FOSIP" -T ndjson -Y 'call.id > 90 and stream.lost > 0' "$work/many.pcap" | sort >"$work/want"
"$FOSIP" -T ndjson --quiet-time 2 -Y 'call.id > 90 and stream.lost > 0' "$work/many.pcap" |
    sort >"$work/got"
check "an expression" cmp -s "$work/want" "$work/got"

# Lines come while the pipe is open, and a signal ends what is read.
mkfifo "$work/pipe"
"$FOSIP" -q -T ndjson --quiet-time 2 calls - <"$work/pipe" >"$work/got" &
fosip=$!
exec 3>"$work/pipe"
cat "$work/many.pcap" >&3
for _ in 1 2 3 4 5 6 7 8 9 10; do
    [ -s "$work/got" ] && break
    sleep 0.2
done
check "lines while the pipe is open" test -s "$work/got"
check "but not those that are not final" test "$(grep -c '"type":"call"' "$work/got")" -lt 400
kill -TERM $fosip
wait $fosip
check "SIGTERM is the end of the input" test $? = 0
exec 3>&-
check "after which all is printed" test "$(grep -c '"type":"call"' "$work/got")" = 400

# The same where another thread unpacks what comes; a build without zlib says so.
gzip -c "$work/many.pcap" >"$work/many.gz"
if ! "$FOSIP" --version | grep -q '^zlib '; then
    "$FOSIP" -q -T ndjson --quiet-time 2 calls - <"$work/many.gz" >"$work/got" 2>"$work/err"
    check "compressed input is refused" test $? = 2
    check "and it is said why" grep -q "built without zlib" "$work/err"
else
    "$FOSIP" -q --threads 2 -T ndjson --quiet-time 2 calls - <"$work/pipe" >"$work/got" &
    fosip=$!
    exec 3>"$work/pipe"
    cat "$work/many.gz" >&3
    kill -TERM $fosip
    wait $fosip
    check "SIGTERM is the end of compressed input" test $? = 0
    exec 3>&-
    check "after which all of it is printed" test "$(grep -c '"type":"call"' "$work/got")" = 400
fi

refuses() { # options...
    "$FOSIP" "$@" "$TESTDATA/01a_basic_caller_bye.pcap" >"$work/out" 2>"$work/err"
    [ $? = 2 ] && [ ! -s "$work/out" ] && [ "$(wc -l <"$work/err")" = 1 ]
}
check "no time" refuses -T ndjson --quiet-time 0
check "no number" refuses -T ndjson --quiet-time soon
check "too long" refuses -T ndjson --quiet-time 86401
check "of text" refuses --quiet-time 32
check "of JSON" refuses -T json --quiet-time 32

checks_end
