#!/usr/bin/env bash
# Ends with 0 where the silo of this container answers GET /health with 200. The port is that of MUSE_URLS, 8080 where it names
# none. Nothing but bash is needed: the image has no HTTP client.
port=$(sed -nE 's|^[^;]*:([0-9]+)/?(;.*)?$|\1|p' <<<"${MUSE_URLS:-}")
exec 3<>"/dev/tcp/127.0.0.1/${port:-8080}" || exit 1
printf 'GET /health HTTP/1.0\r\nHost: localhost\r\n\r\n' >&3
read -r -t 4 _ status _ <&3 && [ "$status" = 200 ]
