#!/bin/sh
# Trackfinity, "Set Customer Details": the curl sample, whose `@` goes out as it is.
# set_customer_details.sh [BASE_URL [name=value ...]]
set -eu
base=${1:-http://127.0.0.1:7263}
[ $# -eq 0 ] || shift

if [ $# -eq 0 ]; then
    set -- -d 'customer_id=191&firstname=Test&zip=66666&email=test@testmail.com&country=US'
else
    for pair; do
        shift
        set -- "$@" --data-urlencode "$pair"
    done
fi
curl -sS -X PATCH "$base/api/customer/set_customer_details" -H "api-key: ${API_KEY:-44b5498dbcb481a0d00b404c0169af62}" \
    -H "api-username: ${API_USERNAME:-tf_admin}" -H "Content-Type: application/x-www-form-urlencoded" "$@"
echo
