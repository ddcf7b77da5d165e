#!/bin/sh
# Everlytic, "Update the specified customer": the same call with curl.
# update_customer.sh [BASE_URL [ID [JSON]]]
set -eu
base=${1:-http://127.0.0.1:7263}
curl -sS -X PUT "$base/api/2.0/customers/${2:-7}" -u "${API_USERNAME:-demo}:${API_KEY:-0123456789abcdef0123456789ABCDEF_1}" \
    -H "Content-Type: application/json" --data-binary "${3:-{\"email\":\"info@acme.example\"\}}"
echo
