#!/bin/sh
# Opens the course by a double click on macOS (and on Linux from a file manager).
cd "$(dirname "$0")" || exit 1
for python in python3.13 python3.12 python3.11 python3 python; do
  if "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    exec "$python" start.py "$@"
  fi
done
echo "The course needs Python 3.11, 3.12 or 3.13: install it from python.org, then"
echo "open this file again."
exit 2
