#!/bin/sh
# Generated captures, of which everything is known: thousands of packets with loss
# and jitter, and floods of packets that only look like RTP.
set -u

FOSIP=${FOSIP:-build/fosip}
# shellcheck source=tests/support/checks.sh
. tests/support/checks.sh

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"${CC:-gcc}" -std=c11 -D_GNU_SOURCE -O1 scripts/bench/generate.c -o "$work/generate" || exit 1

generate() { # name, options...
    name=$1
    shift
    "$work/generate" "$@" "$work/$name.pcap" >"$work/$name.truth"
    "$FOSIP" -T json summary "$work/$name.pcap" >"$work/$name.json"
}

made() { # name, count: what the generator says
    sed -n "s/^$2 //p" "$work/$1.truth"
}

first() { # name, key: its first value in the JSON
    grep -o "\"$2\": *[0-9]*" "$work/$1.json" | head -n 1 | grep -o '[0-9]*$'
}

sum() { # name, key: of all its values
    grep -o "\"$2\": *[0-9]*" "$work/$1.json" | awk -F: '{ s += $2 } END { print s + 0 }'
}

occurrences() { # name, key
    grep -o "\"$2\":" "$work/$1.json" | wc -l
}

# Large enough that two threads share the work, where there are two processors.
generate media --calls 120 --concurrent 40 --seconds 3 --seed 7
check "the capture has more than 5 MB" test "$(wc -c <"$work/media.pcap")" -gt 5000000
check "every packet is read" test "$(made media packets)" = "$(first media packets)"
check "every SIP message is found" test "$(made media sip)" = "$(first media sip)"
check "every RTP packet is counted" test "$(made media rtp)" = "$(first media rtp)"
check "every call is found" test "$(made media calls)" = "$(occurrences media call_id)"
check "there are two streams a call" test "$((2 * $(made media calls)))" = "$(occurrences media ssrc)"
check "every lost packet is missed" test "$(made media lost)" = "$(sum media lost)"
check "some were lost" test "$(made media lost)" -gt 0
check "no packet is a duplicate or reordered" \
    test "$(sum media duplicates) $(sum media reordered)" = "0 0"

# Hash tables have a random seed; nothing of it is seen.
"$FOSIP" -T json summary "$work/media.pcap" >"$work/again.json"
check "the same capture gives the same output" cmp -s "$work/media.json" "$work/again.json"
"$FOSIP" -T json summary - <"$work/media.pcap" | sed 's|"path": *"[^"]*"||' >"$work/pipe.json"
sed 's|"path": *"[^"]*"||' "$work/media.json" >"$work/file.json"
# A pipe is read on one thread.
check "a pipe gives what the file gives" cmp -s "$work/file.json" "$work/pipe.json"

# One packet is no stream, however many of them come.
for kind in flows flood; do
    generate "$kind" --kind "$kind" --packets 20000
    check "$kind: every packet is read" test "$(made $kind packets)" = "$(first $kind packets)"
    check "$kind: no stream is invented" test "$(occurrences $kind ssrc)" -eq 0
done

"$work/generate" --calls 120 --concurrent 40 --seconds 3 --seed 7 "$work/same.pcap" >/dev/null
check "the same seed makes the same capture" cmp -s "$work/media.pcap" "$work/same.pcap"
"$work/generate" --calls 120 --concurrent 40 --seconds 3 --seed 8 "$work/other.pcap" >/dev/null
different() {
    ! cmp -s "$work/media.pcap" "$work/other.pcap"
}
check "another seed makes another" different

checks_end
