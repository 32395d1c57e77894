#!/bin/sh
# The result is the same to the octet at every number of threads: JSON of all the
# captures in testdata, and in the folders that $FOSIP_CAPTURES names.
set -u

FOSIP=${FOSIP:-build/fosip}
TESTDATA=${TESTDATA:-testdata}
passed=0
failed=0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# shellcheck disable=SC2086
find "$TESTDATA" ${FOSIP_CAPTURES-} -type f \( -name '*.pcap' -o -name '*.pcapng' -o -name '*.cap' \) |
    sort >"$work/captures"
while read -r capture; do
    "$FOSIP" --threads 1 -T json "$capture" >"$work/1" 2>"$work/err1" </dev/null
    same=true
    for n in 2 4 8; do
        "$FOSIP" --threads $n -T json "$capture" >"$work/n" 2>"$work/errn" </dev/null
        cmp -s "$work/1" "$work/n" && cmp -s "$work/err1" "$work/errn" || same=false
    done
    if $same; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "not ok: $capture is not the same at 1, 2, 4 and 8 threads"
    fi
done <"$work/captures"
[ "$passed" -gt 0 ] || failed=$((failed + 1))
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
