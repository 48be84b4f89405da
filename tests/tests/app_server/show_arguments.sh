#!/bin/sh
# Says what it was called with, for the tests of how a server is started.
printf '%s\n' "$@" >&2
exit 1
