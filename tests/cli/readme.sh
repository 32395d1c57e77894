#!/bin/sh
# The README shows what the program prints.
set -u

shown=$(grep -c '^<!-- output: fosip ' README.md)
if [ "$shown" -gt 0 ] && scripts/readme --check; then
    echo "$shown passed, 0 failed"
else
    echo "0 passed, 1 failed"
    exit 1
fi
