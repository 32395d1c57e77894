#!/bin/sh
# testdata/net is what scripts/make-net-captures makes, to the octet, and its list
# is that of its captures; testdata/media is what scripts/make-media-captures makes.
set -u

TESTDATA=${TESTDATA:-testdata}
passed=0
failed=0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

grep -v '^#' "$TESTDATA/net/expected.tsv" | cut -f 1 | sort >"$work/listed"
(cd "$TESTDATA/net" && ls) | grep '\.pcap$' | sort >"$work/there"
if diff "$work/listed" "$work/there"; then passed=1; else failed=1; fi

if command -v python3 >/dev/null; then
    if python3 scripts/make-net-captures "$work/net" && diff -r "$work/net" "$TESTDATA/net"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
    fi
fi
if command -v python3 >/dev/null && command -v openssl >/dev/null; then
    if python3 scripts/make-media-captures "$work/media" && diff -r "$work/media" "$TESTDATA/media"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
    fi
fi
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
