#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# PHP's FFI reads the header as it is and finds every symbol in the library. Usage: php.sh HEADER LIBRARY
set -eu
if ! php -r 'exit(extension_loaded("FFI") ? 0 : 1);' 2>/dev/null; then
    echo "skipped: no php with FFI is installed"
    exit 0
fi
exec php -d ffi.enable=1 "$(dirname "$0")/header.php" "$1" "$2"
