#!/bin/sh
# lint.sh - the formatting and the static checks; silent where all is well.
set -u
cd "$(dirname "$0")/.." || exit 1
tests/needs.sh lint || exit 1

status=0
sources=$(find preload viewer samples tests -name '*.[ch]' | sort)
# shellcheck disable=SC2086 # no file of ours has a blank in its name
clang-format --dry-run -Werror $sources || status=1
# Checked as the build sees them; a finding that is wrong is suppressed beside
# the line, with its reason.
# shellcheck disable=SC2086
cppcheck --quiet --error-exitcode=1 --inline-suppr --std=c11 --language=c \
    --enable=warning,portability,performance \
    -D__x86_64__ -D_GNU_SOURCE -DSOCKSPY_VERSION='"0"' -Ipreload -Iviewer $sources || status=1
if command -v shellcheck >/dev/null; then
    # shellcheck disable=SC2046
    shellcheck -s bash -S warning -x -P tests/cases $(find tests samples .ci -name '*.sh' -o -path .ci/run | sort) || status=1
fi
exit $status
