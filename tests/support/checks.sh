# shellcheck shell=sh
# Counts checks, for tests that are shell scripts: to be sourced in the top folder.
passed=0
failed=0

check() { # name, command...
    name=$1
    shift
    if "$@"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "not ok: $name"
    fi
}

# At the end of the test: their sum, and whether all of them held.
checks_end() {
    echo "$passed passed, $failed failed"
    [ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
}
