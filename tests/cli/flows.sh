#!/bin/sh
# testdata/flows is what scripts/make-flows makes of flows.txt, to the octet.
set -u

TESTDATA=${TESTDATA:-testdata}
if ! command -v python3 >/dev/null; then
    echo "0 passed, 0 failed (python3 is not there to make the flows again)"
    exit 0
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cp "$TESTDATA/flows/flows.txt" "$work"
if python3 scripts/make-flows "$work" && diff -r "$work" "$TESTDATA/flows"; then
    echo "1 passed, 0 failed"
else
    echo "0 passed, 1 failed"
    exit 1
fi
