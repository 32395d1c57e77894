#!/bin/sh
# The same capture gives the same result to the octet, whatever the time zone, the
# locale, the working folder, the age and name of the file, and the environment.
set -u

FOSIP=${FOSIP:-build/fosip}
TESTDATA=${TESTDATA:-testdata}
case $FOSIP in /*) ;; *) FOSIP=$PWD/$FOSIP ;; esac
case $TESTDATA in /*) ;; *) TESTDATA=$PWD/$TESTDATA ;; esac
passed=0
failed=0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
unset COLUMNS NO_COLOR TZ LANG LC_ALL LC_CTYPE LC_NUMERIC

# What text is drawn with depends on the character set alone: of one, any locale.
utf8=$(locale -a 2>/dev/null | grep -iE '\.utf-?8$' | grep -viE '^(C|POSIX)\.' | head -n 3)

mkdir -p "$work/here" "$work/else/where"
# Copies of another age in another folder.
a=01a_basic_caller_bye.pcap
for file in $a 02a_callee_bye.pcap 36n_dup_1.pcap; do
    cp "$TESTDATA/$file" "$work/here/$file"
    cp "$TESTDATA/$file" "$work/else/where/$file"
    touch -d '2001-02-03 04:05:06' "$work/else/where/$file"
done

# Each command, in each form that it has.
commands() {
    for format in text json ndjson csv; do
        for command in summary calls messages streams ladder; do
            [ "$command$format" = laddercsv ] || [ "$command$format" = summarycsv ] ||
                echo "-T $format $command $a"
        done
        echo "-T $format diff $a 02a_callee_bye.pcap"
    done
    echo "report $a"
    echo "extract -o - $a"
    echo "extract --anonymize -o - $a"
    echo "extract --anonymize-key k -o - $a"
    echo "--all calls $a"
    echo "--raw messages $a"
    echo "--raw ladder $a"
    echo "--changes messages $a"
    echo "-t u messages $a"
    echo "-t e messages $a"
    echo "-t d ladder $a"
    echo "--interval 1s streams 36n_dup_1.pcap"
    echo "--stream 1 streams 36n_dup_1.pcap"
    echo "diff --strict-values $a 02a_callee_bye.pcap"
    echo "$a 02a_callee_bye.pcap"
}

run() { # folder, environment..., --, arguments: output and errors
    folder=$1
    shift
    # shellcheck disable=SC2086
    (cd "$folder" && env "$@" </dev/null 2>&1; echo "status $?")
}
same() { # name
    if cmp -s "$work/first" "$work/second"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "not ok: fosip $1"
        diff "$work/first" "$work/second" | head -n 10
    fi
}

commands >"$work/commands"
while read -r line; do
    # shellcheck disable=SC2086
    set -- $line
    run "$work/here" TZ=UTC LC_ALL=C.UTF-8 "$FOSIP" "$@" >"$work/first"
    run "$work/here" TZ=UTC LC_ALL=C.UTF-8 "$FOSIP" "$@" >"$work/second"
    same "$line: again"
    run "$work/else/where" -i TZ=Asia/Kathmandu LC_ALL=C.UTF-8 "$FOSIP" "$@" >"$work/second"
    same "$line: another time zone, folder, age, no environment"
    for locale in $utf8; do
        run "$work/here" LC_ALL="$locale" LANGUAGE=tr "$FOSIP" "$@" >"$work/second"
        same "$line: $locale"
    done
    case $line in
    *json* | *csv*)
        run "$work/here" LC_ALL=C "$FOSIP" "$@" >"$work/second"
        same "$line: in ASCII"
        ;;
    esac
    # The name stands where it is told, and nowhere else matters.
    run "$work/here" LC_ALL=C.UTF-8 "$FOSIP" "$@" | sed "s/$a/a_much_longer_name.cap/g" >"$work/first"
    cp "$work/here/$a" "$work/here/a_much_longer_name.cap"
    # shellcheck disable=SC2046
    run "$work/here" LC_ALL=C.UTF-8 "$FOSIP" $(echo "$line" | sed "s/$a/a_much_longer_name.cap/g") \
        >"$work/second"
    same "$line: another name"
done <"$work/commands"
[ "$passed" -gt 0 ] || failed=$((failed + 1))
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
