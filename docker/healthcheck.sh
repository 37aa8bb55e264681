#!/bin/bash
# Asks whether somebody answers: healthcheck.sh HOST:PORT PATH
#
# 0 if the HTTP status is below 500, else 1. Written in bash because the image has no HTTP
# client; for HTTP without TLS only.
set -euo pipefail
address=$1
path=$2
exec 3<>"/dev/tcp/${address%:*}/${address##*:}"
printf 'GET %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n' "$path" "$address" >&3
read -r -t 4 version status _ <&3
[[ $version == HTTP/1.* && $status =~ ^[1-4][0-9][0-9]$ ]]
